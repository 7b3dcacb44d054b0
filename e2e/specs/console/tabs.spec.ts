// Several tabs of one browser: what is set, written or told in one holds in the others.

import { newVisitor } from "@parlor/client/testing";
import { expect, test, unique } from "../../fixtures/test.ts";
import { ChannelPage } from "../../pages/channel.ts";
import { ConsolePage } from "../../pages/console.ts";

/** Another tab of the same browser. */
async function tabBeside(agent: ConsolePage, path: string): Promise<ConsolePage> {
  const page = await agent.page.context().newPage();
  await page.goto(path);
  const tab = new ConsolePage(page);
  await expect(tab.connected).toBeVisible();
  return tab;
}

test("how new messages are told is set for all tabs, and looking at the settings changes nothing", async ({ browsers, server, website }) => {
  const agent = await browsers.console();
  await expect(agent.connected).toBeVisible();
  const other = await tabBeside(agent, "/settings/account");
  await other.page.getByRole("switch", { name: "新消息通知" }).uncheck();
  const visitor = await newVisitor(server.url, website.key);
  const text = unique("静悄悄");
  await visitor.say(text);
  await expect(agent.entry(text)).toBeVisible();
  await expect(agent.page.getByRole("region", { name: "新消息", exact: true }).getByRole("button")).toHaveCount(0);
  await agent.accountMenu.click();
  await agent.page.getByRole("menuitem", { name: agent.labels.ownAccount }).click();
  await expect(agent.page.getByRole("switch", { name: "新消息通知" })).not.toBeChecked();
  await other.page.reload();
  await expect(other.page.getByRole("switch", { name: "新消息通知" })).not.toBeChecked();
  // What is changed elsewhere is shown where one looks at it.
  await other.page.getByRole("switch", { name: "新消息通知" }).check();
  await other.page.getByRole("switch", { name: "免打扰时段" }).check();
  await other.page.getByLabel("开始时间").fill("21:30");
  await expect(agent.page.getByLabel("开始时间")).toHaveValue("21:30");
});

test("a draft goes on in whichever tab it is open, and is gone everywhere once it is sent", async ({ browsers, server, website }) => {
  const visitor = await newVisitor(server.url, website.key);
  const text = unique("两个标签页");
  const { conversation_id } = await visitor.say(text);
  const agent = await browsers.console({ path: `/inbox/${conversation_id}` });
  await agent.ready(text);
  const other = await tabBeside(agent, `/inbox/${conversation_id}`);
  await agent.composer.fill("好的，");
  await expect(other.composer).toHaveValue("好的，");
  await other.composer.fill("好的，马上发货");
  await expect(agent.composer).toHaveValue("好的，马上发货");
  await other.send.click();
  await expect(agent.messages.message("好的，马上发货")).toBeVisible();
  await expect(agent.composer).toHaveValue("");
});

test("a message that a tab in front has told of is not told again by a slower one behind", async ({ browsers, server, website }) => {
  const agent = await browsers.console({ path: "/settings/account", permissions: ["notifications"] });
  await expect(agent.connected).toBeVisible();
  await agent.page.evaluate(() => {
    const shown: string[] = [];
    class Recorded {
      static permission = "granted";
      constructor(_title: string, { body }: { body: string }) {
        shown.push(body);
      }
    }
    Object.assign(window, { Notification: Recorded, shown });
    Object.assign(document, { hasFocus: () => false });
  });
  const shown = () => agent.page.evaluate(() => (window as unknown as { shown: string[] }).shown);
  const [visitor, another] = [await newVisitor(server.url, website.key), await newVisitor(server.url, website.key)];
  const { conversation_id } = await visitor.say("第一句");
  await expect.poll(shown).toEqual(["第一句"]);
  // A tab in front has heard of the second message, and has said so, before this one does.
  await agent.page.evaluate(
    (id) =>
      new Promise((heard) => {
        new BroadcastChannel("parlor.alerts").onmessage = heard;
        new BroadcastChannel("parlor.alerts").postMessage([id, 2]);
      }),
    conversation_id,
  );
  await visitor.say("第二句");
  await another.say("另一位");
  await expect.poll(shown).toEqual(["第一句", "另一位"]);
});

test("what visitors write during a short break of the line is told when it is back", async ({ browsers, server, website }) => {
  const agent = await browsers.console();
  await expect(agent.connected).toBeVisible();
  const visitor = await newVisitor(server.url, website.key);
  await agent.page.context().setOffline(true);
  await expect(agent.reconnecting).toBeVisible();
  const text = unique("断线时说的");
  await visitor.say(text);
  await agent.page.context().setOffline(false);
  const cards = agent.page.getByRole("region", { name: "新消息", exact: true });
  await expect(cards.getByRole("button", { name: text })).toBeVisible();
});

test("a card does not carry anybody off from a form with unsaved changes", async ({ browsers, server, website }) => {
  const agent = await browsers.console({ path: `/channels/${website.id}` });
  const form = new ChannelPage(agent.page);
  await form.name.fill("没保存的名字");
  const visitor = await newVisitor(server.url, website.key);
  const text = unique("在吗");
  await visitor.say(text);
  const cards = agent.page.getByRole("region", { name: "新消息", exact: true });
  await cards.getByRole("button", { name: text }).click();
  const question = agent.page.getByRole("dialog").or(agent.page.getByRole("alertdialog"));
  await question.getByRole("button", { name: "继续编辑" }).click();
  await expect(form.name).toHaveValue("没保存的名字");
});
