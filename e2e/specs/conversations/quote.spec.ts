// CONV-5: answering to a message: it comes along in short on both sides, and leads to where it was said.

import { newVisitor } from "@parlor/client/testing";
import { expectAccessible } from "../../fixtures/axe.ts";
import { expectKept, kept } from "../../fixtures/kept.ts";
import { expect, onlyConversation, test } from "../../fixtures/test.ts";
import type { ConsolePage } from "../../pages/console.ts";

/** Chooses to answer to a message. */
async function quote(agent: ConsolePage, text: string): Promise<void> {
  const message = agent.messages.message(text);
  await message.hover();
  await message.getByRole("button", { name: "消息操作" }).click();
  await agent.page.getByRole("menuitem", { name: "引用" }).click();
  await expect(agent.page.getByRole("group", { name: "引用的消息" })).toContainText(text);
}

test("a quoted message stands in the answer on both sides and leads back to itself", async ({ browsers, shop, admin }) => {
  const visitor = await browsers.visitor({ url: shop });
  await visitor.open();
  await visitor.say("蓝色的多少钱？");
  const id = await onlyConversation(admin);
  for (let number = 1; number <= 40; number += 1) {
    await admin.ok(
      admin.api.POST("/api/v1/conversations/{conversation_id}/messages", {
        params: { path: { conversation_id: id } },
        body: { nonce: crypto.randomUUID(), content: { type: "text", text: `第 ${number} 句` } },
      }),
    );
  }
  const agent = await browsers.console({ path: `/inbox/${id}` });
  await agent.ready("第 40 句");
  const asked = agent.messages.message("蓝色的多少钱？").first();
  await asked.scrollIntoViewIfNeeded();
  await asked.hover();
  await asked.getByRole("button", { name: "消息操作" }).click();
  await agent.page.getByRole("menuitem", { name: "引用" }).click();
  const bar = agent.page.getByRole("group", { name: "引用的消息" });
  await expect(bar).toContainText("蓝色的多少钱？");
  await expect(agent.composer).toBeFocused();
  await expectAccessible(agent.page, "a quote above the composer");

  // It can be dropped, and chosen again.
  await bar.getByRole("button", { name: "取消引用" }).click();
  await expect(bar).toHaveCount(0);
  await expect(agent.composer).toBeFocused();
  await asked.hover();
  await asked.getByRole("button", { name: "消息操作" }).click();
  await agent.page.getByRole("menuitem", { name: "引用" }).click();
  // The draft survives a reload, and so does what it answers to.
  await agent.composer.fill("三十元");
  await agent.page.reload();
  await expect(bar).toContainText("蓝色的多少钱？");
  await expect(agent.composer).toHaveValue("三十元");
  await agent.send.click();
  await expect(bar).toHaveCount(0);
  const answer = agent.messages.message("三十元");
  const card = answer.getByRole("button", { name: /^引用 .*：蓝色的多少钱？$/ });
  await expect(card).toBeVisible();
  await expect(visitor.messages.message("三十元")).toContainText("蓝色的多少钱？");
  await expectAccessible(agent.page, "an answer with a quote");
  await expectAccessible(visitor.page, "an answer with a quote, in the widget");

  await card.click();
  await expect(agent.messages.message("蓝色的多少钱？").first()).toBeInViewport();
  await expect(answer).not.toBeInViewport();
});

test("a quote of what was recalled says so, and the next message quotes nothing", async ({ browsers, shop, admin }) => {
  const visitor = await browsers.visitor({ url: shop });
  await visitor.open();
  await visitor.say("你好");
  const id = await onlyConversation(admin);
  const agent = await browsers.console({ path: `/inbox/${id}` });
  await agent.ready("你好");
  await agent.say("底价二十");
  const said = agent.messages.message("底价二十");
  await expect(agent.messages.mark("底价二十", "sent").or(agent.messages.mark("底价二十", "read"))).toBeVisible();
  await said.click({ button: "right" });
  await agent.page.getByRole("menuitem", { name: "引用" }).click();
  await agent.say("仅限今天");
  await expect(visitor.messages.message("仅限今天")).toContainText("底价二十");
  // On another device the same message is just about to be quoted.
  const device = await browsers.console({ path: `/inbox/${id}` });
  await device.ready("仅限今天");
  await device.messages.message("底价二十").first().click({ button: "right" });
  await device.page.getByRole("menuitem", { name: "引用" }).click();
  const bar = device.page.getByRole("group", { name: "引用的消息" });
  await expect(bar).toContainText("底价二十");
  await said.first().hover();
  await said.first().getByRole("button", { name: "消息操作" }).click();
  await agent.page.getByRole("menuitem", { name: "撤回" }).click();
  for (const page of [agent.page, visitor.page, device.page]) {
    await expect(page.getByText("底价二十")).toHaveCount(0);
  }
  await expect(bar).toContainText("已撤回的消息");
  await expect(agent.messages.message("仅限今天")).toContainText("已撤回的消息");
  await expect(visitor.messages.message("仅限今天")).toContainText("撤回了一条消息");
  await agent.say("明天恢复原价");
  await expect(visitor.messages.message("明天恢复原价")).toBeVisible();
  await expect(agent.messages.message("明天恢复原价").getByRole("button", { name: /^引用/ })).toHaveCount(0);
});

test("what was quoted and not sent goes with the history, and with signing out", async ({ browsers, website, server, admin }) => {
  const visitor = await newVisitor(server.url, website.key);
  const { conversation_id } = await visitor.say("我的手机号是 13800000000");
  const agent = await browsers.console({ path: `/inbox/${conversation_id}` });
  const bar = agent.page.getByRole("group", { name: "引用的消息" });
  const quotes = () => agent.page.evaluate(() => Object.keys(localStorage).filter((name) => name.startsWith("parlor.quote.")).length);
  await agent.ready("13800000000");
  await quote(agent, "13800000000");
  expect(await quotes()).toBe(1);
  await admin.ok(admin.api.DELETE("/api/v1/conversations/{conversation_id}/messages", { params: { path: { conversation_id } } }));
  await expect(bar).toHaveCount(0);
  expect(await quotes()).toBe(0);
  await visitor.say("还在吗");
  await quote(agent, "还在吗");
  expect(await quotes()).toBe(1);
  await agent.choose("signOut");
  await expect(agent.page).toHaveURL(/\/login/);
  expect(await quotes()).toBe(0);
});

test("an answer that waits to be sent keeps no word of what it quotes, and shows it again after a reload", async ({
  browsers,
  website,
  server,
}) => {
  const [asked, answer] = ["我的手机号是 13800000000", "稍后给您打电话"];
  const visitor = await newVisitor(server.url, website.key);
  const { conversation_id } = await visitor.say(asked);
  // A blank page: one of the console would be connected before the route is there.
  const agent = await browsers.console({ path: "about:blank" });
  const { page } = agent;
  await page.routeWebSocket(/\/api\/v1\/socket/, (socket) => {
    const upstream = socket.connectToServer();
    socket.onMessage((frame) => {
      if ((JSON.parse(String(frame)) as { type: string }).type !== "send_message") {
        upstream.send(frame);
      }
    });
  });
  await page.goto(`/inbox/${conversation_id}`);
  await agent.ready(asked);
  await quote(agent, asked);
  await agent.say(answer);
  const card = agent.messages.message(answer).getByRole("button", { name: /^引用 .*：我的手机号是 13800000000$/ });
  await expect(card).toBeVisible();
  await expectKept(page, answer);
  expect(await kept(page)).not.toContain("13800000000");
  await page.reload();
  await expect(card).toBeVisible();
  await expect(agent.messages.mark(answer, "sending")).toBeVisible();
  await agent.choose("signOut");
  await page.getByRole("dialog", { name: "退出登录？" }).getByRole("button", { name: "仍然退出" }).click();
  await expect(page).toHaveURL(/\/login/);
  // The agent's own words are sent when they sign in again.
  expect(await kept(page)).toContain(answer);
  expect(await kept(page)).not.toContain("13800000000");
});
