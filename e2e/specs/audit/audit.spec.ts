// Issue 5, 9: who did what to whom, when and from where: found, unfolded and carried out; and a colleague's second factor.

import { readFile } from "node:fs/promises";
import { newAgent } from "@parlor/client/testing";
import type { Locator } from "@playwright/test";
import { expectAccessible, expectAccessibleInBothThemes } from "../../fixtures/axe.ts";
import { enableSecondFactor } from "../../fixtures/second-factor.ts";
import { expect, test } from "../../fixtures/test.ts";
import type { ConsolePage } from "../../pages/console.ts";

const WIDE = { viewport: { width: 1440, height: 900 } };

/** The entries that are shown. */
function entries(agent: ConsolePage): Locator {
  return agent.page.getByRole("region", { name: "操作日志" }).getByRole("listitem");
}

test("deeds are found by words, by what was done and by whom, unfolded and carried out", async ({
  browsers,
  admin,
  organisation,
  server,
  website,
}) => {
  const params = { path: { channel_id: website.id } };
  await admin.ok(admin.api.PATCH("/api/v1/channels/{channel_id}", { params, body: { name: "旗舰店" } }));
  await admin.ok(admin.api.POST("/api/v1/tag-groups", { body: { name: "=1+1" } }));
  const agent = await browsers.console({ path: "/inbox", ...WIDE });
  const { page } = agent;
  await agent.accountMenu.click();
  await page.getByRole("menuitem", { name: "操作日志" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "操作日志" })).toBeVisible();
  await expect(entries(agent).filter({ hasText: "登录" }).first()).toBeVisible();
  await expectAccessibleInBothThemes(page, "the log");
  // What is looked for stands in the address: a reload shows the same.
  const main = page.getByRole("main");
  await main.getByRole("textbox", { name: "搜索姓名或名称" }).fill("旗舰");
  await expect(entries(agent)).toHaveText([/编辑了渠道.*旗舰店/]);
  await page.reload();
  await expect(main.getByRole("textbox", { name: "搜索姓名或名称" })).toHaveValue("旗舰");
  await expect(entries(agent)).toHaveText([/编辑了渠道.*旗舰店/]);
  await entries(agent).locator("summary").click();
  await expect(entries(agent)).toContainText("127.0.0.1");
  await expect(entries(agent)).toContainText("修改项");
  await expectAccessible(page, "an entry");
  await entries(agent).getByRole("button", { name: "只看此对象" }).click();
  await main.getByRole("textbox", { name: "搜索姓名或名称" }).fill("");
  await expect(entries(agent)).toHaveText([/编辑了渠道/, /设置了渠道的会话分配/, /添加了渠道/]);
  await expect(main.getByText("只看一个对象")).toBeVisible();
  await main.getByRole("button", { name: "清除筛选" }).click();
  await main.getByRole("combobox", { name: "操作", exact: true }).selectOption("tags");
  await expect(entries(agent)).toHaveText([/添加了标签分组/]);
  const coming = page.waitForEvent("download");
  await main.getByRole("button", { name: "导出表格" }).click();
  const download = await coming;
  expect(download.suggestedFilename()).toBe("audit.csv");
  const text = await readFile(await download.path(), "utf8");
  expect(text).toContain("时间 (UTC),操作人,API 令牌,操作,");
  expect(text).toContain("标签分组,\"'=1+1\",");
  // By whom, a program among them, whose token is named.
  const program = await admin.ok(admin.api.POST("/api/v1/api-tokens", { body: { name: "客户系统", scopes: ["tags:write"] } }));
  const asked = await fetch(`${server.url}/api/v1/tag-groups`, {
    method: "POST",
    headers: { authorization: `Bearer ${program.secret}`, "content-type": "application/json" },
    body: JSON.stringify({ name: "来源" }),
  });
  expect(asked.status).toBe(201);
  await main.getByRole("textbox", { name: "搜索姓名或名称" }).fill("客户系统");
  await expect(entries(agent)).toHaveText([/客户系统.*添加了标签分组.*来源/]);
  await entries(agent).locator("summary").click();
  await expect(entries(agent)).toContainText("创建）");
  await main.getByRole("button", { name: "清空搜索" }).click();
  await main.getByRole("combobox", { name: "操作人", exact: true }).selectOption({ label: organisation.me.name });
  await expect(entries(agent)).toHaveCount(2);
  await main.getByRole("combobox", { name: "操作", exact: true }).selectOption("conversation_deleted");
  await expect(page.getByText("没有符合条件的记录")).toBeVisible();
});

test("on a phone entries are cards, and only admins see them", async ({ browsers, server, organisation }) => {
  const phone = await browsers.console({ path: "/audit", viewport: { width: 390, height: 844 } });
  await expect(entries(phone).first()).toBeVisible();
  await expectAccessible(phone.page, "the log on a phone");
  expect(await phone.page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
  const box = await entries(phone).first().locator("summary").boundingBox();
  expect(box?.height ?? 0).toBeGreaterThanOrEqual(44);
  const plain = await newAgent(server, organisation);
  const other = await browsers.console({ path: "/audit", as: plain, ...WIDE });
  await expect(other.page.getByText("只有管理员可以查看操作日志。")).toBeVisible();
  await other.accountMenu.click();
  await expect(other.page.getByRole("menuitem", { name: "个人账号" })).toBeVisible();
  await expect(other.page.getByRole("menuitem", { name: "操作日志" })).toBeHidden();
});

test("an admin takes a colleague's second factor off, after a question", async ({ browsers, server, organisation }) => {
  const colleague = await newAgent(server, organisation, { name: "孟秋" });
  await enableSecondFactor(colleague.client, colleague.password);
  const agent = await browsers.console({ path: "/people", ...WIDE });
  const { page } = agent;
  // Whoever has none shows nothing to take off.
  await expect(page.getByRole("button", { name: /的两步验证$/ })).toHaveCount(1);
  await page.getByRole("button", { name: "解除 孟秋 的两步验证" }).click();
  const question = page.getByRole("dialog", { name: "解除“孟秋”的两步验证？" });
  await expectAccessible(page, "the question");
  await question.getByRole("button", { name: "取消" }).click();
  await expect(question).toBeHidden();
  await page.getByRole("button", { name: "解除 孟秋 的两步验证" }).click();
  await question.getByRole("button", { name: "解除", exact: true }).click();
  await expect(question).toBeHidden();
  await expect(page.getByText("“孟秋”现在仅凭密码登录")).toBeVisible();
  await expect(page.getByRole("button", { name: "解除 孟秋 的两步验证" })).toHaveCount(0);
  const mine = await colleague.client.ok(colleague.client.api.GET("/api/v1/me/second-factor"));
  expect(mine.enabled_at).toBeNull();
});
