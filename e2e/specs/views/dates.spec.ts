// CONV-2: the list by the date of the last message, in days of the agent's own calendar.

import { newVisitor } from "@parlor/client/testing";
import type { Locator } from "@playwright/test";
import { expectAccessible } from "../../fixtures/axe.ts";
import { expect, test, unique } from "../../fixtures/test.ts";
import type { ConsolePage } from "../../pages/console.ts";

/** The menu of the days, whatever is chosen. */
function dates(agent: ConsolePage): Locator {
  return agent.list.getByRole("button", { name: /^日期/ });
}

async function choose(agent: ConsolePage, name: string): Promise<void> {
  await dates(agent).click();
  await agent.page.getByRole("menuitemradio", { name, exact: true }).click();
}

/** A day of the browser's calendar, as a date field has it. */
async function day(agent: ConsolePage, from_today: number): Promise<string> {
  return agent.page.evaluate((days) => {
    const at = new Date();
    at.setDate(at.getDate() + days);
    return [at.getFullYear(), String(at.getMonth() + 1).padStart(2, "0"), String(at.getDate()).padStart(2, "0")].join("-");
  }, from_today);
}

test("days show what was said on them, live, and stand in the address", async ({ browsers, website, server }) => {
  const [first, second, third] = [unique("今天的第一位"), unique("今天的第二位"), unique("今天的第三位")];
  await (await newVisitor(server.url, website.key)).say(first);
  const agent = await browsers.console();
  await expect(agent.rows).toHaveCount(1);
  await choose(agent, "今天");
  await expect(agent.page).toHaveURL(/dates=1d/);
  await expect(dates(agent)).toHaveAccessibleName("日期：今天");
  await (await newVisitor(server.url, website.key)).say(second);
  await expect(agent.rows).toHaveCount(2);
  await agent.open(second);
  await expect(agent.page).toHaveURL(/\/inbox\/.*dates=1d/);
  // From tomorrow on nothing has been said, and what is said now is of today.
  await choose(agent, "自定义日期…");
  const dialog = agent.page.getByRole("dialog", { name: "自定义日期" });
  await dialog.getByLabel("开始日期").fill(await day(agent, 1));
  await dialog.getByLabel("结束日期").fill(await day(agent, -1));
  await dialog.getByRole("button", { name: "应用" }).click();
  await expect(dialog.getByText("结束日期不能早于开始日期")).toBeVisible();
  await expectAccessible(agent.page, "the dialog of the days");
  await dialog.getByLabel("结束日期").fill("");
  await dialog.getByRole("button", { name: "应用" }).click();
  await expect(dialog).toBeHidden();
  await expect(agent.list).toContainText("没有符合条件的会话");
  await (await newVisitor(server.url, website.key)).say(third);
  await expect(agent.page.getByRole("region", { name: "新消息", exact: true }).getByRole("button", { name: third })).toBeVisible();
  await expect(agent.rows).toHaveCount(0);
  await agent.page.reload();
  await expect(agent.list).toContainText("没有符合条件的会话");
  await choose(agent, "自定义日期…");
  await expect(dialog.getByLabel("开始日期")).toHaveValue(await day(agent, 1));
  await dialog.getByLabel("开始日期").fill("");
  await dialog.getByRole("button", { name: "应用" }).click();
  await expect(dialog.getByText("请至少选择一个日期")).toBeVisible();
  await dialog.getByLabel("结束日期").fill(await day(agent, 0));
  await agent.page.keyboard.press("Enter");
  await expect(agent.rows).toHaveCount(3);
  await choose(agent, "不限日期");
  await expect(agent.page).not.toHaveURL(/dates=/);
  await expect(agent.rows).toHaveCount(3);
});

test("a day is one of the agent's time zone", async ({ browsers, website, server }) => {
  const text = unique("刚刚说的");
  await (await newVisitor(server.url, website.key)).say(text);
  // The two are 26 hours apart: whatever the time is, for one of them it is another day than for the other.
  const [west, east] = [
    await browsers.console({ timezoneId: "Etc/GMT+12" }),
    await browsers.console({ timezoneId: "Pacific/Kiritimati" }),
  ];
  const theirs = await day(west, 0);
  expect(await day(east, 0)).not.toBe(theirs);
  for (const agent of [west, east]) {
    await choose(agent, "今天");
    await expect(agent.entry(text)).toHaveCount(1);
  }
  // The same address is another stretch of time in the east: a day that was over there before this was said.
  await east.page.goto(`/inbox?dates=${theirs}..${theirs}`);
  await expect(east.list).toContainText("没有符合条件的会话");
  await west.page.goto(`/inbox?dates=${theirs}..${theirs}`);
  await expect(west.entry(text)).toHaveCount(1);
});
