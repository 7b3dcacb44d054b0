// LOGIN-3 as a person meets it: a forgotten password, and a second factor from the first code to the last.

import { codeOf, newOrganisation } from "@parlor/client/testing";
import { createParlorClient } from "@parlor/client";
import { expectAccessibleInBothThemes } from "../../fixtures/axe.ts";
import { expectWords } from "../../fixtures/moments.ts";
import { enableSecondFactor } from "../../fixtures/second-factor.ts";
import { expect, test } from "../../fixtures/test.ts";
import { LoginPage, RegisterPage } from "../../pages/auth.ts";
import { ConsolePage } from "../../pages/console.ts";

test.use({ baseURL: async ({ server }, use) => use(server.url) });

test("a forgotten password is reset by a code, with the second factor where there is one", async ({ page, server }) => {
  const { registration, admin } = await newOrganisation(server.url);
  const { codes } = await enableSecondFactor(admin, registration.password);
  const login = new LoginPage(page);
  await page.goto("/login");
  await page.getByRole("link", { name: login.labels.forgotPassword }).click();
  await expect(page).toHaveURL(/\/forgot-password/);
  // The choice comes with an answer of the server, and moves what stands below it.
  const byEmail = page.getByRole("radio", { name: login.labels.resetByEmail });
  await byEmail.waitFor();
  const field = new RegisterPage(page);
  await field.getCode.click();
  await expect(login.account).toHaveAccessibleDescription(/账号不能为空/);
  await login.account.fill(registration.account);
  await byEmail.check();
  await expectAccessibleInBothThemes(page, "the page for a forgotten password");
  await field.getCode.click();
  await expect(page.getByText(/如果该账号存在/)).toBeVisible();
  const stranger = createParlorClient({ baseUrl: server.url });
  let code: string | undefined;
  await expect(async () => {
    const { items } = await stranger.ok(stranger.api.GET("/api/v1/dev/verification-codes"));
    code = items.find((item) => item.mobile === registration.email)?.code;
    expect(code).toBeDefined();
  }).toPass();
  await field.field("code").fill(` ${code} `);
  await page.getByLabel("新密码", { exact: true }).fill("brand-new-2026");
  await page.getByRole("button", { name: login.labels.resetPassword }).click();
  // Only whoever has the code learns that there is one.
  const second = page.getByLabel(login.labels.secondFactorCode, { exact: true });
  await expect(second).toHaveAccessibleDescription(/动态验证码不能为空/);
  await second.fill((codes[0] ?? "").toUpperCase());
  await page.getByRole("button", { name: login.labels.resetPassword }).click();
  await expect(page).toHaveURL(/\/login\?reset=1/);
  await expect(page.getByText("密码已重置")).toBeVisible();
  await expect(login.account).toHaveValue(registration.account);
});

test("a second factor is set up, asked for, replaced by a recovery code, and turned off", async ({ browsers, organisation }) => {
  const { account, password } = organisation.registration;
  const here = await browsers.console({ path: "/settings/account", viewport: { width: 390, height: 844 } });
  const { labels, page } = here;
  const card = page.getByRole("region", { name: labels.secondFactor });
  await card.getByRole("button", { name: labels.enableSecondFactor }).click();
  await card.getByLabel(labels.password, { exact: true }).fill("not-the-password-1");
  await card.getByRole("button", { name: labels.enableSecondFactor }).click();
  await expect(card.getByLabel(labels.password, { exact: true })).toHaveAccessibleDescription(/密码不正确/);
  await card.getByLabel(labels.password, { exact: true }).fill(password);
  await card.getByRole("button", { name: labels.enableSecondFactor }).click();
  await expect(card.getByRole("img", { name: "两步验证二维码" })).toBeVisible();
  await expectAccessibleInBothThemes(page, "setting a second factor up");
  const secret = await card.getByLabel(labels.secondFactorSecret, { exact: true }).inputValue();
  await card.getByLabel(labels.secondFactorCode, { exact: true }).fill(codeOf(secret));
  await card.getByRole("button", { name: labels.confirmSecondFactor }).click();
  const shown = await card.getByLabel(labels.recoveryCodes, { exact: true }).inputValue();
  const codes = shown.split("\n");
  expect(codes).toHaveLength(10);
  await card.getByRole("button", { name: labels.savedRecoveryCodes }).click();
  await expect(card.getByText("还剩 10 个恢复码")).toBeVisible();

  const there = await (await browsers.context({ baseURL: new URL(page.url()).origin })).newPage();
  const login = new LoginPage(there);
  await there.goto("/login");
  await login.signIn({ account, password });
  const code = there.getByLabel(labels.secondFactorCode, { exact: true });
  await expect(code).toBeFocused();
  await expect(code).toHaveAttribute("autocomplete", "one-time-code");
  await code.fill(codeOf(secret) === "000000" ? "000001" : "000000");
  await code.press("Enter");
  await expect(code).toHaveAccessibleDescription(/动态验证码不正确/);
  await there.getByRole("button", { name: labels.useRecoveryCode }).click();
  await there.getByLabel(labels.recoveryCode, { exact: true }).fill(codes[0] ?? "");
  await login.submit.click();
  await expect(new ConsolePage(there).connected).toBeVisible();

  await page.reload();
  await expect(card.getByText("还剩 9 个恢复码")).toBeVisible();
  await expectWords(page, "其他设备已退出", () => page.getByRole("button", { name: labels.signOutOthers }).click());
  await expect(there).toHaveURL(/\/login/);
  await card.getByRole("button", { name: labels.disableSecondFactor }).click();
  await card.getByLabel(labels.password, { exact: true }).fill(password);
  // As an app shows it, and as it is pasted.
  const next = codeOf(secret, 1);
  await card.getByLabel(labels.secondFactorCode, { exact: true }).fill(`${next.slice(0, 3)} ${next.slice(3)}`);
  await card.getByRole("button", { name: labels.disableSecondFactor }).click();
  await expect(card.getByRole("button", { name: labels.enableSecondFactor })).toBeVisible();
});

test("another email address asks for the password", async ({ browsers, organisation }) => {
  const here = await browsers.console({ path: "/settings/account" });
  const { labels, page } = here;
  const card = page.getByRole("region", { name: "个人资料" });
  const password = card.getByLabel(labels.password, { exact: true });
  await card.getByLabel(labels.email, { exact: true }).fill("moved@example.com");
  await card.getByRole("button", { name: "保存" }).click();
  await expect(password).toHaveAccessibleDescription(/密码不能为空/);
  await password.fill(organisation.registration.password);
  await expectWords(page, "个人资料已保存", () => card.getByRole("button", { name: "保存" }).click());
  await expect(password).toHaveCount(0);
});
