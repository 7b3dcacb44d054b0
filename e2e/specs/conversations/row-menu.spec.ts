// CONV-2: what an agent sets of a conversation from its row in the list, which neither opens nor reads it.

import { newVisitor } from "@parlor/client/testing";
import { expectAccessible } from "../../fixtures/axe.ts";
import { expect, test } from "../../fixtures/test.ts";

test("a right click pins a conversation, which stays closed and unread", async ({ browsers, website, server, admin }) => {
  const [old, young] = [await newVisitor(server.url, website.key), await newVisitor(server.url, website.key)];
  await old.say("置顶我");
  await young.say("我更新");
  const agent = await browsers.console();
  await expect(agent.rows.first()).toContainText("我更新");
  await agent.entry("置顶我").click({ button: "right" });
  const menu = agent.page.getByRole("menu", { name: "会话设置" });
  const pin = menu.getByRole("menuitemcheckbox", { name: "置顶聊天" });
  await expect(pin).not.toBeChecked();
  await expectAccessible(agent.page, "the menu of a row");
  // Another row's takes its place.
  await agent.entry("我更新").click({ button: "right" });
  await expect(menu).toHaveCount(1);
  await agent.list.getByRole("heading").click();
  await expect(menu).toHaveCount(0);
  await agent.entry("置顶我").click({ button: "right" });
  await pin.click();
  await expect(menu).toHaveCount(0);
  await expect(agent.rows.first()).toContainText("置顶我");
  await expect(agent.rows.first()).toContainText("已置顶");
  await expect(agent.rows.first()).toContainText("1 条未读");
  await expect(agent.composer).toHaveCount(0);
  await expect(agent.page).toHaveURL(/\/inbox$/);
  const { items } = await admin.ok(admin.api.GET("/api/v1/conversations"));
  expect(items.map((one) => one.read_seq)).toEqual([0, 0]);
  // A click opens it as before.
  await agent.open("置顶我");
  await agent.rows.first().click({ button: "right" });
  await expect(pin).toBeChecked();
  await pin.click();
  await expect(agent.rows.first()).toContainText("我更新");
});

test("by the keyboard the menu opens on the row that has the focus, mutes, and gives the focus back", async ({ browsers, website, server }) => {
  const visitor = await newVisitor(server.url, website.key);
  await visitor.say("请勿打扰");
  const agent = await browsers.console();
  const row = agent.entry("请勿打扰");
  const menu = agent.page.getByRole("menu", { name: "会话设置" });
  await row.focus();
  for (const key of ["ContextMenu", "Shift+F10"]) {
    await agent.page.keyboard.press(key);
    await expect(menu.getByRole("menuitemcheckbox", { name: "置顶聊天" })).toBeFocused();
    await agent.page.keyboard.press("Escape");
    await expect(menu).toHaveCount(0);
    await expect(row).toBeFocused();
  }
  await agent.page.keyboard.press("Shift+F10");
  await agent.page.keyboard.press("ArrowDown");
  await agent.page.keyboard.press("Enter");
  await expect(row.getByRole("img", { name: "消息免打扰" })).toBeVisible();
  await expect(row).toBeFocused();
  await expect(agent.composer).toHaveCount(0);
  await expect(row.getByRole("img", { name: "未读" })).toBeVisible();
});

test("a row that is pinned by the keyboard takes the focus along", async ({ browsers, website, server }) => {
  for (const text of ["第一位", "第二位", "第三位"]) await (await newVisitor(server.url, website.key)).say(text);
  const agent = await browsers.console();
  await expect(agent.rows.first()).toContainText("第三位");
  const row = agent.entry("第一位");
  await row.focus();
  await agent.page.keyboard.press("Shift+F10");
  await agent.page.keyboard.press("Enter");
  await expect(agent.rows.first()).toContainText("第一位");
  await expect(row).toBeFocused();
});

test("one is taken as read without being opened, and marked unread again", async ({ browsers, website, server, admin }) => {
  const visitor = await newVisitor(server.url, website.key);
  await visitor.say("稍后再看");
  const agent = await browsers.console();
  const row = agent.entry("稍后再看");
  await expect(row).toHaveClass(/conversation-row--unread/);
  const choose = async (name: string) => {
    await row.click({ button: "right" });
    await agent.page.getByRole("menuitem", { name }).click();
  };
  await choose("标为已读");
  await expect(row).not.toHaveClass(/conversation-row--unread/);
  const known = async () => (await admin.ok(admin.api.GET("/api/v1/conversations"))).items[0];
  await expect.poll(async () => (await known())?.unread).toBe(0);
  await choose("标为未读");
  await expect(row.getByRole("img", { name: "未读" })).toBeVisible();
  await choose("标为已读");
  await expect(row).not.toHaveClass(/conversation-row--unread/);
  await expect.poll(async () => (await known())?.marked_unread).toBe(false);
  await expect(agent.composer).toHaveCount(0);
  // It waits for an answer still.
  await expect(row.getByText("待回复")).toHaveCount(1);
});

test("on a phone a long press opens the menu and not the conversation; the menu goes with its row", async ({ browsers, website, server, admin }) => {
  const { conversation_id } = await (await newVisitor(server.url, website.key)).say("按住我");
  const agent = await browsers.console({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });
  const row = agent.entry("按住我");
  await expect(row).toBeVisible();
  const place = await row.boundingBox();
  const touch = { x: (place?.x ?? 0) + 100, y: (place?.y ?? 0) + 20 };
  const session = await agent.page.context().newCDPSession(agent.page);
  const press = async () => {
    await session.send("Input.dispatchTouchEvent", { type: "touchStart", touchPoints: [touch] });
    await expect(agent.page.getByRole("menu", { name: "会话设置" })).toBeVisible();
    await session.send("Input.dispatchTouchEvent", { type: "touchEnd", touchPoints: [] });
  };
  await press();
  await agent.page.getByRole("menuitemcheckbox", { name: "消息免打扰" }).tap();
  await expect(row.getByRole("img", { name: "消息免打扰" })).toBeVisible();
  await expect(agent.page).toHaveURL(/\/inbox$/);
  await press();
  const params = { path: { conversation_id } };
  await admin.ok(admin.api.DELETE("/api/v1/conversations/{conversation_id}", { params }));
  await expect(agent.page.getByRole("menu")).toHaveCount(0);
});
