// API-1: an admin makes a token, a program works with it, and it ends at once.

import { createParlorClient } from "@parlor/client";
import { newAgent } from "@parlor/client/testing";
import type { Locator } from "@playwright/test";
import { expectAccessible, expectAccessibleInBothThemes } from "../../fixtures/axe.ts";
import { expect, test } from "../../fixtures/test.ts";
import type { ConsolePage } from "../../pages/console.ts";

function rows(agent: ConsolePage): Locator {
  return agent.page.getByRole("list", { name: "API 令牌" }).getByRole("listitem");
}

test("an admin makes a token, sees its secret once, and revokes it while another device looks on", async ({ browsers, server }) => {
  const [agent, device] = [await browsers.console(), await browsers.console({ path: "/developers" })];
  await expect(device.page.getByText("还没有令牌")).toBeVisible();
  await agent.accountMenu.click();
  await agent.page.getByRole("menuitem", { name: "开发者" }).click();
  await expect(agent.page.getByRole("link", { name: "API 令牌" })).toHaveAttribute("aria-current", "page");
  await agent.page.getByRole("button", { name: "创建令牌" }).click();
  const dialog = agent.page.getByRole("dialog", { name: "创建令牌" });
  await dialog.getByRole("button", { name: "创建", exact: true }).click();
  const name = dialog.getByRole("textbox", { name: "令牌名称" });
  await expect(name).toHaveAttribute("aria-invalid", "true");
  await name.fill("CRM 同步");
  await dialog.getByRole("radio", { name: "自选" }).check();
  await expect(dialog.getByRole("checkbox", { name: "读取会话" })).toBeChecked();
  await dialog.getByRole("checkbox", { name: "读取联系人" }).uncheck();
  await expectAccessibleInBothThemes(agent.page, "the form");
  await dialog.getByRole("button", { name: "创建", exact: true }).click();
  await expect(dialog).toContainText("关闭后将无法再次查看");
  const token = await dialog.getByRole("textbox", { name: "令牌" }).inputValue();
  expect(token).toMatch(/^parlor_/);
  await expectAccessible(agent.page, "the secret");
  await dialog.getByRole("button", { name: "我已保存" }).click();
  await expect(rows(agent)).toHaveCount(1);
  await expect(rows(device)).toContainText(["从未使用"]);
  await expect(agent.page.getByText(token)).toHaveCount(0);

  const program = createParlorClient({ baseUrl: server.url, token });
  await program.ok(program.api.GET("/api/v1/conversations"));
  await expect(program.ok(program.api.GET("/api/v1/contacts"))).rejects.toThrow("insufficient_scope");
  await device.page.reload();
  await expect(rows(device)).toContainText(["127.0.0.1"]);
  await agent.page.getByRole("button", { name: "撤销令牌 CRM 同步" }).click();
  const question = agent.page.getByRole("dialog", { name: "撤销令牌“CRM 同步”？" });
  await question.getByRole("button", { name: "取消" }).click();
  await expect(question).toBeHidden();
  await agent.page.getByRole("button", { name: "撤销令牌 CRM 同步" }).click();
  await question.getByRole("button", { name: "撤销", exact: true }).click();
  await expect(agent.page.getByText("还没有令牌")).toBeVisible();
  await expect(device.page.getByText("还没有令牌")).toBeVisible();
  await expect(program.ok(program.api.GET("/api/v1/conversations"))).rejects.toThrow("unauthenticated");
});

test("on a phone the list and the form fit, and who is no admin is told so", async ({ browsers, server, organisation, admin }) => {
  const body = { name: "很长的令牌名称用来看它在手机上怎样换行而不溢出屏幕", scopes: ["conversations:read" as const] };
  await admin.ok(admin.api.POST("/api/v1/api-tokens", { body }));
  const phone = await browsers.console({ path: "/developers/tokens", viewport: { width: 390, height: 844 } });
  await expect(rows(phone)).toHaveCount(1);
  const overflows = () => phone.page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth);
  expect(await overflows()).toBe(false);
  await phone.page.getByRole("button", { name: "创建令牌" }).click();
  await phone.page.getByRole("dialog", { name: "创建令牌" }).getByRole("radio", { name: "自选" }).check();
  await expectAccessible(phone.page, "the form on a phone");
  expect(await overflows()).toBe(false);

  const colleague = await newAgent(server, organisation, { name: "周云" });
  const theirs = await browsers.console({ as: colleague, path: "/developers/tokens" });
  await expect(theirs.page.getByText("只有管理员可以管理开发者设置。")).toBeVisible();
  await theirs.accountMenu.click();
  await expect(theirs.page.getByRole("menuitem", { name: "黑名单" })).toBeVisible();
  await expect(theirs.page.getByRole("menuitem", { name: "开发者" })).toHaveCount(0);
});
