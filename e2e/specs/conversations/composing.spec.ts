// Keys in the composer, with a real input method: Enter never sends half a word.

import { newVisitor } from "@parlor/client/testing";
import { InputMethod } from "../../fixtures/ime.ts";
import { expect, test } from "../../fixtures/test.ts";

test("Ctrl+Enter sends, Enter breaks the line", async ({ browsers, website, server }) => {
  const visitor = await newVisitor(server.url, website.key);
  const { conversation_id } = await visitor.say("在吗");
  const agent = await browsers.console({ path: `/inbox/${conversation_id}` });
  await agent.composer.pressSequentially("第一行");
  await agent.composer.press("Enter");
  await agent.composer.pressSequentially("第二行");
  await expect(agent.composer).toHaveValue("第一行\n第二行");
  await agent.composer.press("Control+Enter");
  // On the screen it is at once; on the server when the mark says so.
  await expect(agent.messages.mark("第二行", "sent")).toBeVisible();
  await expect(agent.composer).toHaveValue("");
  const heard = await visitor.client.ok(visitor.client.api.GET("/widget/v1/messages"));
  expect(heard.items.at(-1)?.content).toEqual({ type: "text", text: "第一行\n第二行" });
});

test("white space alone cannot be sent", async ({ browsers, website, server }) => {
  const { conversation_id } = await (await newVisitor(server.url, website.key)).say("在吗");
  const agent = await browsers.console({ path: `/inbox/${conversation_id}` });
  await agent.composer.fill("  \n ");
  await agent.composer.press("Control+Enter");
  await expect(agent.send).toBeDisabled();
  await expect(agent.messages.all).toHaveCount(1);
  // Had the white space gone out, it would stand before this.
  await agent.say("在的");
  await expect(agent.messages.mark("在的", "sent")).toBeVisible();
  await expect(agent.messages.all).toHaveCount(2);
});

test("the console never sends while an input method composes", async ({ browsers, website, server }) => {
  const { conversation_id } = await (await newVisitor(server.url, website.key)).say("在吗");
  const agent = await browsers.console({ path: `/inbox/${conversation_id}` });
  await agent.composer.click();
  const ime = await InputMethod.of(agent.page);
  await ime.compose("ni hao");
  await expect(agent.composer).toHaveValue("ni hao");
  await ime.enterWhileComposing("control");
  await expect(agent.messages.all).toHaveCount(1);
  await expect(agent.composer).toHaveValue(/ni hao/);
  await ime.compose("ni hao");
  await ime.acceptByEnter("你好");
  await expect(agent.composer).toHaveValue(/你好/);
  await expect(agent.messages.all).toHaveCount(1);
  await agent.composer.press("Control+Enter");
  await expect(agent.messages.message("你好")).toBeVisible();
  await expect(agent.messages.all).toHaveCount(2);
});

test("the widget never sends while an input method composes, and Enter sends afterwards", async ({ browsers, shop }) => {
  const visitor = await browsers.visitor({ url: shop });
  await visitor.open();
  await visitor.composer.click();
  const ime = await InputMethod.of(visitor.page);
  await ime.compose("dui hua");
  await expect(visitor.composer).toHaveValue("dui hua");
  await ime.enterWhileComposing();
  await expect(visitor.messages.all).toHaveCount(0);
  await ime.compose("dui hua");
  await ime.acceptByEnter("对话");
  await expect(visitor.composer).toHaveValue(/对话/);
  await expect(visitor.messages.all).toHaveCount(0);
  await visitor.composer.press("Shift+Enter");
  await visitor.composer.pressSequentially("下一行");
  await visitor.composer.press("Enter");
  await expect(visitor.messages.message("下一行")).toBeVisible();
  await expect(visitor.messages.all).toHaveCount(1);
  await expect(visitor.composer).toHaveValue("");
});

test("the emoji picker puts emoji where the cursor stands", async ({ browsers, shop }) => {
  const visitor = await browsers.visitor({ url: shop });
  await visitor.open();
  await visitor.composer.fill("谢谢您");
  await visitor.composer.press("ArrowLeft");
  await visitor.emoji.click();
  const picked = visitor.page.getByRole("button", { name: /\p{Extended_Pictographic}/u }).first();
  const emoji = (await picked.textContent())?.trim() ?? "";
  expect(emoji).not.toBe("");
  // Several in a row stand in that order, and typing goes on behind them.
  await picked.click();
  await visitor.page.getByRole("button", { name: "👍", exact: true }).click();
  await expect(visitor.composer).toHaveValue(`谢谢${emoji}👍您`);
  await visitor.composer.pressSequentially("！");
  await expect(visitor.composer).toHaveValue(`谢谢${emoji}👍！您`);
  await visitor.send.click();
  await expect(visitor.messages.message(`谢谢${emoji}👍！您`)).toBeVisible();
  // Emoji alone are shown large, as in the console.
  await visitor.say("👍");
  await expect(visitor.messages.message("👍").last().getByText("👍", { exact: true })).toHaveCSS("font-size", "32px");
});
