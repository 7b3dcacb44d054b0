// What an agent sees when something goes wrong: it is said, and nothing pretends to have worked.

import type { Page, Route } from "@playwright/test";
import { newVisitor } from "@parlor/client/testing";
import { expect, test } from "../../fixtures/test.ts";
import { ChannelPage } from "../../pages/channel.ts";
import { SettingsPage } from "../../pages/settings.ts";

const busy = { type: "urn:parlor:error:busy", title: "Busy", status: 503, code: "busy", detail: "busy" };

/** Errors that nobody caught: a panic is one. */
function uncaught(page: Page): string[] {
  const errors: string[] = [];
  page.on("pageerror", (error) => errors.push(error.message));
  return errors;
}

/** Holds a request until it is let go. */
async function hold(page: Page, address: string, method: string): Promise<{ held: Promise<Route> }> {
  let arrived: (route: Route) => void = () => {};
  const held = new Promise<Route>((done) => {
    arrived = done;
  });
  await page.route(address, (route) => (route.request().method() === method ? arrived(route) : route.fallback()));
  return { held };
}

test("an online state that was not changed is not shown as changed", async ({ browsers }) => {
  const agent = await browsers.console({ path: "/settings/account" });
  const settings = new SettingsPage(agent.page);
  await expect(settings.state("online")).toBeChecked();
  await agent.page.route("**/api/v1/me", (route) =>
    route.request().method() === "PATCH" ? route.fulfill({ status: 503, contentType: "application/problem+json", json: busy }) : route.fallback(),
  );
  await settings.state("offline").click();
  await expect(agent.page.getByRole("alert").filter({ hasText: "服务器繁忙" })).toBeVisible();
  await expect(settings.state("online")).toBeChecked();
  await expect(settings.state("offline")).not.toBeChecked();
  await agent.page.unroute("**/api/v1/me");
  await settings.state("offline").click();
  await expect(settings.state("offline")).toBeChecked();
  await expect(agent.page.getByText("您已设为离线，不会收到新消息。")).toBeVisible();
});

test("signing out everywhere says in its own window that it failed", async ({ browsers }) => {
  const agent = await browsers.console();
  await expect(agent.connected).toBeVisible();
  await agent.page.route("**/api/v1/auth/sessions", (route) => route.abort());
  await agent.choose("signOutEverywhere");
  const dialog = agent.page.getByRole("dialog");
  await dialog.getByRole("button", { name: "退出所有设备" }).click();
  await expect(dialog.getByRole("alert")).toContainText("网络连接失败");
});

test("what is typed while a channel is being saved stays", async ({ browsers, website }) => {
  const agent = await browsers.console({ path: `/channels/${website.id}` });
  const form = new ChannelPage(agent.page);
  const { held } = await hold(agent.page, `**/api/v1/channels/${website.id}`, "PATCH");
  await form.name.fill("新名字");
  await form.save.click();
  const route = await held;
  await form.introduction.fill("趁着保存写下的");
  await route.continue();
  await expect(agent.page.getByText("已保存")).toBeVisible();
  await expect(form.introduction).toHaveValue("趁着保存写下的");
  await expect(form.name).toHaveValue("新名字");
  await expect(agent.page.getByText("有未保存的修改")).toBeVisible();
});

test("channels that could not be loaded are said to be missing, and come by themselves once they can", async ({ browsers, website }) => {
  const agent = await browsers.console({ path: "/login" });
  await agent.page.route("**/api/v1/channels", (route) => route.abort());
  await agent.page.goto(`/channels/${website.id}`);
  const main = agent.page.getByRole("main");
  await expect(main.getByText("渠道加载失败")).toBeVisible();
  await expect(agent.page.getByRole("navigation", { name: "主导航" }).getByText("渠道加载失败")).toBeVisible();
  await expect(main.getByRole("button", { name: "重试" })).toBeVisible();
  await agent.page.unroute("**/api/v1/channels");
  await expect(new ChannelPage(agent.page).name).toHaveValue(website.name);
});

test("the address of a deleted channel's conversations leads to all conversations", async ({ browsers, website, server }) => {
  await (await newVisitor(server.url, website.key)).say("我还在");
  const agent = await browsers.console({ path: "/inbox?channel=0190163d-8694-739b-aea5-966c26f8ad91" });
  await expect(agent.entry("我还在")).toBeVisible();
  await expect(agent.page).toHaveURL(/\/inbox$/);
});

test("whoever may not manage channels is told so where one is added", async ({ browsers }) => {
  // A blank page: what one of the console has asked for would be cut off in the middle.
  const agent = await browsers.console({ path: "about:blank" });
  await agent.page.route(/\/api\/v1\/(auth\/refresh|me)$/, async (route) => {
    const answer = await route.fetch({ maxRetries: 3 });
    const body = (await answer.json()) as { me?: { role: string }; role?: string };
    if (body.me !== undefined) {
      body.me.role = "agent";
    } else {
      body.role = "agent";
    }
    await route.fulfill({ response: answer, json: body });
  });
  await agent.page.goto("/channels/new?kind=website");
  await expect(agent.page.getByText("只有管理员可以修改渠道。")).toBeVisible();
  await expect(new ChannelPage(agent.page).save).toBeDisabled();
  await expect(agent.page.getByRole("button", { name: "添加" })).toHaveCount(0);
  // The console may be asking once more.
  await agent.page.unrouteAll({ behavior: "wait" });
});

test("a page that is older than the server asks to be reloaded", async ({ browsers }) => {
  const agent = await browsers.console({ path: "/login" });
  await agent.page.routeWebSocket(/\/api\/v1\/socket/, (socket) => {
    const upstream = socket.connectToServer();
    upstream.onMessage((frame) => {
      socket.send(frame);
      if (String(frame).includes('"ready"')) {
        socket.send(JSON.stringify({ type: "invented_tomorrow" }));
      }
    });
  });
  await agent.page.goto("/inbox");
  const outdated = agent.page.getByRole("status").filter({ hasText: "页面版本过旧，请刷新" });
  await expect(outdated).toBeVisible();
  const reloaded = agent.page.waitForEvent("load");
  await agent.page.getByRole("button", { name: "刷新页面" }).click();
  await reloaded;
});

test("an answer that comes after one has left the page breaks nothing", async ({ browsers }) => {
  const agent = await browsers.console({ path: "/settings/account" });
  const errors = uncaught(agent.page);
  const settings = new SettingsPage(agent.page);
  const { held } = await hold(agent.page, "**/api/v1/me/password", "PUT");
  await settings.oldPassword.fill("old-password-1");
  await settings.newPassword.fill("new-password-1");
  await settings.repeatPassword.fill("new-password-1");
  await settings.changePassword.click();
  const route = await held;
  await agent.conversationsLink.first().click();
  // Whether it was taken is not known yet, so leaving asks.
  await agent.page.getByRole("dialog", { name: "放弃未保存的修改？" }).getByRole("button", { name: "放弃修改" }).click();
  await expect(agent.list).toBeVisible();
  const answered = agent.page.waitForResponse("**/api/v1/me/password");
  const wrong = { field: "old_password", code: "wrong", detail: "wrong" };
  const problem = { type: "urn:parlor:error:invalid", title: "Invalid", status: 422, code: "invalid", detail: "no", errors: [wrong] };
  await route.fulfill({ status: 422, contentType: "application/problem+json", json: problem });
  await answered;
  // Two frames later the answer has been dealt with.
  await agent.page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
  await agent.choose("ownAccount");
  await expect(settings.oldPassword).toBeVisible();
  expect(errors).toEqual([]);
});

test("a network that swallows a request is not waited for for ever", async ({ browsers }) => {
  const agent = await browsers.console({ path: "/login" });
  await agent.page.route("**/api/v1/me/sessions", () => {});
  await agent.page.goto("/settings/account");
  const devices = agent.page.getByRole("region", { name: "已登录设备" });
  await expect(devices.getByText("网络连接失败")).toBeVisible({ timeout: 25_000 });
  await agent.page.unroute("**/api/v1/me/sessions");
  await devices.getByRole("button", { name: "重试" }).click();
  await expect(devices.getByRole("listitem").first()).toBeVisible();
});

test.describe("a console that breaks", () => {
  test.use({ mayCrash: true });

  test("says so and offers to start afresh", async ({ browsers }) => {
    const agent = await browsers.console();
    await expect(agent.connected).toBeVisible();
    // As Safari does to pages that move too often.
    await agent.page.evaluate(() => {
      history.pushState = () => {
        throw new DOMException("Attempt to use history.pushState() more than 100 times per 30 seconds", "SecurityError");
      };
    });
    await agent.choose("ownAccount");
    const notice = agent.page.getByRole("alert").filter({ hasText: "页面出错了" });
    await expect(notice).toBeVisible();
    await notice.getByRole("button", { name: "刷新页面" }).click();
    await expect(agent.connected).toBeVisible();
  });
});
