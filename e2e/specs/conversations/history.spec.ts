// History loads as one scrolls up, and what one reads does not move.

import { newVisitor, type VisitorByApi } from "@parlor/client/testing";
import { expect, test } from "../../fixtures/test.ts";
import type { MessageLog } from "../../pages/messages.ts";

const MESSAGES = 170;

/** Fills the visitor's conversation; returns its id. */
async function fill(visitor: VisitorByApi): Promise<string> {
  let conversation = "";
  for (let n = 1; n <= MESSAGES; n += 1) {
    conversation = (await visitor.say(`第 ${n} 句${"，写长一点".repeat((n * 5) % 23)}`)).conversation_id;
  }
  return conversation;
}

/** Scrolls to the top, waits until earlier messages are there, and tells how far that moved the message that was first. */
async function climb(log: MessageLog): Promise<{ moved: number; first: string }> {
  return log.log.evaluate(async (log) => {
    const articles = () => [...log.querySelectorAll<HTMLElement>("article, [role=article]")];
    const textOf = (article: HTMLElement | undefined) => article?.textContent?.match(/第 \d+ 句/)?.[0] ?? "";
    let scroller: HTMLElement = log as HTMLElement;
    while (getComputedStyle(scroller).overflowY !== "auto" && getComputedStyle(scroller).overflowY !== "scroll") {
      const parent = scroller.parentElement;
      if (parent === null) {
        throw new Error("nothing scrolls");
      }
      scroller = parent;
    }
    // What is on its way when one begins to scroll may still come in and push the top away; then one goes on.
    while (scroller.scrollTop > 0) {
      const scrolled = new Promise((done) => scroller.addEventListener("scroll", done, { once: true }));
      scroller.scrollTop = 0;
      await scrolled;
    }
    const text = textOf(articles()[0]);
    // The beginning may have come meanwhile: nothing comes before it.
    if (text === "第 1 句") {
      return { moved: 0, first: text };
    }
    const top = () => {
      const anchor = articles().find((article) => textOf(article) === text);
      if (anchor === undefined) {
        throw new Error(`${text} is gone`);
      }
      return anchor.getBoundingClientRect().top;
    };
    const earlier = new Promise<void>((done) => {
      new MutationObserver((_, observer) => {
        if (textOf(articles()[0]) !== text) {
          observer.disconnect();
          // Two frames: the one that lays out what was inserted, and the one after.
          requestAnimationFrame(() => requestAnimationFrame(() => done()));
        }
      }).observe(log, { childList: true, subtree: true });
    });
    const before = top();
    await earlier;
    return { moved: Math.abs(top() - before), first: textOf(articles()[0]) };
  });
}

async function climbToTheFirst(log: MessageLog): Promise<void> {
  for (let first = ""; first !== "第 1 句"; ) {
    const step = await climb(log);
    expect(step.moved, `loading up to ${step.first}`).toBeLessThanOrEqual(2);
    first = step.first;
  }
}

test("in the console", async ({ browsers, website, server }) => {
  const visitor = await newVisitor(server.url, website.key);
  const agent = await browsers.console({ path: `/inbox/${await fill(visitor)}` });
  await expect(agent.messages.message(`第 ${MESSAGES} 句`)).toBeInViewport();
  await climbToTheFirst(agent.messages);

  // Someone who reads old messages is not carried off by a new one.
  const anchor = agent.messages.message("第 1 句").first();
  await anchor.scrollIntoViewIfNeeded();
  await expect(anchor).toBeInViewport();
  await visitor.say("新来的一句");
  await expect(agent.entry("新来的一句")).toBeVisible();
  await expect(agent.messages.message("新来的一句")).toHaveCount(1);
  await expect(anchor).toBeInViewport();
});

test("in the widget", async ({ browsers, website, server, shop }) => {
  const early = await newVisitor(server.url, website.key);
  await fill(early);
  const visitor = await browsers.visitor();
  await visitor.page.route(/\/widget\/v1\/sessions$/, async (route) => {
    const body = { ...route.request().postDataJSON(), visitor_token: early.session.visitor_token };
    await route.continue({ postData: JSON.stringify(body) });
  });
  await visitor.page.goto(shop);
  await visitor.open();
  await expect(visitor.messages.message(`第 ${MESSAGES} 句`)).toBeInViewport();
  await climbToTheFirst(visitor.messages);
});
