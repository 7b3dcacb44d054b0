// REG-1 to REG-4 as a person meets them.

import { newOrganisation, newRegistration, verificationCode } from "@parlor/client/testing";
import { createParlorClient } from "@parlor/client";
import { expect, test } from "../../fixtures/test.ts";
import { RegisterPage } from "../../pages/auth.ts";

test.use({ baseURL: async ({ server }, use) => use(server.url) });

test("every field is checked as one leaves it, and the message names the field", async ({ page }) => {
  const register = new RegisterPage(page);
  await page.goto("/register");
  const wrong = [
    ["orgName", " ", "组织名称不能为空"],
    ["contactPerson", "名".repeat(41), "联系人最多 40 个字符"],
    ["email", "lin@", "邮箱格式不正确"],
    ["account", "小满", "账号至少 4 个字符"],
    ["password", "1234567", "密码至少 8 个字符"],
    ["mobile", "1380013800", "11 位数字"],
    ["code", "12a", "6 位数字"],
  ] as const;
  for (const [label, value, message] of wrong) {
    const field = register.field(label);
    await field.fill(value);
    await field.blur();
    await expect(field).toHaveAccessibleDescription(new RegExp(message));
    await expect(field).toHaveAttribute("aria-invalid", "true");
  }
  // The rule stays beside what is wrong: that is when it is needed.
  await expect(register.field("account")).toHaveAccessibleDescription(/4–32 位/);
  await register.field("mobile").fill("13800138000");
  await register.field("mobile").blur();
  await expect(register.field("mobile")).not.toHaveAttribute("aria-invalid", "true");
});

test("without the agreement nothing is sent", async ({ page }) => {
  const register = new RegisterPage(page);
  await page.goto("/register");
  await register.fill(newRegistration());
  await register.field("code").fill("123456");
  await register.agreement.uncheck();
  await register.submit.click();
  await expect(page.getByText("请先阅读并勾选用户协议")).toBeVisible();
  await expect(page).toHaveURL(/\/register/);
});

test("what only the server can know is shown at its field", async ({ page, server }) => {
  const { registration: taken } = await newOrganisation(server.url);
  const registration = newRegistration({ account: taken.account });
  const code = await verificationCode(createParlorClient({ baseUrl: server.url }), registration.mobile);
  const register = new RegisterPage(page);
  await page.goto("/register");
  await register.fill(registration);
  await register.field("code").fill(code === "000000" ? "000001" : "000000");
  await register.submit.click();
  await expect(register.field("code")).toHaveAccessibleDescription(/验证码不正确/);
  await register.field("code").fill(code);
  await register.submit.click();
  await expect(register.field("account")).toHaveAccessibleDescription(/该账号已被使用/);
});

test("the code is guarded by a puzzle, and another can be asked for after a minute", async ({ page }) => {
  const register = new RegisterPage(page);
  await page.goto("/register");
  const mobile = newRegistration().mobile;
  await register.getCode.click();
  await expect(register.field("mobile")).toHaveAccessibleDescription(/不能为空/);
  await register.field("mobile").fill(mobile);
  const sent = page.waitForRequest(/\/auth\/verification-codes$/);
  await register.getCode.click();
  expect((await sent).postDataJSON()).toMatchObject({ mobile, proof: { nonce: expect.any(Number) } });
  const countdown = page.getByRole("button", { name: /秒后重新获取/ });
  await expect(countdown).toBeVisible();
  await expect(countdown).toBeDisabled();
});

test("the user agreement can be read before it is accepted", async ({ page, context }) => {
  const register = new RegisterPage(page);
  await page.goto("/register");
  const [agreement] = await Promise.all([
    Promise.race([context.waitForEvent("page"), page.waitForURL(/\/legal\//).then(() => page)]),
    page.getByRole("link", { name: register.labels.userAgreement }).first().click(),
  ]);
  await expect(agreement.getByRole("heading", { name: register.labels.userAgreement }).first()).toBeVisible();
});
