// The log's own height changes: a phone's keyboard comes up, or a draft grows. What was last said stays in sight.

import type { ParlorClient } from "@parlor/client";
import { answer, newVisitor, type VisitorByApi } from "@parlor/client/testing";
import { type Browsers, expect, test } from "../../fixtures/test.ts";
import type { WidgetPage } from "../../pages/widget.ts";

const phone = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };

/** A visitor who has said so much that it does not fit, in a browser, with the chat open at its end. */
async function talkative(
  browsers: Browsers,
  earlier: VisitorByApi,
  { key, url, count }: { key: string; url: string; count: number },
): Promise<{ visitor: WidgetPage; conversation: string }> {
  let conversation = "";
  for (let n = 1; n <= count; n += 1) {
    conversation = (await earlier.say(`第 ${n} 句`)).conversation_id;
  }
  const visitor = await browsers.visitor(phone);
  const identity = { slot: `parlor:${key}`, token: earlier.session.visitor_token };
  await visitor.page.addInitScript(({ slot, token }) => localStorage.setItem(slot, token), identity);
  await visitor.page.goto(url);
  await visitor.open();
  await expect(visitor.messages.message(`第 ${count} 句`)).toBeInViewport({ ratio: 1 });
  return { visitor, conversation };
}

async function visitorReadSeq(admin: ParlorClient): Promise<number | undefined> {
  return (await admin.ok(admin.api.GET("/api/v1/conversations"))).items[0]?.visitor_read_seq;
}

test("the newest message stays in sight when the keyboard comes up, and an answer comes into it", async ({ browsers, website, server, shop, admin }) => {
  const earlier = await newVisitor(server.url, website.key);
  const { visitor, conversation } = await talkative(browsers, earlier, { key: website.key, url: shop, count: 30 });
  // The keyboard takes its height from the page.
  await visitor.page.setViewportSize({ width: 390, height: 460 });
  await expect.poll(async () => (await visitor.panel(website.name).boundingBox())?.height).toBe(460);
  await expect(visitor.messages.message("第 30 句")).toBeInViewport({ ratio: 1 });
  await answer(admin, conversation, "看得见的回答");
  await expect(visitor.messages.message("看得见的回答")).toBeInViewport({ ratio: 1 });
  await expect.poll(() => visitorReadSeq(admin)).toBe(31);
});

test("the newest message stays in sight while a draft grows", async ({ browsers, website, server, shop }) => {
  const earlier = await newVisitor(server.url, website.key);
  const { visitor } = await talkative(browsers, earlier, { key: website.key, url: shop, count: 30 });
  const before = (await visitor.composer.boundingBox())?.height ?? 0;
  await visitor.composer.fill("一\n二\n三\n四\n五");
  await expect.poll(async () => (await visitor.composer.boundingBox())?.height ?? 0).toBeGreaterThan(before + 60);
  await expect(visitor.messages.message("第 30 句")).toBeInViewport({ ratio: 1 });
});

test("who reads old messages stays there when the keyboard comes up, and hears of an answer", async ({ browsers, website, server, shop, admin }) => {
  const earlier = await newVisitor(server.url, website.key);
  const { visitor, conversation } = await talkative(browsers, earlier, { key: website.key, url: shop, count: 30 });
  await visitor.messages.message("第 5 句").scrollIntoViewIfNeeded();
  await expect(visitor.page.getByRole("button", { name: "回到最新消息" })).toBeVisible();
  await visitor.page.setViewportSize({ width: 390, height: 460 });
  await expect(visitor.messages.message("第 5 句")).toBeInViewport();
  await answer(admin, conversation, "还没看到的回答");
  await expect(visitor.page.getByRole("button", { name: "新消息" })).toBeVisible();
  expect(await visitorReadSeq(admin)).toBeLessThan(31);
});

test("scrolling through old messages asks for nothing and draws nothing anew", async ({ browsers, website, server, shop }) => {
  const earlier = await newVisitor(server.url, website.key);
  const { visitor } = await talkative(browsers, earlier, { key: website.key, url: shop, count: 40 });
  await visitor.messages.log.evaluate((log) => log.scrollTo(0, log.scrollHeight - log.clientHeight - 300));
  await expect(visitor.page.getByRole("button", { name: "回到最新消息" })).toBeVisible();
  // Every message's day is asked for when the log is laid out: by the time zone's offset at that time.
  const asked = await visitor.messages.log.evaluate(async (log) => {
    const { getTimezoneOffset } = Date.prototype;
    let asked = 0;
    Date.prototype.getTimezoneOffset = function () {
      asked += 1;
      return getTimezoneOffset.call(this);
    };
    for (let step = 0; step < 10; step += 1) {
      const scrolled = new Promise((done) => log.addEventListener("scroll", done, { once: true }));
      log.scrollTop -= 10;
      await scrolled;
    }
    Date.prototype.getTimezoneOffset = getTimezoneOffset;
    return asked;
  });
  expect(asked).toBe(0);
});

test("the button that leads to the newest message leaves the focus in the log", async ({ browsers, website, server, shop }) => {
  const earlier = await newVisitor(server.url, website.key);
  const { visitor } = await talkative(browsers, earlier, { key: website.key, url: shop, count: 30 });
  await visitor.messages.log.evaluate((log) => log.scrollTo(0, 300));
  const jump = visitor.page.getByRole("button", { name: "回到最新消息" });
  await expect(jump).toBeVisible();
  await jump.press("Enter");
  await expect(visitor.messages.message("第 30 句")).toBeInViewport();
  await expect(jump).toBeHidden();
  await expect(visitor.messages.log).toBeFocused();
});
