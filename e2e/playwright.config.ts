// The tests in the browser: `npm test --workspace e2e`, or `cargo xtask test e2e`.

import { defineConfig } from "@playwright/test";
import { chromium } from "./browser.ts";

export default defineConfig({
  testDir: "specs",
  outputDir: "test-results/runs",
  // Every test has an organisation of its own, so they may run beside each other.
  fullyParallel: true,
  workers: 2,
  forbidOnly: process.env["CI"] !== undefined,
  // A test that passes only sometimes is a failed test.
  retries: 0,
  // Long enough for a machine that is busy with something else: who waits for what comes loses nothing by it.
  timeout: 120_000,
  expect: { timeout: 20_000 },
  reporter: [["list"]],
  use: {
    ...chromium,
    locale: "zh-CN",
    timezoneId: "Asia/Shanghai",
    viewport: { width: 1440, height: 900 },
    actionTimeout: 20_000,
    navigationTimeout: 40_000,
    // Recording one costs a third of the time of all tests; whoever looks into a failure asks for it: `--trace on`.
    trace: "off",
    screenshot: "only-on-failure",
  },
});
