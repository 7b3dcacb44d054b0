// CONT-5: contacts come from a table: it is looked at, checked and imported, and its wrong rows are told; what is no table is refused.

import { readFile } from "node:fs/promises";
import type { Locator } from "@playwright/test";
import { expectAccessible } from "../../fixtures/axe.ts";
import { addTags } from "../../fixtures/tags.ts";
import { expect, test } from "../../fixtures/test.ts";

/** A table as a spreadsheet saves it. */
function table(text: string, name = "客户.csv") {
  return { name, mimeType: "text/csv", buffer: Buffer.from(text) };
}

/** The number below a word. */
function count(dialog: Locator, word: string): Locator {
  return dialog.getByRole("term").filter({ hasText: word }).locator("xpath=following-sibling::dd");
}

test("a table is mapped, checked and imported, and its wrong row is downloaded", async ({ browsers, website, admin }) => {
  await addTags(admin, "级别", [["金牌", "yellow"]]);
  const agent = await browsers.console({ path: "/contacts", viewport: { width: 1440, height: 900 } });
  const { page } = agent;
  const dialog = page.getByRole("dialog", { name: "导入联系人" });
  const open = async () => {
    await page.getByRole("button", { name: "更多操作" }).click();
    await page.getByRole("menuitem", { name: "导入联系人" }).click();
    await expect(dialog.getByRole("button", { name: "选择文件" })).toBeVisible();
  };
  await open();
  await expect(dialog.getByText("还没有导入过联系人")).toBeVisible();
  const coming = page.waitForEvent("download");
  await dialog.getByRole("link", { name: "下载模板" }).click();
  expect(await readFile(await (await coming).path(), "utf8")).toContain("姓名,电话,备注,标签,账号");
  await expectAccessible(page, "choosing a table of contacts");
  const chooser = page.waitForEvent("filechooser");
  await dialog.getByRole("button", { name: "选择文件" }).click();
  const rows = ["王芳,138 0013 8000,老客户,金牌", "李雷,打电话,,", "赵敏,13900139000,,", "王芳,+86 13800138000,重复,"];
  await (await chooser).setFiles(table(`客户名,电话,备注,标签\r\n${rows.join("\r\n")}\r\n`));

  // What the head does not say is chosen; without it nobody but those with a number would be known.
  await expect(dialog.getByText("表格有 4 行、4 列")).toBeVisible();
  await expect(dialog.getByRole("combobox", { name: "导入到渠道" })).toHaveValue(website.id);
  await expect(dialog.getByRole("combobox", { name: "「电话」导入为" }).locator("option:checked")).toHaveText("电话");
  await dialog.getByRole("combobox", { name: "「客户名」导入为" }).selectOption({ label: "姓名" });
  await dialog.getByRole("combobox", { name: "「电话」导入为" }).selectOption({ label: "不导入" });
  await dialog.getByRole("combobox", { name: "「客户名」导入为" }).selectOption({ label: "不导入" });
  await expect(dialog.getByText("请至少把一列设为姓名、电话或账号。")).toBeVisible();
  await expect(dialog.getByRole("button", { name: "检查表格" })).toBeDisabled();
  await dialog.getByRole("combobox", { name: "「客户名」导入为" }).selectOption({ label: "姓名" });
  await dialog.getByRole("combobox", { name: "「电话」导入为" }).selectOption({ label: "电话" });
  await expectAccessible(page, "the columns of a table of contacts");
  await dialog.getByRole("button", { name: "检查表格" }).click();
  await expect(dialog.getByText("已检查 4 行")).toBeVisible();
  for (const [word, number] of [["新增", "2"], ["更新", "0"], ["跳过", "1"], ["出错", "1"]] as const) {
    await expect(count(dialog, word)).toHaveText(number);
  }
  const wrong = dialog.getByRole("row").filter({ hasText: "格式不正确" });
  await expect(wrong).toContainText(/3\s*电话/);
  await expectAccessible(page, "a table of contacts that was checked");
  await expect(page.getByRole("rowheader").getByRole("button")).toHaveCount(0);

  // What was checked is what is imported: another choice is checked anew.
  await dialog.getByRole("radio", { name: "更新" }).check();
  await dialog.getByRole("button", { name: "检查表格" }).click();
  await expect(count(dialog, "更新")).toHaveText("1");
  await dialog.getByRole("button", { name: "开始导入 3 行" }).click();
  await expect(dialog.getByText("导入已完成")).toBeVisible();
  const saved = page.waitForEvent("download");
  await dialog.getByRole("button", { name: "下载出错的行" }).click();
  const failed = await readFile(await (await saved).path(), "utf8");
  expect(failed).toContain("李雷,打电话,,,3,电话,格式不正确");
  await dialog.getByRole("button", { name: "完成" }).click();
  await expect(dialog).toBeHidden();
  await expect(page.getByRole("row").filter({ hasText: "王芳" })).toContainText("重复");
  await expect(page.getByRole("row").filter({ hasText: "王芳" })).toContainText("金牌");
  await expect(page.getByRole("row").filter({ hasText: "赵敏" })).toContainText("暂无会话");

  // Who has not written yet is read and edited like everybody.
  await page.getByRole("rowheader").getByRole("button", { name: "赵敏" }).click();
  await expect(agent.contact.getByRole("textbox", { name: "电话" })).toHaveValue("13900139000");
  await agent.contact.getByRole("textbox", { name: "备注" }).fill("下周回访");
  await expect(page.getByRole("row").filter({ hasText: "赵敏" })).toContainText("下周回访");
  await expectAccessible(page, "a contact without a conversation");
  await agent.contact.getByRole("button", { name: "收起联系人信息" }).click();

  // It is there after a reload, on the page and in the window.
  await page.reload();
  const line = page.getByRole("region", { name: "导入联系人" });
  await expect(line).toContainText("导入已完成");
  await expect(line).toContainText("新增 2，更新 1，跳过 0，出错 1");
  await line.getByRole("button", { name: "关闭提示" }).click();
  await expect(line).toBeHidden();
  await open();
  await expect(dialog.getByRole("listitem").filter({ hasText: "新增 2，更新 1" })).toContainText(website.name);
});

test("on a phone, in English: what is no table is refused with a reason, and a table is kept until it is imported", async ({
  browsers,
  website,
}) => {
  const agent = await browsers.console({ path: "/contacts", locale: "en-GB", viewport: { width: 390, height: 844 } });
  const { page } = agent;
  const dialog = page.getByRole("dialog", { name: "Import contacts" });
  const open = async () => {
    await page.getByRole("button", { name: "More actions" }).click();
    await page.getByRole("menuitem", { name: "Import contacts" }).click();
    await expect(dialog.getByRole("button", { name: "Choose a file" })).toBeVisible();
  };
  await open();
  await expect(dialog.getByText("at most 32 MB, 100,000 rows and 60 columns")).toBeVisible();
  const input = dialog.locator("input[type=file]");
  const alert = dialog.getByRole("alert");
  await input.setInputFiles(table("PK\u0003\u0004", "customers.xlsx"));
  await expect(alert).toContainText("Save it as CSV");
  await input.setInputFiles(table("\0\0\0", "picture.csv"));
  await expect(alert).toContainText("a CSV table in UTF-8, GBK or UTF-16 is needed");
  await input.setInputFiles(table("name,phone\n", "empty.csv"));
  await expect(alert).toContainText("The table is empty");
  await input.setInputFiles(table(`${"x,".repeat(60)}x\n1\n`, "wide.csv"));
  await expect(alert).toContainText("more than 60 columns");
  await input.setInputFiles(table("name,phone\nAda,13800138000\nBob,13900139000\n", "customers.csv"));
  await expect(dialog.getByText("Rows: 2; columns: 2.")).toBeVisible();
  await expectAccessible(page, "the columns of a table of contacts on a phone");
  const width = await page.evaluate(() => document.documentElement.scrollWidth);
  expect(width).toBeLessThanOrEqual(390);
  for (const target of [dialog.getByRole("button", { name: "Check the table" }), dialog.getByRole("combobox").last()]) {
    expect((await target.boundingBox())?.height ?? 0).toBeGreaterThanOrEqual(44);
  }

  // Whoever leaves finds the table again.
  await page.reload();
  await open();
  const kept = dialog.getByRole("listitem").filter({ hasText: "Not imported yet: 2 rows" });
  await kept.getByRole("button", { name: "Continue" }).click();
  await expect(dialog.getByRole("combobox", { name: "Import into the channel" })).toHaveValue(website.id);
  await dialog.getByRole("button", { name: "Check the table" }).click();
  await dialog.getByRole("button", { name: "Import 2 rows" }).click();
  await expect(dialog.getByText("Import finished")).toBeVisible();
  await expect(dialog.getByText("Rows with errors are left out")).toBeHidden();
  await dialog.getByRole("button", { name: "Import another" }).click();
  await expect(dialog.getByRole("listitem").filter({ hasText: "2 new, 0 updated, 0 skipped, 0 with errors" })).toBeVisible();
});
