// CONV-2, CONV-3: what an agent sets of a conversation: pinned, muted, marked unread; cleared and deleted, for everybody.

import { newVisitor } from "@parlor/client/testing";
import { type Locator } from "@playwright/test";
import { expectAccessible } from "../../fixtures/axe.ts";
import { expectForgotten, expectKept } from "../../fixtures/kept.ts";
import { expect, test, unique } from "../../fixtures/test.ts";
import type { ConsolePage } from "../../pages/console.ts";

/** Opens "…" and chooses. */
async function set(agent: ConsolePage, role: "menuitemcheckbox" | "menuitem", name: string): Promise<void> {
  await agent.page.getByRole("button", { name: "会话设置" }).click();
  await agent.page.getByRole(role, { name }).click();
}

const first = (agent: ConsolePage): Locator => agent.list.locator("[data-conversation]").first();

test("a pinned conversation stands on top, on its own ground, on every device of the agent", async ({ browsers, website, server }) => {
  const [old, young] = [await newVisitor(server.url, website.key), await newVisitor(server.url, website.key)];
  await old.say("置顶我");
  await young.say("我更新");
  const [agent, device] = [await browsers.console(), await browsers.console()];
  await expect(first(device)).toContainText("我更新");
  await agent.open("置顶我");
  await set(agent, "menuitemcheckbox", "置顶聊天");
  for (const console of [agent, device]) {
    await expect(first(console)).toContainText("置顶我");
    await expect(first(console)).toContainText("已置顶");
  }
  const ground = (entry: Locator) => entry.evaluate((row) => getComputedStyle(row).backgroundColor);
  expect(await ground(first(device))).not.toBe(await ground(device.entry("我更新")));
  await young.say("新消息来了");
  await expect(device.entry("新消息来了").getByText("2 条未读")).toHaveCount(1);
  await expect(first(device)).toContainText("置顶我");
  await device.page.reload();
  await expect(first(device)).toContainText("置顶我");
  await set(agent, "menuitemcheckbox", "置顶聊天");
  await expect(first(device)).toContainText("新消息来了");
});

test("a muted conversation shows a dot instead of a count, and leaves the title alone", async ({ browsers, website, server }) => {
  const visitor = await newVisitor(server.url, website.key);
  await visitor.say("请勿打扰");
  const [agent, device] = [await browsers.console(), await browsers.console()];
  await agent.open("请勿打扰");
  await set(agent, "menuitemcheckbox", "消息免打扰");
  await expect(device.entry("请勿打扰").getByRole("img", { name: "消息免打扰" })).toBeVisible();
  await agent.page.goto("/settings/account");
  await visitor.say("又是我");
  await expect(device.entry("又是我").getByRole("img", { name: "未读" })).toBeVisible();
  await expect(device.page.getByRole("region", { name: "新消息", exact: true }).getByRole("button")).toHaveCount(0);
  await expect(device.entry("又是我").getByText(/\d+ 条未读/)).toHaveCount(0);
  await expect(device.page).not.toHaveTitle(/\(/);
});

test("a conversation marked unread says so until it is opened again", async ({ browsers, website, server }) => {
  const visitor = await newVisitor(server.url, website.key);
  await visitor.say("回头再看");
  const agent = await browsers.console();
  await agent.open("回头再看");
  await expect(agent.entry("回头再看").getByText("待回复")).toHaveCount(1);
  await set(agent, "menuitem", "标为未读");
  const dot = agent.entry("回头再看").getByRole("img", { name: "未读" });
  await expect(dot).toBeVisible();
  await agent.conversationsLink.click();
  await expect(agent.composer).toHaveCount(0);
  await expect(dot).toBeVisible();
  await agent.open("回头再看");
  await expect(dot).toHaveCount(0);
  await expect(agent.entry("回头再看").getByText("待回复")).toHaveCount(1);
});

test("clearing asks first, and empties the conversation on every open device, the visitor's too", async ({
  browsers,
  shop,
}) => {
  const text = unique("说过就算");
  const visitor = await browsers.visitor({ url: shop });
  await visitor.launcher.click();
  await visitor.composer.fill(text);
  await visitor.send.click();
  const [agent, colleague] = [await browsers.console(), await browsers.console()];
  for (const console of [agent, colleague]) {
    await console.open(text);
    await expect(console.messages.message(text)).toBeVisible();
  }
  await set(agent, "menuitem", "清空聊天记录");
  const question = agent.page.getByRole("dialog", { name: "清空聊天记录？" });
  await question.getByRole("button", { name: "取消" }).click();
  await expect(agent.messages.message(text)).toBeVisible();
  await set(agent, "menuitem", "清空聊天记录");
  await question.getByRole("button", { name: "清空", exact: true }).click();
  for (const place of [agent, colleague, visitor]) {
    await expect(place.messages.message(text)).toHaveCount(0);
  }
  await expect(agent.entry(text)).toHaveCount(0);
  const next = unique("重新开始");
  await visitor.composer.fill(next);
  await visitor.send.click();
  for (const place of [agent, colleague, visitor]) {
    await expect(place.messages.message(next)).toBeVisible();
    await expect(place.messages.all).toHaveCount(1);
  }
});

test("a deleted conversation is gone everywhere, and the visitor's next message begins another", async ({ browsers, website, server }) => {
  const visitor = await newVisitor(server.url, website.key);
  const text = unique("删掉我");
  await visitor.say(text);
  const [agent, colleague] = [await browsers.console(), await browsers.console()];
  await agent.open(text);
  await colleague.open(text);
  await set(agent, "menuitem", "删除并退出");
  const question = agent.page.getByRole("dialog", { name: "删除并退出会话？" });
  await expectAccessible(agent.page, "the page");
  await question.getByRole("button", { name: "删除并退出" }).click();
  await expect(agent.page).toHaveURL(/\/inbox$/);
  await expect(agent.entry(text)).toHaveCount(0);
  await expect(colleague.page.getByText("找不到这个会话")).toBeVisible();
  await expect(colleague.entry(text)).toHaveCount(0);
  const again = unique("我又来了");
  await visitor.say(again);
  await colleague.open(again);
  await expect(colleague.messages.all).toHaveCount(1);
});

test("what a colleague has half written to a deleted conversation stays before their eyes, to be copied or given up", async ({
  browsers,
  website,
  server,
  admin,
}) => {
  const visitor = await newVisitor(server.url, website.key);
  const text = unique("删掉我");
  const { conversation_id } = await visitor.say(text);
  const agent = await browsers.console({ permissions: ["clipboard-read", "clipboard-write"] });
  const { page } = agent;
  await agent.open(text);
  await page.getByRole("button", { name: "内部备注", exact: true }).click();
  await page.getByRole("textbox", { name: "内部备注", exact: true }).fill("老客户，给他优惠");
  await page.getByRole("button", { name: "回复", exact: true }).click();
  const begun = "您好，关于退款：\n第一，请把单号发来";
  await agent.composer.fill(begun);
  const params = { path: { conversation_id } };
  await admin.ok(admin.api.DELETE("/api/v1/conversations/{conversation_id}", { params }));
  await expect(page.getByText("找不到这个会话")).toBeVisible();
  const left = page.getByRole("status").getByRole("listitem");
  await expect(left).toHaveCount(2);
  await expect(left.nth(1)).toContainText("老客户，给他优惠");
  await left.first().getByRole("button", { name: "复制" }).click();
  await expect(page.getByText("已复制")).toBeVisible();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(begun);
  await left.first().getByRole("button", { name: "删除" }).click();
  await expect(left).toHaveCount(1);
  await page.reload();
  await expect(left).toHaveCount(1);
  await expect(left).toContainText("老客户，给他优惠");
});

test("what waited to be sent to a deleted conversation stays before its author's eyes, and is let go with the page", async ({
  browsers,
  website,
  server,
  admin,
}) => {
  const visitor = await newVisitor(server.url, website.key);
  const text = unique("删掉我");
  const { conversation_id } = await visitor.say(text);
  const agent = await browsers.console({ path: `/inbox/${conversation_id}`, permissions: ["clipboard-read", "clipboard-write"] });
  const { page } = agent;
  await agent.ready(text);
  await page.context().setOffline(true);
  await expect(agent.reconnecting).toBeVisible();
  const [answer, another] = ["退款已经办好：\n三天内到账", "请查收"];
  for (const words of [answer, another]) {
    await agent.say(words);
  }
  await expectKept(page, another);
  const params = { path: { conversation_id } };
  await admin.ok(admin.api.DELETE("/api/v1/conversations/{conversation_id}", { params }));
  await page.context().setOffline(false);
  // An attempt to connect that was under way when the network came back fails, and the next one waits for its turn.
  await expect(page.getByText("找不到这个会话")).toBeVisible({ timeout: 40_000 });
  await expect(page.getByText("2 条消息未发送：")).toBeVisible();
  const left = page.getByRole("status").getByRole("listitem");
  await expect(left).toHaveCount(2);
  await left.first().getByRole("button", { name: "复制" }).click();
  await expect(page.getByText("已复制")).toBeVisible();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(answer);
  await left.first().getByRole("button", { name: "删除" }).click();
  await expect(left).toHaveCount(1);
  await expect(left).toContainText(another);
  await page.reload();
  await expect(page.getByText("找不到这个会话")).toBeVisible();
  await expectForgotten(page, another);
  await expect(left).toHaveCount(0);
});

test("what fails is said in the window that asks, and is gone when it asks again", async ({ browsers, website, server }) => {
  const visitor = await newVisitor(server.url, website.key);
  await visitor.say("别删");
  const agent = await browsers.console();
  await agent.open("别删");
  await agent.page.route("**/api/v1/conversations/**", (route) =>
    ["DELETE", "POST", "PUT"].includes(route.request().method()) ? route.abort() : route.continue(),
  );
  const failure = "网络连接失败，请检查网络后重试";
  for (const [item, title] of [["清空聊天记录", "清空聊天记录？"], ["删除并退出", "删除并退出会话？"]] as const) {
    await set(agent, "menuitem", item);
    const question = agent.page.getByRole("dialog", { name: title });
    await question.locator(".button--danger").click();
    await expect(question.getByRole("alert")).toHaveText(failure);
    await question.getByRole("button", { name: "取消" }).click();
    await set(agent, "menuitem", item);
    await expect(question.locator(".button--danger")).toBeEnabled();
    await expect(question.getByText(failure)).toHaveCount(0);
    await question.getByRole("button", { name: "取消" }).click();
  }
});

test("a deletion that takes its time does not close what was opened meanwhile", async ({ browsers, website, server }) => {
  const [one, other] = [await newVisitor(server.url, website.key), await newVisitor(server.url, website.key)];
  const [text, stays] = [unique("慢慢删"), unique("留在这里")];
  await one.say(text);
  await other.say(stays);
  const agent = await browsers.console();
  let go: (() => void) | undefined;
  await agent.page.route("**/api/v1/conversations/*", async (route) => {
    if (route.request().method() === "DELETE") await new Promise<void>((done) => (go = done));
    await route.continue();
  });
  await agent.open(text);
  await set(agent, "menuitem", "删除并退出");
  const question = agent.page.getByRole("dialog", { name: "删除并退出会话？" });
  await question.getByRole("button", { name: "删除并退出" }).click();
  await expect.poll(() => go).toBeDefined();
  await agent.page.keyboard.press("Escape");
  await agent.open(stays);
  go?.();
  await expect(agent.page.getByText("会话已删除")).toBeVisible();
  await expect(agent.messages.message(stays)).toBeVisible();
});

test("the settings are within reach on a phone", async ({ browsers, website, server }) => {
  const visitor = await newVisitor(server.url, website.key);
  await visitor.say("手机上也行");
  const agent = await browsers.console({ viewport: { width: 390, height: 844 } });
  await agent.open("手机上也行");
  await set(agent, "menuitemcheckbox", "置顶聊天");
  await agent.page.getByRole("button", { name: "会话设置" }).click();
  await expect(agent.page.getByRole("menuitemcheckbox", { name: "置顶聊天" })).toBeChecked();
  const menu = await agent.page.getByRole("menu").boundingBox();
  expect(menu).not.toBeNull();
  expect((menu?.x ?? -1) >= 0 && (menu?.x ?? 0) + (menu?.width ?? 999) <= 390).toBe(true);
});

test("a question stands above the page and moves nothing of it", async ({ browsers, website, server }) => {
  const visitor = await newVisitor(server.url, website.key);
  await visitor.say("别动");
  const agent = await browsers.console();
  await agent.open("别动");
  // What cannot be scrolled by hand is scrolled by a focus all the same.
  const aside = () =>
    agent.page.evaluate(() => [...document.querySelectorAll("*")].filter((one) => one.scrollLeft !== 0).map((one) => one.className));
  await set(agent, "menuitem", "清空聊天记录");
  const question = agent.page.getByRole("dialog");
  await expect(question.locator(":focus")).toHaveCount(1);
  expect(await aside()).toEqual([]);
});
