// Pages and apps that know who the visitor is: the page's own script, and the sample app with the chat in a frame.

import { type ChildProcess, spawn } from "node:child_process";
import { createHmac } from "node:crypto";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { answer } from "@parlor/client/testing";
import type { ParlorClient } from "@parlor/client";
import type { FrameLocator, Page } from "@playwright/test";
import { expect, onlyConversation, test } from "../../fixtures/test.ts";
import { LABELS } from "../../pages/labels.ts";
import { MessageLog } from "../../pages/messages.ts";

interface Outcome {
  ok: boolean;
  error?: string;
  contact_id?: string;
  unread?: number;
}

/** Calls `Parlor` in the page and waits for what becomes of it. */
const parlor = (page: Page, ...call: unknown[]) =>
  page.evaluate((call) => (window as unknown as { Parlor: (...call: unknown[]) => Promise<Outcome> }).Parlor(...call), call);

async function secretOf(admin: ParlorClient, channel_id: string): Promise<string> {
  const params = { path: { channel_id } };
  return (await admin.ok(admin.api.POST("/api/v1/channels/{channel_id}/identity/secret", { params }))).secret;
}

const identityOf = (secret: string, user_id: string, name: string) => ({
  user_id,
  user_hash: createHmac("sha256", secret).update(user_id).digest("hex"),
  name,
});

test("a page says who the visitor is, hears what comes, and forgets them", async ({ browsers, shop, admin, website }) => {
  const who = identityOf(await secretOf(admin, website.id), "u-17", "林小满");
  const visitor = await browsers.visitor({ url: shop });
  const { page } = visitor;
  const told: string[] = [];
  page.on("console", (message) => message.type() === "error" && told.push(message.text()));
  const forged = await parlor(page, "identify", { ...who, user_hash: "0".repeat(64) });
  expect([forged.ok, forged.error]).toEqual([false, "refused"]);
  const unreadable = await parlor(page, "identify", { user_id: "u-17", user_hash: "abc" });
  expect([unreadable.ok, unreadable.error]).toEqual([false, "invalid"]);
  expect((await parlor(page, "dance")).error).toBe("unknown_command");
  expect(told.filter((text) => text.startsWith("Parlor: "))).toHaveLength(3);

  await page.evaluate(() => {
    const heard: unknown[] = [];
    Object.assign(window, { heard });
    const { Parlor } = window as unknown as { Parlor: (...call: unknown[]) => void };
    for (const event of ["unread", "open", "close", "message", "identity"])
      Parlor("on", event, (value: unknown) => heard.push([event, event === "message" ? (value as { text: string }).text : value]));
  });
  const heard = () => page.evaluate(() => (window as unknown as { heard: unknown[] }).heard);
  // The chat is open, as somebody without an account, when the page says who they are.
  await visitor.open();
  await visitor.say("还没登录");
  await expect(visitor.messages.mark("还没登录", "sent")).toBeVisible();
  const proven = await parlor(page, "identify", who);
  expect(proven.ok).toBe(true);
  await expect(visitor.composer).toBeVisible();
  await expect(visitor.messages.message("还没登录")).toHaveCount(0);
  await visitor.say("登录了");
  await expect(visitor.messages.mark("登录了", "sent")).toBeVisible();
  const params = { path: { contact_id: proven.contact_id ?? "" } };
  const contact = await admin.ok(admin.api.GET("/api/v1/contacts/{contact_id}", { params }));
  expect([contact.external_id, contact.name]).toEqual(["u-17", "林小满"]);

  await visitor.close.click();
  await expect(visitor.panel(website.name)).toBeHidden();
  const { items } = await admin.ok(admin.api.GET("/api/v1/conversations"));
  const conversation = items.find((item) => item.contact.id === proven.contact_id);
  await answer(admin, conversation?.id ?? "", "您好，林女士");
  await expect(visitor.unread(1)).toBeVisible();
  await expect.poll(heard).toEqual([
    ["unread", 0],
    ["open", undefined],
    ["identity", { verified: true, user_id: "u-17" }],
    ["close", undefined],
    ["message", "您好，林女士"],
    ["unread", 1],
  ]);

  // On another device they are the same; a page that says nothing has nobody.
  const phone = await browsers.visitor({ url: shop });
  expect((await parlor(phone.page, "identify", who)).contact_id).toBe(proven.contact_id);
  await expect(phone.unread(1)).toBeVisible();

  expect(await parlor(page, "logout")).toEqual({ ok: true });
  await expect(visitor.unread(1)).toHaveCount(0);
  await visitor.open();
  await visitor.say("我是下一位");
  await expect(visitor.messages.mark("我是下一位", "sent")).toBeVisible();
  await expect(visitor.messages.all).toHaveCount(1);
  const kept = await page.evaluate(() => Object.entries(localStorage).join());
  expect(kept).not.toContain("u-17");
});

/** The sample's server, for this chat. */
async function sampleApp(env: Record<string, string>): Promise<{ url: string; process: ChildProcess }> {
  const path = join(import.meta.dirname, "../../../samples/app/server.mjs");
  const child = spawn(process.execPath, [path], { env: { ...process.env, ...env }, stdio: ["ignore", "pipe", "inherit"] });
  process.once("exit", () => child.kill());
  const [url] = (await once(createInterface({ input: child.stdout }), "line")) as [string];
  return { url, process: child };
}

test("the sample app identifies its user, counts what waits, and signs out", async ({ browsers, admin, website }) => {
  const secret = await secretOf(admin, website.id);
  const app = await sampleApp({ PARLOR_CHAT_URL: website.chat_url, PARLOR_IDENTITY_SECRET: secret });
  try {
    const phone = await browsers.context({ viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true });
    const page = await phone.newPage();
    await page.goto(app.url);
    const labels = LABELS["zh-CN"];
    const frame: FrameLocator = page.frameLocator("#chat");
    const messages = new MessageLog(frame.getByRole("log", { name: labels.messages }), labels);
    const [home, chat] = [page.getByRole("button", { name: "首页" }), page.getByRole("button", { name: /^客服/ })];
    await expect(page.getByText("已登录：林小满")).toBeVisible();
    // The proof is nowhere to be seen any more.
    await expect.poll(() => page.frames()[1]?.url()).toBe(website.chat_url);

    await chat.tap();
    await frame.getByRole("textbox", { name: labels.compose }).fill("我的订单到哪了");
    await frame.getByRole("button", { name: labels.send, exact: true }).tap();
    await expect(messages.mark("我的订单到哪了", "sent")).toBeVisible();
    const { items } = await admin.ok(admin.api.GET("/api/v1/conversations"));
    expect(items.map((item) => item.contact.name)).toEqual(["林小满"]);

    await home.tap();
    await expect(messages.log).toBeHidden();
    await answer(admin, await onlyConversation(admin), "已到上海");
    await expect(chat.getByRole("status")).toHaveText("1");
    await chat.tap();
    await expect(messages.message("已到上海")).toBeVisible();
    await expect(chat.getByRole("status")).toBeHidden();

    await page.getByRole("button", { name: "退出登录" }).tap();
    await expect(page.getByText("已退出登录")).toBeHidden();
    await expect(messages.message("我的订单到哪了")).toHaveCount(0);
    await home.tap();
    await expect(page.getByText("已退出登录")).toBeVisible();

    // A native shell hears the same by its web view.
    const web = await phone.newPage();
    await web.addInitScript(() => {
      const said: unknown[] = [];
      Object.assign(window, { said, ParlorApp: { postMessage: (text: string) => said.push(JSON.parse(text)) } });
    });
    const { user_id, user_hash } = identityOf(secret, "u-18", "");
    await web.goto(`${website.chat_url}?lang=en&user_id=${user_id}&user_hash=${user_hash}`);
    const said = () => web.evaluate(() => (window as unknown as { said: unknown[] }).said);
    await expect.poll(said).toEqual([
      { source: "parlor", event: "ready" },
      { source: "parlor", event: "unread", value: 0 },
      { source: "parlor", event: "identity", value: { verified: true, user_id: "u-18" } },
    ]);
    expect(web.url()).toBe(`${website.chat_url}?lang=en`);
    await web.evaluate(() => (window as unknown as { Parlor: (call: string) => void }).Parlor("close"));
    await expect.poll(said).toContainEqual({ source: "parlor", event: "close" });
  } finally {
    app.process.kill();
  }
});
