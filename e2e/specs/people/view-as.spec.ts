// Issue 5, 1 and 9: an admin sees the console as a colleague does, changes nothing, and comes back to their own; and pictures that an
// admin gives to colleagues.

import { newAgent, newVisitor } from "@parlor/client/testing";
import { expectAccessible, expectAccessibleInBothThemes } from "../../fixtures/axe.ts";
import { picture } from "../../fixtures/files.ts";
import { expect, onlyConversation, test, unique } from "../../fixtures/test.ts";

test("an admin views the console as a colleague, changes nothing, and comes back without signing in", async ({
  browsers,
  website,
  server,
  organisation,
  admin,
}) => {
  const colleague = await newAgent(server, organisation, { name: "孟秋" });
  const text = unique("还有货吗");
  const visitor = await newVisitor(server.url, website.key);
  await visitor.say(text);
  const conversation_id = await onlyConversation(admin);
  await admin.ok(
    admin.api.POST("/api/v1/conversations/{conversation_id}/transfer", {
      params: { path: { conversation_id } },
      body: { agent_id: colleague.me.id },
    }),
  );
  const agent = await browsers.console({ path: "/people" });
  const { page } = agent;
  await page.getByRole("button", { name: "以 孟秋 的身份查看" }).click();
  const banner = page.getByRole("region", { name: "以此身份查看" });
  await expect(banner).toContainText("您正在以“孟秋”的身份查看工作台（只读）");
  await agent.entry(text).click();
  await expect(page.getByText("只读查看中，不能回复")).toBeVisible();
  await expect(agent.composer).toHaveCount(0);
  await expectAccessibleInBothThemes(page, "a view");
  // What comes is seen as it comes, and a reload keeps the view.
  const later = unique("在吗");
  await visitor.say(later);
  await expect(agent.messages.log).toContainText(later);
  await page.reload();
  await expect(banner).toBeVisible();
  await expect(agent.messages.log).toContainText(later);
  // What would change something says why not, and nothing is read by looking.
  await page.goto("/settings/account");
  await page.getByRole("textbox", { name: "姓名" }).fill("改名");
  await page.getByRole("button", { name: "保存" }).first().click();
  await expect(page.getByText("当前为只读查看，不能修改").first()).toBeVisible();
  const params = { path: { conversation_id } };
  const seen = await colleague.client.ok(colleague.client.api.GET("/api/v1/conversations/{conversation_id}", { params }));
  expect(seen.unread).toBe(2);
  const { items } = await admin.ok(admin.api.GET("/api/v1/agents"));
  expect(items.find(({ id }) => id === colleague.me.id)?.presence).toBe("offline");

  await page.goto("/inbox");
  await banner.getByRole("button", { name: "结束查看" }).click();
  await expect(page.getByText("已回到您自己的工作台")).toBeVisible();
  await expect(banner).toHaveCount(0);
  await expect(page.getByRole("button", { name: "添加用户" })).toBeVisible();
  const kinds = async () => {
    const { items: entries } = await admin.ok(admin.api.GET("/api/v1/audit", { params: { query: { subject_id: colleague.me.id } } }));
    return entries.map(({ action }) => action.type);
  };
  await expect.poll(kinds).toEqual(["agent_view_ended", "agent_view_begun"]);
});

test("on a phone and in English a view that is over leads back with a message", async ({ browsers, server, organisation, admin }) => {
  const colleague = await newAgent(server, organisation, { name: "许舟" });
  const phone = await browsers.console({ path: "/people", viewport: { width: 390, height: 844 }, locale: "en-GB" });
  const { page } = phone;
  await page.getByRole("button", { name: "View as 许舟" }).click();
  const banner = page.getByRole("region", { name: "View as" });
  await expect(banner).toContainText("You see the console as 许舟 (read only)");
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
  await expectAccessible(page, "a view on a phone");
  const params = { path: { agent_id: colleague.me.id } };
  await admin.ok(admin.api.PUT("/api/v1/agents/{agent_id}/disabled", { params, body: { disabled: true } }));
  await expect(page.getByText("The view is over", { exact: false })).toBeVisible();
  await expect(page.getByRole("heading", { name: "People", exact: true })).toBeVisible();
  await expect(page.getByRole("button", { name: "View as 许舟" })).toHaveCount(0);
});

test("an admin gives a picture to somebody new, and takes it away again", async ({ browsers, admin }) => {
  const agent = await browsers.console({ path: "/people" });
  const { page } = agent;
  await page.getByRole("button", { name: "添加用户" }).click();
  const dialog = page.getByRole("dialog", { name: "添加用户" });
  await dialog.locator("input[type=file]").setInputFiles(picture("周云.png", 64, 64));
  await expect(dialog.getByText("已选择 周云.png，保存后生效")).toBeVisible();
  await dialog.getByRole("textbox", { name: "姓名" }).fill("周云");
  await dialog.getByRole("textbox", { name: "账号" }).fill(`zhou-${Date.now().toString(36)}`);
  await dialog.getByLabel("初始密码", { exact: true }).fill("a-lamp-of-2026");
  await dialog.getByRole("button", { name: "保存" }).click();
  await expect(dialog.getByLabel("登录信息", { exact: true })).toBeVisible();
  await dialog.getByRole("button", { name: "关闭" }).last().click();
  const pictures = async () => {
    const { items } = await admin.ok(admin.api.GET("/api/v1/agents"));
    return items.filter(({ avatar_id }) => avatar_id !== null).map(({ name }) => name);
  };
  await expect.poll(pictures).toEqual(["周云"]);
  await page.getByRole("button", { name: "编辑 周云" }).click();
  const edit = page.getByRole("dialog", { name: "编辑 周云" });
  await edit.getByRole("button", { name: "移除头像" }).click();
  await expect(edit.getByText("保存后移除")).toBeVisible();
  await expectAccessible(page, "the form");
  await edit.getByRole("button", { name: "保存" }).click();
  await expect(page.getByText("已保存 周云")).toBeVisible();
  await expect.poll(pictures).toEqual([]);
});
