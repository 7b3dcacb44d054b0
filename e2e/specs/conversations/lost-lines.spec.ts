// The message path under bad weather: offline, a killed server, a closed tab, lost and refused frames. Nothing is lost,
// nothing is doubled, and the order stays.

import type { ParlorClient, Schemas } from "@parlor/client";
import { newVisitor } from "@parlor/client/testing";
import { expectKept, expectNoted } from "../../fixtures/kept.ts";
import { expect, onlyConversation, test, textOf, unique } from "../../fixtures/test.ts";
import { ConsolePage } from "../../pages/console.ts";
import { WidgetPage } from "../../pages/widget.ts";

/** The texts of a conversation as the server has them. */
async function stored(admin: ParlorClient, conversation_id: string): Promise<string[]> {
  const params = { path: { conversation_id }, query: { limit: 100 } };
  const window: Schemas["MessageWindow"] = await admin.ok(
    admin.api.GET("/api/v1/conversations/{conversation_id}/messages", { params }),
  );
  return window.items.map(({ content }) => textOf(content));
}

/**
 * How long it may take until a line is back. An attempt that was under way when the network came back fails like those before
 * it, and the next one waits for its turn: up to half a minute.
 */
const BACK = { timeout: 40_000 };

test("an agent who was offline sends in order, once, on return", async ({ browsers, website, server, admin }) => {
  const visitor = await newVisitor(server.url, website.key);
  const { conversation_id } = await visitor.say("在吗");
  const agent = await browsers.console({ path: `/inbox/${conversation_id}` });
  await agent.ready("在吗");
  await agent.page.context().setOffline(true);
  await expect(agent.reconnecting).toBeVisible();
  for (const text of ["离线一", "离线二", "离线三"]) {
    await agent.say(text);
    await expect(agent.messages.mark(text, "sending")).toBeVisible();
  }
  await agent.page.context().setOffline(false);
  await expect(agent.connected).toBeVisible(BACK);
  await expect(agent.messages.mark("离线三", "sent")).toBeVisible();
  expect(await stored(admin, conversation_id)).toEqual(["在吗", "离线一", "离线二", "离线三"]);
  await expect(agent.messages.all).toHaveCount(4);
});

test("what an agent missed while offline is there on return", async ({ browsers, website, server }) => {
  const visitor = await newVisitor(server.url, website.key);
  const { conversation_id } = await visitor.say("第一句");
  const agent = await browsers.console({ path: `/inbox/${conversation_id}` });
  await agent.ready("第一句");
  await agent.page.context().setOffline(true);
  await expect(agent.reconnecting).toBeVisible();
  await visitor.say("断线时说的");
  const stranger = await newVisitor(server.url, website.key);
  await stranger.say("断线时来的新客人");
  await agent.page.context().setOffline(false);
  await expect(agent.messages.message("断线时说的")).toBeVisible(BACK);
  await expect(agent.entry("断线时来的新客人")).toBeVisible();
});

test("an agent's unsent message survives the closing of the tab", async ({ browsers, website, server, admin }) => {
  const { conversation_id } = await (await newVisitor(server.url, website.key)).say("在吗");
  const agent = await browsers.console({ path: `/inbox/${conversation_id}` });
  await agent.ready("在吗");
  await agent.page.context().setOffline(true);
  await expect(agent.reconnecting).toBeVisible();
  await agent.say("关掉也要发出去");
  await expect(agent.messages.mark("关掉也要发出去", "sending")).toBeVisible();
  await expectKept(agent.page, "关掉也要发出去");
  const context = agent.page.context();
  const next = await context.newPage();
  await agent.page.close();
  await context.setOffline(false);
  await next.goto("/inbox");
  await expect.poll(() => stored(admin, conversation_id)).toEqual(["在吗", "关掉也要发出去"]);
});

test("a visitor who was offline sends in order, once, on return", async ({ browsers, shop, admin }) => {
  const visitor = await browsers.visitor({ url: shop });
  await visitor.open();
  await visitor.say("上线时说的");
  await expect(visitor.messages.mark("上线时说的", "sent")).toBeVisible();
  await visitor.page.context().setOffline(true);
  await expect(visitor.offline).toBeVisible();
  for (const text of ["地铁一", "地铁二"]) {
    await visitor.say(text);
    await expect(visitor.messages.mark(text, "waiting")).toBeVisible();
  }
  await visitor.page.context().setOffline(false);
  await expect(visitor.messages.mark("地铁二", "sent")).toBeVisible(BACK);
  expect(await stored(admin, await onlyConversation(admin))).toEqual(["上线时说的", "地铁一", "地铁二"]);
});

test("a visitor's first message, written offline, survives the closing of the tab", async ({ browsers, shop, admin }) => {
  const visitor = await browsers.visitor({ url: shop });
  await visitor.open();
  const context = visitor.page.context();
  await context.setOffline(true);
  // Until the widget has noticed, an open socket would still take the message.
  await expect(visitor.offline).toBeVisible();
  await visitor.say("关掉网页也要发出去");
  await expect(visitor.messages.mark("关掉网页也要发出去", "waiting")).toBeVisible();
  await expectKept(visitor.page, "关掉网页也要发出去");
  await expectNoted(visitor.page);
  const next = await context.newPage();
  await visitor.page.close();
  await context.setOffline(false);
  await next.goto(shop);
  // Nobody opens the chat: coming back is enough.
  expect(await stored(admin, await onlyConversation(admin))).toEqual(["关掉网页也要发出去"]);
  const again = new WidgetPage(next);
  await again.open();
  await expect(again.messages.mark("关掉网页也要发出去", "sent")).toBeVisible();
});

test("a reload keeps the visitor's conversation and the open window", async ({ browsers, shop, website }) => {
  const visitor = await browsers.visitor({ url: shop });
  await visitor.open();
  await visitor.say("刷新也不怕");
  await expect(visitor.messages.mark("刷新也不怕", "sent")).toBeVisible();
  await visitor.page.reload();
  await expect(visitor.panel(website.name)).toBeVisible();
  await expect(visitor.messages.mark("刷新也不怕", "sent")).toBeVisible();
  await expect(visitor.messages.message("刷新也不怕")).toHaveCount(1);
});

test("two tabs of an agent that come back together send what was written once", async ({ browsers, website, server, admin }) => {
  const { conversation_id } = await (await newVisitor(server.url, website.key)).say("在吗");
  const path = `/inbox/${conversation_id}`;
  const first = await browsers.console({ path });
  const context = first.page.context();
  const second = new ConsolePage(await context.newPage());
  await second.page.goto(path);
  await first.ready("在吗");
  await second.ready("在吗");
  await context.setOffline(true);
  await expect(first.reconnecting).toBeVisible();
  await expect(second.reconnecting).toBeVisible();
  await first.say("左边写的");
  await second.say("右边写的");
  await expect(first.messages.mark("左边写的", "sending")).toBeVisible();
  await expect(second.messages.mark("右边写的", "sending")).toBeVisible();
  await context.setOffline(false);
  for (const tab of [first, second]) {
    await expect(tab.messages.mark("左边写的", "sent")).toBeVisible(BACK);
    await expect(tab.messages.mark("右边写的", "sent")).toBeVisible(BACK);
    await expect(tab.messages.all).toHaveCount(3);
  }
  expect((await stored(admin, conversation_id)).sort()).toEqual(["右边写的", "在吗", "左边写的"].sort());
});

test("two tabs of a visitor that come back together send what was written once", async ({ browsers, shop, admin }) => {
  const first = await browsers.visitor({ url: shop });
  await first.open();
  await first.say("先打个招呼");
  await expect(first.messages.mark("先打个招呼", "sent")).toBeVisible();
  const context = first.page.context();
  const second = new WidgetPage(await context.newPage());
  await second.page.goto(shop);
  await second.open();
  await expect(second.messages.message("先打个招呼")).toBeVisible();
  await context.setOffline(true);
  await expect(first.offline).toBeVisible();
  await expect(second.offline).toBeVisible();
  await first.say("左边写的");
  await second.say("右边写的");
  await expect(first.messages.mark("左边写的", "waiting")).toBeVisible();
  await expect(second.messages.mark("右边写的", "waiting")).toBeVisible();
  await context.setOffline(false);
  for (const tab of [first, second]) {
    await expect(tab.messages.message("左边写的")).toHaveCount(1, BACK);
    await expect(tab.messages.message("右边写的")).toHaveCount(1, BACK);
    // A tab shows the other's words before the server has them. Of a group only the last message's mark is drawn.
    await expect(tab.messages.mark("左边写的", "sent")).toBeAttached(BACK);
    await expect(tab.messages.mark("右边写的", "sent")).toBeAttached(BACK);
    await expect(tab.messages.all).toHaveCount(3);
  }
  const texts = await stored(admin, await onlyConversation(admin));
  expect(texts.sort()).toEqual(["先打个招呼", "右边写的", "左边写的"].sort());
});

test("a visitor who writes faster than the server takes loses nothing", async ({ browsers, shop, admin }) => {
  const visitor = await browsers.visitor({ url: shop });
  await visitor.open();
  // More than one socket may send at once; the rest is refused for a while and comes later.
  const texts = Array.from({ length: 26 }, (_, n) => `连发 ${n + 1}。`);
  for (const text of texts) {
    await visitor.say(text);
  }
  await expect(visitor.messages.mark("连发 26。", "sent")).toBeVisible({ timeout: 40_000 });
  expect(await stored(admin, await onlyConversation(admin))).toEqual(texts);
  await expect(visitor.messages.all).toHaveCount(26);
});

test.describe("with a server that dies", () => {
  test.use({ ownServer: true });

  test("both sides write while it is down, and everything arrives once and in order", async ({ browsers, server, shop, admin }) => {
    const visitor = await browsers.visitor({ url: shop });
    await visitor.open();
    await visitor.say("停电之前");
    await expect(visitor.messages.mark("停电之前", "sent")).toBeVisible();
    const conversation = await onlyConversation(admin);
    const agent = await browsers.console({ path: `/inbox/${conversation}` });
    await agent.ready("停电之前");

    await server.kill();
    await expect(agent.reconnecting).toBeVisible();
    await visitor.say("客人一");
    await visitor.say("客人二");
    await agent.say("客服一");
    await agent.say("客服二");
    await expect(visitor.messages.mark("客人二", "waiting")).toBeVisible();
    await expect(agent.messages.mark("客服二", "sending")).toBeVisible();

    await server.start();
    await expect(agent.connected).toBeVisible(BACK);
    await expect(visitor.messages.message("客服二")).toBeVisible(BACK);
    await expect(agent.messages.message("客人二")).toBeVisible(BACK);
    const texts = await stored(admin, conversation);
    expect(texts[0]).toBe("停电之前");
    expect(texts.filter((text) => text.startsWith("客人"))).toEqual(["客人一", "客人二"]);
    expect(texts.filter((text) => text.startsWith("客服"))).toEqual(["客服一", "客服二"]);
    for (const log of [agent.messages, visitor.messages]) {
      await expect(log.all).toHaveCount(5);
    }
  });

  test("an orderly restart goes unnoticed but for the connection's words", async ({ browsers, server, shop, admin }) => {
    const visitor = await browsers.visitor({ url: shop });
    await visitor.open();
    await visitor.say("升级之前");
    await expect(visitor.messages.mark("升级之前", "sent")).toBeVisible();
    const agent = await browsers.console({ path: `/inbox/${await onlyConversation(admin)}` });
    await agent.ready("升级之前");
    await server.halt();
    await expect(agent.reconnecting).toBeVisible();
    await server.start();
    await expect(agent.connected).toBeVisible(BACK);
    await agent.say("升级之后");
    await expect(visitor.messages.message("升级之后")).toBeVisible(BACK);
  });
});

test("an event that never arrived is fetched when the next one shows the gap", async ({ browsers, website, server }) => {
  const visitor = await newVisitor(server.url, website.key);
  const { conversation_id } = await visitor.say("一");
  // A blank page: one of the console would be connected before the route is there.
  const agent = await browsers.console({ path: "about:blank" });
  await agent.page.routeWebSocket(/\/api\/v1\/socket/, (socket) => {
    const upstream = socket.connectToServer();
    upstream.onMessage((frame) => {
      // Known by what it says: when it passes here is not when the server answers whoever said it.
      if (!String(frame).includes("丢在路上的")) {
        socket.send(frame);
      }
    });
  });
  await agent.page.goto(`/inbox/${conversation_id}`);
  await agent.ready("一");
  await visitor.say("丢在路上的");
  await visitor.say("三");
  await expect(agent.messages.message("丢在路上的")).toBeVisible();
  await expect(agent.messages.all).toHaveCount(3);
});

for (const side of ["console", "widget"] as const) {
  test(`a refused message is marked as failed and can be tried again: ${side}`, async ({ browsers, website, server, shop, admin }) => {
    const text = unique("第一次会被拒绝");
    let refuse = true;
    const visitor = await newVisitor(server.url, website.key);
    const { conversation_id } = await visitor.say("在吗");
    const chat = side === "console" ? await browsers.console({ path: "about:blank" }) : await browsers.visitor();
    await chat.page.routeWebSocket(/\/v1\/socket/, (socket) => {
      const upstream = socket.connectToServer();
      socket.onMessage((frame) => {
        const said = JSON.parse(String(frame)) as { type: string; nonce?: string };
        if (refuse && said.type === "send_message") {
          // A verdict: what the server cannot do at the moment is tried again without asking.
          const problem = { type: "urn:parlor:error:forbidden", title: "Not allowed", status: 403, code: "forbidden", detail: "no" };
          socket.send(JSON.stringify({ type: "rejected", nonce: said.nonce, problem }));
        } else {
          upstream.send(frame);
        }
      });
    });
    if (chat instanceof WidgetPage) {
      await chat.page.goto(shop);
      await chat.open();
    } else {
      await chat.page.goto(`/inbox/${conversation_id}`);
    }
    await chat.say(text);
    await expect(chat.messages.mark(text, "failed")).toBeVisible();
    refuse = false;
    await chat.messages.retry(text).click();
    await expect(chat.messages.mark(text, "sent")).toBeVisible();
    await expect(chat.messages.message(text)).toHaveCount(1);
    const { items } = await admin.ok(admin.api.GET("/api/v1/conversations"));
    const all = await Promise.all(items.map(({ id }) => stored(admin, id)));
    expect(all.flat().filter((said) => said === text)).toHaveLength(1);
  });
}
