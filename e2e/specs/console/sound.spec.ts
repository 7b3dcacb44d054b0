// The sound of a new message, on both sides: heard once, tried out, and said to be held back where the browser holds it back.

import type { Page } from "@playwright/test";
import { answer, newVisitor } from "@parlor/client/testing";
import { expectAccessibleInBothThemes } from "../../fixtures/axe.ts";
import { expect, onlyConversation, test, unique } from "../../fixtures/test.ts";

/** Counts the tones that the page has made; two are one sound. */
async function listenTo(page: Page): Promise<() => Promise<number>> {
  await page.addInitScript(() => {
    Object.assign(window, { tones: 0 });
    const make = AudioContext.prototype.createOscillator;
    AudioContext.prototype.createOscillator = function (this: AudioContext) {
      (window as unknown as { tones: number }).tones += 1;
      return make.call(this);
    };
  });
  return () => page.evaluate(() => (window as unknown as { tones: number }).tones);
}

test("a sound that the browser holds back is said to be, and comes once the page was touched", async ({ browsers, server, website }) => {
  const agent = await browsers.console({ path: "about:blank" });
  const tones = await listenTo(agent.page);
  await agent.page.goto("/settings/account");
  await expect(agent.connected).toBeVisible();
  const visitor = await newVisitor(server.url, website.key);
  await visitor.say(unique("没有人碰过"));
  const blocked = agent.page.getByText("浏览器暂停了提示音");
  await expect(blocked).toBeVisible();
  expect(await tones()).toBe(0);
  await expectAccessibleInBothThemes(agent.page, "the bar of a sound that is held back");
  await agent.page.getByRole("heading", { name: "关于" }).click();
  await expect(blocked).toBeHidden();
  await visitor.say(unique("现在听得见"));
  await expect.poll(tones).toBe(2);
  await expect(blocked).toBeHidden();
});

test("the sound is played to whoever wants to hear it, and its switch silences the system's as well", async ({ browsers, server, website }) => {
  const agent = await browsers.console({ path: "about:blank", permissions: ["notifications"] });
  const tones = await listenTo(agent.page);
  await agent.page.goto("/settings/account");
  await expect(agent.connected).toBeVisible();
  await agent.page.getByRole("button", { name: "试听" }).click();
  await expect.poll(tones).toBe(2);
  await agent.page.evaluate(() => {
    const silent: boolean[] = [];
    class Recorded {
      static permission = "granted";
      constructor(_title: string, options: { silent: boolean }) {
        silent.push(options.silent);
      }
      close(): void {}
    }
    Object.assign(window, { Notification: Recorded, silent });
    Object.assign(document, { hasFocus: () => false });
  });
  const shown = () => agent.page.evaluate(() => (window as unknown as { silent: boolean[] }).silent);
  const visitor = await newVisitor(server.url, website.key);
  await visitor.say(unique("响一声"));
  // One sound, and it is the page's own.
  await expect.poll(shown).toEqual([true]);
  await expect.poll(tones).toBe(4);
  await agent.page.getByRole("switch", { name: "提示音" }).uncheck();
  await expect(agent.page.getByRole("button", { name: "试听" })).toHaveCount(0);
  await visitor.say(unique("不要响"));
  await expect.poll(shown).toEqual([true, true]);
  expect(await tones()).toBe(4);
});

test("a visitor hears an answer while the chat is closed, and nothing once it is muted", async ({ browsers, shop, admin, website }) => {
  const visitor = await browsers.visitor();
  const tones = await listenTo(visitor.page);
  await visitor.page.goto(shop);
  await visitor.open();
  await visitor.say("在吗");
  await expect(visitor.messages.mark("在吗", "sent")).toBeVisible();
  await visitor.close.click();
  await expect(visitor.panel(website.name)).toBeHidden();
  const id = await onlyConversation(admin);
  await answer(admin, id, "在的");
  await expect.poll(tones).toBe(2);
  await expect(visitor.unread(1)).toBeVisible();
  await visitor.open();
  await visitor.page.getByRole("button", { name: "关闭提示音" }).click();
  await visitor.close.click();
  await expect(visitor.panel(website.name)).toBeHidden();
  await answer(admin, id, "还在吗");
  await expect(visitor.unread(1)).toBeVisible();
  expect(await tones()).toBe(2);
});
