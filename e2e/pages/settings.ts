// One's own account.

import type { Locator, Page } from "@playwright/test";
import { type Labels, LABELS, type Language } from "./labels.ts";

/** The settings page. */
export class SettingsPage {
  readonly labels: Labels;

  constructor(
    readonly page: Page,
    language: Language = "zh-CN",
  ) {
    this.labels = LABELS[language];
  }

  /** The signed-in devices. */
  get devices(): Locator {
    return this.page.getByRole("region", { name: this.labels.devices }).getByRole("listitem");
  }

  /** The signed-in browsers other than this one. */
  get otherBrowsers(): Locator {
    return this.devices.filter({ hasText: "Chrome" }).filter({ hasNotText: this.labels.thisDevice });
  }

  get oldPassword(): Locator {
    return this.page.getByLabel(this.labels.oldPassword, { exact: true });
  }

  get newPassword(): Locator {
    return this.page.getByLabel(this.labels.newPassword, { exact: true });
  }

  get repeatPassword(): Locator {
    return this.page.getByLabel(this.labels.repeatPassword, { exact: true });
  }

  get changePassword(): Locator {
    const card = this.page.getByRole("region", { name: this.labels.passwordSettings, exact: true });
    return card.getByRole("button", { name: this.labels.changePassword });
  }

  /** Whether messages are received. */
  state(state: "online" | "offline"): Locator {
    const choices = this.page.getByRole("radiogroup", { name: this.labels.onlineState });
    return choices.getByRole("radio", { name: this.labels[state === "online" ? "stateOnline" : "stateOffline"], exact: true });
  }
}
