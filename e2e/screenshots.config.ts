// Pictures of every page and state: `npm run screenshots --workspace e2e`. Not part of the tests.

import { defineConfig } from "@playwright/test";
import { chromium } from "./browser.ts";

export default defineConfig({
  testDir: "screenshots",
  outputDir: "test-results/screenshot-runs",
  fullyParallel: true,
  workers: 2,
  timeout: 120_000,
  expect: { timeout: 20_000 },
  reporter: [["list"]],
  use: { ...chromium, locale: "zh-CN", timezoneId: "Asia/Shanghai" },
});
