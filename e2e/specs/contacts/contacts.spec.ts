// CONT-1, CONT-4, CONT-5: the contacts of a channel and of all, found, sorted, opened, given tags together and carried out.

import { readFile } from "node:fs/promises";
import { newAgent, newChannel, newVisitor } from "@parlor/client/testing";
import type { ParlorClient } from "@parlor/client";
import type { Locator } from "@playwright/test";
import { expectAccessible } from "../../fixtures/axe.ts";
import { addTags } from "../../fixtures/tags.ts";
import { expect, test } from "../../fixtures/test.ts";
import type { ConsolePage } from "../../pages/console.ts";

const WIDE = { viewport: { width: 1440, height: 900 } };
const PHONE = { viewport: { width: 390, height: 844 } };

/** A visitor of a channel who has written, under this name. */
async function contact(url: string, admin: ParlorClient, key: string, name: string, phone?: string): Promise<string> {
  const visitor = await newVisitor(url, key);
  await visitor.say("你好");
  const { contact_id } = visitor.session;
  const body = phone === undefined ? { version: 0, name } : { version: 0, name, phone };
  await admin.ok(admin.api.PATCH("/api/v1/contacts/{contact_id}", { params: { path: { contact_id } }, body }));
  return contact_id;
}

/** The names in the table, in their order. */
function names(agent: ConsolePage): Locator {
  return agent.page.getByRole("rowheader").getByRole("button");
}

test("contacts are found, sorted and opened", async ({ browsers, website, admin, server }) => {
  const second = await newChannel(admin, "分店");
  await contact(server.url, admin, website.key, "王芳", "138 0013 8000");
  await contact(server.url, admin, website.key, "alice");
  await contact(server.url, admin, second.key, "Bob");
  const agent = await browsers.console({ path: "/inbox", ...WIDE });
  const { page } = agent;
  await page.getByRole("link", { name: "联系人", exact: true }).click();
  await expect(page.getByRole("heading", { level: 1, name: "联系人" })).toBeVisible();
  await expect(names(agent)).toHaveCount(3);
  await expectAccessible(page, "the contacts");
  await page.getByRole("button", { name: "姓名" }).click();
  await expect(names(agent)).toHaveText(["alice", "Bob", "王芳"]);
  await expect(page.getByRole("columnheader", { name: "姓名" })).toHaveAttribute("aria-sort", "ascending");
  await page.getByRole("button", { name: "姓名" }).click();
  await expect(names(agent)).toHaveText(["王芳", "Bob", "alice"]);
  const channels = page.getByRole("navigation", { name: "渠道联系人" });
  await channels.getByRole("link", { name: "分店" }).click();
  await expect(names(agent)).toHaveText(["Bob"]);
  await channels.getByRole("link", { name: "全部渠道" }).click();
  // What is looked for stands in the address: a reload shows the same.
  const search = page.getByRole("textbox", { name: "搜索联系人" });
  await search.fill("王");
  await expect(names(agent)).toHaveText(["王芳"]);
  await page.reload();
  await expect(search).toHaveValue("王");
  await expect(names(agent)).toHaveText(["王芳"]);
  await search.fill("13800138000");
  await expect(names(agent)).toHaveText(["王芳"]);
  await search.fill("没有这个人");
  await expect(page.getByText("没有符合条件的联系人")).toBeVisible();
  await page.getByRole("button", { name: "清除搜索" }).click();
  await expect(names(agent)).toHaveCount(3);
  // Its details are the panel's, and what is edited there is in the table.
  await names(agent).filter({ hasText: "Bob" }).click();
  await expect(agent.contact).toContainText("分店");
  await agent.contact.getByRole("textbox", { name: "备注" }).fill("下周回访");
  await expect(page.getByRole("row").filter({ hasText: "Bob" })).toContainText("下周回访");
  await agent.contact.getByRole("button", { name: "收起联系人信息" }).click();
  await page.getByRole("link", { name: "打开与 Bob 的会话" }).click();
  await expect(agent.composer).toBeVisible();
});

test("many are given tags at once, and the result is there after a reload", async ({ browsers, website, admin, server }) => {
  await addTags(admin, "级别", [["金牌", "yellow"], ["银牌", "gray"]], true);
  for (const name of ["甲", "乙", "丙"]) {
    await contact(server.url, admin, website.key, name);
  }
  const agent = await browsers.console({ path: "/contacts", ...WIDE });
  const { page } = agent;
  const row = (name: string) => page.getByRole("row").filter({ hasText: name });
  const actions = page.getByRole("button", { name: "更多操作" });
  const batch = async (tag: string) => {
    await actions.click();
    await page.getByRole("menuitem", { name: "批量打标签" }).click();
    const dialog = page.getByRole("dialog", { name: "批量打标签" });
    await dialog.getByRole("radio", { name: tag }).click();
    await expectAccessible(page, "batch tagging");
    await dialog.getByRole("button", { name: "开始打标签" }).click();
    await expect(dialog).toBeHidden();
  };
  const result = page.getByRole("region", { name: "批量打标签" });
  await page.getByRole("checkbox", { name: "选择 甲" }).check();
  await expect(page.getByRole("status").filter({ hasText: "已选择 1 位联系人" })).toBeVisible();
  await batch("银牌");
  await expect(result).toContainText("批量打标签已完成");
  await expect(result).toContainText("已添加 1 位，原已有 0 位");
  await expect(row("甲")).toContainText("银牌");
  // Of a single-choice group there is one: the other gives way.
  await page.getByRole("checkbox", { name: "全选本页" }).check();
  await batch("金牌");
  await expect(result).toContainText("已添加 3 位，原已有 0 位");
  for (const name of ["甲", "乙", "丙"]) {
    await expect(row(name)).toContainText("金牌");
  }
  await expect(row("甲")).not.toContainText("银牌");
  await page.reload();
  await expect(result).toContainText("已添加 3 位，原已有 0 位");
  await result.getByRole("button", { name: "关闭提示" }).click();
  await expect(result).toBeHidden();
  await page.getByRole("button", { name: "标签", exact: true }).click();
  await page.getByRole("menuitemradio", { name: "银牌" }).click();
  await expect(page.getByText("没有符合条件的联系人")).toBeVisible();
});

test("the table is downloaded, by whoever may", async ({ browsers, website, admin, server, organisation }) => {
  await contact(server.url, admin, website.key, "=1+1", "138 0013 8000");
  const agent = await browsers.console({ path: "/contacts", ...WIDE });
  await expect(names(agent)).toHaveText(["=1+1"]);
  await agent.page.getByRole("button", { name: "更多操作" }).click();
  const coming = agent.page.waitForEvent("download");
  await agent.page.getByRole("menuitem", { name: "导出 CSV" }).click();
  const download = await coming;
  expect(download.suggestedFilename()).toBe("contacts.csv");
  const text = await readFile(await download.path(), "utf8");
  expect(text).toContain("编号,姓名,电话,");
  expect(text).toContain("\"'=1+1\",138 0013 8000,");
  const plain = await newAgent(server, organisation);
  const other = await browsers.console({ path: "/contacts", as: plain, ...WIDE });
  await expect(other.page.getByText("还没有联系人")).toBeVisible();
  await other.page.getByRole("button", { name: "更多操作" }).click();
  await expect(other.page.getByRole("menuitem", { name: "批量打标签" })).toBeVisible();
  await expect(other.page.getByRole("menuitem", { name: "导出 CSV" })).toBeHidden();
});

test("on a phone the table has room, and details cover it", async ({ browsers, website, admin, server }) => {
  await contact(server.url, admin, website.key, "一位名字特别长的联系人来自很远的地方");
  const agent = await browsers.console({ path: "/contacts", ...PHONE });
  const { page } = agent;
  await expect(names(agent)).toHaveCount(1);
  await expectAccessible(page, "the contacts on a phone");
  const width = await page.evaluate(() => document.documentElement.scrollWidth);
  expect(width).toBeLessThanOrEqual(390);
  for (const target of [names(agent).first(), page.getByRole("button", { name: "更多操作" })]) {
    const box = await target.boundingBox();
    expect(Math.min(box?.width ?? 0, box?.height ?? 0)).toBeGreaterThanOrEqual(44);
  }
  await names(agent).first().click();
  await expect(agent.contact).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(agent.contact).toBeHidden();
});
