// How an agent hears of a new message: a card, the system's notification, the tab's title.

import type { Page } from "@playwright/test";
import { newVisitor } from "@parlor/client/testing";
import { expect, test, unique } from "../../fixtures/test.ts";

/** Whether this tab has the keyboard, which a headless browser says of every tab. */
async function elsewhere(page: Page, away: boolean): Promise<void> {
  await page.evaluate((away) => {
    Object.assign(document, { hasFocus: () => !away });
    dispatchEvent(new Event(away ? "blur" : "focus"));
  }, away);
}

/** What the page has shown as the system's notifications, each as `title: body`. */
async function watchNotifications(page: Page): Promise<() => Promise<string[]>> {
  await page.evaluate(() => {
    const shown: string[] = [];
    class Recorded {
      static permission = "granted";
      onclick?: () => void;
      constructor(title: string, { body, tag }: { body: string; tag: string }) {
        shown.push(`${title}: ${body}`);
        Object.assign(window, { shown, clickNotification: () => this.onclick?.(), lastTag: tag });
      }
      close(): void {}
    }
    Object.assign(window, { Notification: Recorded, shown });
  });
  // The console reads the permission anew when it asks.
  return () => page.evaluate(() => (window as unknown as { shown: string[] }).shown);
}

test("a card says who has written elsewhere, leads there, and goes when it is read", async ({ browsers, server, website }) => {
  const agent = await browsers.console();
  await expect(agent.connected).toBeVisible();
  const cards = agent.page.getByRole("region", { name: "新消息", exact: true });
  const visitor = await newVisitor(server.url, website.key);
  const text = unique("在吗");
  await visitor.say(text);
  const card = cards.getByRole("button", { name: text });
  await expect(card).toBeVisible();
  await expect(agent.page).toHaveTitle(/^\(1\)/);
  await visitor.say("还在吗");
  await expect(cards.getByRole("button", { name: "还在吗" })).toContainText("另有 1 条");
  await cards.getByRole("button", { name: "还在吗" }).click();
  await expect(agent.messages.message(text)).toBeVisible();
  await expect(cards.getByRole("button")).toHaveCount(0);
  // Whoever looks at the conversation needs no card.
  const next = unique("好的");
  await visitor.say(next);
  await expect(agent.messages.message(next)).toBeVisible();
  await expect(cards.getByRole("button")).toHaveCount(0);
});

test("a card that is closed stays closed, and one of a channel without alert never comes", async ({ browsers, server, website, admin }) => {
  const agent = await browsers.console();
  await expect(agent.connected).toBeVisible();
  const cards = agent.page.getByRole("region", { name: "新消息", exact: true });
  const visitor = await newVisitor(server.url, website.key);
  await visitor.say("第一句");
  await cards.getByRole("button", { name: /^关闭/ }).click();
  await expect(cards.getByRole("button")).toHaveCount(0);
  await expect(agent.entry("第一句")).toBeVisible();
  const params = { path: { channel_id: website.id } };
  await admin.ok(admin.api.PATCH("/api/v1/channels/{channel_id}", { params, body: { alert: false } }));
  await expect(agent.page).toHaveTitle(/^(?!\(1\))/);
  await visitor.say("第二句");
  await expect(agent.entry("第二句")).toBeVisible();
  await expect(cards.getByRole("button")).toHaveCount(0);
});

test("who is elsewhere is told by the system once, however many tabs are open, and the click leads there", async ({ browsers, server, website }) => {
  const agent = await browsers.console({ path: "/settings/account", permissions: ["notifications"] });
  const second = await agent.page.context().newPage();
  await second.goto("/settings/account");
  const switches = agent.page.getByRole("switch", { name: "新消息通知" });
  await expect(switches).toBeChecked();
  await expect(second.getByRole("switch", { name: "新消息通知" })).toBeChecked();
  await expect(agent.page.getByText("浏览器已允许通知。")).toBeVisible();
  await expect(agent.connected).toBeVisible();
  const shown = [await watchNotifications(agent.page), await watchNotifications(second)];
  const all = async () => (await Promise.all(shown.map((of) => of()))).flat();
  await Promise.all([elsewhere(agent.page, true), elsewhere(second, true)]);
  const visitor = await newVisitor(server.url, website.key);
  const text = unique("有人吗");
  await visitor.say(text);
  await expect.poll(all).toEqual([expect.stringContaining(text)]);
  // One tab is before the person: it has the card, and nobody else says anything.
  await elsewhere(second, false);
  const next = unique("在的话回一下");
  await visitor.say(next);
  await expect(second.getByRole("region", { name: "新消息", exact: true }).getByRole("button", { name: next })).toBeVisible();
  await elsewhere(second, true);
  const last = unique("最后一句");
  await visitor.say(last);
  await expect.poll(all).toEqual([expect.stringContaining(text), expect.stringContaining(last)]);
  for (const page of [agent.page, second]) {
    await page.evaluate(() => (window as unknown as { clickNotification?: () => void }).clickNotification?.());
  }
  await expect.poll(() => [agent.page.url(), second.url()].filter((url) => url.includes("/inbox/")).length).toBe(1);
});

test("where only a service worker may show a notification it shows it, and the click leads there", async ({ browsers, server, website }) => {
  const agent = await browsers.console({ path: "/settings/account", permissions: ["notifications"] });
  await expect(agent.connected).toBeVisible();
  // As on Android.
  await agent.page.evaluate(() => {
    class Refusing {
      static permission = "granted";
      constructor() {
        throw new TypeError("Illegal constructor. Use ServiceWorkerRegistration.showNotification() instead.");
      }
    }
    Object.assign(window, { Notification: Refusing });
  });
  await elsewhere(agent.page, true);
  const visitor = await newVisitor(server.url, website.key);
  const text = unique("手机上也要响");
  const { conversation_id } = await visitor.say(text);
  const shown = () =>
    agent.page.evaluate(async () => {
      const registration = await navigator.serviceWorker.getRegistration("/");
      return ((await registration?.getNotifications()) ?? []).map(({ body, data }) => [body, data as string]);
    });
  await expect.poll(shown).toEqual([[text, conversation_id]]);
  const worker = agent.page.context().serviceWorkers().find((worker) => worker.url().endsWith("/service-worker.js"));
  // Only the system makes a real click; what it would run is run all the same.
  await worker?.evaluate(async () => {
    const scope = globalThis as unknown as { registration: ServiceWorkerRegistration; dispatchEvent(event: Event): boolean };
    const [notification] = await scope.registration.getNotifications();
    scope.dispatchEvent(Object.assign(new Event("notificationclick"), { notification, waitUntil: () => undefined }));
  });
  await expect(agent.page).toHaveURL(new RegExp(`/inbox/${conversation_id}`));
});

test("in quiet hours there is a card and no word of the system, and afterwards there is", async ({ browsers, server, website }) => {
  const agent = await browsers.console({ path: "/settings/account", permissions: ["notifications"] });
  await expect(agent.connected).toBeVisible();
  const shown = await watchNotifications(agent.page);
  await elsewhere(agent.page, true);
  const quiet = agent.page.getByRole("switch", { name: "免打扰时段" });
  await quiet.check();
  const minute = await agent.page.evaluate(() => new Date().getHours() * 60 + new Date().getMinutes());
  const written = (at: number) => [Math.floor(at / 60) % 24, at % 60].map((part) => String(part).padStart(2, "0")).join(":");
  await agent.page.getByLabel("开始时间").fill(written(minute + 23 * 60));
  await agent.page.getByLabel("结束时间").fill(written(minute + 60));
  const [first, second] = [await newVisitor(server.url, website.key), await newVisitor(server.url, website.key)];
  const [early, late] = [unique("夜里"), unique("早上")];
  await first.say(early);
  await expect(agent.page.getByRole("region", { name: "新消息", exact: true }).getByRole("button", { name: early })).toBeVisible();
  await quiet.uncheck();
  await second.say(late);
  await expect.poll(shown).toEqual([expect.stringContaining(late)]);
});

test("name and mobile are saved and shown, and what is wrong is said at its field", async ({ browsers }) => {
  const agent = await browsers.console({ path: "/settings/account" });
  const form = agent.page.getByRole("region", { name: "个人资料" });
  const save = form.getByRole("button", { name: "保存" });
  await expect(form.getByLabel("姓名")).not.toHaveValue("");
  await expect(save).toBeDisabled();
  await form.getByLabel("手机号").fill("123");
  await save.click();
  await expect(form.getByText("手机号必须是 11 位数字的大陆手机号")).toBeVisible();
  await form.getByLabel("手机号").fill("13912345678");
  await form.getByLabel("姓名").fill("周小川");
  await save.click();
  await expect(agent.page.getByText("个人资料已保存")).toBeVisible();
  await expect(save).toBeDisabled();
  await expect(agent.accountMenu).toContainText("周小川");
  await agent.page.reload();
  await expect(form.getByLabel("手机号")).toHaveValue("13912345678");
});

test("quiet hours are kept in this browser", async ({ browsers }) => {
  const agent = await browsers.console({ path: "/settings/account" });
  await agent.page.getByRole("switch", { name: "免打扰时段" }).check();
  await agent.page.getByLabel("开始时间").fill("21:30");
  await agent.page.getByRole("switch", { name: "提示音" }).uncheck();
  await agent.page.reload();
  await expect(agent.page.getByLabel("开始时间")).toHaveValue("21:30");
  await expect(agent.page.getByLabel("结束时间")).toHaveValue("08:00");
  await expect(agent.page.getByRole("switch", { name: "提示音" })).not.toBeChecked();
  await agent.page.getByRole("switch", { name: "新消息通知" }).uncheck();
  await expect(agent.page.getByRole("switch", { name: "免打扰时段" })).toBeDisabled();
});
