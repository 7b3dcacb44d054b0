// A channel's page.

import type { Locator, Page } from "@playwright/test";
import { type Labels, LABELS, type Language } from "./labels.ts";

/** The page on which a channel is made and edited. */
export class ChannelPage {
  readonly labels: Labels;

  constructor(
    readonly page: Page,
    language: Language = "zh-CN",
  ) {
    this.labels = LABELS[language];
  }

  get name(): Locator {
    return this.page.getByRole("textbox", { name: this.labels.name, exact: true });
  }

  get introduction(): Locator {
    return this.page.getByRole("textbox", { name: this.labels.introduction, exact: true });
  }

  get enabled(): Locator {
    return this.page.getByRole("switch", { name: this.labels.enabled });
  }

  get messageAlert(): Locator {
    return this.page.getByRole("switch", { name: this.labels.messageAlert });
  }

  get unsentPreview(): Locator {
    return this.page.getByRole("switch", { name: this.labels.unsentPreview });
  }

  get color(): Locator {
    return this.page.getByRole("textbox", { name: this.labels.color, exact: true });
  }

  position(side: "left" | "right"): Locator {
    return this.page.getByRole("radio", { name: this.labels[side], exact: true });
  }

  get save(): Locator {
    return this.page.getByRole("button", { name: this.labels.save, exact: true });
  }

  get embedCode(): Locator {
    return this.page.getByRole("textbox", { name: this.labels.embedCode });
  }

  get copyCode(): Locator {
    return this.page.getByRole("button", { name: this.labels.copyCode });
  }

  get chatLink(): Locator {
    return this.page.getByRole("textbox", { name: this.labels.chatLink });
  }

  get copyLink(): Locator {
    return this.page.getByRole("button", { name: this.labels.copyLink });
  }

  get qrCode(): Locator {
    return this.page.getByRole("img", { name: this.labels.qrCode });
  }

  get deleteChannel(): Locator {
    return this.page.getByRole("button", { name: this.labels.deleteChannel });
  }

  /** The question before deleting. */
  get deletion(): Locator {
    return this.page.getByRole("dialog").filter({ has: this.confirmName });
  }

  get confirmName(): Locator {
    return this.page.getByRole("textbox", { name: this.labels.confirmName });
  }

  get confirmDelete(): Locator {
    return this.deletion.getByRole("button", { name: this.labels.delete, exact: true });
  }
}
