// The list of conversations: filters, drafts, the next unread one, and rows that stand still under the pointer.

import { answer, newVisitor } from "@parlor/client/testing";
import { expectAccessibleInBothThemes } from "../../fixtures/axe.ts";
import { expect, test } from "../../fixtures/test.ts";

test("filters show what they say, live, and stand in the address", async ({ browsers, website, server, admin }) => {
  const waiting = await newVisitor(server.url, website.key);
  await waiting.say("还没有人理我");
  const answered = await newVisitor(server.url, website.key);
  const { conversation_id } = await answered.say("谢谢");
  await answer(admin, conversation_id, "不客气");
  const agent = await browsers.console({});
  await expect(agent.rows).toHaveCount(2);
  await agent.filter("待回复").click();
  await expect(agent.rows).toHaveCount(1);
  await expect(agent.entry("还没有人理我")).toHaveCount(1);
  await expect(agent.page).toHaveURL(/filter=waiting/);
  await answered.say("还有一个问题");
  await expect(agent.rows).toHaveCount(2);
  await agent.filter("我的").click();
  await expect(agent.list).toContainText("没有符合条件的会话");
  await agent.filter("未分配").click();
  await expect(agent.rows).toHaveCount(2);
  await agent.filter("未读").click();
  await expect(agent.rows).toHaveCount(2);
  // The one that is being read stays until another is opened.
  await agent.open("还有一个问题");
  await expect(agent.messages.message("还有一个问题")).toBeVisible();
  await expect(agent.rows).toHaveCount(2);
  await agent.page.reload();
  await expect(agent.filter("未读")).toHaveAttribute("aria-current", "true");
});

test("what was not sent survives a reload and is marked in the list", async ({ browsers, website, server }) => {
  for (const text of ["第一位", "第二位"]) await (await newVisitor(server.url, website.key)).say(text);
  const agent = await browsers.console({});
  await agent.open("第一位");
  await agent.composer.fill("稍等，我查一下");
  await agent.page.reload();
  await expect(agent.composer).toHaveValue("稍等，我查一下");
  await agent.open("第二位");
  await expect(agent.entry("草稿")).toContainText("稍等，我查一下");
  await agent.entry("草稿").click();
  await agent.send.click();
  await agent.open("第二位");
  await expect(agent.entry("草稿")).toHaveCount(0);
});

test("a note that was begun is marked in the list as well", async ({ browsers, website, server }) => {
  for (const text of ["第一位", "第二位"]) await (await newVisitor(server.url, website.key)).say(text);
  const agent = await browsers.console({});
  await agent.open("第一位");
  await agent.page.getByRole("button", { name: "内部备注", exact: true }).click();
  await agent.page.getByRole("textbox", { name: "内部备注", exact: true }).fill("问一下财务");
  await agent.open("第二位");
  await expect(agent.entry("备注草稿")).toContainText("问一下财务");
});

test("N goes to the next conversation with something unread", async ({ browsers, website, server }) => {
  for (const text of ["第一位", "第二位", "第三位"]) await (await newVisitor(server.url, website.key)).say(text);
  const agent = await browsers.console({});
  await expect(agent.rows).toHaveCount(3);
  for (const text of ["第三位", "第二位", "第一位"]) {
    await agent.list.getByRole("heading").click();
    await agent.page.keyboard.press("n");
    await expect(agent.messages.message(text)).toBeVisible();
    await expect(agent.entry(text)).not.toHaveClass(/conversation-row--unread/);
  }
});

test("from what one writes, keys lead to the neighbours, to the next unread one and to the search, and write nothing", async ({ browsers, website, server }) => {
  for (const text of ["第一位", "第二位", "第三位"]) await (await newVisitor(server.url, website.key)).say(text);
  const agent = await browsers.console({});
  await agent.open("第三位");
  const isWriting = async (text: string) => {
    await expect(agent.messages.message(text)).toBeVisible();
    await expect(agent.composer).toBeFocused();
  };
  await isWriting("第三位");
  await agent.page.keyboard.type("稍等");
  await agent.page.keyboard.press("Alt+ArrowDown");
  await isWriting("第二位");
  await agent.page.keyboard.press("Alt+ArrowUp");
  await isWriting("第三位");
  await expect(agent.composer).toHaveValue("稍等");
  // Two have been read; the last one has not.
  await expect(agent.entry("第二位")).not.toHaveClass(/conversation-row--unread/);
  await agent.page.keyboard.press("Alt+n");
  await isWriting("第一位");
  await expect(agent.composer).toHaveValue("");
  await agent.page.keyboard.press("Control+k");
  await expect(agent.search).toBeFocused();
  await expect(agent.search).toHaveValue("");
  await agent.page.keyboard.press("Alt+ArrowUp");
  await isWriting("第二位");
  await agent.list.getByRole("heading").click();
  await agent.page.keyboard.press("?");
  const sheet = agent.page.getByRole("dialog", { name: "快捷键" });
  for (const words of ["上一个会话Alt + ↑", "下一个会话Alt + ↓", "下一个未读会话N或Alt + N", "搜索会话/或Ctrl + K"]) {
    await expect(sheet).toContainText(words);
  }
  await expectAccessibleInBothThemes(agent.page, "the sheet of shortcuts");
  // A window over the page keeps the keys to itself.
  await agent.page.keyboard.press("Alt+ArrowDown");
  await agent.page.keyboard.press("Escape");
  await expect(sheet).toBeHidden();
  await expect(agent.messages.message("第二位")).toBeVisible();
});

test("while somebody aims at a row it stays where it is, and moves when they leave", async ({ browsers, website, server }) => {
  const rising = await newVisitor(server.url, website.key);
  await rising.say("我在下面");
  await (await newVisitor(server.url, website.key)).say("我在上面");
  const agent = await browsers.console({});
  await expect(agent.rows.first()).toContainText("我在上面");
  const box = await agent.rows.first().boundingBox();
  if (!box) throw new Error("the row is not drawn");
  const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
  await agent.page.mouse.move(x, y);
  await agent.page.mouse.down();
  await rising.say("我现在上来了");
  await expect(agent.entry("我现在上来了")).toHaveCount(1);
  await expect(agent.rows.first()).toContainText("我在上面");
  await agent.page.mouse.up();
  await expect(agent.messages.message("我在上面")).toBeVisible();
  await agent.page.mouse.move(box.x + 900, y);
  await expect(agent.rows.first()).toContainText("我现在上来了");
});
