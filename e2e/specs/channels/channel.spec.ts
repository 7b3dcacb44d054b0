// CHAN-1, CHAN-2, CHAN-WEB: making, editing, disabling and deleting a website channel.

import type { Route } from "@playwright/test";
import { newChannel, newVisitor } from "@parlor/client/testing";
import { paper, picture } from "../../fixtures/files.ts";
import { expectWords } from "../../fixtures/moments.ts";
import { expect, test } from "../../fixtures/test.ts";
import { ChannelPage } from "../../pages/channel.ts";

test("the name is required", async ({ browsers }) => {
  const agent = await browsers.console({ path: "/channels/new?kind=website" });
  const page = new ChannelPage(agent.page);
  await page.name.fill("  ");
  await page.save.click();
  await expect(page.name).toHaveAccessibleDescription(/名称不能为空/);
  await expect(agent.page).toHaveURL(/\/channels\/new/);
});

test("a channel's picture stands where its conversations are listed, once there are several channels", async ({ browsers, website, admin, server }) => {
  const other = await newChannel(admin, "小程序");
  await (await newVisitor(server.url, website.key)).say("官网的");
  await (await newVisitor(server.url, other.key)).say("小程序的");
  const looking = await browsers.console();
  const mark = (text: string) => looking.entry(text).locator(".conversation-row__channel");
  await expect(mark("小程序的").locator("svg")).toBeVisible();
  const { page } = await browsers.console({ path: `/channels/${website.id}` });
  const chooser = page.getByLabel("更换头像").last();
  await chooser.setInputFiles(paper("说明.pdf"));
  await expect(page.getByRole("alert").filter({ hasText: /图片/ })).toBeVisible();
  await chooser.setInputFiles(picture("官网.png"));
  await expect(page.getByRole("button", { name: "使用默认图标" })).toBeVisible();
  const shown = mark("官网的").locator("img");
  await expect.poll(() => shown.evaluate((image: HTMLImageElement) => image.naturalWidth)).toBeGreaterThan(0);
  await expect(mark("小程序的").locator("svg")).toBeVisible();
  await page.getByRole("button", { name: "使用默认图标" }).click();
  await expect(mark("官网的").locator("svg")).toBeVisible();
});

test("edits are published at once: name, side and colour", async ({ browsers, website, shop, admin }) => {
  const agent = await browsers.console({ path: `/channels/${website.id}` });
  const form = new ChannelPage(agent.page);
  await expect(form.name).toHaveValue(website.name);
  await form.name.fill("会员商城");
  await form.introduction.fill("工作日 9:00–18:00");
  await form.position("left").check();
  await form.color.fill("#C0392B");
  await expectWords(agent.page, "已保存", () => form.save.click());
  const saved = await admin.ok(admin.api.GET("/api/v1/channels/{channel_id}", { params: { path: { channel_id: website.id } } }));
  expect(saved).toMatchObject({ name: "会员商城", introduction: "工作日 9:00–18:00", style: { position: "left", color: "#c0392b" } });
  const visitor = await browsers.visitor({ url: shop });
  await expect(visitor.launcher).toHaveCSS("background-color", "rgb(192, 57, 43)");
  const box = await visitor.launcher.boundingBox();
  expect(box?.x).toBeLessThan(200);
  await visitor.open();
  await expect(visitor.panel("会员商城")).toBeVisible();
  await expect(visitor.page.getByText("工作日 9:00–18:00")).toBeVisible();
});

test("another agent's console shows an edit without a reload", async ({ browsers, website, admin }) => {
  const agent = await browsers.console();
  await expect(agent.page.getByRole("link", { name: new RegExp(website.name) }).first()).toBeVisible();
  const params = { path: { channel_id: website.id } };
  await admin.ok(admin.api.PATCH("/api/v1/channels/{channel_id}", { params, body: { name: "换个名字" } }));
  await expect(agent.page.getByRole("link", { name: /换个名字/ }).first()).toBeVisible();
});

test("leaving with unsaved changes asks first", async ({ browsers, website }) => {
  const agent = await browsers.console({ path: `/channels/${website.id}` });
  const form = new ChannelPage(agent.page);
  await form.name.fill("没保存的名字");
  await agent.conversationsLink.click();
  const question = agent.page.getByRole("dialog").or(agent.page.getByRole("alertdialog"));
  await question.getByRole("button", { name: "继续编辑" }).click();
  await expect(question).toHaveCount(0);
  await expect(form.name).toHaveValue("没保存的名字");
  await agent.conversationsLink.click();
  await question.getByRole("button", { name: "放弃修改" }).click();
  await expect(agent.page).toHaveURL(/\/inbox/);
});

test("the chat link and its QR code lead to the chat", async ({ browsers, website }) => {
  const agent = await browsers.console({ path: `/channels/${website.id}`, permissions: ["clipboard-read", "clipboard-write"] });
  const form = new ChannelPage(agent.page);
  await expect(form.chatLink).toHaveValue(website.chat_url);
  await expect(form.qrCode).toBeVisible();
  await expectWords(agent.page, form.labels.copied, () => form.copyLink.click());
  expect(await agent.page.evaluate(() => navigator.clipboard.readText())).toBe(website.chat_url);
});

test("a disabled channel draws nothing and takes nothing", async ({ browsers, website, shop, server, admin }) => {
  const earlier = await newVisitor(server.url, website.key);
  await earlier.say("还开着的时候");
  const agent = await browsers.console({ path: `/channels/${website.id}` });
  const form = new ChannelPage(agent.page);
  await expect(form.enabled).toBeChecked();
  await form.enabled.click();
  await expectWords(agent.page, "已保存", () => form.save.click());
  const visitor = await browsers.visitor();
  const loader = visitor.page.waitForResponse(/\/w\/.*\.js/);
  await visitor.page.goto(shop);
  expect((await loader).status()).toBe(200);
  await expect(visitor.page.getByRole("heading", { level: 1 })).toBeVisible();
  await expect(visitor.launcher).toHaveCount(0);
  // Neither from who chatted before nor from who comes anew.
  await expect(earlier.say("还开着吗")).rejects.toThrow("channel_disabled");
  await expect(newVisitor(server.url, website.key)).rejects.toThrow("channel_disabled");
  expect((await admin.ok(admin.api.GET("/api/v1/conversations"))).items.map(({ last_seq }) => last_seq)).toEqual([1]);
});

test("whoever has closed the question and gone elsewhere is not fetched back by the deletion", async ({ browsers, website, admin }) => {
  const other = await newChannel(admin, "第二个渠道");
  const agent = await browsers.console({ path: `/channels/${website.id}` });
  const form = new ChannelPage(agent.page);
  let arrived: (route: Route) => void = () => {};
  const held = new Promise<Route>((done) => {
    arrived = done;
  });
  const address = `**/api/v1/channels/${website.id}`;
  await agent.page.route(address, (route) => (route.request().method() === "DELETE" ? arrived(route) : route.fallback()));
  await form.deleteChannel.click();
  await form.confirmName.fill(website.name);
  await form.confirmDelete.click();
  const route = await held;
  await agent.page.keyboard.press("Escape");
  await expect(form.deletion).toHaveCount(0);
  await agent.page.getByRole("link", { name: `${other.name} 的设置` }).click();
  await expect(form.name).toHaveValue(other.name);
  await form.name.fill("改到一半");
  await expectWords(agent.page, "渠道已删除", () => route.continue());
  await expect(agent.page.getByRole("navigation").getByRole("link", { name: website.name, exact: true })).toHaveCount(0);
  await expect(agent.page).toHaveURL(new RegExp(`/channels/${other.id}`));
  // And what is half done there is still asked about.
  await agent.conversationsLink.click();
  await expect(agent.page.getByRole("button", { name: "继续编辑" })).toBeVisible();
});

test("a new channel of which only the side was chosen is not left without a question", async ({ browsers }) => {
  const agent = await browsers.console({ path: "/channels/new?kind=website" });
  const form = new ChannelPage(agent.page);
  await form.position("left").check();
  await agent.conversationsLink.click();
  await expect(agent.page.getByRole("button", { name: "继续编辑" })).toBeVisible();
  await expect(agent.page).toHaveURL(/\/channels\/new/);
});

test("deleting says what goes, asks for the name, and takes it all", async ({ browsers, website, server }) => {
  const visitor = await newVisitor(server.url, website.key);
  await visitor.say("第一句");
  await visitor.say("第二句");
  const agent = await browsers.console({ path: `/channels/${website.id}` });
  const form = new ChannelPage(agent.page);
  await form.deleteChannel.click();
  await expect(form.deletion).toContainText("1 位访客");
  await expect(form.deletion).toContainText("1 个会话");
  await expect(form.deletion).toContainText("2 条消息");
  await form.confirmName.fill("不是这个名字");
  await expect(form.confirmDelete.and(agent.page.locator(":enabled"))).toHaveCount(0);
  await form.confirmName.fill(website.name);
  // The event takes the channel away before the answer comes; the way on is the same.
  const inTree = agent.page.getByRole("navigation").getByRole("link", { name: website.name });
  await agent.page.route(`**/api/v1/channels/${website.id}`, async (route) => {
    if (route.request().method() !== "DELETE") return route.fallback();
    const response = await route.fetch({ maxRetries: 3 });
    await expect(inTree).toHaveCount(0);
    return route.fulfill({ response });
  });
  await form.confirmDelete.click();
  await expect(form.deletion).toHaveCount(0);
  await expect(inTree).toHaveCount(0);
  await expect(agent.page).toHaveURL(/\/inbox/);
  await expect(agent.page.getByText(agent.labels.noConversations)).toBeVisible();
});
