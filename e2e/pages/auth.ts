// Registration and login.

import type { Locator, Page } from "@playwright/test";
import type { Registration } from "@parlor/client/testing";
import { type Labels, LABELS, type Language } from "./labels.ts";

/** The registration page. */
export class RegisterPage {
  readonly labels: Labels;

  constructor(
    readonly page: Page,
    language: Language = "zh-CN",
  ) {
    this.labels = LABELS[language];
  }

  /** The field of this label. */
  field(label: "orgName" | "contactPerson" | "email" | "account" | "password" | "mobile" | "code"): Locator {
    return this.page.getByLabel(this.labels[label], { exact: true });
  }

  get getCode(): Locator {
    return this.page.getByRole("button", { name: this.labels.getCode });
  }

  get agreement(): Locator {
    return this.page.getByRole("checkbox", { name: this.labels.haveReadUserAgreement });
  }

  get submit(): Locator {
    return this.page.getByRole("button", { name: this.labels.register, exact: true });
  }

  /** Fills in everything that a person knows by heart: all but the code. */
  async fill(registration: Registration): Promise<void> {
    // It comes with an answer of the server and moves what stands below: a click that is under way meanwhile hits nothing.
    await this.page.getByRole("link", { name: this.labels.developmentCodes }).waitFor();
    await this.field("orgName").fill(registration.org_name);
    await this.field("contactPerson").fill(registration.contact_name);
    await this.field("email").fill(registration.email);
    await this.field("account").fill(registration.account);
    await this.field("password").fill(registration.password);
    await this.field("mobile").fill(registration.mobile);
    await this.agreement.check();
  }
}

/** The login page. */
export class LoginPage {
  readonly labels: Labels;

  constructor(
    readonly page: Page,
    language: Language = "zh-CN",
  ) {
    this.labels = LABELS[language];
  }

  get account(): Locator {
    return this.page.getByLabel(this.labels.account, { exact: true });
  }

  get password(): Locator {
    return this.page.getByLabel(this.labels.password, { exact: true });
  }

  /** The choice of receiving messages or none. */
  state(state: "normal" | "suspended"): Locator {
    return this.page
      .getByRole("radiogroup", { name: this.labels.loginState })
      .or(this.page.getByRole("group", { name: this.labels.loginState }))
      .getByRole("radio", { name: this.labels[state] });
  }

  get agreements(): Locator {
    return this.page.getByRole("checkbox", { name: this.labels.haveReadAgreements });
  }

  get submit(): Locator {
    return this.page.getByRole("button", { name: this.labels.signIn, exact: true });
  }

  get register(): Locator {
    return this.page.getByRole("link", { name: this.labels.register });
  }

  /** Signs in. */
  async signIn({ account, password }: { account?: string; password: string }): Promise<void> {
    if (account !== undefined) {
      await this.account.fill(account);
    }
    await this.password.fill(password);
    await this.agreements.check();
    await this.submit.click();
  }
}
