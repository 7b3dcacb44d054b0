// CONV-6: a conversation is put off and comes back, a supervisor watches unnoticed and whispers.

import { newAgent, newChannel, newVisitor } from "@parlor/client/testing";
import { expectAccessible } from "../../fixtures/axe.ts";
import { expect, test, unique } from "../../fixtures/test.ts";
import type { ConsolePage } from "../../pages/console.ts";

async function choose(agent: ConsolePage, name: string): Promise<void> {
  await agent.page.getByRole("button", { name: "会话设置" }).click();
  await agent.page.getByRole("menuitem", { name, exact: true }).click();
}

test("what is put off leaves the list, is found and counted, taken back at once, and back when the visitor writes", async ({
  browsers,
  website,
  server,
}) => {
  const text = unique("明天再说");
  const visitor = await newVisitor(server.url, website.key);
  await visitor.say(text);
  const agent = await browsers.console();
  await agent.open(text);
  await choose(agent, "接管");
  await choose(agent, "稍后处理");
  const dialog = agent.page.getByRole("dialog", { name: "稍后处理" });
  await expect(dialog.getByRole("button", { name: /1 小时后/ })).toBeVisible();
  await expectAccessible(agent.page, "the window for putting off");
  await dialog.getByRole("button", { name: /1 小时后/ }).click();
  await expect(dialog).toBeHidden();
  await expect(agent.entry(text)).toHaveCount(0);
  await expect(agent.filter("稍后处理")).toContainText("1");
  // Taken back, it is in its place again.
  await agent.page.getByRole("button", { name: "撤销" }).click();
  await expect(agent.entry(text)).toBeVisible();
  await expect(agent.page.getByText(/将会话稍后处理至/)).toBeVisible();

  // A day and a time of one's own, which must lie ahead.
  await choose(agent, "稍后处理");
  await dialog.getByLabel("日期").fill("2020-01-01");
  await dialog.getByRole("button", { name: "稍后处理", exact: true }).click();
  await expect(dialog.getByText("请选择一年以内的将来时间")).toBeVisible();
  const tomorrow = new Date(Date.now() + 86_400_000).toLocaleDateString("sv-SE");
  await dialog.getByLabel("日期").fill(tomorrow);
  await dialog.getByLabel("时间").fill("10:30");
  await dialog.getByRole("button", { name: "稍后处理", exact: true }).click();
  await expect(dialog).toBeHidden();
  await agent.page.reload();
  await expect(agent.filter("稍后处理")).toContainText("1");
  await agent.filter("稍后处理").click();
  await expect(agent.entry(text)).toContainText("稍后处理至");
  const again = unique("等不及了");
  await visitor.say(again);
  await expect(agent.rows).toHaveCount(0);
  await agent.filter("全部").click();
  await expect(agent.entry(again)).toBeVisible();
});

test("a supervisor watches without being noticed, and whispers to the agent alone", async ({
  browsers,
  organisation,
  admin,
  server,
}) => {
  const channel = await newChannel(admin, "商城");
  const colleague = await newAgent(server, organisation, { name: "周云" });
  const theirs = await browsers.console({ as: colleague });
  await theirs.connected.waitFor();
  const text = unique("太贵了");
  const visitor = await newVisitor(server.url, channel.key);
  await visitor.say(text);
  await expect(theirs.entry(text)).toBeVisible();

  const watching = await browsers.console();
  await watching.open(text);
  const strip = watching.page.getByText("正在旁观 周云 的会话");
  await expect(strip).toBeVisible();
  await watching.page.getByRole("button", { name: "悄悄话", exact: true }).click();
  await expect(watching.page.getByRole("checkbox", { name: "悄悄提醒 周云" })).toBeChecked();
  const words = unique("可以打九折");
  await watching.page.getByRole("textbox", { name: "内部备注" }).fill(words);
  await watching.page.getByRole("button", { name: "保存备注" }).click();

  // The agent is told of it, and it looks like nothing else.
  await expect(theirs.page.getByText(new RegExp(`悄悄对你说：${words}`))).toBeVisible();
  await theirs.open(text);
  const whisper = theirs.page.locator(".note--whisper");
  await expect(whisper).toContainText("悄悄话");
  await expect(whisper).toContainText(words);
  await expectAccessible(theirs.page, "a whisper");
  // The one who has it is not watching.
  await expect(theirs.page.getByText("正在旁观")).toHaveCount(0);
});
