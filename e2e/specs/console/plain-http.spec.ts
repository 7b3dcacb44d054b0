// A console over plain http, as in an office that has no certificate: no secure context, so no notifications of the system.

import { plainHttp } from "../../browser.ts";
import { expect, test } from "../../fixtures/test.ts";
import { LoginPage } from "../../pages/auth.ts";

test.use(plainHttp);

test("that notifications need https is said in place, until it is waved away, and among the settings, and nothing that cannot be followed", async ({
  browsers,
  organisation,
  server,
}) => {
  const page = await (await browsers.context()).newPage();
  await page.goto(`${server.url.replace(new URL(server.url).hostname, "parlor.test")}/settings/account`);
  await new LoginPage(page).signIn(organisation.registration);
  const places = page.getByRole("region", { name: "新消息通知" });
  const settings = places.filter({ has: page.getByRole("switch") });
  const bar = places.filter({ has: page.getByRole("button", { name: "关闭提示" }) });
  for (const place of [settings, bar]) await expect(place).toContainText("系统通知需要 https");
  expect(await page.evaluate(() => isSecureContext)).toBe(false);
  await expect(bar.getByRole("button", { name: "允许通知" })).toHaveCount(0);
  await expect(page.getByText("请点击地址栏左侧的图标")).toHaveCount(0);
  await bar.getByRole("button", { name: "关闭提示" }).click();
  await expect(bar).toHaveCount(0);
  await page.reload();
  await expect(settings).toContainText("系统通知需要 https");
  await expect(bar).toHaveCount(0);
});
