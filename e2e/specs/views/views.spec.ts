// CONV-2: views of the list that an agent keeps under names, on all of their devices.

import { randomUUID } from "node:crypto";
import { newVisitor } from "@parlor/client/testing";
import type { Locator } from "@playwright/test";
import { expectAccessible } from "../../fixtures/axe.ts";
import { expect, test, unique } from "../../fixtures/test.ts";
import type { ConsolePage } from "../../pages/console.ts";

/** The menu of the views, whatever is chosen. */
function views(agent: ConsolePage): Locator {
  return agent.list.getByRole("button", { name: /^(视图|View)/ });
}

function item(agent: ConsolePage, name: string): Locator {
  return agent.page.getByRole("menuitemradio", { name, exact: true });
}

/** Saves what is chosen under a name. */
async function save(agent: ConsolePage, name: string): Promise<void> {
  await views(agent).click();
  await agent.page.getByRole("menuitem", { name: "保存当前筛选…" }).click();
  const dialog = agent.page.getByRole("dialog", { name: "保存视图" });
  await dialog.getByRole("textbox", { name: "视图名称" }).fill(name);
  await dialog.getByRole("button", { name: "保存" }).click();
  await expect(dialog).toBeHidden();
}

async function manage(agent: ConsolePage): Promise<Locator> {
  await views(agent).click();
  await agent.page.getByRole("menuitem", { name: "管理视图…" }).click();
  const dialog = agent.page.getByRole("dialog", { name: "管理视图" });
  await expect(dialog).toBeVisible();
  return dialog;
}

test("a view is saved, and at once on the agent's other device: chosen, renamed, moved, changed and deleted there", async ({
  browsers,
  website,
  server,
}) => {
  const text = unique("还没有人理我");
  await (await newVisitor(server.url, website.key)).say(text);
  const [agent, device] = [await browsers.console(), await browsers.console()];
  await agent.connected.waitFor();
  await device.connected.waitFor();
  await agent.filter("待回复").click();
  await agent.list.getByRole("button", { name: /^日期/ }).click();
  await item(agent, "近 7 天").click();
  await save(agent, "今日待办");
  await expect(views(agent)).toHaveAccessibleName("视图：今日待办");

  await views(device).click();
  await item(device, "今日待办").click();
  await expect(device.page).toHaveURL(/filter=waiting&dates=7d/);
  await expect(device.entry(text)).toHaveCount(1);
  await expect(views(device)).toHaveAccessibleName("视图：今日待办");
  await device.filter("我的").click();
  await expect(views(device)).toHaveAccessibleName("视图");
  await save(device, "我的一周");
  await views(agent).click();
  await expect(item(agent, "我的一周")).toBeVisible();
  await agent.page.keyboard.press("Escape");

  const dialog = await manage(device);
  await dialog.getByRole("button", { name: "重命名 今日待办" }).click();
  const name = dialog.getByRole("textbox", { name: "视图名称" });
  await expect(name).toBeFocused();
  await name.fill("我的一周");
  await device.page.keyboard.press("Enter");
  await expect(dialog.getByText("该视图名称已被使用")).toBeVisible();
  await name.fill("待办");
  await device.page.keyboard.press("Enter");
  await expect(dialog.getByRole("button", { name: "重命名 待办" })).toBeFocused();
  await expect(views(agent)).toHaveAccessibleName("视图：待办");
  await dialog.getByRole("button", { name: "上移 我的一周" }).click();
  await expect(dialog.getByRole("listitem").first()).toContainText("我的一周");
  await expect(dialog.getByRole("button", { name: "上移 我的一周" })).toBeDisabled();
  await expectAccessible(device.page, "the dialog of the views");

  // What it stood for is lost by this, so it is asked for.
  await dialog.getByRole("button", { name: "用当前筛选更新 待办" }).click();
  await expect(dialog.getByRole("alert")).toHaveText("将“待办”更新为当前筛选（我的 · 近 7 天）？");
  await expect(dialog.getByRole("button", { name: "更新", exact: true })).toBeFocused();
  await device.page.keyboard.press("Escape");
  await expect(dialog.getByRole("button", { name: "用当前筛选更新 待办" })).toBeFocused();
  await expect(views(agent)).toHaveAccessibleName("视图：待办");
  await dialog.getByRole("button", { name: "用当前筛选更新 待办" }).click();
  await dialog.getByRole("button", { name: "更新", exact: true }).click();
  await expect(views(agent)).toHaveAccessibleName("视图");
  for (const name of ["待办", "我的一周"]) {
    await dialog.getByRole("button", { name: `删除 ${name}` }).click();
    await expect(dialog.getByRole("alert")).toContainText(`删除视图“${name}”？`);
    await dialog.getByRole("button", { name: "删除", exact: true }).click();
    await expect(dialog.getByText(name, { exact: true })).toHaveCount(0);
  }
  await expect(dialog).toBeHidden();
  await views(agent).click();
  await expect(item(agent, "全部会话")).toBeVisible();
  await expect(agent.page.getByRole("menuitemradio")).toHaveCount(1);
});

test("of two devices that change the views at the same moment each has done what it was asked", async ({ browsers, server, website }) => {
  await (await newVisitor(server.url, website.key)).say(unique("你好"));
  const [agent, device] = [await browsers.console(), await browsers.console()];
  await agent.filter("待回复").click();
  await device.filter("我的").click();
  let done = () => {};
  const other = new Promise<void>((resolve) => (done = resolve));
  // What this device has seen is out of date by the time that it asks.
  await agent.page.route("**/api/v1/me/saved-views", async (route) => {
    await other;
    await route.continue();
  });
  const asked = agent.page.waitForRequest("**/api/v1/me/saved-views");
  const saving = save(agent, "这里的");
  await asked;
  await save(device, "那里的");
  done();
  await saving;
  await expect(views(agent)).toHaveAccessibleName("视图：这里的");
  await expect(views(device)).toHaveAccessibleName("视图：那里的");
  for (const one of [agent, device]) {
    await views(one).click();
    await expect(one.page.getByRole("menuitemradio")).toHaveText(["全部会话", "那里的", "这里的"]);
  }
});

test("nothing to save, a name that is none, and one view too many are said", async ({ browsers, admin, server, website }) => {
  await (await newVisitor(server.url, website.key)).say(unique("你好"));
  const agent = await browsers.console();
  await agent.connected.waitFor();
  await views(agent).click();
  await expect(agent.page.getByText("选好渠道、筛选条件或日期后，可在这里保存为视图。")).toBeVisible();
  await expect(agent.page.getByRole("menuitem")).toHaveCount(0);
  await agent.page.keyboard.press("Escape");
  await agent.filter("未读").click();
  await views(agent).click();
  await agent.page.getByRole("menuitem", { name: "保存当前筛选…" }).click();
  const dialog = agent.page.getByRole("dialog", { name: "保存视图" });
  const name = dialog.getByRole("textbox", { name: "视图名称" });
  await expect(name).toHaveValue("未读");
  await name.fill("   ");
  await agent.page.keyboard.press("Enter");
  await expect(dialog.getByText("视图名称不能为空")).toBeVisible();
  await name.fill("长".repeat(31));
  await expect(dialog.getByText("视图名称最多 30 个字符")).toBeVisible();
  const items = Array.from({ length: 20 }, (_, at) => ({ id: randomUUID(), name: `视图 ${at + 1}`, filter: "mine" as const }));
  await admin.ok(admin.api.PUT("/api/v1/me/saved-views", { body: { items, revision: 0 } }));
  await expect(dialog.getByText("最多保存 20 个视图，请先删除不用的视图。")).toBeVisible();
});

test("by the keyboard alone, and on a phone in English", async ({ browsers, admin, server, website }) => {
  await (await newVisitor(server.url, website.key)).say(unique("你好"));
  const items = [
    { id: randomUUID(), name: "Waiting for a very long time in", filter: "waiting" as const },
    { id: randomUUID(), name: "Shop", filter: "all" as const, channel_id: website.id, last_days: 30 },
  ].map((view) => ({ ...view, name: view.name.slice(0, 30) }));
  await admin.ok(admin.api.PUT("/api/v1/me/saved-views", { body: { items, revision: 0 } }));
  const agent = await browsers.console({ locale: "en-GB", viewport: { width: 390, height: 844 } });
  await expect(agent.rows).toHaveCount(1);
  await views(agent).focus();
  await agent.page.keyboard.press("ArrowDown");
  await expect(item(agent, "All conversations")).toBeFocused();
  await agent.page.keyboard.press("s");
  await expect(item(agent, "Shop")).toBeFocused();
  await agent.page.keyboard.press("Enter");
  await expect(agent.page).toHaveURL(new RegExp(`channel=${website.id}&dates=30d`));
  await expect(views(agent)).toBeFocused();
  await expect(views(agent)).toHaveAccessibleName("View: Shop");
  await expect(agent.rows).toHaveCount(1);
  // Nothing stands out of the screen.
  await agent.page.keyboard.press("ArrowDown");
  await expect(item(agent, "Shop")).toHaveAttribute("aria-checked", "true");
  const list = await agent.page.getByRole("menu").boundingBox();
  expect(list && list.x >= 0 && list.x + list.width <= 390).toBe(true);
  await expectAccessible(agent.page, "the menu of the views");
});
