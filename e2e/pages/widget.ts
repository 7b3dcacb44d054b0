// The visitor's widget, on whatever page it stands.

import type { Locator, Page } from "@playwright/test";
import { type Labels, LABELS, type Language } from "./labels.ts";
import { MessageLog } from "./messages.ts";

/** The widget on a page. */
export class WidgetPage {
  readonly labels: Labels;
  readonly messages: MessageLog;

  constructor(
    readonly page: Page,
    language: Language = "zh-CN",
  ) {
    this.labels = LABELS[language];
    this.messages = new MessageLog(page.getByRole("log", { name: this.labels.messages }), this.labels);
  }

  /** The number at the launcher: how many answers wait. */
  unread(count: number): Locator {
    return this.page.getByRole("status", { name: new RegExp(`^${count}${this.labels.unread}`) });
  }

  /** The button that opens the chat. */
  get launcher(): Locator {
    return this.page.getByRole("button", { name: this.labels.openChat });
  }

  /** The window. */
  panel(channelName: string): Locator {
    return this.page.getByRole("dialog", { name: channelName });
  }

  get composer(): Locator {
    return this.page.getByRole("textbox", { name: this.labels.compose });
  }

  get send(): Locator {
    return this.page.getByRole("button", { name: this.labels.send, exact: true });
  }

  /** Closes the window; the launcher's second face or the button in the window's header. */
  get close(): Locator {
    return this.page.getByRole("button", { name: this.labels.closeChat }).first();
  }

  get emoji(): Locator {
    return this.page.getByRole("button", { name: this.labels.emoji, exact: true });
  }

  /** The emoji, while they are shown. */
  get picker(): Locator {
    return this.page.getByRole("group", { name: this.labels.emoji, exact: true });
  }

  /** The connection's words while it is being opened. */
  get connecting(): Locator {
    return this.page.getByRole("status").filter({ hasText: this.labels.connecting });
  }

  /** The connection's words while it is lost. */
  get offline(): Locator {
    return this.page.getByRole("status").filter({ hasText: this.labels.offline });
  }

  /** Opens the chat and waits until one can write. */
  async open(): Promise<void> {
    await this.launcher.click();
    await this.composer.waitFor();
  }

  /** Writes and sends by the button. */
  async say(text: string): Promise<void> {
    await this.composer.fill(text);
    await this.send.click();
  }
}
