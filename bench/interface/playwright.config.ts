// The measurement of the interface: `cargo xtask bench interface` starts it with a server that has been filled.

import { defineConfig } from "@playwright/test";
import { chromium } from "../../e2e/browser.ts";

export default defineConfig({
  testDir: ".",
  testMatch: "speed.ts",
  outputDir: "../../target/bench-interface",
  workers: 1,
  timeout: 300_000,
  reporter: [["line"]],
  use: { ...chromium, locale: "zh-CN", timezoneId: "Asia/Shanghai", viewport: { width: 1440, height: 900 } },
});
