// How Chromium is started, for the tests and for the screenshots.

import type { PlaywrightTestConfig } from "@playwright/test";

/**
 * What Chromium leaves out. Its address bar would come as a web page of its own with every window, which costs more than the
 * console. What follows it is what Playwright leaves out: the switch counts once, and ours comes last.
 */
const LEFT_OUT = [
  "WebUIOmniboxPopup",
  "WebUIOmniboxAimPopup",
  "WebUIOmniboxFullPopup",
  "AimEnabled",
  "AvoidCorsURLLoaderRestartOnRedirect",
  "AvoidUnnecessaryBeforeUnloadCheckSync",
  "DestroyProfileOnBrowserClose",
  "HttpsFirstBalancedModeAutoEnable",
  "HttpsUpgrades",
  "LensOverlay",
  "MediaRouter",
  "NetworkTimeServiceQuerying",
  "OptimizationHints",
  "PaintHolding",
  "PreconnectToSearch",
  "ThirdPartyStoragePartitioning",
];

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
      `--disable-features=${LEFT_OUT.join(",")}`,
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
