// A log of messages, in the console and in the widget.

import type { Locator } from "@playwright/test";
import type { Labels } from "./labels.ts";

/** What a message's mark may say. */
export type Mark = "sending" | "waiting" | "sent" | "read" | "failed";

/** The messages of a conversation. */
export class MessageLog {
  constructor(
    /** The element of role `log`. */
    readonly log: Locator,
    readonly labels: Labels,
  ) {}

  /** The messages with this text. */
  message(text: string): Locator {
    return this.log.getByRole("article").filter({ hasText: text });
  }

  /** Every message. */
  get all(): Locator {
    return this.log.getByRole("article");
  }

  /** The mark at a message: what became of it. */
  mark(text: string, mark: Mark): Locator {
    // A failure says why as well.
    const label = new RegExp(`^${this.labels[mark]}( ·|$)`);
    return this.message(text).getByText(label).or(this.message(text).getByRole("img", { name: label }));
  }

  /** The button at a failed message. */
  retry(text: string): Locator {
    return this.message(text).getByRole("button", { name: this.labels.retry });
  }
}
