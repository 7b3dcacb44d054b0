// CONV-5: a message is read in another language, below its own words, for as long as its conversation is open.

import { answer, newVisitor } from "@parlor/client/testing";
import { expectAccessible } from "../../fixtures/axe.ts";
import { expect, test as plain } from "../../fixtures/test.ts";
import { test } from "../../fixtures/translation.ts";
import type { ConsolePage } from "../../pages/console.ts";

const FRENCH = "Bonjour, avez-vous ce stylo en bleu ?";
const CHINESE = "您好，这支笔有蓝色的吗？";

/** The button of the message with this text. */
const button = (agent: ConsolePage, text: string) => agent.messages.message(text).getByRole("button", { name: "消息操作" });

/** Chooses something of the message's menu. */
async function choose(agent: ConsolePage, text: string, name: string): Promise<void> {
  await agent.messages.message(text).hover();
  await button(agent, text).click();
  await agent.page.getByRole("menuitem", { name, exact: true }).click();
}

for (const colorScheme of ["light", "dark"] as const) {
  test(`a message is translated below its words, and hidden again (${colorScheme})`, async ({ browsers, server, website, admin, translator }) => {
    translator.learn(FRENCH, { text: CHINESE, from: "fr" });
    const visitor = await newVisitor(server.url, website.key);
    const { conversation_id } = await visitor.say(FRENCH);
    await answer(admin, conversation_id, "稍等");
    const agent = await browsers.console({ path: `/inbox/${conversation_id}`, colorScheme });
    await agent.ready(FRENCH);
    translator.hold();
    await choose(agent, FRENCH, "翻译");
    const message = agent.messages.message(FRENCH);
    await expect(message.getByText("正在翻译…")).toBeVisible();
    await expect(button(agent, FRENCH)).toBeFocused();
    translator.goOn();
    await expect(message.getByText(CHINESE)).toBeVisible();
    await expect(message.getByText("翻译自法语")).toBeVisible();
    await expect(message.getByText(FRENCH)).toBeVisible();
    expect(translator.asked).toEqual([expect.objectContaining({ q: FRENCH, target: "zh" })]);
    await expectAccessible(agent.page, "a translated message");

    // It stays where it is while more is said, and goes with its button, which leaves the focus at the message.
    await visitor.say("Merci !");
    await expect(agent.messages.message("Merci !")).toBeVisible();
    await expect(message.getByText(CHINESE)).toBeVisible();
    await message.getByRole("button", { name: "隐藏", exact: true }).click();
    await expect(agent.page.getByText(CHINESE)).toHaveCount(0);
    await expect(button(agent, FRENCH)).toBeFocused();

    // Again by keyboard alone; it was paid for once.
    await agent.page.keyboard.press("Enter");
    await agent.page.keyboard.press("End");
    await expect(agent.page.getByRole("menuitem", { name: "翻译", exact: true })).toBeFocused();
    await agent.page.keyboard.press("Enter");
    await expect(message.getByText(CHINESE)).toBeVisible();
    expect(translator.asked).toHaveLength(1);
    await agent.page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
    await choose(agent, FRENCH, "复制译文");
    await expect.poll(() => agent.page.evaluate(() => navigator.clipboard.readText())).toBe(CHINESE);
    await choose(agent, FRENCH, "隐藏译文");
    await expect(agent.page.getByText(CHINESE)).toHaveCount(0);
  });
}

test("what fails says why and is tried again; what reads the same says so; faces are not translated", async ({ browsers, server, website, translator }) => {
  const visitor = await newVisitor(server.url, website.key);
  const { conversation_id } = await visitor.say(FRENCH);
  await visitor.say("OK");
  await visitor.say("👍");
  const agent = await browsers.console({ path: `/inbox/${conversation_id}` });
  await agent.ready("👍");
  translator.fail(503);
  await choose(agent, FRENCH, "翻译");
  const message = agent.messages.message(FRENCH);
  await expect(message.getByText("翻译服务暂时不可用")).toBeVisible();
  await expectAccessible(agent.page, "a translation that failed");
  await message.getByRole("button", { name: "重试" }).click();
  await expect(message.getByText(`[zh] ${FRENCH}`)).toBeVisible();
  expect(translator.asked).toHaveLength(2);

  translator.learn("OK", { text: "OK", from: "en" });
  await choose(agent, "OK", "翻译");
  await expect(agent.messages.message("OK").getByText("译文与原文相同")).toBeVisible();

  await agent.messages.message("👍").hover();
  await button(agent, "👍").click();
  await expect(agent.page.getByRole("menuitem", { name: "复制" })).toBeVisible();
  await expect(agent.page.getByRole("menuitem", { name: "翻译", exact: true })).toHaveCount(0);
});

test("it goes with the message that is recalled, and with the conversation that is closed", async ({ browsers, server, website, admin, translator }) => {
  translator.learn(FRENCH, { text: CHINESE, from: "fr" });
  const visitor = await newVisitor(server.url, website.key);
  const { conversation_id } = await visitor.say(FRENCH);
  const said = await answer(admin, conversation_id, "Trois cents euros");
  const other = await (await newVisitor(server.url, website.key)).say("另一位");
  const agent = await browsers.console({ path: `/inbox/${conversation_id}` });
  await agent.ready("Trois cents euros");
  await choose(agent, FRENCH, "翻译");
  await choose(agent, "Trois cents euros", "翻译");
  await expect(agent.page.getByText("[zh] Trois cents euros")).toBeVisible();
  const path = { conversation_id, message_id: said.id };
  await admin.ok(admin.api.POST("/api/v1/conversations/{conversation_id}/messages/{message_id}/recall", { params: { path } }));
  await expect(agent.messages.message("你撤回了一条消息")).toBeVisible();
  await expect(agent.page.getByText("Trois cents euros")).toHaveCount(0);
  await expect(agent.page.getByText(CHINESE)).toBeVisible();

  await agent.page.goto(`/inbox/${other.conversation_id}`);
  await agent.ready("另一位");
  await agent.page.goBack();
  await agent.ready(FRENCH);
  await expect(agent.page.getByText(CHINESE)).toHaveCount(0);
});

test("into the language of the interface, or another that one chooses", async ({ browsers, server, website, translator }) => {
  const visitor = await newVisitor(server.url, website.key);
  const { conversation_id } = await visitor.say(FRENCH);
  const agent = await browsers.console({ path: `/inbox/${conversation_id}`, locale: "en" });
  await agent.ready(FRENCH);
  const translate = async () => {
    await agent.messages.message(FRENCH).hover();
    await agent.messages.message(FRENCH).getByRole("button", { name: "Message actions" }).click();
    await agent.page.getByRole("menuitem", { name: "Translate", exact: true }).click();
  };
  await translate();
  await expect(agent.messages.message(FRENCH).getByText(`[en] ${FRENCH}`)).toBeVisible();
  await expect(agent.messages.message(FRENCH).getByText("Translated from French")).toBeVisible();
  await agent.page.goto("/settings/account");
  const choice = agent.page.getByLabel("Translate messages into", { exact: true });
  await expect(choice).toHaveValue("");
  await choice.selectOption({ label: "Japanese" });
  await agent.page.goto(`/inbox/${conversation_id}`);
  await agent.ready(FRENCH);
  await translate();
  await expect(agent.messages.message(FRENCH).getByText(`[ja] ${FRENCH}`)).toBeVisible();
  expect(translator.asked.map(({ target }) => target)).toEqual(["en", "ja"]);
});

plain("where nobody translates, nothing is offered", async ({ browsers, server, website }) => {
  const visitor = await newVisitor(server.url, website.key);
  const { conversation_id } = await visitor.say(FRENCH);
  const agent = await browsers.console({ path: `/inbox/${conversation_id}` });
  await agent.ready(FRENCH);
  await agent.messages.message(FRENCH).hover();
  await button(agent, FRENCH).click();
  await expect(agent.page.getByRole("menuitem", { name: "复制" })).toBeVisible();
  await expect(agent.page.getByRole("menuitem", { name: "翻译", exact: true })).toHaveCount(0);
});
