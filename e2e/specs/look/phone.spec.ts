// 390 px wide: both apps fit, and fingers hit what they aim at.

import type { Locator, Page } from "@playwright/test";
import { newVisitor } from "@parlor/client/testing";
import { block } from "../../fixtures/blacklist.ts";
import { atRest } from "../../fixtures/moments.ts";
import { addTags } from "../../fixtures/tags.ts";
import { expect, test } from "../../fixtures/test.ts";
import { ChannelPage } from "../../pages/channel.ts";
import { SettingsPage } from "../../pages/settings.ts";

const phone = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };

/** Nothing is wider than the screen. */
async function expectNoSidewaysScroll(page: Page): Promise<void> {
  const width = await page.evaluate(() => document.documentElement.scrollWidth);
  expect(width).toBeLessThanOrEqual(390);
}

async function expectFingerSized(target: Locator): Promise<void> {
  const box = await target.boundingBox();
  expect(Math.min(box?.width ?? 0, box?.height ?? 0), String(target)).toBeGreaterThanOrEqual(44);
}

test("the widget fills the screen and its targets are large enough", async ({ browsers, shop, website }) => {
  const visitor = await browsers.visitor({ url: shop, ...phone });
  await expectFingerSized(visitor.launcher);
  await visitor.launcher.tap();
  await expect(visitor.composer).toBeVisible();
  await atRest(visitor.page);
  const panel = await visitor.panel(website.name).boundingBox();
  expect(panel?.width).toBe(390);
  expect(panel?.height).toBeGreaterThanOrEqual(800);
  for (const target of [visitor.close, visitor.emoji, visitor.send]) {
    await expectFingerSized(target);
  }
  await visitor.composer.fill("手机上");
  await visitor.send.tap();
  await expect(visitor.messages.mark("手机上", "sent")).toBeVisible();
  await expectNoSidewaysScroll(visitor.page);
  await visitor.close.tap();
  await expect(visitor.launcher).toBeVisible();
});

test("the console shows one pane at a time", async ({ browsers, website, server }) => {
  const visitor = await newVisitor(server.url, website.key);
  await visitor.say("用手机回我");
  const agent = await browsers.console(phone);
  await expect(agent.entry("用手机回我")).toBeVisible();
  await expect(agent.connected).toBeVisible();
  await expectNoSidewaysScroll(agent.page);
  await agent.entry("用手机回我").tap();
  await expect(agent.composer).toBeVisible();
  await expect(agent.list).toBeHidden();
  await agent.composer.fill("好的");
  await agent.send.tap();
  await expect(agent.messages.mark("好的", "sent")).toBeVisible();
  await expectNoSidewaysScroll(agent.page);
  await agent.page.goBack();
  await expect(agent.entry("好的")).toBeVisible();
});

test("the account page, where the bottom bar leads, signs out", async ({ browsers }) => {
  const agent = await browsers.console({ ...phone, path: "/settings/account" });
  await expect(agent.connected).toBeVisible();
  await agent.page.getByRole("main").getByRole("button", { name: agent.labels.signOut }).tap();
  await expect(agent.page).toHaveURL(/\/login/);
});

test("a window that becomes narrow does not leave the contact above what is being written", async ({ browsers, website, server }) => {
  const visitor = await newVisitor(server.url, website.key);
  await visitor.say("窗口变窄");
  const agent = await browsers.console({ viewport: { width: 1440, height: 800 } });
  await agent.open("窗口变窄");
  await expect(agent.contact).toBeVisible();
  await agent.composer.fill("好的");
  await agent.page.setViewportSize({ width: 1100, height: 800 });
  await expect(agent.contact).toHaveCount(0);
  await agent.send.click();
  await expect(agent.messages.mark("好的", "sent")).toBeVisible();
});

for (const path of ["/login", "/register"]) {
  test(`${path} fits`, async ({ browsers, server }) => {
    const page = await (await browsers.context({ ...phone, baseURL: server.url })).newPage();
    await page.goto(path);
    await expect(page.getByRole("heading").first()).toBeVisible();
    await expectNoSidewaysScroll(page);
  });
}

test("/settings/account fits", async ({ browsers }) => {
  const agent = await browsers.console({ ...phone, path: "/settings/account" });
  await expect(new SettingsPage(agent.page).devices.first()).toBeVisible();
  await expectNoSidewaysScroll(agent.page);
});

test("/channels/new?kind=website fits", async ({ browsers }) => {
  const agent = await browsers.console({ ...phone, path: "/channels/new?kind=website" });
  await expect(new ChannelPage(agent.page).name).toBeVisible();
  await expectNoSidewaysScroll(agent.page);
});

test("/channels/:id fits", async ({ browsers, website }) => {
  const agent = await browsers.console({ ...phone, path: `/channels/${website.id}` });
  await expect(new ChannelPage(agent.page).qrCode).toBeVisible();
  await expectNoSidewaysScroll(agent.page);
});

test("/settings/tags fits, also with long names and while one is renamed", async ({ browsers, admin }) => {
  const name = "展会现场认识的华东区批发客户";
  await addTags(admin, "客户来源与合作意向（市场部维护）", [[name, "green"], ["朋友介绍", "blue"]]);
  const agent = await browsers.console({ ...phone, path: "/settings/tags" });
  const rename = agent.page.getByRole("button", { name: `重命名标签 ${name}` });
  await expect(rename).toBeVisible();
  await expectNoSidewaysScroll(agent.page);
  await rename.tap();
  await expect(agent.page.getByRole("textbox", { name: "标签名称" })).toBeVisible();
  await expectNoSidewaysScroll(agent.page);
});

test("/blacklist fits, also with a long name", async ({ browsers, website, server, admin }) => {
  const visitor = await newVisitor(server.url, website.key);
  await visitor.say("骚扰信息");
  const { contact_id } = visitor.session;
  const params = { path: { contact_id } };
  const { version } = await admin.ok(admin.api.GET("/api/v1/contacts/{contact_id}", { params }));
  const body = { version, name: "晨光文具官方旗舰店的一位老客户张三先生" };
  await admin.ok(admin.api.PATCH("/api/v1/contacts/{contact_id}", { params, body }));
  await block(admin, contact_id);
  const agent = await browsers.console({ ...phone, path: "/blacklist" });
  await expect(agent.page.getByRole("button", { name: /移出黑名单$/ })).toBeVisible();
  await expectNoSidewaysScroll(agent.page);
});
