// Messages in another language: on their way, there, failed; and the menus of a message and of a note.

import { answer, newVisitor } from "@parlor/client/testing";
import { expect } from "../fixtures/test.ts";
import { test } from "../fixtures/translation.ts";
import { LOOKS } from "./shoot.ts";

const ASKED = "Hello! I bought the fountain pen No. 7 last week, and the nib is a little scratchy. Could I send it back for another one?";
const ASKED_IN_CHINESE = "您好！我上周买了七号钢笔，笔尖有点刮纸。可以寄回来换一支吗？";
const ANSWERED = "当然可以，七天内免费换新，运费由我们承担。";
const ANSWERED_IN_ENGLISH = "Of course. Within seven days we exchange it for free, and we pay the postage.";

for (const { name, language, options, shoot } of LOOKS) {
  test(`translations ${name}`, async ({ browsers, website, admin, server, translator }) => {
    const chinese = language === "zh-CN";
    translator.learn(ASKED, { text: chinese ? ASKED_IN_CHINESE : ASKED, from: "en" });
    translator.learn(ANSWERED, { text: chinese ? ANSWERED : ANSWERED_IN_ENGLISH, from: "zh" });
    const visitor = await newVisitor(server.url, website.key);
    const { conversation_id } = await visitor.say(ASKED);
    await answer(admin, conversation_id, ANSWERED);
    const note = { nonce: crypto.randomUUID(), text: "老客户，运费我们承担" };
    await admin.ok(admin.api.POST("/api/v1/conversations/{conversation_id}/notes", { params: { path: { conversation_id } }, body: note }));
    await visitor.say("Danke schön");
    await visitor.say("Wie lange dauert es?");
    await visitor.say("OK");
    const agent = await browsers.console({ ...options, path: `/inbox/${conversation_id}` });
    const { page, messages } = agent;
    await agent.ready("OK");
    const translate = async (text: string) => {
      await messages.message(text).getByText(text).first().click({ button: "right", position: { x: 4, y: 8 } });
      await page.getByRole("menuitem", { name: /^翻译$|^Translate$/ }).click();
    };
    await messages.message("OK").getByText("OK").first().click({ button: "right", position: { x: 4, y: 8 } });
    await expect(page.getByRole("menuitem", { name: /^翻译$|^Translate$/ })).toBeVisible();
    await shoot(page, "translation-menu");
    await page.keyboard.press("Escape");
    await messages.message(note.text).getByText(note.text).click({ button: "right", position: { x: 4, y: 8 } });
    await expect(page.getByRole("menuitem")).toHaveCount(1);
    await shoot(page, "note-menu");
    await page.keyboard.press("Escape");
    for (const text of [ASKED, ANSWERED]) {
      await translate(text);
      await expect(messages.message(text).getByRole("button", { name: /^隐藏$|^Hide$/ })).toBeVisible();
    }
    translator.fail(503);
    await translate("Danke schön");
    await expect(messages.message("Danke schön").getByRole("button", { name: /重试|Try again/ })).toBeVisible();
    translator.hold();
    await translate("Wie lange dauert es?");
    await expect(messages.message("Wie lange dauert es?").getByText(/正在翻译|Translating/)).toBeVisible();
    await shoot(page, "translation");
    translator.goOn();
    await page.goto("/settings/account");
    await expect(page.getByLabel(/^消息翻译为$|^Translate messages into$/)).toBeVisible();
    await shoot(page, "translation-settings", "whole");
  });
}
