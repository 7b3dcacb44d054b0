// Pages beside the inbox come with parts of the program that are loaded when they are first shown.

import type { Page } from "@playwright/test";
import { expect, test } from "../../fixtures/test.ts";

test("a part that cannot be loaded says so, and comes at another try", async ({ browsers }) => {
  const agent = await browsers.console({ path: "/inbox" });
  await expect(agent.connected).toBeVisible();
  let refused = 0;
  await agent.page.route(/\/assets\/console-settings-[^/]*\.wasm$/, (route) => {
    refused += 1;
    return route.abort();
  });
  await agent.page.evaluate(() => {
    history.pushState({}, "", "/settings/account");
    dispatchEvent(new PopStateEvent("popstate"));
  });
  await expect(agent.page.getByRole("alert").getByText("加载失败")).toBeVisible();
  expect(refused).toBeGreaterThan(0);
  await agent.page.unroute(/\/assets\/console-settings-[^/]*\.wasm$/);
  await agent.page.getByRole("alert").getByRole("button", { name: "重试" }).click();
  await expect(agent.page.getByRole("switch", { name: "新消息通知" })).toBeVisible();
  // It is there now, and stays.
  await agent.page.goBack();
  await expect(agent.connected).toBeVisible();
  await agent.page.route(/\.wasm$/, (route) => route.abort());
  await agent.page.goForward();
  await expect(agent.page.getByRole("switch", { name: "新消息通知" })).toBeVisible();
});

test("where another try fails as well, the page is loaded anew, as after an update of the server", async ({ browsers }) => {
  const agent = await browsers.console({ path: "/inbox" });
  await expect(agent.connected).toBeVisible();
  const gone = /\/assets\/console-settings-[^/]*\.wasm$/;
  await agent.page.route(gone, (route) => route.fulfill({ status: 404 }));
  await agent.choose("ownAccount");
  const failed = agent.page.getByRole("alert").filter({ hasText: "加载失败" });
  await failed.getByRole("button", { name: "重试" }).click();
  const reload = failed.getByRole("button", { name: "刷新页面" });
  await expect(reload).toBeVisible();
  // The page of the newer server names its own parts.
  await agent.page.unroute(gone);
  await reload.click();
  await expect(agent.page.getByRole("switch", { name: "新消息通知" })).toBeVisible();
});

test("what is not shown is not loaded", async ({ browsers, server }) => {
  const modules = (page: Page) =>
    page.evaluate(() => performance.getEntriesByType("resource").flatMap(({ name }) => /\/assets\/(.*)-[^-]*\.wasm$/.exec(name)?.[1] ?? []));
  const agent = await browsers.console({ path: "/inbox" });
  await expect(agent.connected).toBeVisible();
  expect(await modules(agent.page)).toEqual(["console"]);
  const stranger = await (await browsers.context()).newPage();
  await stranger.goto(`${server.url}/login`);
  await expect(stranger.getByRole("button", { name: "登录", exact: true })).toBeVisible();
  const loaded = await modules(stranger);
  expect(loaded).toContain("console-entry");
  expect(loaded).not.toContain("console-settings");
});
