// The console: shell, inbox, conversation.

import type { Locator, Page } from "@playwright/test";
import { type Labels, LABELS, type Language } from "./labels.ts";
import { MessageLog } from "./messages.ts";

/** The console of a signed-in agent. */
export class ConsolePage {
  readonly labels: Labels;
  readonly messages: MessageLog;

  constructor(
    readonly page: Page,
    language: Language = "zh-CN",
  ) {
    this.labels = LABELS[language];
    this.messages = new MessageLog(page.getByRole("log", { name: this.labels.messages }), this.labels);
  }

  /** The connection, always visible. */
  get connection(): Locator {
    return this.page.getByRole("status").filter({ hasText: new RegExp(`${this.labels.connected}|${this.labels.reconnecting}`) });
  }

  /** The connection's words while all is well. */
  get connected(): Locator {
    return this.page.getByRole("status").filter({ hasText: this.labels.connected });
  }

  /** The connection's words while it is lost. */
  get reconnecting(): Locator {
    return this.page.getByRole("status").filter({ hasText: this.labels.reconnecting });
  }

  /** Chooses one of what the [+] below the tree of channels offers. Until the tree is there the button moves, and its menu with it. */
  async chooseBelowTree(item: string): Promise<void> {
    await this.page.locator(".channel-tree__loading").waitFor({ state: "detached" });
    await this.page.getByRole("button", { name: "添加", exact: true }).click();
    await this.page.getByRole("menuitem", { name: item, exact: true }).click();
  }

  /** The link to the conversations. */
  get conversationsLink(): Locator {
    return this.page.getByRole("navigation").getByRole("link", { name: this.labels.conversations });
  }

  /** The list of conversations. */
  get list(): Locator {
    return this.page.getByRole("region", { name: this.labels.conversationList });
  }

  /** The entries of the list; its filters are links too. */
  get rows(): Locator {
    return this.list.locator("[data-conversation]");
  }

  /** The field of the search. */
  get search(): Locator {
    return this.page.getByRole("textbox", { name: this.labels.search });
  }

  /** What the search has found. */
  get results(): Locator {
    return this.page.getByRole("region", { name: this.labels.searchResults });
  }

  /** A filter of the list. */
  filter(name: string): Locator {
    return this.page.getByRole("navigation", { name: this.labels.filters }).getByRole("link", { name, exact: true });
  }

  /** The conversations of the list whose entry contains this text. */
  entry(text: string | RegExp): Locator {
    return this.rows.filter({ hasText: text });
  }

  get composer(): Locator {
    return this.page.getByRole("textbox", { name: this.labels.compose });
  }

  get send(): Locator {
    return this.page.getByRole("button", { name: this.labels.send, exact: true });
  }

  /** What is known of the visitor. */
  get contact(): Locator {
    return this.page.getByRole("complementary", { name: this.labels.contact });
  }

  /** The cards that tell of new messages. */
  get cards(): Locator {
    return this.page.getByRole("region", { name: this.labels.newMessages, exact: true });
  }

  /** The account menu's button. */
  get accountMenu(): Locator {
    return this.page.getByRole("button", { name: this.labels.accountMenu });
  }

  /** Opens the account menu and chooses. */
  async choose(label: "ownAccount" | "signOut" | "signOutEverywhere"): Promise<void> {
    await this.accountMenu.click();
    await this.page.getByRole("menuitem", { name: this.labels[label] }).click();
  }

  /** Opens the conversation whose entry contains this text. */
  async open(text: string | RegExp): Promise<void> {
    await this.entry(text).click();
    await this.composer.waitFor();
  }

  /**
   * Waits until the open conversation shows this message and the connection stands. "Connected" alone comes first, and whoever
   * goes offline at that moment has no messages and no field to write in.
   */
  async ready(text: string): Promise<void> {
    await this.messages.message(text).waitFor();
    await this.connected.waitFor();
  }

  /** Writes and sends by the button. */
  async say(text: string): Promise<void> {
    await this.composer.fill(text);
    await this.send.click();
  }
}
