// CONV-5: which of Enter and Ctrl+Enter sends is chosen; the hint and the sheet of shortcuts follow.

import { newVisitor } from "@parlor/client/testing";
import { InputMethod } from "../../fixtures/ime.ts";
import { expect, test } from "../../fixtures/test.ts";

test("with the keys swapped Enter sends and Ctrl+Enter breaks the line, also after a reload", async ({ browsers, website, server }) => {
  const { conversation_id } = await (await newVisitor(server.url, website.key)).say("在吗");
  const agent = await browsers.console({ path: "/settings/account" });
  await agent.page.getByRole("radio", { name: "Enter 发送", exact: true }).check();
  await agent.page.goto(`/inbox/${conversation_id}`);
  await agent.composer.pressSequentially("第一行");
  await expect(agent.page.getByText("Enter 发送，Ctrl + Enter 换行", { exact: true })).toBeVisible();
  await agent.composer.press("Control+Enter");
  await agent.page.keyboard.type("第二行");
  await agent.composer.press("Shift+Enter");
  await agent.page.keyboard.type("第三行");
  await expect(agent.composer).toHaveValue("第一行\n第二行\n第三行");
  // In the middle, too.
  await agent.composer.press("ArrowUp");
  await agent.composer.press("Home");
  await agent.composer.press("Control+Enter");
  await expect(agent.composer).toHaveValue("第一行\n\n第二行\n第三行");
  await agent.composer.press("Enter");
  await expect(agent.messages.mark("第三行", "sent")).toBeVisible();
  await expect(agent.composer).toHaveValue("");
});

test("with the keys swapped Enter never sends while an input method composes", async ({ browsers, website, server }) => {
  const { conversation_id } = await (await newVisitor(server.url, website.key)).say("在吗");
  const agent = await browsers.console({ path: "/settings/account" });
  await agent.page.getByRole("radio", { name: "Enter 发送", exact: true }).check();
  await agent.page.goto(`/inbox/${conversation_id}`);
  await agent.composer.click();
  const ime = await InputMethod.of(agent.page);
  await ime.compose("ni hao");
  await ime.enterWhileComposing();
  await expect(agent.messages.all).toHaveCount(1);
  await ime.compose("ni hao");
  await ime.acceptByEnter("你好");
  await ime.compose("ma");
  await ime.acceptBeforeEnter("吗");
  await expect(agent.composer).toHaveValue("你好吗");
  await expect(agent.messages.all).toHaveCount(1);
  await agent.composer.press("Enter");
  await expect(agent.messages.message("你好吗")).toBeVisible();
  await expect(agent.messages.all).toHaveCount(2);
});

test("the sheet of shortcuts says what was chosen", async ({ browsers, website, server }) => {
  await (await newVisitor(server.url, website.key)).say("在吗");
  const agent = await browsers.console({ path: "/settings/account" });
  const row = (words: string) => agent.page.getByRole("dialog").getByText(words, { exact: true }).locator("xpath=following-sibling::dd");
  await expect(agent.connected).toBeVisible();
  await agent.page.keyboard.press("?");
  await expect(row("发送消息")).toHaveText("Ctrl + Enter");
  await expect(row("换行")).toHaveText("Enter");
  await agent.page.keyboard.press("Escape");
  await agent.page.getByRole("radio", { name: "Enter 发送", exact: true }).check();
  // A radio button takes no text, so the shortcut works from there.
  await agent.page.keyboard.press("?");
  await expect(row("发送消息")).toHaveText("Enter");
  await expect(row("换行")).toHaveText("Ctrl + Enter");
});
