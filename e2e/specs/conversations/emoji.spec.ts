// Emoji in the console's composer: each where the caret stands, and writing goes on behind it.

import { newVisitor } from "@parlor/client/testing";
import { expectAccessibleInBothThemes } from "../../fixtures/axe.ts";
import { type Browsers, expect, test } from "../../fixtures/test.ts";
import type { ConsolePage } from "../../pages/console.ts";

async function answering(browsers: Browsers, server: { url: string }, key: string): Promise<ConsolePage> {
  const { conversation_id } = await (await newVisitor(server.url, key)).say("在吗");
  const agent = await browsers.console({ path: `/inbox/${conversation_id}` });
  await expect(agent.composer).toBeFocused();
  return agent;
}

test("two emoji in a row go into the middle of a text in order, and typing continues behind them", async ({ browsers, website, server }) => {
  const agent = await answering(browsers, server, website.key);
  await agent.composer.pressSequentially("谢谢您");
  await agent.composer.press("ArrowLeft");
  for (const name of ["😀", "👍"]) {
    await agent.page.getByRole("button", { name: agent.labels.emoji, exact: true }).click();
    await agent.page.getByRole("button", { name, exact: true }).click();
    await expect(agent.composer).toBeFocused();
  }
  await expect(agent.composer).toHaveValue("谢谢😀👍您");
  await agent.page.keyboard.type("！");
  await expect(agent.composer).toHaveValue("谢谢😀👍！您");
  await agent.send.click();
  await expect(agent.messages.mark("谢谢😀👍！您", "sent")).toBeVisible();
});

test("an emoji takes the place of what is selected", async ({ browsers, website, server }) => {
  const agent = await answering(browsers, server, website.key);
  await agent.composer.fill("好");
  await agent.composer.press("Control+a");
  await agent.page.getByRole("button", { name: agent.labels.emoji, exact: true }).click();
  // The keyboard is enough: down from the search, and one to the right.
  await agent.page.keyboard.press("ArrowDown");
  await agent.page.keyboard.press("ArrowRight");
  await agent.page.keyboard.press("Enter");
  await expect(agent.composer).toHaveValue("😄");
  await expect(agent.composer).toBeFocused();
});

test("a press on the button of the open picker takes the focus from nobody", async ({ browsers, website, server }) => {
  const agent = await answering(browsers, server, website.key);
  const button = agent.page.getByRole("button", { name: agent.labels.emoji, exact: true });
  const panel = agent.page.getByRole("dialog", { name: agent.labels.emoji, exact: true });
  await button.click();
  await expect(panel).toBeVisible();
  // Safari does not focus what is pressed: the press would close the picker and the click open it anew.
  const press = () => button.evaluate((button) => !button.dispatchEvent(new MouseEvent("mousedown", { bubbles: true, cancelable: true })));
  expect(await press()).toBe(true);
  await button.click();
  await expect(panel).toHaveCount(0);
  expect(await press()).toBe(false);
});

test("emoji are found by words of either language, and Enter takes the first", async ({ browsers, website, server }) => {
  const agent = await answering(browsers, server, website.key);
  const { page } = agent;
  const button = page.getByRole("button", { name: agent.labels.emoji, exact: true });
  const panel = page.getByRole("dialog", { name: agent.labels.emoji, exact: true });
  const search = panel.getByRole("textbox", { name: "搜索表情" });
  await button.click();
  await expect(search).toBeFocused();
  await expectAccessibleInBothThemes(page, "the emoji picker");
  await page.keyboard.type("发票");
  await expect(panel.getByRole("button")).toHaveText(["🧾"]);
  await page.keyboard.press("Enter");
  await expect(panel).toHaveCount(0);
  await expect(agent.composer).toHaveValue("🧾");
  await expect(agent.messages.all, "Enter in the search sends nothing").toHaveCount(1);
  await button.click();
  await page.keyboard.type("thumbs");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("Enter");
  await expect(agent.composer).toHaveValue("🧾👎");
  await button.click();
  await page.keyboard.type("没有这个");
  await expect(panel.getByRole("status")).toHaveText("没有找到表情");
  await expectAccessibleInBothThemes(page, "no emoji found");
  // From the emoji back to the search, by going up or by typing on.
  await search.fill("heart");
  await page.keyboard.press("ArrowDown");
  await expect(search).not.toBeFocused();
  await page.keyboard.press("ArrowUp");
  await expect(search).toBeFocused();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.type("s");
  await expect(search).toHaveValue("hearts");
  await page.keyboard.press("Escape");
  await expect(button).toBeFocused();
});

test("the emoji picked last stand on top, also after a reload", async ({ browsers, website, server }) => {
  const agent = await answering(browsers, server, website.key);
  const button = agent.page.getByRole("button", { name: agent.labels.emoji, exact: true });
  const panel = agent.page.getByRole("dialog", { name: agent.labels.emoji, exact: true });
  await button.click();
  await expect(panel.getByRole("heading").first()).toHaveText("笑脸");
  for (const name of ["🙏", "🎉"]) {
    await panel.getByRole("button", { name, exact: true }).first().click();
    await button.click();
  }
  await agent.page.reload();
  await expect(agent.composer).toHaveValue("🙏🎉");
  await button.click();
  await expect(panel.getByRole("heading").first()).toHaveText("最近使用");
  await expect(panel.getByRole("button").nth(0)).toHaveText("🎉");
  await expect(panel.getByRole("button").nth(1)).toHaveText("🙏");
  await expect(panel.getByRole("button").nth(2)).toHaveText("😀");
});
