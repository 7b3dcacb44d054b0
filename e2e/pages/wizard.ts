// The setup wizard.

import type { Locator } from "@playwright/test";
import type { ConsolePage } from "./console.ts";

/** A step of the wizard. */
export type Step = "profileStep" | "channelStep" | "colleagueStep" | "welcomeStep";

/** The wizard of a console. */
export class WizardPage {
  readonly labels: ConsolePage["labels"];
  /** The window. */
  readonly dialog: Locator;

  constructor(readonly agent: ConsolePage) {
    this.labels = agent.labels;
    this.dialog = agent.page.getByRole("dialog", { name: this.labels.setupWizard });
  }

  /** A step's entry. */
  step(step: Step): Locator {
    const steps = this.dialog.getByRole("navigation", { name: this.labels.setupSteps });
    return steps.getByRole("button", { name: new RegExp(this.labels[step]) });
  }

  /** The step that is shown. */
  get current(): Locator {
    return this.dialog.getByRole("heading", { level: 3 });
  }

  /** A text field. */
  field(label: "personName" | "name" | "account" | "firstPassword" | "mobile" | "email" | "signInDetails" | "welcome" | "embedCode"): Locator {
    return this.dialog.getByLabel(this.labels[label], { exact: true });
  }

  /** A button. */
  button(label: "save" | "addChannel" | "addColleague" | "generate" | "back" | "next" | "skip" | "finish" | "close" | "copyCode"): Locator {
    return this.dialog.getByRole("button", { name: this.labels[label], exact: true });
  }

  get dontShowAgain(): Locator {
    return this.dialog.getByRole("checkbox", { name: this.labels.dontShowAgain });
  }

  /** Opens it from the help menu. */
  async reopen(): Promise<void> {
    await this.agent.page.getByRole("button", { name: this.labels.help, exact: true }).click();
    await this.agent.page.getByRole("menuitem", { name: this.labels.setupWizard }).click();
    await this.dialog.waitFor();
  }
}
