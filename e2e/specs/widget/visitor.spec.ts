// VIS-1: the visitor's side of a conversation.

import { answer } from "@parlor/client/testing";
import { expect, onlyConversation, test } from "../../fixtures/test.ts";
import { WidgetPage } from "../../pages/widget.ts";

test("two tabs of one visitor agree", async ({ browsers, shop, admin }) => {
  const first = await browsers.visitor({ url: shop });
  await first.open();
  await first.say("第一个标签页");
  await expect(first.messages.mark("第一个标签页", "sent")).toBeVisible();
  const second = new WidgetPage(await first.page.context().newPage());
  await second.page.goto(shop);
  await second.open();
  await expect(second.messages.message("第一个标签页")).toHaveCount(1);
  await second.say("第二个标签页");
  await expect(first.messages.message("第二个标签页")).toHaveCount(1);
  await answer(admin, await onlyConversation(admin), "两边都看得到");
  for (const tab of [first, second]) {
    await expect(tab.messages.message("两边都看得到")).toHaveCount(1);
    await expect(tab.messages.all).toHaveCount(3);
  }
});

test("what a visitor has begun to write stands there again on the next page, until it is sent", async ({ browsers, shop, site, website }) => {
  const next = site.publish({ body: website.embed_code }, "/pens");
  const visitor = await browsers.visitor({ url: shop });
  await visitor.open();
  const text = "我想问一下，那支钢笔";
  await visitor.composer.fill(text);
  await visitor.page.goto(next);
  await expect(visitor.composer).toHaveValue(text);
  await visitor.send.click();
  await expect(visitor.messages.mark(text, "sent")).toBeVisible();
  await visitor.page.reload();
  await expect(visitor.messages.message(text)).toBeVisible();
  await expect(visitor.composer).toHaveValue("");
});

test("an answer while the window is closed is counted; opening reads it", async ({ browsers, shop, admin, website }) => {
  const visitor = await browsers.visitor({ url: shop });
  await visitor.open();
  await visitor.say("在吗");
  await expect(visitor.messages.mark("在吗", "sent")).toBeVisible();
  await visitor.close.click();
  await expect(visitor.panel(website.name)).toBeHidden();
  const conversation = await onlyConversation(admin);
  await answer(admin, conversation, "在的");
  await answer(admin, conversation, "请讲");
  await expect(visitor.unread(2)).toBeVisible();
  const readSeq = async () => (await admin.ok(admin.api.GET("/api/v1/conversations"))).items[0]?.visitor_read_seq;
  expect(await readSeq()).toBe(1);
  await visitor.open();
  await expect(visitor.messages.message("请讲")).toBeVisible();
  await expect.poll(readSeq).toBe(3);
});

test("the agent's name stands at the answer", async ({ browsers, shop, admin, organisation }) => {
  const visitor = await browsers.visitor({ url: shop });
  await visitor.open();
  await visitor.say("你是谁");
  await expect(visitor.messages.mark("你是谁", "sent")).toBeVisible();
  await answer(admin, await onlyConversation(admin), "我是小满");
  await expect(visitor.messages.message("我是小满")).toContainText(organisation.registration.contact_name);
});

test("what an agent writes is text; links are links and nothing else", async ({ browsers, shop, admin }) => {
  const visitor = await browsers.visitor({ url: shop });
  await visitor.open();
  await visitor.say("地址呢");
  await expect(visitor.messages.mark("地址呢", "sent")).toBeVisible();
  const text = `<img src=x onerror="document.title='改了'"> https://shop.example/pens?id=7 javascript:alert(1)`;
  await answer(admin, await onlyConversation(admin), text);
  // All of it stands there as text, so that nothing of it is left that could load and act later.
  const message = visitor.messages.message(text);
  await expect(message).toBeVisible();
  const links = message.getByRole("link");
  await expect(links).toHaveCount(1);
  await expect(links).toHaveAttribute("href", "https://shop.example/pens?id=7");
  await expect(links).toHaveAttribute("rel", /noopener/);
  await expect(visitor.page).not.toHaveTitle("改了");
});

test("the keyboard is enough", async ({ browsers, shop, website }) => {
  const visitor = await browsers.visitor({ url: shop });
  await visitor.launcher.focus();
  await visitor.page.keyboard.press("Enter");
  await expect(visitor.composer).toBeFocused();
  await visitor.page.keyboard.type("只用键盘");
  await visitor.page.keyboard.press("Enter");
  await expect(visitor.messages.message("只用键盘")).toBeVisible();
  await visitor.page.keyboard.press("Escape");
  await expect(visitor.panel(website.name)).toBeHidden();
  await expect(visitor.launcher).toBeFocused();
});

test("the chat link opens the same chat as a page", async ({ browsers, website, admin }) => {
  const visitor = await browsers.visitor({ url: website.chat_url });
  await expect(visitor.page).toHaveTitle(website.name);
  await expect(visitor.composer).toBeVisible();
  await visitor.say("扫码来的");
  await expect(visitor.messages.mark("扫码来的", "sent")).toBeVisible();
  await visitor.page.reload();
  await expect(visitor.messages.message("扫码来的")).toHaveCount(1);
  expect((await admin.ok(admin.api.GET("/api/v1/conversations"))).items).toHaveLength(1);
});

test("a chat link that leads nowhere says so", async ({ browsers, server }) => {
  const visitor = await browsers.visitor();
  const response = await visitor.page.goto(`${server.url}/chat/no-such-channel`);
  expect(response?.status()).toBe(404);
  await expect(visitor.page.getByText("此聊天不存在")).toBeVisible();
});

test("a channel that is deleted under an open window closes the chat with a word", async ({ browsers, shop, admin, website }) => {
  const visitor = await browsers.visitor({ url: shop });
  await visitor.open();
  await visitor.say("还在吗");
  await expect(visitor.messages.mark("还在吗", "sent")).toBeVisible();
  const params = { path: { channel_id: website.id } };
  await admin.ok(admin.api.DELETE("/api/v1/channels/{channel_id}", { params, body: { name: website.name } }));
  await expect(visitor.page.getByRole("status").filter({ hasText: /^在线咨询已关闭，暂时无法发送消息$/ })).toBeVisible();
  await expect(visitor.composer).toBeHidden();
});
