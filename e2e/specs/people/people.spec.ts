// CONT-2: users are added with everything that is set of them, edited, disabled and removed, and what they had is handed on.

import { newAgent, newVisitor } from "@parlor/client/testing";
import type { Locator } from "@playwright/test";
import { expectAccessible, expectAccessibleInBothThemes } from "../../fixtures/axe.ts";
import { expect, test, unique } from "../../fixtures/test.ts";
import type { ConsolePage } from "../../pages/console.ts";

/** Somebody's row. */
function row(agent: ConsolePage, name: string): Locator {
  return agent.page.getByRole("list", { name: "客服", exact: true }).getByRole("listitem").filter({ hasText: name });
}

test("an admin adds a user with every field and switch, and edits them", async ({ browsers }) => {
  const agent = await browsers.console();
  await agent.accountMenu.click();
  await agent.page.getByRole("menuitem", { name: "客服管理" }).click();
  await expect(agent.page.getByRole("heading", { name: "客服管理" })).toBeVisible();
  const main = agent.page.getByRole("main");
  await main.getByRole("textbox", { name: "分组名称" }).fill("售前");
  await main.getByRole("button", { name: "添加分组" }).click();
  const groups = agent.page.getByRole("list", { name: "客服分组" }).getByRole("listitem");
  await expect(groups).toHaveText([/售前/]);

  await main.getByRole("button", { name: "添加用户" }).click();
  const dialog = agent.page.getByRole("dialog", { name: "添加用户" });
  await dialog.getByRole("button", { name: "保存" }).click();
  await expect(dialog.getByRole("textbox", { name: "姓名" })).toBeFocused();
  const account = `zhou-${Date.now().toString(36)}`;
  await dialog.getByRole("textbox", { name: "姓名" }).fill("周云");
  await dialog.getByRole("textbox", { name: "账号" }).fill(account);
  await dialog.getByLabel("初始密码", { exact: true }).fill("a-lamp-of-2026");
  await dialog.getByRole("combobox", { name: "角色" }).selectOption("supervisor");
  await dialog.getByRole("combobox", { name: "客服等级" }).selectOption("3");
  await dialog.getByRole("textbox", { name: "同时接待上限" }).fill("501");
  await dialog.getByRole("switch", { name: "可设置快捷回复权限" }).check();
  await dialog.getByRole("checkbox", { name: "售前" }).check();
  await expectAccessible(agent.page, "the form");
  await dialog.getByRole("button", { name: "保存" }).click();
  await expect(dialog.getByRole("textbox", { name: "同时接待上限" })).toBeFocused();
  await dialog.getByRole("textbox", { name: "同时接待上限" }).fill("20");
  // Closed by mistake: what was begun is there again.
  await agent.page.keyboard.press("Escape");
  await expect(dialog).toBeHidden();
  await main.getByRole("button", { name: "添加用户" }).click();
  await expect(dialog.getByRole("textbox", { name: "姓名" })).toHaveValue("周云");
  await dialog.getByRole("button", { name: "保存" }).click();
  await expect(dialog.getByLabel("登录信息", { exact: true })).toHaveValue(new RegExp(account));
  await dialog.getByRole("button", { name: "关闭" }).last().click();

  await expect(row(agent, "周云")).toContainText("等级 3");
  await expect(row(agent, "周云")).toContainText("售前");
  await expect(groups).toHaveText([/1 人/]);
  await row(agent, "周云").getByRole("button", { name: "编辑 周云" }).click();
  const edit = agent.page.getByRole("dialog", { name: "编辑 周云" });
  await expect(edit.getByRole("switch", { name: "可设置快捷回复权限" })).toBeChecked();
  await edit.getByRole("textbox", { name: "姓名" }).fill("周小云");
  await edit.getByRole("switch", { name: "设置管理员" }).check();
  await edit.getByRole("button", { name: "保存" }).click();
  await expect(row(agent, "周小云")).toContainText("管理员");
  await main.getByRole("textbox", { name: "搜索姓名、账号、手机号或邮箱" }).fill("没有这个人");
  await expect(agent.page.getByText("没有找到客服")).toBeVisible();
  await main.getByRole("textbox", { name: "搜索姓名、账号、手机号或邮箱" }).fill(account);
  await expect(agent.page.getByRole("list", { name: "客服", exact: true }).getByRole("listitem")).toHaveCount(1);
  await expectAccessibleInBothThemes(agent.page, "the page");
});

test("whoever is removed is signed out at once, after a question", async ({ browsers, server, organisation, admin }) => {
  const leaver = await newAgent(server, organisation, { name: "孟秋" });
  const heir = await newAgent(server, organisation, { name: "许舟" });
  const agent = await browsers.console({ path: "/people" });
  const theirs = await browsers.console({ as: leaver });
  const next = await browsers.console({ as: heir });
  await row(agent, "孟秋").getByRole("button", { name: "停用 孟秋" }).click();
  const question = agent.page.getByRole("dialog", { name: "停用“孟秋”？" });
  await expect(question).toContainText("没有需要转交的会话。");
  await expectAccessible(agent.page, "the question");
  await question.getByRole("button", { name: "取消" }).click();
  await expect(question).toBeHidden();

  await row(agent, "孟秋").getByRole("button", { name: "移除 孟秋" }).click();
  const removal = agent.page.getByRole("dialog", { name: "移除“孟秋”？" });
  await removal.getByRole("button", { name: "移除" }).click();
  await expect(agent.page.getByText("已移除 孟秋")).toBeVisible();
  await expect(row(agent, "孟秋")).toHaveCount(0);
  await expect(theirs.page).toHaveURL(/\/login/);
  await expect(next.page).toHaveURL(/\/inbox/);
  const { items } = await admin.ok(admin.api.GET("/api/v1/agents"));
  expect(items.map(({ name }) => name)).not.toContain("孟秋");
});

test("a role and a switch are felt on an open console, and no admin ends themselves", async ({
  browsers,
  website,
  server,
  organisation,
  admin,
}) => {
  const colleague = await newAgent(server, organisation, { name: "苏木" });
  const text = unique("你好");
  await (await newVisitor(server.url, website.key)).say(text);
  const theirs = await browsers.console({ as: colleague });
  await expect(theirs.entry(text)).toHaveCount(0);
  const params = { path: { agent_id: colleague.me.id } };
  await admin.ok(admin.api.PATCH("/api/v1/agents/{agent_id}", { params, body: { role: "supervisor" } }));
  await expect(theirs.entry(text)).toBeVisible();
  await admin.ok(admin.api.PATCH("/api/v1/agents/{agent_id}", { params, body: { role: "agent" } }));
  await expect(theirs.entry(text)).toHaveCount(0);
  await theirs.page.goto("/people");
  await expect(theirs.page.getByText("只有管理员可以管理客服。")).toBeVisible();

  const phone = await browsers.console({ path: "/people", viewport: { width: 390, height: 844 } });
  const own = row(phone, "我");
  await expect(own.getByRole("button")).toHaveCount(1);
  await own.getByRole("button").click();
  await expect(phone.page.getByRole("dialog")).toContainText("不能修改自己的角色和密码");
  await expectAccessible(phone.page, "one's own form on a phone");
});
