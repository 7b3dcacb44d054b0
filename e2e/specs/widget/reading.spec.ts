// The visitor's messages as they are read: one row each, with their author, and old ones not as news.

import type { Locator } from "@playwright/test";
import { answer, newVisitor } from "@parlor/client/testing";
import { expect, test } from "../../fixtures/test.ts";

/** Notes, from now on, how often a row with each text is put into the log, and whether it is then read out. */
async function watch(log: Locator): Promise<() => Promise<{ text: string; live: string | null }[]>> {
  await log.evaluate((element) => {
    const seen: { text: string; live: string | null }[] = [];
    Object.assign(window, { seenRows: seen });
    new MutationObserver((changes) => {
      for (const node of changes.flatMap((change) => [...change.addedNodes])) {
        const article = node instanceof Element ? node.querySelector("[role=article]") : null;
        if (article !== null) {
          seen.push({ text: article.textContent ?? "", live: element.getAttribute("aria-live") });
        }
      }
    }).observe(element, { childList: true });
  });
  return () => log.evaluate(() => (window as unknown as { seenRows: { text: string; live: string | null }[] }).seenRows);
}

test("a message is drawn once, and keeps its row when it is stored", async ({ browsers, shop }) => {
  const visitor = await browsers.visitor({ url: shop });
  await visitor.open();
  const seen = await watch(visitor.messages.log);
  await visitor.say("只画一次");
  await expect(visitor.messages.mark("只画一次", "sent")).toBeVisible();
  expect((await seen()).filter(({ text }) => text.includes("只画一次"))).toHaveLength(1);
});

test("every message tells who wrote it", async ({ browsers, shop, admin, organisation }) => {
  const visitor = await browsers.visitor({ url: shop });
  await visitor.open();
  await visitor.say("请问");
  await expect(visitor.messages.mark("请问", "sent")).toBeVisible();
  const conversation = (await admin.ok(admin.api.GET("/api/v1/conversations"))).items[0]?.id ?? "";
  await answer(admin, conversation, "第一条");
  await answer(admin, conversation, "第二条");
  const name = organisation.registration.contact_name;
  await expect(visitor.messages.message("请问")).toMatchAriaSnapshot(`- article: /我 ?请问/`);
  // The second of a group shows no name, but has one.
  await expect(visitor.messages.message("第二条")).toMatchAriaSnapshot(`- article: /${name} ?第二条/`);
});

test("history is not read out as news, and says so when it does not come", async ({ browsers, shop, website, server, admin }) => {
  const earlier = await newVisitor(server.url, website.key);
  let conversation = "";
  for (let n = 1; n <= 60; n += 1) {
    conversation = (await earlier.say(`第 ${n} 句`)).conversation_id;
  }
  const visitor = await browsers.visitor();
  const identity = { slot: `parlor:${website.key}`, token: earlier.session.visitor_token };
  await visitor.page.addInitScript(({ slot, token }) => localStorage.setItem(slot, token), identity);
  let broken = true;
  await visitor.page.route(/\/widget\/v1\/messages/, (route) => (broken ? route.abort() : route.continue()));
  await visitor.page.goto(shop);
  await visitor.open();
  const { log } = visitor.messages;
  await expect(visitor.messages.message("第 60 句")).toBeVisible();
  await log.evaluate((element) => element.scrollTo(0, 0));
  const again = visitor.page.getByRole("button", { name: "未能加载更早的消息，点击重试" });
  await expect(again).toBeVisible();
  // Nothing new waits at the other end.
  await expect(visitor.page.getByRole("button", { name: "回到最新消息" })).toBeVisible();
  const seen = await watch(log);
  broken = false;
  await again.click();
  await expect(visitor.messages.all).toHaveCount(60);
  await expect(again).toBeHidden();
  // Rows that were there may be put in again behind them; silently as well.
  const old = await seen();
  for (let n = 1; n <= 10; n += 1) {
    expect(old.filter(({ text }) => text.includes(`第 ${n} 句`))).toHaveLength(1);
  }
  expect(old.filter(({ live }) => live !== "off")).toEqual([]);
  await expect(log).not.toHaveAttribute("aria-live", "off");
  await answer(admin, conversation, "新的回答");
  await expect(visitor.messages.message("新的回答")).toHaveCount(1);
  expect((await seen()).at(-1)?.live).toBeNull();
  await expect(visitor.page.getByRole("button", { name: "新消息" })).toBeVisible();
});
