// CHAN-1: channels in groups, dragged into an order by pointer and by keyboard, and seen at once on other consoles.

import { newAgent, newChannel, newVisitor } from "@parlor/client/testing";
import type { ParlorClient, Schemas } from "@parlor/client";
import type { Locator, Page } from "@playwright/test";
import { expectAccessible } from "../../fixtures/axe.ts";
import { expectWords } from "../../fixtures/moments.ts";
import { expect, test } from "../../fixtures/test.ts";

function rail(page: Page): Locator {
  return page.getByRole("navigation").filter({ has: page.getByRole("heading", { name: "渠道" }) });
}

function handle(page: Page, name: string): Locator {
  return rail(page).getByRole("button", { name: `移动 ${name}`, exact: true });
}

/** The handles from above: first the channels of no group, then each group with its channels. */
function order(page: Page): Locator {
  return rail(page).getByRole("button", { name: /^移动 / });
}

async function expectOrder(page: Page, names: string[]): Promise<void> {
  await expect(order(page)).toHaveCount(names.length);
  for (const [place, name] of names.entries()) {
    await expect(order(page).nth(place)).toHaveAccessibleName(`移动 ${name}`);
  }
}

/** The channels of a group. */
function links(page: Page, group: string): Locator {
  return rail(page).getByRole("region", { name: group }).getByRole("link", { name: /^(?!.*的设置)/ });
}

async function group(admin: ParlorClient, name: string): Promise<Schemas["ChannelGroup"]> {
  return admin.ok(admin.api.POST("/api/v1/channel-groups", { body: { name } }));
}

async function drag(page: Page, from: Locator, to: Locator, side: "above" | "below"): Promise<void> {
  const [start, end] = [await from.boundingBox(), await to.boundingBox()];
  if (start === null || end === null) {
    throw new Error("what is dragged is not to be seen");
  }
  await page.mouse.move(start.x + start.width / 2, start.y + start.height / 2);
  await page.mouse.down();
  const y = side === "above" ? end.y + 2 : end.y + end.height - 2;
  await page.mouse.move(end.x + end.width / 2, (start.y + y) / 2);
  await page.mouse.move(end.x + end.width / 2, y);
  await page.mouse.up();
}

test("a group is added, channels are dragged into it, and another console follows", async ({ browsers, admin, website, server }) => {
  const mall = await newChannel(admin, "商城");
  const agent = await browsers.console();
  const other = await browsers.console();
  await agent.chooseBelowTree("添加分组");
  const dialog = agent.page.getByRole("dialog", { name: "添加分组" });
  await dialog.getByRole("textbox", { name: "分组名称" }).fill("  ");
  await agent.page.keyboard.press("Enter");
  await expect(dialog.getByText("分组名称不能为空")).toBeVisible();
  await dialog.getByRole("textbox", { name: "分组名称" }).fill("公众号");
  await agent.page.keyboard.press("Enter");
  await expect(dialog).toHaveCount(0);
  await expect(rail(other.page).getByRole("button", { name: /公众号/ })).toBeVisible();

  await agent.chooseBelowTree("编辑");
  await expectOrder(agent.page, [website.name, "商城", "公众号"]);
  await expectAccessible(agent.page, "the tree that is being arranged");
  await drag(agent.page, handle(agent.page, "商城"), handle(agent.page, "公众号"), "below");
  await expectOrder(agent.page, [website.name, "公众号", "商城"]);
  await drag(agent.page, handle(agent.page, website.name), handle(agent.page, "商城"), "below");
  await expectOrder(agent.page, ["公众号", "商城", website.name]);
  await expect(links(other.page, "公众号"), "nothing is saved yet").toHaveCount(0);
  await expectWords(agent.page, "渠道顺序已保存", () => rail(agent.page).getByRole("button", { name: "完成编辑" }).click());
  await expect(links(other.page, "公众号")).toHaveText([/商城/, new RegExp(website.name)]);
  await expect(links(agent.page, "公众号")).toHaveText([/商城/, new RegExp(website.name)]);

  // What is unread counts at the group as well, folded or not; that it is folded stays.
  const visitor = await newVisitor(server.url, mall.key);
  await visitor.say("在吗");
  const fold = rail(agent.page).getByRole("button", { name: /公众号/ });
  await expect(fold).toContainText("1 条未读");
  await fold.click();
  await expect(links(agent.page, "公众号")).toHaveCount(0);
  await agent.page.reload();
  await expect(fold).toHaveAttribute("aria-expanded", "false");
  await expect(fold).toContainText("1 条未读");
});

test("by the keyboard: picked up, moved, dropped, and taken back", async ({ browsers, admin, website }) => {
  await newChannel(admin, "商城");
  await group(admin, "公众号");
  const agent = await browsers.console();
  await agent.chooseBelowTree("编辑");
  await handle(agent.page, website.name).focus();
  const { keyboard } = agent.page;
  await keyboard.press("Space");
  const told = rail(agent.page).getByRole("status").filter({ hasText: website.name });
  await expect(told).toContainText("已拿起");
  await keyboard.press("ArrowDown");
  await expectOrder(agent.page, ["商城", website.name, "公众号"]);
  await expect(handle(agent.page, website.name)).toBeFocused();
  await keyboard.press("ArrowDown");
  await expect(told).toContainText("公众号第 1 位，共 1 位");
  await expect(handle(agent.page, website.name)).toBeFocused();
  await keyboard.press("Escape");
  await expectOrder(agent.page, [website.name, "商城", "公众号"]);
  await expect(told).toContainText("已取消移动");
  await expect(handle(agent.page, website.name)).toBeFocused();
  await keyboard.press("Enter");
  await keyboard.press("ArrowDown");
  await expect(handle(agent.page, website.name)).toBeFocused();
  await keyboard.press("Enter");
  await expect(told).toContainText("已放下");
  // What is not saved is asked after.
  await rail(agent.page).getByRole("button", { name: "取消", exact: true }).click();
  const question = agent.page.getByRole("dialog", { name: "放弃未保存的修改？" });
  await question.getByRole("button", { name: "继续编辑" }).click();
  await agent.chooseBelowTree("完成编辑");
  await expect(order(agent.page)).toHaveCount(0);
  const tree = await admin.ok(admin.api.GET("/api/v1/channel-tree"));
  expect(tree.channel_ids[1]).toBe(website.id);
});

test("who arranges hears what others do meanwhile, and may keep either", async ({ browsers, admin, website }) => {
  const mall = await newChannel(admin, "商城");
  const [first, second] = [await group(admin, "公众号"), await group(admin, "网站")];
  const agent = await browsers.console();
  await agent.chooseBelowTree("编辑");
  await drag(agent.page, handle(agent.page, website.name), handle(agent.page, "网站"), "below");
  await expectOrder(agent.page, ["商城", "公众号", "网站", website.name]);
  // A new channel and another name are nobody's order.
  await newChannel(admin, "门店");
  await expectOrder(agent.page, ["商城", "门店", "公众号", "网站", website.name]);
  await rail(agent.page).getByRole("button", { name: "重命名分组 公众号" }).click();
  await rail(agent.page).getByRole("textbox", { name: "分组名称" }).fill("微信");
  await agent.page.keyboard.press("Enter");
  await expect(handle(agent.page, "微信")).toBeFocused();
  // Another order is.
  const params = { path: { channel_id: mall.id } };
  await admin.ok(admin.api.PUT("/api/v1/channels/{channel_id}/group", { params, body: { group_id: first.id } }));
  const clash = rail(agent.page).getByRole("alert");
  await expect(clash).toContainText("其他人刚刚调整了渠道的顺序或分组");
  await clash.getByRole("button", { name: "保留我的" }).click();
  await rail(agent.page).getByRole("button", { name: "删除分组 网站" }).click();
  const question = agent.page.getByRole("dialog", { name: "删除分组“网站”？" });
  await expect(question).toContainText("1 个渠道不会被删除，会移到顶层");
  await question.getByRole("button", { name: "删除", exact: true }).click();
  await expectOrder(agent.page, ["商城", "门店", website.name, "微信"]);
  await rail(agent.page).getByRole("button", { name: "完成编辑" }).click();
  await expect(order(agent.page)).toHaveCount(0);
  const tree = await admin.ok(admin.api.GET("/api/v1/channel-tree"));
  expect(tree.groups.map(({ id, name }) => [id, name])).toEqual([[first.id, "微信"]]);
  expect(tree.groups.map(({ id }) => id)).not.toContain(second.id);
  expect(tree.channel_ids[0]).toBe(mall.id);
});

test("on a phone the handles are large enough, and only who may arranges", async ({ browsers, admin, website, organisation, server }) => {
  await group(admin, "公众号");
  const phone = await browsers.console({ viewport: { width: 390, height: 844 } });
  await phone.page.getByRole("button", { name: "打开渠道列表" }).click();
  await phone.chooseBelowTree("编辑");
  const box = await handle(phone.page, website.name).boundingBox();
  expect(Math.min(box?.width ?? 0, box?.height ?? 0)).toBeGreaterThanOrEqual(44);
  await drag(phone.page, handle(phone.page, website.name), handle(phone.page, "公众号"), "below");
  await expectOrder(phone.page, ["公众号", website.name]);
  await expectAccessible(phone.page, "the tree on a phone");
  await rail(phone.page).getByRole("button", { name: "完成编辑" }).click();
  await expect(links(phone.page, "公众号")).toHaveText([new RegExp(website.name)]);

  const agent = await browsers.console({ as: await newAgent(server, organisation) });
  await expect(links(agent.page, "公众号")).toHaveText([new RegExp(website.name)]);
  await expect(rail(agent.page).getByRole("button", { name: "添加", exact: true })).toHaveCount(0);
});
