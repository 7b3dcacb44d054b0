// CONV-5: an answer does not go out past a message that its writer has not seen; nobody is held up by one that they have seen.
//
// The page's clock stands still: how long a message has been before somebody's eyes is what the test says.

import { newVisitor, type VisitorByApi } from "@parlor/client/testing";
import { expectAccessibleInBothThemes } from "../../fixtures/axe.ts";
import { InputMethod } from "../../fixtures/ime.ts";
import { type Browsers, expect, test } from "../../fixtures/test.ts";
import type { ConsolePage } from "../../pages/console.ts";
import { fill } from "../../fixtures/sentences.ts";

async function writing(browsers: Browsers, conversation: string, text: string): Promise<{ agent: ConsolePage; later: (ms: number) => Promise<void> }> {
  const agent = await browsers.console({ path: "/settings/account" });
  let now = Date.now();
  await agent.page.clock.setFixedTime(now);
  await agent.page.goto(`/inbox/${conversation}`);
  await agent.connected.waitFor();
  await agent.composer.pressSequentially(text);
  return {
    agent,
    later: async (ms) => {
      now += ms;
      await agent.page.clock.setFixedTime(now);
    },
  };
}

function bar(agent: ConsolePage) {
  return agent.page.getByRole("group", { name: "您写回复时，对方又发来：" });
}

async function asked(server: { url: string }, key: string): Promise<{ visitor: VisitorByApi; conversation: string }> {
  const visitor = await newVisitor(server.url, key);
  const { conversation_id } = await visitor.say("有蓝色的吗？");
  return { visitor, conversation: conversation_id };
}

test("a message that comes as the answer goes out is shown first", async ({ browsers, website, server }) => {
  const { visitor, conversation } = await asked(server, website.key);
  const { agent } = await writing(browsers, conversation, "有的，湖蓝");
  await visitor.say("算了，要黑色的");
  await expect(agent.messages.message("算了，要黑色的")).toBeVisible();
  await agent.composer.press("Control+Enter");
  await expect(bar(agent)).toContainText("算了，要黑色的");
  await expect(agent.composer).toHaveValue("有的，湖蓝");
  await expect(agent.composer).toBeFocused();
  await expectAccessibleInBothThemes(agent.page, "an answer that is held back");
  // An Escape of the input method's is none of the bar's.
  const ime = await InputMethod.of(agent.page);
  await ime.compose("hei");
  await ime.escapeWhileComposing();
  await ime.giveUpBeforeEscape();
  await expect(agent.composer).toHaveValue("有的，湖蓝");
  await expect(bar(agent)).toBeVisible();
  // The keyboard is enough: on with the writing, and what was shown is known from then on.
  await agent.composer.press("Escape");
  await expect(bar(agent)).toHaveCount(0);
  await agent.composer.fill("黑色的也有");
  await agent.composer.press("Control+Enter");
  await expect(agent.messages.mark("黑色的也有", "sent")).toBeVisible();
  await expect(bar(agent)).toHaveCount(0);
  await expect(agent.messages.message("湖蓝")).toHaveCount(0);
});

test("whoever wants to send all the same does, by the button or by pressing the key once more after a look", async ({ browsers, website, server }) => {
  const { visitor, conversation } = await asked(server, website.key);
  const { agent, later } = await writing(browsers, conversation, "有的，湖蓝");
  await visitor.say("还有现货吗");
  await expect(agent.messages.message("还有现货吗")).toBeVisible();
  await agent.send.click();
  await bar(agent).getByRole("button", { name: "仍然发送" }).click();
  await expect(agent.messages.mark("有的，湖蓝", "sent")).toBeVisible();
  await expect(bar(agent)).toHaveCount(0);

  await agent.composer.pressSequentially("下午发货");
  await visitor.say("能送上海吗");
  await expect(agent.messages.message("能送上海吗")).toBeVisible();
  await agent.composer.press("Control+Enter");
  await expect(bar(agent)).toBeVisible();
  await agent.composer.press("Control+Enter");
  await expect(bar(agent), "a key pressed twice in a hurry is not a look").toBeVisible();
  await later(1_500);
  await agent.composer.press("Control+Enter");
  await expect(agent.messages.mark("下午发货", "sent")).toBeVisible();
  await expect(bar(agent)).toHaveCount(0);
});

test("a message that stood at the bottom for a moment, or was there before, holds nobody up", async ({ browsers, website, server }) => {
  const { visitor, conversation } = await asked(server, website.key);
  const { agent, later } = await writing(browsers, conversation, "有的，湖蓝");
  await visitor.say("急用");
  await expect(agent.messages.message("急用")).toBeVisible();
  await later(1_500);
  await agent.composer.press("Control+Enter");
  await expect(agent.messages.mark("有的，湖蓝", "sent")).toBeVisible();
  await visitor.say("好的");
  await expect(agent.messages.message("好的")).toBeVisible();
  await agent.composer.pressSequentially("不客气");
  await agent.composer.press("Control+Enter");
  await expect(agent.messages.mark("不客气", "sent")).toBeVisible();
});

test("what came below while one read further up, or while the draft lay there over a reload, is shown first", async ({ browsers, website, server }) => {
  const visitor = await newVisitor(server.url, website.key);
  const conversation = await fill(visitor, 1, 30);
  const { agent, later } = await writing(browsers, conversation, "您好");
  await agent.messages.log.hover();
  await agent.page.mouse.wheel(0, -600);
  await expect(agent.page.getByRole("button", { name: "回到最新消息" })).toBeVisible();
  await visitor.say("先不用回了");
  await expect(agent.page.getByText("1 条新消息")).toBeVisible();
  await later(60_000);
  await agent.composer.press("Control+Enter");
  await expect(bar(agent)).toContainText("先不用回了");
  await bar(agent).getByRole("button", { name: "继续编辑" }).click();
  await expect(agent.composer).toBeFocused();

  await agent.page.goto("/settings/account");
  await visitor.say("又想起一件事");
  await agent.page.goto(`/inbox/${conversation}`);
  await agent.ready("又想起一件事");
  await expect(agent.composer).toHaveValue("您好");
  await agent.composer.press("Control+Enter");
  await expect(bar(agent)).toContainText("又想起一件事");
  await expect(bar(agent)).not.toContainText("先不用回了");
});
