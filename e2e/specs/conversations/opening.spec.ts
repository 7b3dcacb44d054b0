// CONV-5: the composer stays when another conversation is opened. What is written, chosen or sent belongs to the one that it was meant for.

import { newVisitor } from "@parlor/client/testing";
import { picture } from "../../fixtures/files.ts";
import { expect, test } from "../../fixtures/test.ts";
import type { ConsolePage } from "../../pages/console.ts";

const MESSAGES = /\/api\/v1\/conversations\/[^/]+\/messages/;

/** Messages that are asked for from now on come when they are let go. */
async function holdMessages(agent: ConsolePage): Promise<() => void> {
  let letGo = (): void => undefined;
  const gate = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  await agent.page.route(MESSAGES, async (route) => {
    await gate;
    await route.continue();
  });
  return () => letGo();
}

async function twoVisitors(url: string, key: string): Promise<void> {
  for (const words of ["第一位", "第二位"]) {
    await (await newVisitor(url, key)).say(words);
  }
}

test("there is nothing to write in until the messages are there, and then the focus is in it", async ({ browsers, server, website }) => {
  await twoVisitors(server.url, website.key);
  const agent = await browsers.console();
  await agent.open("第一位");
  await agent.composer.pressSequentially("给第一位");
  const letGo = await holdMessages(agent);
  await agent.entry("第二位").click();
  await expect(agent.page.getByRole("heading", { level: 2, name: /访客/ }).first()).toBeVisible();
  await expect(agent.composer).toHaveCount(0);
  letGo();
  await expect(agent.messages.message("第二位")).toBeVisible();
  await expect(agent.composer).toBeFocused();
  await expect(agent.composer).toHaveValue("");
});

test("each conversation has its own text, and undoing in one brings nothing back from another", async ({ browsers, server, website }) => {
  await twoVisitors(server.url, website.key);
  const agent = await browsers.console();
  await agent.open("第一位");
  await agent.composer.pressSequentially("给第一位");
  await agent.open("第二位");
  await expect(agent.composer).toHaveValue("");
  await agent.composer.press("Control+z");
  await expect(agent.composer).toHaveValue("");
  await agent.composer.pressSequentially("给第二位");
  await agent.open("第一位");
  await expect(agent.composer).toHaveValue("给第一位");
  // Whoever still points at a row when the list moves opens what stood there before.
  await agent.composer.hover();
  await agent.composer.press("Control+Enter");
  await expect(agent.messages.mark("给第一位", "sent")).toBeVisible();
  await expect(agent.rows.first()).toContainText("给第一位");
  await agent.open("第二位");
  await expect(agent.composer).toHaveValue("给第二位");
  await expect(agent.messages.message("给第一位")).toHaveCount(0);
});

test("a file goes where it was chosen, although another conversation was opened meanwhile", async ({ browsers, server, website }) => {
  await twoVisitors(server.url, website.key);
  const agent = await browsers.console();
  await agent.open("第一位");
  const chooser = agent.page.waitForEvent("filechooser");
  await agent.page.getByRole("button", { name: agent.labels.image, exact: true }).click();
  const chosen = await chooser;
  await agent.open("第二位");
  await chosen.setFiles([picture("蓝色.png", 40, 30)]);
  await expect(agent.entry("[图片]")).toBeVisible();
  await expect(agent.messages.message("第二位")).toBeVisible();
  await expect(agent.messages.log.locator("img")).toHaveCount(0);
  await agent.entry("[图片]").click();
  await expect(agent.messages.message("第一位")).toBeVisible();
  await expect(agent.messages.log.locator("img")).toHaveCount(1);
});
