// CONT-3: groups and tags are made, renamed, coloured, ordered and deleted.

import { newAgent, newVisitor } from "@parlor/client/testing";
import type { Locator } from "@playwright/test";
import { expectAccessible } from "../../fixtures/axe.ts";
import { addTags, giveTags } from "../../fixtures/tags.ts";
import { expect, test, unique } from "../../fixtures/test.ts";
import type { ConsolePage } from "../../pages/console.ts";

/** The card of a group. */
function card(agent: ConsolePage, name: string): Locator {
  return agent.page.getByRole("main").getByRole("listitem").filter({ has: agent.page.getByRole("heading", { name, exact: true }) });
}

function tags(agent: ConsolePage, group: string): Locator {
  return card(agent, group).getByRole("list", { name: group }).getByRole("listitem");
}

async function add(agent: ConsolePage, group: string, name: string): Promise<void> {
  await card(agent, group).getByRole("textbox", { name: `在“${group}”中添加标签` }).fill(name);
  await agent.page.keyboard.press("Enter");
  await expect(tags(agent, group).last()).toContainText(name);
}

test("an admin makes groups and tags, and another device sees them at once", async ({ browsers }) => {
  const [agent, device] = [await browsers.console(), await browsers.console({ path: "/settings/tags" })];
  await expect(device.page.getByText("还没有标签")).toBeVisible();
  await agent.accountMenu.click();
  await agent.page.getByRole("menuitem", { name: "标签管理" }).click();
  await expect(agent.page.getByRole("heading", { name: "标签管理" })).toBeVisible();
  const main = agent.page.getByRole("main");
  await main.getByRole("textbox", { name: "分组名称" }).fill("客户级别");
  await main.getByRole("button", { name: "添加分组" }).click();
  await expect(card(agent, "客户级别")).toBeVisible();
  await add(agent, "客户级别", "金牌");
  await add(agent, "客户级别", "银牌");
  await expect(tags(device, "客户级别")).toHaveText([/金牌/, /银牌/]);
  // A name is taken once.
  await card(agent, "客户级别").getByRole("textbox").fill("金牌 ");
  await agent.page.keyboard.press("Enter");
  await expect(card(agent, "客户级别").getByText("标签名称已被使用")).toBeVisible();
  await card(agent, "客户级别").getByRole("textbox").fill("");
  await card(agent, "客户级别").getByRole("switch", { name: "单选" }).check();
  await expect(card(device, "客户级别").getByRole("switch", { name: "单选" })).toBeChecked();

  await card(agent, "客户级别").getByRole("button", { name: "重命名标签 银牌" }).click();
  const name = card(agent, "客户级别").getByRole("textbox", { name: "标签名称" });
  await expect(name).toBeFocused();
  await name.fill("白银");
  await agent.page.keyboard.press("Enter");
  await expect(tags(device, "客户级别")).toHaveText([/金牌/, /白银/]);
  await expect(card(agent, "客户级别").getByRole("button", { name: "重命名标签 白银" })).toBeFocused();
  await card(agent, "客户级别").getByRole("button", { name: "白银 的颜色" }).click();
  await expectAccessible(agent.page, "the colours");
  await agent.page.getByRole("menuitemradio", { name: "紫色" }).click();
  await expect(card(device, "客户级别").getByRole("button", { name: "白银 的颜色" })).toBeVisible();
  await card(device, "客户级别").getByRole("button", { name: "白银 的颜色" }).click();
  await expect(device.page.getByRole("menuitemradio", { name: "紫色" })).toBeChecked();
  await expectAccessible(agent.page, "the page");
});

test("groups and tags are ordered by the keyboard and by dragging", async ({ browsers, admin }) => {
  await addTags(admin, "级别", [["金", "yellow"], ["银", "gray"], ["铜", "orange"]]);
  await addTags(admin, "来源", [["展会", "green"]]);
  const agent = await browsers.console({ path: "/settings/tags" });
  const up = card(agent, "级别").getByRole("button", { name: "上移 铜" });
  await up.click();
  await expect(tags(agent, "级别")).toHaveText([/金/, /铜/, /银/]);
  await expect(up).toBeFocused();
  await agent.page.keyboard.press("Enter");
  await expect(tags(agent, "级别")).toHaveText([/铜/, /金/, /银/]);
  await expect(card(agent, "级别").getByRole("button", { name: "下移 铜" })).toBeFocused();
  await tags(agent, "级别").getByText("银", { exact: true }).dragTo(tags(agent, "级别").getByText("铜", { exact: true }));
  await expect(tags(agent, "级别")).toHaveText([/银/, /铜/, /金/]);
  const headings = agent.page.getByRole("main").getByRole("heading", { level: 2 });
  await expect(headings).toHaveText(["级别", "来源"]);
  await card(agent, "来源").getByRole("heading", { name: "来源" }).dragTo(card(agent, "级别").getByRole("heading", { name: "级别" }));
  await expect(headings).toHaveText(["来源", "级别"]);
  await card(agent, "级别").getByRole("button", { name: "上移 级别" }).click();
  await expect(headings).toHaveText(["级别", "来源"]);
  await agent.page.reload();
  await expect(headings).toHaveText(["级别", "来源"]);
  await expect(tags(agent, "级别")).toHaveText([/银/, /铜/, /金/]);
});

test("what is deleted says how many contacts lose it, and a group cannot become single-choice over their heads", async ({
  browsers,
  website,
  admin,
  server,
}) => {
  const group = await addTags(admin, "来源", [["展会", "green"], ["朋友介绍", "blue"]]);
  const visitor = await newVisitor(server.url, website.key);
  const text = unique("展会见过");
  await visitor.say(text);
  await giveTags(admin, visitor.session.contact_id, group.tags.map(({ id }) => id));
  const [agent, inbox] = [await browsers.console({ path: "/settings/tags" }), await browsers.console()];
  await expect(inbox.entry(text)).toContainText("展会朋友介绍");
  const single = card(agent, "来源").getByRole("switch", { name: "单选" });
  await single.click();
  await expect(agent.page.getByText("有 1 位联系人带有此分组的多个标签")).toBeVisible();
  await expect(single).not.toBeChecked();
  await card(agent, "来源").getByRole("button", { name: "删除标签 展会" }).click();
  const question = agent.page.getByRole("dialog", { name: "删除标签“展会”？" });
  await expect(question).toContainText("1 位联系人将失去此标签。");
  await expectAccessible(agent.page, "the question");
  await question.getByRole("button", { name: "取消" }).click();
  await expect(question).toBeHidden();
  await card(agent, "来源").getByRole("button", { name: "删除标签 展会" }).click();
  await question.getByRole("button", { name: "删除" }).click();
  await expect(tags(agent, "来源")).toHaveText([/朋友介绍/]);
  await expect(inbox.entry(text)).not.toContainText("展会朋友介绍");
  await expect(inbox.entry(text)).toContainText("朋友介绍");
  await single.click();
  await expect(single).toBeChecked();
  await card(agent, "来源").getByRole("button", { name: "删除分组 来源" }).click();
  const all = agent.page.getByRole("dialog", { name: "删除分组“来源”？" });
  await expect(all).toContainText("1 位联系人将失去标签");
  await all.getByRole("button", { name: "删除" }).click();
  await expect(agent.page.getByText("还没有标签")).toBeVisible();
  await expect(inbox.entry(text)).not.toContainText("朋友介绍");
});

test("an agent who is no admin is told so, and the empty picker leads an admin here", async ({ browsers, website, server, organisation }) => {
  const colleague = await newAgent(server, organisation, { name: "周云" });
  const { conversation_id } = await (await newVisitor(server.url, website.key)).say(unique("你好"));
  const theirs = await browsers.console({ as: colleague, path: "/settings/tags" });
  await expect(theirs.page.getByText("只有管理员可以管理标签。")).toBeVisible();
  await theirs.accountMenu.click();
  await expect(theirs.page.getByRole("menuitem", { name: "黑名单" })).toBeVisible();
  await expect(theirs.page.getByRole("menuitem", { name: "标签管理" })).toHaveCount(0);
  const agent = await browsers.console({ path: `/inbox/${conversation_id}`, viewport: { width: 1440, height: 900 } });
  await agent.contact.getByRole("button", { name: "选择标签" }).click();
  const picker = agent.page.getByRole("dialog", { name: "选择标签" });
  await expect(picker).toContainText("还没有标签");
  await picker.getByRole("link", { name: "标签管理" }).click();
  await expect(agent.page.getByRole("heading", { name: "标签管理" })).toBeVisible();
});
