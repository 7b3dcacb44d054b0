// CONT-5: two contacts who are one person are merged, what differs is chosen, everybody sees it at once, and it can be undone.

import { newVisitor } from "@parlor/client/testing";
import type { ParlorClient } from "@parlor/client";
import type { Locator, Page } from "@playwright/test";
import { expectAccessible, expectAccessibleInBothThemes } from "../../fixtures/axe.ts";
import { expect, test, unique } from "../../fixtures/test.ts";

const WIDE = { viewport: { width: 1440, height: 900 } };
const PHONE = { viewport: { width: 390, height: 844 } };

interface Known {
  contact_id: string;
  conversation_id: string;
}

/** A visitor who has written, and what is noted of them. */
async function known(url: string, admin: ParlorClient, key: string, noted: { name: string; phone?: string; remark?: string }): Promise<Known> {
  const visitor = await newVisitor(url, key);
  const { conversation_id } = await visitor.say(unique("你好"));
  const { contact_id } = visitor.session;
  const body = { version: 0, ...noted };
  await admin.ok(admin.api.PATCH("/api/v1/contacts/{contact_id}", { params: { path: { contact_id } }, body }));
  return { contact_id, conversation_id };
}

function names(page: Page): Locator {
  return page.getByRole("rowheader").getByRole("button");
}

test("duplicates are found, merged as chosen, seen at once by everybody, and taken apart", async ({ browsers, website, admin, server }) => {
  await known(server.url, admin, website.key, { name: "王芳", phone: "13800138000", remark: "爱喝茶" });
  const other = await known(server.url, admin, website.key, { name: "王小姐", phone: "138-0013-8000" });
  const agent = await browsers.console({ path: "/contacts", ...WIDE });
  const colleague = await browsers.console({ path: `/inbox/${other.conversation_id}`, ...WIDE });
  await expect(colleague.contact.getByRole("textbox", { name: "姓名" })).toHaveValue("王小姐");
  const { page } = agent;
  await names(page).filter({ hasText: "王芳" }).click();
  await agent.contact.getByRole("button", { name: "合并重复联系人" }).click();
  const dialog = page.getByRole("dialog", { name: "合并重复联系人" });
  const offered = dialog.getByRole("button", { name: "王小姐" });
  await expect(offered).toContainText("电话相同");
  await expectAccessibleInBothThemes(page, "who may be the same");
  await offered.click();
  await expect(dialog).toContainText("“王小姐”将并入“王芳”");
  // What differs is chosen; what only one has is kept.
  await dialog.getByRole("radiogroup", { name: "保留哪个姓名" }).getByRole("radio", { name: "王小姐" }).check();
  await expect(dialog.getByRole("definition").first()).toHaveText("王小姐");
  await expect(dialog).toContainText("爱喝茶");
  await expectAccessible(page, "what becomes of the two");
  await dialog.getByRole("button", { name: "合并", exact: true }).click();
  await expect(dialog).toBeHidden();
  await expect(names(page)).toHaveText(["王小姐"]);
  // Everybody sees it without a reload.
  await expect(colleague.contact.getByRole("textbox", { name: "备注" })).toHaveValue("爱喝茶");
  const merged = agent.contact.getByRole("region", { name: "合并记录" });
  await expect(merged).toContainText("“王小姐”由");
  // Whoever would be deleted with them is named.
  await page.getByRole("row").filter({ hasText: "王小姐" }).getByRole("checkbox").check();
  await page.getByRole("button", { name: "更多操作" }).first().click();
  await page.getByRole("menuitem", { name: "删除访客" }).click();
  const deletion = page.getByRole("dialog", { name: "删除访客「王小姐」？" });
  await expect(deletion).toContainText("已并入该访客的联系人也会一并删除，包括他们的会话：王小姐");
  await page.keyboard.press("Escape");
  await expect(deletion).toBeHidden();
  await merged.getByRole("button", { name: "撤销合并" }).click();
  await expect(page.getByText("已撤销合并")).toBeVisible();
  await expect(names(page)).toHaveCount(2);
  await expect(agent.contact.getByRole("textbox", { name: "姓名" })).toHaveValue("王芳");
  await expect(colleague.contact.getByRole("textbox", { name: "备注" })).toHaveValue("");
});

test("on a phone somebody is searched for and merged, and the toast undoes it", async ({ browsers, website, admin, server }) => {
  const long = "周三回访，问过会员价。".repeat(20);
  await known(server.url, admin, website.key, { name: "张三", remark: "先打电话" });
  await known(server.url, admin, website.key, { name: "李四", remark: long });
  // The index follows within moments; the window asks once.
  const query = { q: "李四" };
  await expect.poll(async () => (await admin.ok(admin.api.GET("/api/v1/contacts", { params: { query } }))).items.length).toBe(1);
  const agent = await browsers.console({ path: "/contacts", ...PHONE });
  const { page } = agent;
  await names(page).filter({ hasText: "张三" }).click();
  await page.getByRole("button", { name: "合并重复联系人" }).click();
  const dialog = page.getByRole("dialog", { name: "合并重复联系人" });
  await expect(dialog).toContainText("没有发现可能重复的联系人");
  await dialog.getByRole("textbox", { name: "搜索要合并的联系人" }).fill("李四");
  await dialog.getByRole("button", { name: "李四" }).click();
  // What is long wraps, and is chosen by the keyboard's arrows as anything else.
  const remarks = dialog.getByRole("radiogroup", { name: "保留哪个备注" });
  await remarks.getByRole("radio", { name: "先打电话" }).press("ArrowDown");
  await expect(dialog.getByRole("definition").filter({ hasText: long })).toBeVisible();
  expect(await dialog.evaluate((dialog) => dialog.scrollWidth - dialog.clientWidth)).toBe(0);
  await expectAccessibleInBothThemes(page, "what becomes of the two, on a phone");
  await dialog.getByRole("button", { name: "合并", exact: true }).click();
  await expect(page.getByText("已合并到“张三”")).toBeVisible();
  await page.getByRole("status").getByRole("button", { name: "撤销合并" }).click();
  await expect(page.getByText("已撤销合并")).toBeVisible();
});
