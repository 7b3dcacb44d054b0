// CONT-4, CONV-2, CONV-4: a contact's tags, in the panel, in the list, and as a filter of it.

import { newVisitor } from "@parlor/client/testing";
import type { Locator } from "@playwright/test";
import { expectAccessible } from "../../fixtures/axe.ts";
import { addTags, giveTags } from "../../fixtures/tags.ts";
import { expect, test, unique } from "../../fixtures/test.ts";
import type { ConsolePage } from "../../pages/console.ts";

const WIDE = { viewport: { width: 1440, height: 900 } };

/** The row of the contact's panel that shows the tags. */
function panel(agent: ConsolePage): Locator {
  return agent.contact.getByRole("region", { name: "标签" });
}

async function pick(agent: ConsolePage): Promise<Locator> {
  await panel(agent).getByRole("button", { name: "选择标签" }).click();
  const picker = agent.page.getByRole("dialog", { name: "选择标签" });
  await picker.waitFor();
  return picker;
}

test("two agents see each other's tags as they are picked, and of a single-choice group there is one", async ({
  browsers,
  website,
  admin,
  server,
}) => {
  await addTags(admin, "级别", [["金牌", "yellow"], ["银牌", "gray"]], true);
  await addTags(admin, "来源", [["展会", "green"], ["朋友介绍", "blue"], ["广告", "red"]]);
  const text = unique("我是老客户");
  const { conversation_id } = await (await newVisitor(server.url, website.key)).say(text);
  const path = `/inbox/${conversation_id}`;
  const [agent, colleague] = [await browsers.console({ path, ...WIDE }), await browsers.console({ path, ...WIDE })];
  await expect(panel(colleague)).toContainText("未打标签");
  const picker = await pick(agent);
  await expectAccessible(agent.page, "the picker");
  const [gold, silver] = ["金牌", "银牌"].map((name) => picker.getByRole("radio", { name }));
  await gold?.click();
  await expect(gold ?? picker).toBeChecked();
  await expect(panel(colleague)).toContainText("金牌");
  await silver?.click();
  await expect(panel(colleague)).toContainText("银牌");
  await expect(panel(colleague)).not.toContainText("金牌");
  await expect(gold ?? picker).not.toBeChecked();
  for (const name of ["展会", "朋友介绍", "广告"]) {
    await picker.getByRole("checkbox", { name }).click();
  }
  await expect(panel(colleague)).toContainText("银牌展会朋友介绍广告");
  // The list has room for two, and says how many more there are.
  await expect(colleague.entry(text)).toContainText("银牌展会+2");
  // Picking again takes it back.
  await picker.getByRole("checkbox", { name: "展会" }).click();
  await expect(panel(colleague)).toContainText("银牌朋友介绍广告");
  await agent.page.keyboard.press("Escape");
  await expect(picker).toBeHidden();
  await expect(panel(agent).getByRole("button", { name: "选择标签" })).toBeFocused();
  await colleague.page.reload();
  await expect(panel(colleague)).toContainText("银牌朋友介绍广告");
  await expectAccessible(colleague.page, "a contact with tags");
});

test("the picker is used by the keyboard alone", async ({ browsers, website, admin, server }) => {
  await addTags(admin, "级别", [["VIP", "yellow"], ["普通", "gray"]], true);
  await addTags(admin, "来源", [["展会", "green"], ["朋友介绍", "blue"]]);
  const { conversation_id } = await (await newVisitor(server.url, website.key)).say(unique("你好"));
  const agent = await browsers.console({ path: `/inbox/${conversation_id}`, ...WIDE });
  await panel(agent).getByRole("button", { name: "选择标签" }).focus();
  await agent.page.keyboard.press("Enter");
  const picker = agent.page.getByRole("dialog", { name: "选择标签" });
  const search = picker.getByRole("textbox", { name: "搜索标签" });
  await expect(search).toBeFocused();
  await agent.page.keyboard.type("vip");
  await expect(picker.getByRole("radio")).toHaveCount(1);
  await agent.page.keyboard.press("Enter");
  await expect(panel(agent)).toContainText("VIP");
  await search.fill("");
  await agent.page.keyboard.press("ArrowDown");
  await expect(picker.getByRole("radio", { name: "VIP" })).toBeFocused();
  await agent.page.keyboard.press("End");
  await expect(picker.getByRole("checkbox", { name: "朋友介绍" })).toBeFocused();
  await agent.page.keyboard.press("ArrowUp");
  await agent.page.keyboard.press("Space");
  await expect(picker.getByRole("checkbox", { name: "展会" })).toBeChecked();
  await agent.page.keyboard.press("Home");
  await agent.page.keyboard.press("ArrowUp");
  await expect(search).toBeFocused();
  await search.fill("没有这个");
  await expect(picker.getByText("没有匹配的标签")).toBeVisible();
});

test("what could not be saved is taken back, and said", async ({ browsers, website, admin, server }) => {
  await addTags(admin, "来源", [["展会", "green"]]);
  const { conversation_id } = await (await newVisitor(server.url, website.key)).say(unique("你好"));
  const agent = await browsers.console({ path: `/inbox/${conversation_id}`, ...WIDE });
  await agent.page.route("**/api/v1/contacts/*/tags", (route) => route.abort());
  const picker = await pick(agent);
  await picker.getByRole("checkbox", { name: "展会" }).click();
  await expect(agent.page.getByText("网络", { exact: false }).first()).toBeVisible();
  await expect(picker.getByRole("checkbox", { name: "展会" })).not.toBeChecked();
});

test("a contact whom a colleague has just changed is tagged all the same", async ({ browsers, website, admin, server }) => {
  const group = await addTags(admin, "来源", [["展会", "green"], ["朋友介绍", "blue"]]);
  const visitor = await newVisitor(server.url, website.key);
  const { conversation_id } = await visitor.say(unique("你好"));
  const agent = await browsers.console({ path: `/inbox/${conversation_id}`, ...WIDE });
  const picker = await pick(agent);
  // The colleague is faster, and what the first has seen is out of date by the time that it is asked.
  let meanwhile = async () => giveTags(admin, visitor.session.contact_id, [group.tags[1]?.id ?? ""]);
  await agent.page.route("**/api/v1/contacts/*/tags", async (route) => {
    await meanwhile();
    meanwhile = async () => {};
    await route.continue();
  });
  await picker.getByRole("checkbox", { name: "展会" }).click();
  await expect(panel(agent)).toContainText("展会朋友介绍");
  // What is shown at once is with the server only after it was asked a second time.
  const params = { path: { contact_id: visitor.session.contact_id } };
  await expect.poll(async () => (await admin.ok(admin.api.GET("/api/v1/contacts/{contact_id}", { params }))).tag_ids.length).toBe(2);
  await agent.page.reload();
  await expect(panel(agent)).toContainText("展会朋友介绍");
});

test("the list is of a tag: in the address, in a saved view, and kept live", async ({ browsers, website, admin, server }) => {
  const group = await addTags(admin, "来源", [["展会", "green"], ["朋友介绍", "blue"]]);
  const fair = group.tags[0]?.id ?? "";
  const [tagged, other] = [await newVisitor(server.url, website.key), await newVisitor(server.url, website.key)];
  const [one, two] = [unique("展会上见过"), unique("没有见过")];
  await tagged.say(one);
  await other.say(two);
  await giveTags(admin, tagged.session.contact_id, [fair]);
  const agent = await browsers.console(WIDE);
  await expect(agent.rows).toHaveCount(2);
  await agent.list.getByRole("button", { name: /^标签/ }).click();
  await agent.page.getByRole("menuitemradio", { name: "展会" }).click();
  await expect(agent.page).toHaveURL(new RegExp(`tag=${fair}`));
  await expect(agent.entry(one)).toHaveCount(1);
  await expect(agent.entry(two)).toHaveCount(0);
  await expect(agent.list.getByRole("button", { name: /^标签/ })).toHaveAccessibleName("标签：展会");
  await agent.list.getByRole("button", { name: /^视图/ }).click();
  await agent.page.getByRole("menuitem", { name: "保存当前筛选…" }).click();
  const dialog = agent.page.getByRole("dialog", { name: "保存视图" });
  await expect(dialog).toContainText("全部 · 展会");
  await dialog.getByRole("textbox", { name: "视图名称" }).fill("展会来的");
  await dialog.getByRole("button", { name: "保存" }).click();
  await expect(dialog).toBeHidden();
  // Somebody is tagged elsewhere, and another one is not any more.
  await giveTags(admin, other.session.contact_id, [fair]);
  await expect(agent.entry(two)).toHaveCount(1);
  await giveTags(admin, tagged.session.contact_id, []);
  await expect(agent.entry(one)).toHaveCount(0);
  await agent.page.reload();
  await expect(agent.entry(two)).toHaveCount(1);
  await expect(agent.list.getByRole("button", { name: /^视图/ })).toHaveAccessibleName("视图：展会来的");
  await agent.list.getByRole("button", { name: /^标签/ }).click();
  await agent.page.getByRole("menuitemradio", { name: "不限标签" }).click();
  await expect(agent.rows).toHaveCount(2);
  // One whose tag is gone is offered no more, and says so where views are managed.
  const params = { path: { tag_id: fair } };
  await admin.ok(admin.api.DELETE("/api/v1/tags/{tag_id}", { params }));
  await expect(agent.entry(two)).not.toContainText("展会+");
  await agent.list.getByRole("button", { name: /^视图/ }).click();
  await expect(agent.page.getByRole("menuitemradio", { name: "展会来的" })).toHaveCount(0);
  await agent.page.getByRole("menuitem", { name: "管理视图…" }).click();
  await expect(agent.page.getByRole("dialog", { name: "管理视图" })).toContainText("全部 · 标签已删除");
});

test("a row of the list keeps its height, whatever tags there are", async ({ browsers, website, admin, server }) => {
  const group = await addTags(admin, "来源", [
    ["二十个字的标签名称看看放不放得下这么长的", "green"],
    ["另一个也很长很长很长的标签", "blue"],
    ["广告", "red"],
  ]);
  const [tagged, other] = [await newVisitor(server.url, website.key), await newVisitor(server.url, website.key)];
  const [one, two] = [unique("有标签"), unique("没有标签")];
  await tagged.say(one);
  await other.say(two);
  await giveTags(admin, tagged.session.contact_id, group.tags.map(({ id }) => id));
  for (const viewport of [WIDE.viewport, { width: 390, height: 844 }]) {
    const agent = await browsers.console({ viewport });
    await expect(agent.entry(one)).toContainText("+1");
    const [high, plain] = [await agent.entry(one).boundingBox(), await agent.entry(two).boundingBox()];
    expect(high?.height).toBe(plain?.height);
    const name = await agent.entry(one).getByText(/^访客/).boundingBox();
    expect(name?.width ?? 0, "the name is there").toBeGreaterThan(30);
    expect((name?.x ?? 0) + (name?.width ?? 0)).toBeLessThan((high?.x ?? 0) + (high?.width ?? 0));
  }
});
