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
  timeout: 60_000,
  expect: { timeout: 10_000 },
  reporter: [["list"]],
  use: {
    ...chromium,
    locale: "zh-CN",
    timezoneId: "Asia/Shanghai",
    viewport: { width: 1440, height: 900 },
    actionTimeout: 10_000,
    navigationTimeout: 20_000,
    trace: "retain-on-failure",
    screenshot: "only-on-failure",
  },
});
