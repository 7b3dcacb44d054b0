// How Chromium is started, for the tests and for the screenshots.

import type { PlaywrightTestConfig } from "@playwright/test";

/** Debian's Chromium, with nothing that calls home. */
export const chromium: NonNullable<PlaywrightTestConfig["use"]> = {
  browserName: "chromium",
  launchOptions: {
    executablePath: process.env["PARLOR_CHROMIUM"] ?? "/usr/bin/chromium",
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      // Pages behind another page would otherwise run their timers once a second: two sides of a chat are two pages.
      "--disable-background-timer-throttling",
      "--disable-backgrounding-occluded-windows",
      "--disable-renderer-backgrounding",
    ],
  },
};

/** The same, where every name below `.test` leads here: unlike `localhost` they count as what they are, not secure. */
export const plainHttp = {
  launchOptions: {
    ...chromium.launchOptions,
    args: [...(chromium.launchOptions?.args ?? []), "--host-resolver-rules=MAP *.test 127.0.0.1"],
  },
};
