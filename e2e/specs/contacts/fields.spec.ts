// CONT-5: the organisation's own fields of contacts, and what is kept of one visitor: carried out, and deleted.

import { readFile } from "node:fs/promises";
import { newAgent, newVisitor } from "@parlor/client/testing";
import { expectAccessible } from "../../fixtures/axe.ts";
import { expect, test } from "../../fixtures/test.ts";

const WIDE = { viewport: { width: 1440, height: 900 } };

test("fields are added, filled, seen by colleagues at once, and deleted after a question", async ({
  browsers,
  website,
  admin,
  server,
  organisation,
}) => {
  const visitor = await newVisitor(server.url, website.key);
  const { conversation_id } = await visitor.say("你好");
  const supervisor = await browsers.console({
    path: `/inbox/${conversation_id}`,
    as: await newAgent(server, organisation, { role: "supervisor" }),
    ...WIDE,
  });
  await expect(supervisor.contact.getByRole("textbox", { name: "备注" })).toBeVisible();
  const agent = await browsers.console({ path: "/contacts", ...WIDE });
  const { page } = agent;
  const dialog = page.getByRole("dialog", { name: "自定义字段" });
  const open = async () => {
    await page.getByRole("button", { name: "更多操作" }).click();
    await page.getByRole("menuitem", { name: "自定义字段" }).click();
    await expect(dialog).toBeVisible();
  };
  await open();
  await expect(dialog.getByText("还没有自定义字段")).toBeVisible();
  await dialog.getByRole("button", { name: "添加字段" }).click();
  // What is missing is said at its field.
  await dialog.getByRole("button", { name: "保存" }).click();
  await expect(dialog.getByText("字段名称不能为空")).toBeVisible();
  await dialog.getByRole("textbox", { name: "字段名称" }).fill("公司");
  await dialog.getByRole("button", { name: "添加字段" }).click();
  await dialog.getByRole("textbox", { name: "字段名称" }).nth(1).fill("会员级别");
  await dialog.getByRole("combobox", { name: "字段类型" }).nth(1).selectOption("choice");
  await dialog.getByRole("textbox", { name: "选项" }).fill("金卡\n银卡");
  await dialog.getByRole("button", { name: "添加字段" }).click();
  await dialog.getByRole("textbox", { name: "字段名称" }).nth(2).fill("生日");
  await dialog.getByRole("combobox", { name: "字段类型" }).nth(2).selectOption("date");
  await dialog.getByRole("button", { name: "上移 生日" }).click();
  // What a page says of its visitor is written only where that was switched on.
  await dialog.getByRole("switch", { name: "访客可填写" }).first().check();
  await expectAccessible(page, "the custom fields");
  await dialog.getByRole("button", { name: "保存" }).click();
  await expect(dialog).toBeHidden();

  const fields = await admin.ok(admin.api.GET("/api/v1/custom-fields"));
  expect(fields.items.map(({ name, visitors_fill }) => [name, visitors_fill])).toEqual([["公司", true], ["生日", false], ["会员级别", false]]);

  // The colleague has them without a reload, and fills them.
  const panel = supervisor.contact;
  await panel.getByRole("textbox", { name: "公司" }).fill("云上科技");
  await panel.getByRole("textbox", { name: "公司" }).blur();
  await panel.getByRole("combobox", { name: "会员级别" }).selectOption("金卡");
  await panel.getByLabel("生日").fill("2000-02-29");
  await panel.getByLabel("生日").blur();
  await expectAccessible(supervisor.page, "the custom fields of a contact");
  await expect(async () => {
    const contact = await admin.ok(
      admin.api.GET("/api/v1/contacts/{contact_id}", { params: { path: { contact_id: visitor.session.contact_id } } }),
    );
    expect(contact.custom_values.map(({ value }) => value).sort()).toEqual(["2000-02-29", "云上科技", "金卡"]);
  }).toPass();

  await open();
  await dialog.getByRole("button", { name: "删除 公司" }).click();
  await dialog.getByRole("button", { name: "保存" }).click();
  await expect(dialog.getByRole("alert").filter({ hasText: "删除「公司」：1 位联系人" })).toBeVisible();
  await dialog.getByRole("button", { name: "删除并保存" }).click();
  await expect(dialog).toBeHidden();
  await expect(panel.getByRole("textbox", { name: "公司" })).toBeHidden();
  await expect(panel.getByRole("combobox", { name: "会员级别" })).toHaveValue("金卡");
});

test("what is kept of a visitor is downloaded, and deleted once the name is typed", async ({
  browsers,
  website,
  admin,
  server,
}) => {
  const visitor = await newVisitor(server.url, website.key);
  await visitor.say("请删除我的资料");
  const { contact_id } = visitor.session;
  const edit = { params: { path: { contact_id } }, body: { version: 0, name: "欧阳娜" } };
  await admin.ok(admin.api.PATCH("/api/v1/contacts/{contact_id}", edit));
  const agent = await browsers.console({ path: "/contacts", ...WIDE });
  const { page } = agent;
  const actions = page.getByRole("button", { name: "更多操作" });
  await actions.click();
  await page.getByRole("menuitem", { name: "删除访客" }).click();
  await expect(page.getByText("请勾选一位联系人")).toBeVisible();
  await page.getByRole("checkbox", { name: "选择 欧阳娜" }).check();
  await actions.click();
  const coming = page.waitForEvent("download");
  await page.getByRole("menuitem", { name: "导出访客数据" }).click();
  const download = await coming;
  expect(download.suggestedFilename()).toBe("contact.json");
  const data = JSON.parse(await readFile(await download.path(), "utf8")) as { messages: unknown[]; channel: string };
  expect([data.messages.length, data.channel]).toEqual([1, website.name]);
  await actions.click();
  await page.getByRole("menuitem", { name: "删除访客" }).click();
  const dialog = page.getByRole("dialog", { name: "删除访客「欧阳娜」？" });
  const confirm = dialog.getByRole("button", { name: "删除访客" });
  await expect(confirm).toBeDisabled();
  await dialog.getByRole("textbox", { name: "输入「欧阳娜」以确认" }).fill("欧阳娜");
  await expectAccessible(page, "deleting a visitor");
  await confirm.click();
  await expect(dialog).toBeHidden();
  await expect(page.getByText("还没有联系人")).toBeVisible();
});
