// CONV-1, CONV-2, CONV-4, CONV-5: what an agent sees of a conversation as it happens.

import { answer, newVisitor } from "@parlor/client/testing";
import { expect, test, unique } from "../../fixtures/test.ts";
import { ConsolePage } from "../../pages/console.ts";

test("a new message raises its conversation with an unread count; opening clears it, answering is another matter", async ({
  browsers,
  website,
  server,
}) => {
  const agent = await browsers.console();
  await expect(agent.connected).toBeVisible();
  const [early, late] = [await newVisitor(server.url, website.key), await newVisitor(server.url, website.key)];
  await early.say("我先来的");
  await late.say("我后来的");
  await expect(agent.rows.first()).toContainText("我后来的");
  await early.say("还在吗");
  await expect(agent.rows.first()).toContainText("还在吗");
  await expect(agent.entry("还在吗").getByText("2", { exact: true })).toBeVisible();
  await agent.open("还在吗");
  await expect(agent.messages.all).toHaveCount(2);
  await expect(agent.entry("还在吗").getByText("2", { exact: true })).toHaveCount(0);
  await expect(agent.entry("我后来的").getByText("1", { exact: true })).toBeVisible();
});

test("unread messages are counted in the tab's title", async ({ browsers, website, server }) => {
  const agent = await browsers.console();
  await expect(agent.connected).toBeVisible();
  const visitor = await newVisitor(server.url, website.key);
  await visitor.say("一");
  await visitor.say("二");
  await expect(agent.page).toHaveTitle(/2/);
  await agent.open("二");
  await expect(agent.page).not.toHaveTitle(/2/);
});

test("a conversation has an address", async ({ browsers, website, server }) => {
  const visitor = await newVisitor(server.url, website.key);
  const text = unique("记住我的地址");
  const { conversation_id } = await visitor.say(text);
  const agent = await browsers.console({ path: `/inbox/${conversation_id}` });
  await expect(agent.messages.message(text)).toBeVisible();
  await agent.page.reload();
  await expect(agent.messages.message(text)).toBeVisible();
});

test("an unknown conversation is said to be unknown", async ({ browsers }) => {
  const agent = await browsers.console({ path: "/inbox/0190163d-8694-739b-aea5-966c26f8ad91" });
  await expect(agent.page.getByText("找不到这个会话")).toBeVisible();
  await expect(agent.composer).toHaveCount(0);
});

test("what is known of the visitor stands beside the conversation", async ({ browsers, website, server }) => {
  const visitor = await newVisitor(server.url, website.key, {
    page: { url: "https://shop.example/pens/7", title: "钢笔七号", referrer: "https://search.example/?q=pens" },
    locale: "zh-CN",
  });
  const { conversation_id } = await visitor.say("看看我");
  const agent = await browsers.console({ path: `/inbox/${conversation_id}` });
  await expect(agent.contact).toContainText("127.0.0.1");
  await expect(agent.contact).toContainText("钢笔七号");
  await expect(agent.contact).toContainText("search.example");
  await expect(agent.contact).toContainText(website.name);
});

test("what a visitor writes is text, whatever it looks like", async ({ browsers, website, server }) => {
  const visitor = await newVisitor(server.url, website.key);
  const text = `<img src=x onerror="document.title='被改了'"><b>粗</b> https://shop.example/a?b=c`;
  const { conversation_id } = await visitor.say(text);
  const agent = await browsers.console({ path: `/inbox/${conversation_id}` });
  // All of it stands there as text, so that nothing of it is left that could load and act later.
  await expect(agent.messages.message(`<img src=x onerror="document.title='被改了'"><b>粗</b>`)).toBeVisible();
  await expect(agent.page).not.toHaveTitle(/被改了/);
});

test("two tabs of one agent agree", async ({ browsers, website, server }) => {
  const visitor = await newVisitor(server.url, website.key);
  const { conversation_id } = await visitor.say("两个窗口");
  const first = await browsers.console();
  const second = new ConsolePage(await first.page.context().newPage());
  await second.page.goto("/inbox");
  await expect(first.entry("两个窗口").getByText("1 条未读")).toBeVisible();
  await expect(second.entry("两个窗口").getByText("1 条未读")).toBeVisible();
  await first.open("两个窗口");
  await expect(second.entry("两个窗口").getByText("1 条未读")).toHaveCount(0);
  await first.say("第一个窗口的回答");
  await second.open("第一个窗口的回答");
  await expect(second.messages.message("第一个窗口的回答")).toBeVisible();
  await second.say("第二个窗口的回答");
  await expect(first.messages.message("第二个窗口的回答")).toHaveCount(1);
  await expect(first.messages.all).toHaveCount(3);
  await expect(second.messages.all).toHaveCount(3);
  const heard = await visitor.client.ok(visitor.client.api.GET("/widget/v1/messages"));
  expect(heard.items.map((message) => message.conversation_id)).toEqual(Array(3).fill(conversation_id));
});

test("read marks on the agent's side follow the visitor", async ({ browsers, website, server, admin }) => {
  const visitor = await newVisitor(server.url, website.key);
  const { conversation_id } = await visitor.say("嗯");
  const sent = await answer(admin, conversation_id, "看到请回复");
  const agent = await browsers.console({ path: `/inbox/${conversation_id}` });
  await expect(agent.messages.mark("看到请回复", "sent")).toBeVisible();
  await visitor.client.ok(visitor.client.api.PUT("/widget/v1/read", { body: { seq: sent.seq } }));
  await expect(agent.messages.mark("看到请回复", "read")).toBeVisible();
});
