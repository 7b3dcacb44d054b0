// ROUTE-1 and CONV-6: who is given a conversation and why, the queue, handing on, taking over, closing and opening again.

import { newAgent, newChannel, newVisitor } from "@parlor/client/testing";
import { expectAccessible } from "../../fixtures/axe.ts";
import { expect, test, unique } from "../../fixtures/test.ts";
import type { ConsolePage } from "../../pages/console.ts";
import type { WidgetPage } from "../../pages/widget.ts";

async function settings(agent: ConsolePage): Promise<void> {
  await agent.page.getByRole("button", { name: "会话设置" }).click();
}

async function choose(agent: ConsolePage, name: string): Promise<void> {
  await settings(agent);
  await agent.page.getByRole("menuitem", { name, exact: true }).click();
}

test("whoever is online is given what comes, and sees why; what waits comes with the next one who is", async ({
  browsers,
  organisation,
  admin,
  server,
}) => {
  const channel = await newChannel(admin, "商城");
  const colleague = await newAgent(server, organisation, { name: "周云" });
  const theirs = await browsers.console({ as: colleague });
  await theirs.connected.waitFor();
  const first = unique("有货吗");
  await (await newVisitor(server.url, channel.key)).say(first);
  await theirs.open(first);
  await settings(theirs);
  await expect(theirs.page.getByRole("menu")).toContainText("分配给 周云：只有其可接待");
  await theirs.page.keyboard.press("Escape");

  // A supervisor who does not receive sees who waits, and how many.
  await colleague.client.ok(colleague.client.api.PATCH("/api/v1/me", { body: { login_state: "suspended" } }));
  const watching = await browsers.console({ loginState: "suspended" });
  const second = unique("还有人吗");
  await (await newVisitor(server.url, channel.key)).say(second);
  await watching.page.reload();
  await watching.filter("未分配").click();
  await expect(watching.rows).toHaveCount(1);
  await expect(watching.page.getByTitle("1 位访客在排队")).toHaveText("1");
  await colleague.client.ok(colleague.client.api.PATCH("/api/v1/me", { body: { login_state: "normal" } }));
  await expect(theirs.entry(second)).toBeVisible();
});

test("whoever waits sees how many wait before them, until somebody takes them up", async ({ browsers, organisation, admin, site, server }) => {
  const channel = await newChannel(admin, "商城");
  const colleague = await newAgent(server, organisation, { name: "周云" });
  const shop = site.publish({ body: channel.embed_code, title: "商城" });
  const [first, second] = [await browsers.visitor({ url: shop }), await browsers.visitor({ url: shop, locale: "en-GB" })];
  const place = ({ page }: WidgetPage, words: string) => page.getByRole("status").filter({ hasText: words });
  await first.open();
  await first.say(unique("有人吗"));
  await expect(place(first, "您是下一位，请稍候")).toBeVisible();
  await second.open();
  await second.say(unique("Anybody there?"));
  await expect(place(second, "In line: 1 ahead of you")).toBeVisible();
  await expectAccessible(second.page, "a place in the queue");
  // Who comes back is told where they stand as well.
  await second.page.reload();
  await expect(place(second, "In line: 1 ahead of you")).toBeVisible();

  // Somebody comes online who takes one at a time.
  const params = { path: { agent_id: colleague.me.id } };
  await admin.ok(admin.api.PATCH("/api/v1/agents/{agent_id}", { params, body: { settings: { capacity: 1, group_ids: [] } } }));
  const agent = await browsers.console({ as: colleague });
  await expect(agent.rows).toHaveCount(1);
  await expect(place(first, "您是下一位，请稍候")).toHaveCount(0);
  await expect(place(second, "You're next in line")).toBeVisible();
});

test("a conversation is handed on with a note, and is gone for whoever had it", async ({ browsers, organisation, website, admin, server }) => {
  const text = unique("请转给懂行的人");
  const visitor = await newVisitor(server.url, website.key);
  const { conversation_id } = await visitor.say(text);
  const [one, other] = [
    await newAgent(server, organisation, { name: "周云" }),
    await newAgent(server, organisation, { name: "吴海" }),
  ];
  const params = { path: { conversation_id } };
  const body = { agent_id: one.me.id };
  await admin.ok(admin.api.POST("/api/v1/conversations/{conversation_id}/transfer", { params, body }));
  const [giving, taking] = [await browsers.console({ as: one }), await browsers.console({ as: other })];
  await taking.connected.waitFor();
  await giving.open(text);
  await choose(giving, "转接");
  const dialog = giving.page.getByRole("dialog", { name: "转接" });
  await dialog.getByRole("radio", { name: /吴海/ }).click();
  await dialog.getByRole("textbox", { name: "内部备注（可选）" }).fill("老客户，请优先");
  await expectAccessible(giving.page, "the window for handing on");
  await dialog.getByRole("button", { name: "转接", exact: true }).click();
  await expect(dialog).toBeHidden();
  await expect(giving.entry(text)).toHaveCount(0);
  await taking.open(text);
  await expect(taking.page.getByText("周云 将会话转接给 吴海")).toBeVisible();
  await expect(taking.page.getByText("老客户，请优先")).toBeVisible();
  await settings(taking);
  await expect(taking.page.getByRole("menu")).toContainText("分配给 吴海：由 周云 转接");
});

test("taken over, closed, found among the closed, and opened again by the visitor", async ({ browsers, website, server }) => {
  const text = unique("谁来接一下");
  const visitor = await newVisitor(server.url, website.key);
  await visitor.say(text);
  const agent = await browsers.console();
  await agent.open(text);
  await choose(agent, "接管");
  await agent.filter("我的").click();
  await expect(agent.entry(text)).toBeVisible();
  await choose(agent, "结束会话");
  await expect(agent.entry(text)).toHaveCount(0);
  await agent.filter("已结束").click();
  await expect(agent.entry(text)).toContainText("已结束");
  await choose(agent, "重新打开会话");
  await expect(agent.entry(text)).toHaveCount(0);
  await choose(agent, "结束会话");
  await expect(agent.entry(text)).toBeVisible();
  const again = unique("还有一个问题");
  await visitor.say(again);
  await expect(agent.entry(again)).toHaveCount(0);
  await agent.filter("全部").click();
  await expect(agent.entry(again)).toBeVisible();
});

test("an admin says whether a channel assigns by itself", async ({ browsers, admin, server }) => {
  const channel = await newChannel(admin, "商城");
  const agent = await browsers.console({ path: `/channels/${channel.id}` });
  const automatic = agent.page.getByRole("switch", { name: "自动分配" });
  await expect(automatic).toBeChecked();
  await automatic.uncheck();
  await agent.page.getByRole("button", { name: "保存分配设置" }).click();
  await expect(agent.page.getByRole("button", { name: "保存分配设置" })).toBeDisabled();
  await agent.page.reload();
  await expect(automatic).not.toBeChecked();
  const text = unique("等人接待");
  await (await newVisitor(server.url, channel.key)).say(text);
  await agent.page.goto("/inbox?filter=unassigned");
  await agent.open(text);
  await settings(agent);
  await expect(agent.page.getByRole("menu")).toContainText("排队中：此渠道不自动分配");
});
