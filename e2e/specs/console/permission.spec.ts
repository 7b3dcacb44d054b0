// What the browser allows of notifications is said where the agent is, with the button that asks.

import type { Page } from "@playwright/test";
import { expectAccessibleInBothThemes } from "../../fixtures/axe.ts";
import { expect, test } from "../../fixtures/test.ts";

/** A browser in which nobody has been asked for notifications, and what the person will answer. */
async function asks(page: Page, answer: "granted" | "denied"): Promise<void> {
  await page.addInitScript((answer) => {
    for (const name of Object.keys(localStorage)) {
      if (name.startsWith("parlor.alerts_asked.")) localStorage.removeItem(name);
    }
    let permission = "default";
    Object.defineProperty(Notification, "permission", { get: () => permission });
    Notification.requestPermission = async () => (permission = answer) as NotificationPermission;
  }, answer);
}

test("whoever allows notifications is asked no more", async ({ browsers }) => {
  const agent = await browsers.console({ path: "about:blank" });
  await asks(agent.page, "granted");
  await agent.page.goto("/inbox");
  const bar = agent.page.getByRole("region", { name: "新消息通知" });
  await bar.getByRole("button", { name: "允许通知" }).click();
  await expect(bar).toHaveCount(0);
});

test("whoever has refused is told in place how to allow them, until they wave it away", async ({ browsers }) => {
  const agent = await browsers.console({ path: "about:blank" });
  await asks(agent.page, "denied");
  await agent.page.goto("/inbox");
  const bar = agent.page.getByRole("region", { name: "新消息通知" });
  await expect(bar).toBeVisible();
  await expect(agent.connected).toBeVisible();
  await expectAccessibleInBothThemes(agent.page, "the bar that asks for notifications");
  await bar.getByRole("button", { name: "允许通知" }).click();
  await expect(bar).toContainText("浏览器已阻止通知。请点击地址栏左侧的图标");
  await expectAccessibleInBothThemes(agent.page, "the bar that says what is blocked");
  await expect(bar.getByRole("button", { name: "允许通知" })).toHaveCount(0);
  await bar.getByRole("button", { name: "关闭提示" }).click();
  await expect(bar).toHaveCount(0);
});
