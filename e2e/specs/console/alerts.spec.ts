// How an agent hears of a new message: a card, the system's notification, the tab's title.

import { newAgent, newVisitor } from "@parlor/client/testing";
import { expectAccessibleInBothThemes } from "../../fixtures/axe.ts";
import { elsewhere, onShow, showByWorkerOnly, shownByWorker, watchNotifications } from "../../fixtures/notifications.ts";
import { expect, test, unique } from "../../fixtures/test.ts";
import { LoginPage } from "../../pages/auth.ts";
import { ConsolePage } from "../../pages/console.ts";

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
  // A card stays for as long as somebody is at it.
  await card.hover();
  await expectAccessibleInBothThemes(agent.page, "a card of a new message");
  await expect(card).toBeVisible();
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
  await (await newVisitor(server.url, website.key)).say(next);
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

test("a tab that is cut off leaves it to another to tell, and does not tell it again when it hears of it", async ({
  browsers,
  organisation,
  server,
  website,
}) => {
  // A blank page: one of the console would be connected before the route is there.
  const first = await browsers.console({ path: "about:blank", permissions: ["notifications"] });
  let cut = false;
  await first.page.routeWebSocket(/\/api\/v1\/socket/, (socket) => {
    const upstream = socket.connectToServer();
    upstream.onMessage((frame) => {
      // A line that is dead, and neither side has noticed.
      if (!cut) socket.send(frame);
    });
  });
  await first.page.goto("/settings/account");
  await expect(first.connected).toBeVisible();
  // The only tab has the turn, and keeps it.
  const held = () => first.page.evaluate(async () => (await navigator.locks.query()).held?.map(({ name }) => name));
  await expect.poll(held).toContain(`parlor.alerts.${organisation.me.id}`);
  const second = new ConsolePage(await first.page.context().newPage());
  await second.page.goto("/settings/account");
  await expect(second.connected).toBeVisible();
  const [byFirst, bySecond] = [await watchNotifications(first.page), await watchNotifications(second.page)];
  await Promise.all([elsewhere(first.page, true), elsewhere(second.page, true)]);
  cut = true;
  const visitor = await newVisitor(server.url, website.key);
  const text = unique("有人吗");
  await visitor.say(text);
  await expect.poll(bySecond).toEqual([expect.stringContaining(text)]);
  // The next event shows the first tab what it has missed.
  cut = false;
  const next = unique("在的话回一下");
  await visitor.say(next);
  const all = async () => [...(await bySecond()), ...(await byFirst())];
  await expect.poll(all).toEqual([expect.stringContaining(text), expect.stringContaining(next)]);
});

test("a notification goes once its conversation has been read on another device, and others stay", async ({ browsers, server, website }) => {
  const settings = { path: "/settings/account", permissions: ["notifications"] };
  const [desk, phone] = [await browsers.console(settings), await browsers.console(settings)];
  for (const { connected } of [desk, phone]) await expect(connected).toBeVisible();
  await watchNotifications(desk.page);
  await showByWorkerOnly(phone.page);
  for (const { page } of [desk, phone]) await elsewhere(page, true);
  const [visitor, another] = [await newVisitor(server.url, website.key), await newVisitor(server.url, website.key)];
  const [read, unread] = [unique("看过了"), unique("还没看")];
  const { conversation_id } = await visitor.say(read);
  await another.say(unread);
  const onDesk = async () => (await onShow(desk.page)).sort();
  const onPhone = async () => (await shownByWorker(phone.page)).map(([body]) => body).sort();
  for (const shown of [onDesk, onPhone]) await expect.poll(shown).toEqual([read, unread].sort());
  const reader = await browsers.console({ path: `/inbox/${conversation_id}` });
  await reader.ready(read);
  for (const shown of [onDesk, onPhone]) await expect.poll(shown).toEqual([unread]);
});

test("where only a service worker may show a notification it shows it, and the click leads there", async ({ browsers, server, website }) => {
  const agent = await browsers.console({ path: "/settings/account", permissions: ["notifications"] });
  await expect(agent.connected).toBeVisible();
  await showByWorkerOnly(agent.page);
  await elsewhere(agent.page, true);
  const visitor = await newVisitor(server.url, website.key);
  const text = unique("手机上也要响");
  const { conversation_id } = await visitor.say(text);
  await expect.poll(() => shownByWorker(agent.page)).toEqual([[text, conversation_id]]);
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

test("name, mobile and email are saved and shown, and what is wrong is said at its field", async ({ browsers, admin, organisation }) => {
  const agent = await browsers.console({ path: "/settings/account" });
  const form = agent.page.getByRole("region", { name: "个人资料" });
  const save = form.getByRole("button", { name: "保存" });
  await expect(form.getByLabel("姓名")).not.toHaveValue("");
  await expect(save).toBeDisabled();
  await form.getByLabel("手机号").fill("123");
  await save.click();
  await expect(form.getByText("手机号必须是 11 位数字的大陆手机号")).toBeVisible();
  await form.getByLabel("手机号").fill("13912345678");
  await form.getByLabel("邮箱").fill("zhou.xiaochuan@example.com");
  await form.getByLabel("姓名").fill("周小川");
  // Where codes go is nobody else's to change.
  await save.click();
  await expect(form.getByText("密码不能为空")).toBeVisible();
  await form.getByLabel("密码", { exact: true }).fill(organisation.registration.password);
  await save.click();
  await expect(agent.page.getByText("个人资料已保存")).toBeVisible();
  await expect(save).toBeDisabled();
  await expect(agent.accountMenu).toContainText("周小川");
  await agent.page.reload();
  await expect(form.getByLabel("手机号")).toHaveValue("13912345678");
  await expect(form.getByLabel("邮箱")).toHaveValue("zhou.xiaochuan@example.com");
  const me = await admin.ok(admin.api.GET("/api/v1/me"));
  expect(me).toMatchObject({ name: "周小川", mobile: "13912345678", email: "zhou.xiaochuan@example.com" });
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

test("what one agent has set in a browser is not what the next one finds there, and is there when they are back", async ({
  browsers,
  organisation,
  server,
}) => {
  const colleague = await newAgent(server, organisation, { name: "周云" });
  const agent = await browsers.console({ path: "/settings/account" });
  const [wanted, login] = [agent.page.getByRole("switch", { name: "新消息通知" }), new LoginPage(agent.page)];
  await wanted.uncheck();
  await agent.choose("signOut");
  await login.submit.waitFor();
  await login.signIn(colleague);
  await agent.choose("ownAccount");
  await expect(wanted).toBeChecked();
  await agent.choose("signOut");
  await login.submit.waitFor();
  await login.signIn(organisation.registration);
  await agent.choose("ownAccount");
  await expect(wanted).not.toBeChecked();
});

test("whoever signs out leaves no visitor's words on show, be they pushed", async ({ browsers, server, website }) => {
  const agent = await browsers.console({ path: "/settings/account", permissions: ["notifications"] });
  await expect(agent.connected).toBeVisible();
  await showByWorkerOnly(agent.page);
  await elsewhere(agent.page, true);
  const text = unique("我的手机号是");
  await (await newVisitor(server.url, website.key)).say(text);
  const shown = async () => (await shownByWorker(agent.page)).map(([body]) => body).sort();
  await expect.poll(shown).toEqual([text]);
  // As the service worker shows what is pushed: no page knows of it.
  await agent.page.evaluate(async () => (await navigator.serviceWorker.ready).showNotification("林小满", { body: "推送的话", tag: "parlor.pushed" }));
  await expect.poll(shown).toEqual([text, "推送的话"].sort());
  await agent.choose("signOut");
  await new LoginPage(agent.page).submit.waitFor();
  await expect.poll(shown).toEqual([]);
});
