// The keyboard's and the finger's ways through the console's frame.

import type { Locator, Page } from "@playwright/test";
import { newVisitor } from "@parlor/client/testing";
import { expect, test } from "../../fixtures/test.ts";

const phone = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };

async function expectFingerSized(target: Locator): Promise<void> {
  const box = await target.boundingBox();
  expect(Math.min(box?.width ?? 0, box?.height ?? 0), String(target)).toBeGreaterThanOrEqual(43.5);
}

/** The phone's drawer with its button. */
function drawerOf(page: Page): { drawer: Locator; toggle: Locator } {
  return {
    drawer: page.getByRole("navigation", { name: "主导航" }),
    toggle: page.getByRole("button", { name: "打开渠道列表" }),
  };
}

test("the skip link leads past the navigation", async ({ browsers }) => {
  const agent = await browsers.console();
  await expect(agent.connected).toBeVisible();
  await agent.page.getByRole("link", { name: "跳到主要内容" }).focus();
  await agent.page.keyboard.press("Enter");
  await expect(agent.page.getByRole("main")).toBeFocused();
  await expect(agent.page).toHaveURL(/\/inbox$/);
});

test("letters with a modifier stay the browser's while a menu is open", async ({ browsers }) => {
  const agent = await browsers.console();
  await agent.accountMenu.click();
  const swallowed = await agent.page.getByRole("menu").evaluate((menu) => {
    const press = (init: KeyboardEventInit) => !menu.dispatchEvent(new KeyboardEvent("keydown", { bubbles: true, cancelable: true, ...init }));
    return [press({ key: "r", ctrlKey: true }), press({ key: "r", metaKey: true }), press({ key: "r" })];
  });
  expect(swallowed).toEqual([false, false, true]);
});

test("the drawer takes the focus, keeps it, and gives it back", async ({ browsers, website }) => {
  const agent = await browsers.console(phone);
  await expect(agent.connected).toBeVisible();
  const { drawer, toggle } = drawerOf(agent.page);
  await expect(drawer).toBeHidden();
  await toggle.press("Enter");
  await expect(drawer.getByRole("button", { name: "关闭" })).toBeFocused();
  await expect(drawer.getByRole("link", { name: website.name, exact: true })).toBeVisible();
  for (let step = 0; step < 12; step += 1) {
    await agent.page.keyboard.press("Tab");
    const outside = await agent.page.evaluate(() => document.activeElement?.closest("main, .bottom-bar") !== null && document.activeElement !== document.body);
    expect(outside, `after ${step + 1} tabs`).toBe(false);
  }
  await drawer.getByRole("button", { name: "关闭" }).focus();
  await agent.page.keyboard.press("Escape");
  await expect(drawer).toBeHidden();
  await expect(toggle).toBeFocused();
  await expect(toggle).toHaveAttribute("aria-expanded", "false");
});

test("choosing a channel in the drawer shows its conversations", async ({ browsers, website }) => {
  const agent = await browsers.console(phone);
  const { drawer, toggle } = drawerOf(agent.page);
  const channel = drawer.getByRole("link", { name: website.name, exact: true });
  // The second time one is there already.
  for (const _ of ["there", "still there"]) {
    await toggle.tap();
    await channel.tap();
    await expect(drawer).toBeHidden();
    await expect(agent.list.getByRole("heading", { name: website.name })).toBeVisible();
  }
});

test("on a phone the contact panel takes the focus along and Escape leads back", async ({ browsers, website, server }) => {
  const { conversation_id } = await (await newVisitor(server.url, website.key)).say("看看我");
  const agent = await browsers.console({ ...phone, path: `/inbox/${conversation_id}` });
  await expect(agent.messages.message("看看我")).toBeVisible();
  const toggle = agent.page.getByRole("button", { name: "查看联系人信息", exact: true });
  await toggle.tap();
  await expect(agent.contact.getByRole("button", { name: "收起联系人信息" })).toBeFocused();
  await agent.page.keyboard.press("Escape");
  await expect(agent.contact).toHaveCount(0);
  await expect(toggle).toBeFocused();
  await expect(toggle).toHaveAttribute("aria-expanded", "false");
  await expect(agent.composer).toBeVisible();
});

test("fingers hit what they aim at in the console", async ({ browsers, website, server }) => {
  const { conversation_id } = await (await newVisitor(server.url, website.key)).say("手指");
  const agent = await browsers.console(phone);
  const { drawer, toggle } = drawerOf(agent.page);
  await toggle.tap();
  await expectFingerSized(drawer.getByRole("button", { name: "关闭" }));
  await expectFingerSized(drawer.getByRole("link", { name: `${website.name} 的设置` }));
  await agent.page.goto(`/inbox/${conversation_id}`);
  await expect(agent.composer).toBeVisible();
  for (const name of ["返回", "查看联系人信息", "表情"]) {
    await expectFingerSized(agent.page.getByRole("button", { name, exact: true }));
  }
  await agent.page.getByRole("button", { name: "表情", exact: true }).tap();
  await expectFingerSized(agent.page.getByRole("button", { name: "🤝" }));
  const width = await agent.page.evaluate(() => document.documentElement.scrollWidth);
  expect(width).toBeLessThanOrEqual(390);
});
