// The console on a phone, where one pane hides the other: what is hidden neither acts nor forgets.

import type { Locator } from "@playwright/test";
import { newVisitor } from "@parlor/client/testing";
import { fill } from "../../fixtures/sentences.ts";
import { type Browsers, expect, requestsOf, test } from "../../fixtures/test.ts";
import type { ConsolePage } from "../../pages/console.ts";

const phone = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };

async function atNewest(browsers: Browsers, conversation: string, newest: string): Promise<ConsolePage> {
  const agent = await browsers.console({ ...phone, path: `/inbox/${conversation}` });
  await expect(agent.messages.message(newest)).toBeInViewport();
  await agent.connected.waitFor({ state: "attached" });
  return agent;
}

/** A message in the log that the panel covers. */
function covered(agent: ConsolePage, text: string): Locator {
  return agent.page.getByRole("article", { includeHidden: true }).filter({ hasText: text });
}

const showContact = { name: "查看联系人信息", exact: true };
const hideContact = { name: "收起联系人信息", exact: true };

test("under the contact panel a conversation fetches nothing, reads nothing, and keeps its place", async ({ browsers, website, server, admin }) => {
  const visitor = await newVisitor(server.url, website.key);
  const conversation = await fill(visitor, 1, 160);
  const agent = await atNewest(browsers, conversation, "第 160 句");
  const readSeq = async () => (await admin.ok(admin.api.GET("/api/v1/conversations"))).items[0]?.read_seq;
  await expect.poll(readSeq).toBe(160);
  const place = agent.messages.message("第 140 句");
  await place.evaluate((message) => message.scrollIntoView({ block: "start" }));
  await expect(agent.page.getByRole("button", { name: "回到最新消息" })).toBeVisible();
  const earlier = requestsOf(agent.page, ({ pathname, search }) => pathname.endsWith("/messages") && search.includes("before_seq"));
  await agent.page.getByRole("button", showContact).tap();
  await expect(agent.contact).toBeVisible();
  await visitor.say("没人看见的一句");
  await expect(covered(agent, "没人看见的一句")).toHaveCount(1);
  await agent.contact.getByRole("button", hideContact).tap();
  await expect(place).toBeInViewport();
  await expect(agent.page.getByRole("button", { name: "1 条新消息" })).toBeVisible();
  expect(earlier).toEqual([]);
  expect(await readSeq()).toBe(160);
});

test("what comes in under the contact panel is read only when it is seen", async ({ browsers, website, server, admin }) => {
  const visitor = await newVisitor(server.url, website.key);
  const conversation = await fill(visitor, 1, 30);
  const agent = await atNewest(browsers, conversation, "第 30 句");
  const readSeq = async () => (await admin.ok(admin.api.GET("/api/v1/conversations"))).items[0]?.read_seq;
  await expect.poll(readSeq).toBe(30);
  await agent.page.getByRole("button", showContact).tap();
  await expect(agent.contact).toBeVisible();
  await visitor.say("面板挡住的一句");
  await expect(covered(agent, "面板挡住的一句")).toHaveCount(1);
  // Had it been taken for read, that would be on the server before this is: both go over the same socket.
  await expect(agent.page).toHaveTitle(/1/);
  expect(await readSeq()).toBe(30);
  await agent.contact.getByRole("button", hideContact).tap();
  await expect(agent.messages.message("面板挡住的一句")).toBeInViewport();
  await expect.poll(readSeq).toBe(31);
});

test("the contact panel does not follow into the next conversation", async ({ browsers, website, server }) => {
  await (await newVisitor(server.url, website.key)).say("第一位");
  await (await newVisitor(server.url, website.key)).say("第二位");
  const agent = await browsers.console(phone);
  await agent.entry("第一位").tap();
  await expect(agent.messages.message("第一位")).toBeVisible();
  await agent.page.getByRole("button", showContact).tap();
  await expect(agent.contact).toBeVisible();
  await agent.page.goBack();
  await agent.entry("第二位").tap();
  await expect(agent.messages.message("第二位")).toBeVisible();
  await expect(agent.contact).toHaveCount(0);
});

test("the list is whole after a reload inside a conversation", async ({ browsers, website, server }) => {
  for (let n = 1; n <= 12; n += 1) {
    await (await newVisitor(server.url, website.key)).say(`访客说 ${n} 号`);
  }
  const agent = await browsers.console(phone);
  await agent.entry("访客说 12 号").tap();
  await expect(agent.messages.message("访客说 12 号")).toBeVisible();
  await agent.page.reload();
  await expect(agent.messages.message("访客说 12 号")).toBeVisible();
  // A turned phone tells the window, not the hidden list.
  await agent.page.setViewportSize({ width: 390, height: 845 });
  await agent.page.getByRole("button", { name: "返回", exact: true }).tap();
  await expect(agent.entry("访客说 3 号")).toBeVisible();
  await expect(agent.entry("访客说 2 号")).toBeAttached();
});

test("inside a conversation one sees that the connection is being made, and that it stands", async ({ browsers, website, server }) => {
  const { conversation_id } = await (await newVisitor(server.url, website.key)).say("在吗");
  const agent = await browsers.console({ ...phone, path: `/inbox/${conversation_id}` });
  await expect(agent.messages.message("在吗")).toBeVisible();
  await agent.connected.waitFor({ state: "attached" });
  const conversation = agent.page.getByRole("region", { name: "会话", exact: true });
  await expect(conversation.getByTitle("已连接")).toBeVisible();
  // The next connection is never made: its socket stays silent.
  await agent.page.routeWebSocket(/\/api\/v1\/socket/, () => {});
  await agent.page.reload();
  const connecting = agent.page.getByRole("status").filter({ hasText: "连接中…" });
  await expect.poll(async () => (await connecting.boundingBox())?.height ?? 0).toBeGreaterThan(12);
  await expect(connecting).toBeInViewport();
  await expect(conversation.getByTitle("连接中…")).toBeVisible();
});

test("the focus goes into the conversation that covers the list, and back to its row", async ({ browsers, website, server }) => {
  const { conversation_id } = await (await newVisitor(server.url, website.key)).say("焦点在哪");
  const agent = await browsers.console(phone);
  const row = agent.entry("焦点在哪");
  await row.focus();
  await agent.page.keyboard.press("Enter");
  await expect(agent.messages.message("焦点在哪")).toBeVisible();
  await expect(agent.page.getByRole("heading", { level: 2 }).first()).toBeFocused();
  await expect(agent.page).toHaveURL(new RegExp(conversation_id));
  await agent.page.getByRole("button", { name: "返回", exact: true }).press("Enter");
  await expect(row).toBeFocused();
});
