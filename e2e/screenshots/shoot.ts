// The widths, themes and languages in which everything is looked at, and the camera.

import { join } from "node:path";
import type { BrowserContextOptions, Page } from "@playwright/test";
import { LABELS, type Labels, type Language } from "../pages/labels.ts";

/** One way to look at the product. */
export interface Look {
  name: string;
  width: 1440 | 390;
  language: Language;
  labels: Labels;
  options: BrowserContextOptions;
  /** Takes a picture of the page, or of all of it that scrolls in its place. */
  shoot(page: Page, name: string, whole?: "whole"): Promise<void>;
}

const SIZES = { 1440: { width: 1440, height: 900 }, 390: { width: 390, height: 844 } } as const;

/** Every combination. */
export const LOOKS: Look[] = ([1440, 390] as const).flatMap((width) =>
  (["light", "dark"] as const).flatMap((colorScheme) =>
    (["zh-CN", "en"] as const).map((language) => ({
      name: `${width} ${colorScheme} ${language}`,
      width,
      language,
      labels: LABELS[language],
      options: {
        viewport: SIZES[width],
        colorScheme,
        locale: language,
        deviceScaleFactor: 1,
        // As a phone has it: no hovering, a finger.
        ...(width === 390 ? { hasTouch: true, isMobile: true } : {}),
      },
      async shoot(page: Page, name: string, whole?: "whole") {
        // What scrolls is a part of the page: the window must be as high as it needs.
        if (whole) {
          const hidden = await page.locator("#content").evaluate((content) => content.scrollHeight - content.clientHeight);
          await page.setViewportSize({ width, height: SIZES[width].height + hidden });
        }
        await page.screenshot({
          path: join("test-results", "screens", `${name}-${width}-${colorScheme}-${language}.png`),
          animations: "disabled",
          caret: "hide",
        });
        if (whole) await page.setViewportSize(SIZES[width]);
      },
    })),
  ),
);
