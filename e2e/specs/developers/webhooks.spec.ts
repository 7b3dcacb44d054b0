// API-2: webhooks are added with their events, their secret is shown once, they are tried, paused, replayed and deleted, and the log tells.

import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { newVisitor } from "@parlor/client/testing";
import type { Locator } from "@playwright/test";
import { expectAccessible, expectAccessibleInBothThemes } from "../../fixtures/axe.ts";
import { expect, test } from "../../fixtures/test.ts";
import type { ConsolePage } from "../../pages/console.ts";

test.use({ ownServer: true, serverSettings: { PARLOR_WEBHOOKS__ALLOW_PRIVATE: "true" } });

/** A program that is told what happens: what it was sent, and the status that it answers. */
async function receiver() {
  const told: string[] = [];
  const program = { told, status: 204, url: "", close: () => http.close() };
  const http = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk: Buffer) => (body += chunk.toString()));
    request.on("end", () => {
      told.push((JSON.parse(body) as { type: string }).type);
      response.writeHead(program.status).end(program.status === 204 ? undefined : "nicht jetzt");
    });
  });
  http.listen(0, "127.0.0.1");
  await once(http, "listening");
  program.url = `http://127.0.0.1:${(http.address() as AddressInfo).port}/hook`;
  return program;
}

function row(agent: ConsolePage, url: string): Locator {
  return agent.page.getByRole("region", { name: "Webhook" }).locator("[data-webhook]").filter({ hasText: url });
}

test("an admin adds a webhook, tries it, sees what it was told and deletes it", async ({ browsers, website, server }) => {
  const program = await receiver();
  const agent = await browsers.console();
  await agent.accountMenu.click();
  await agent.page.getByRole("menuitem", { name: "开发者" }).click();
  await agent.page.getByRole("navigation", { name: "开发者" }).getByRole("link", { name: "Webhook" }).click();
  await expect(agent.page.getByText("还没有 Webhook")).toBeVisible();
  await expectAccessible(agent.page, "the empty page");

  await agent.page.getByRole("button", { name: "添加 Webhook" }).click();
  const dialog = agent.page.getByRole("dialog");
  await dialog.getByRole("textbox", { name: "地址" }).fill("crm.example");
  await dialog.getByRole("button", { name: "保存" }).click();
  await expect(dialog.getByRole("textbox", { name: "地址" })).toBeFocused();
  await dialog.getByRole("textbox", { name: "地址" }).fill(program.url);
  await dialog.getByRole("textbox", { name: "说明" }).fill("客户系统");
  for (const group of ["会话", "联系人", "渠道", "客服"]) {
    await dialog.getByRole("checkbox", { name: `${group} · 全部` }).uncheck();
  }
  await expect(dialog.getByRole("checkbox", { name: "新消息" })).toBeChecked();
  await expectAccessible(agent.page, "the form");
  await dialog.getByRole("button", { name: "保存" }).click();
  await expect(dialog.getByRole("textbox", { name: "签名密钥" })).toHaveValue(/^whsec_/);
  await dialog.getByRole("button", { name: "关闭" }).last().click();
  const hook = row(agent, program.url);
  await expect(hook).toContainText("3 种事件");
  await expect(hook).toContainText("正常");

  await (await newVisitor(server.url, website.key)).say("在吗？");
  await expect.poll(() => program.told).toEqual(["message_created"]);
  await hook.getByRole("button", { name: "查看投递记录" }).click();
  const log = hook.getByRole("region", { name: "投递记录" });
  await expect(log.getByRole("listitem")).toHaveText([/新消息.*已送达.*HTTP 204/]);
  await log.getByRole("button", { name: "查看内容" }).click();
  await expect(log.getByText("在吗？")).toBeVisible();

  // A test that fails is seen to wait, with what was answered.
  program.status = 503;
  await hook.getByRole("button", { name: "发送测试事件" }).click();
  await expect(log.getByRole("listitem").first()).toContainText("HTTP 503");
  await expect(hook).toContainText("失败重试中");
  program.status = 204;
  await expect(log.getByRole("listitem").first()).toContainText("已送达", { timeout: 30_000 });
  await expect(hook).toContainText("正常");
  await log.getByRole("listitem").last().getByRole("button", { name: "重新发送" }).click();
  await expect.poll(() => program.told.filter((type) => type === "message_created").length).toBe(2);
  await expectAccessibleInBothThemes(agent.page, "the log");

  await hook.getByRole("button", { name: "暂停" }).click();
  await expect(hook).toContainText("已暂停");
  await expect(hook.getByRole("button", { name: "发送测试事件" })).toBeDisabled();
  await hook.getByRole("button", { name: "删除" }).click();
  await agent.page.getByRole("dialog").getByRole("button", { name: "删除" }).click();
  await expect(agent.page.getByText("还没有 Webhook")).toBeVisible();
  program.close();
});

test("a webhook that is gone is paused, and an admin elsewhere hears of it; its secret is changed on a phone", async ({ browsers, admin }) => {
  const program = await receiver();
  program.status = 410;
  const body = { url: program.url, events: ["note_created" as const] };
  const { webhook } = await admin.ok(admin.api.POST("/api/v1/webhooks", { body }));
  const elsewhere = await browsers.console();
  const phone = await browsers.console({ path: "/developers/webhooks", viewport: { width: 390, height: 844 } });
  await expect(row(phone, program.url)).toContainText("正常");
  // It is told when it happens, and to nobody who comes later.
  await expect(elsewhere.connected).toBeVisible();
  await admin.ok(admin.api.POST("/api/v1/webhooks/{webhook_id}/test", { params: { path: { webhook_id: webhook.id } } }));
  await expect(elsewhere.page.getByText("一个 Webhook 因持续失败已自动暂停")).toBeVisible();
  await expect(row(phone, program.url)).toContainText("接收方答复 410");
  program.status = 204;
  await row(phone, program.url).getByRole("button", { name: "恢复" }).click();
  await expect(row(phone, program.url)).toContainText("正常");
  await row(phone, program.url).getByRole("button", { name: "更换密钥" }).click();
  await phone.page.getByRole("dialog").getByRole("button", { name: "更换密钥" }).click();
  await expect(phone.page.getByRole("dialog").getByRole("textbox", { name: "签名密钥" })).toHaveValue(/^whsec_/);
  await expect(phone.page.getByRole("dialog")).toContainText("24 小时");
  await expectAccessible(phone.page, "the secret on a phone");
  program.close();
});
