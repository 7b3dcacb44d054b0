// Web Push: an agent is told of a new message although no console is open.

import type { Page, Response, Worker } from "@playwright/test";
import { newAgent, newVisitor } from "@parlor/client/testing";
import { PushService, type Pushed } from "../../fixtures/push-service.ts";
import { expect, test as base, unique } from "../../fixtures/test.ts";
import { LoginPage } from "../../pages/auth.ts";

const test = base.extend<{ service: PushService }>({
  service: async ({}, use) => {
    const service = await PushService.open();
    await use(service);
    service.close();
  },
});

const account = { path: "/settings/account", permissions: ["notifications"] };
const on = "已开启。";

/** What the service worker shows. */
function shown(page: Page): Promise<[string, string, string][]> {
  return page.evaluate(async () => {
    const registration = await navigator.serviceWorker.ready;
    const notifications = await registration.getNotifications();
    return notifications.map(({ title, body, tag }): [string, string, string] => [title, body, tag]);
  });
}

/** The server's answer to a console that wants no pushes any more. */
function removal(page: Page): Promise<Response> {
  return page.waitForResponse((response) => response.request().method() === "DELETE" && response.url().endsWith("/me/push-subscription"));
}

/** What runs in the service worker while a push is delivered. */
type Scope = { registration: ServiceWorkerRegistration; displayed?: Promise<void>; dispatchEvent(event: Event): boolean };

function serviceWorker(page: Page): Worker {
  const found = page.context().serviceWorkers().find((worker) => worker.url().endsWith("/service-worker.js"));
  if (!found) throw new Error("no service worker of the console");
  return found;
}

/**
 * Hands a push to the service worker, as the browser does with what a push service sends, and waits until it is on show. Asking for
 * what is shown meanwhile would spoil it: Chromium forgets a notification that it has written down and not displayed yet when it is asked
 * between the two.
 */
async function deliver(page: Page, data: string): Promise<void> {
  const worker = serviceWorker(page);
  await worker.evaluate(() => {
    const scope = globalThis as unknown as Scope;
    const { registration } = scope;
    scope.displayed = new Promise((resolve, reject) => {
      registration.showNotification = (...given) => {
        Reflect.deleteProperty(registration, "showNotification");
        const shown = registration.showNotification(...given);
        shown.then(resolve, reject);
        return shown;
      };
    });
  });
  const session = await page.context().newCDPSession(page);
  const registered = new Promise<string>((found) => {
    session.on("ServiceWorker.workerRegistrationUpdated", ({ registrations: [first] }) => {
      if (first) found(first.registrationId);
    });
  });
  await session.send("ServiceWorker.enable");
  await session.send("ServiceWorker.deliverPushMessage", { origin: new URL(page.url()).origin, registrationId: await registered, data });
  await worker.evaluate(() => (globalThis as unknown as Scope).displayed);
  await session.detach();
}

test("what is written while no console is open reaches the browser, once, and its click leads there", async ({ browsers, server, website, service }) => {
  const agent = await browsers.console(account);
  const page = agent.page;
  await service.serve(page);
  await page.getByRole("switch", { name: "网页推送" }).check();
  await expect(page.getByText(on)).toBeVisible();

  // While a console is open it announces by itself.
  await expect(agent.connected).toBeVisible();
  const visitor = await newVisitor(server.url, website.key);
  const early = unique("在吗");
  await visitor.say(early);
  await expect(page.getByRole("region", { name: "新消息", exact: true }).getByRole("button", { name: early })).toBeVisible();

  // The tab stays, the console goes.
  await page.goto("/legal/privacy-policy");
  const text = unique("还在吗");
  // The earlier message may be pushed as well: whoever closes the console within two seconds has not seen it for sure.
  const found = () => service.received.find((data) => (JSON.parse(data) as Pushed).body === text);
  await expect(async () => {
    // The server notices that the console has gone a moment after it has.
    await visitor.say(text);
    await expect.poll(found, { timeout: 4_000 }).toBeDefined();
  }).toPass();
  const data = found();
  const pushed = JSON.parse(data ?? "") as Pushed;
  expect(pushed.body).toBe(text);
  await deliver(page, data ?? "");
  const tag = `parlor.${pushed.conversation_id}`;
  await expect.poll(() => shown(page)).toEqual([[pushed.title, text, tag]]);
  // A newer one takes its place.
  await deliver(page, JSON.stringify({ ...pushed, body: "好的" }));
  await expect.poll(() => shown(page)).toEqual([[pushed.title, "好的", tag]]);

  // A console that opens shows everything itself.
  await page.goto("/settings/account");
  await expect(agent.connected).toBeVisible();
  await expect.poll(() => shown(page)).toEqual([]);
  await deliver(page, data ?? "");
  await expect.poll(() => shown(page)).toHaveLength(1);
  // Only the system makes a real click; what it would run is run all the same.
  await serviceWorker(page).evaluate(async () => {
    const scope = globalThis as unknown as Scope;
    const [notification] = await scope.registration.getNotifications();
    scope.dispatchEvent(Object.assign(new Event("notificationclick"), { notification, waitUntil: () => undefined }));
  });
  await expect(page).toHaveURL(new RegExp(`/inbox/${pushed.conversation_id}`));
  await expect(agent.messages.message(text).first()).toBeVisible();
  await expect.poll(() => shown(page)).toEqual([]);
});

test("the switch says what hinders it, tries again, and takes it back", async ({ browsers, service }) => {
  const { page } = await browsers.console(account);
  await service.serve(page, 1);
  const push = page.getByRole("switch", { name: "网页推送" });
  await push.check();
  await expect(page.getByText("未能开启")).toBeVisible();
  await page.getByRole("button", { name: "重试" }).click();
  await expect(page.getByText(on)).toBeVisible();
  // Quiet hours are the server's business, too.
  const told = () => page.waitForRequest((request) => request.method() === "PUT" && request.url().endsWith("/me/push-subscription"));
  const quiet = told();
  await page.getByRole("switch", { name: "免打扰时段" }).check();
  const hours = { from: 1320, to: 480 };
  expect((await quiet).postDataJSON()).toMatchObject({ language: "zh-CN", quiet: hours, utc_offset_minutes: 480, mine_only: true });
  await expect(page.getByText(on)).toBeVisible();
  // So is of whose conversations whoever oversees others wants to hear.
  const all = told();
  await page.getByRole("switch", { name: "只提醒我的会话和未分配的" }).uncheck();
  expect((await all).postDataJSON()).toMatchObject({ quiet: hours, mine_only: false });
  await expect(page.getByText(on)).toBeVisible();
  // Whoever wants no notifications at all is pushed none.
  const removed = removal(page);
  await page.getByRole("switch", { name: "新消息通知" }).uncheck();
  expect((await removed).status()).toBe(204);
  await expect(push).toBeDisabled();
});

test("whoever signs in next in the browser is pushed nothing unasked, and the first one is again when they are back", async ({
  browsers,
  organisation,
  server,
  service,
}) => {
  const colleague = await newAgent(server, organisation, { name: "周云" });
  const agent = await browsers.console(account);
  const { page } = agent;
  const [push, login] = [page.getByRole("switch", { name: "网页推送" }), new LoginPage(page)];
  /** What the browser still has with which it would subscribe anew. */
  const kept = () => page.evaluate(async () => [localStorage.getItem("parlor.pushed"), await caches.has("parlor.push")]);
  await service.serve(page);
  await push.check();
  await expect(page.getByText(on)).toBeVisible();
  expect(await kept()).toEqual(["1", true]);

  await agent.choose("signOut");
  await login.submit.waitFor();
  // The page is another one, whose browser has no service yet.
  await service.serve(page);
  const removed = removal(page);
  await login.signIn(colleague);
  expect((await removed).status()).toBe(204);
  await expect.poll(kept).toEqual([null, false]);
  await agent.choose("ownAccount");
  await expect(push).not.toBeChecked();
  await expect(push).toBeEnabled();

  await agent.choose("signOut");
  await login.submit.waitFor();
  await service.serve(page);
  await login.signIn(organisation.registration);
  await agent.choose("ownAccount");
  await expect(push).toBeChecked();
  await expect(page.getByText(on)).toBeVisible();
});

test("a browser that blocks notifications is told how to allow them, and one without them says so", async ({ browsers }) => {
  const blocked = await browsers.console({ path: "/settings/account" });
  await blocked.page.addInitScript(() => Object.defineProperty(Notification, "permission", { get: () => "denied" }));
  await blocked.page.reload();
  await expect(blocked.page.getByText("浏览器已阻止通知，无法推送。")).toBeVisible();
  await expect(blocked.page.getByRole("switch", { name: "网页推送" })).toBeDisabled();
  const old = await browsers.console({ path: "/settings/account", locale: "en-GB" });
  await old.page.addInitScript(() => Reflect.deleteProperty(window, "PushManager"));
  await old.page.reload();
  await expect(old.page.getByText("This browser has no web push here.")).toBeVisible();
});
