// CHAN-WEB: the form before the chat: an admin sets it up, visitors answer it once, agents read what they said.

import type { Locator } from "@playwright/test";
import type { ParlorClient, Schemas } from "@parlor/client";
import { expectAccessible } from "../../fixtures/axe.ts";
import { InputMethod } from "../../fixtures/ime.ts";
import { atRest, expectWords } from "../../fixtures/moments.ts";
import { expect, test } from "../../fixtures/test.ts";
import { WidgetPage } from "../../pages/widget.ts";

const phone = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };

type Field = Schemas["PreChatField"];

/** Publishes a form that asks for this. */
async function publish(admin: ParlorClient, website: Schemas["Channel"], fields: Field[], title = ""): Promise<void> {
  const params = { path: { channel_id: website.id } };
  const style = { ...website.style, form: { enabled: true, title, fields } };
  await admin.ok(admin.api.PATCH("/api/v1/channels/{channel_id}", { params, body: { style } }));
}

/** The form, by the line above it. */
function formOf(widget: WidgetPage, title: string): Locator {
  return widget.page.getByRole("form", { name: title });
}

test("an admin sets up a form, a visitor answers it once, and the agent reads it", async ({ browsers, website, shop, admin }) => {
  const items = [
    { name: "会员级别", kind: "choice" as const, choices: ["金卡", "银卡"], visitors_fill: true },
    { name: "到店日期", kind: "date" as const, choices: [], visitors_fill: true },
  ];
  await admin.ok(admin.api.PUT("/api/v1/custom-fields", { body: { version: 0, items } }));
  const agent = await browsers.console({ path: `/channels/${website.id}/style`, viewport: { width: 1440, height: 1000 } });
  const { page } = agent;
  await page.getByRole("switch", { name: "开始聊天前请访客填写表单" }).check();
  await page.getByRole("textbox", { name: "表单标题" }).fill("请先留下联系方式");
  for (const name of ["电话", "会员级别", "到店日期"]) {
    await page.getByRole("button", { name: `添加 ${name}` }).click();
  }
  await expect(page.getByRole("checkbox", { name: "姓名：必填" })).toBeChecked();
  await page.getByRole("checkbox", { name: "会员级别：必填" }).check();
  await page.getByRole("button", { name: "上移 会员级别" }).click();
  const preview = page.getByRole("img", { name: "预览: PC 中窗" }).locator(".device__form");
  await expect(preview).toContainText(/请先留下联系方式姓名会员级别电话（选填）到店日期（选填）开始聊天/);
  await atRest(page);
  await expectAccessible(page, "the editor of the form before the chat");
  await expectWords(page, "已发布版本 2", () => page.getByRole("button", { name: "保存", exact: true }).click());

  const visitor = await browsers.visitor({ url: shop });
  await visitor.launcher.click();
  const form = formOf(visitor, "请先留下联系方式");
  const name = form.getByRole("textbox", { name: "姓名" });
  const start = form.getByRole("button", { name: "开始聊天" });
  await expect(name).toBeFocused();
  await expect(visitor.composer).toBeHidden();
  await expectAccessible(visitor.page, "the form before the chat");
  // What is missing is said beside its field, and the first such field has the focus.
  await form.getByRole("textbox", { name: "电话" }).fill("打给我");
  await start.click();
  await expect(name).toHaveAccessibleDescription("请填写此项");
  await expect(name).toBeFocused();
  await expect(form.getByRole("textbox", { name: "电话" })).toHaveAccessibleDescription("请填写正确的电话号码");
  await expect(form.getByRole("combobox", { name: "会员级别" })).toHaveAccessibleDescription("请选择");
  await expectAccessible(visitor.page, "the form before the chat with errors");
  const ime = await InputMethod.of(visitor.page);
  await ime.compose("xiaoman");
  await ime.acceptByEnter("小满");
  await expect(name).toHaveValue("小满");
  await expect(name).toBeFocused();
  await form.getByRole("textbox", { name: "电话" }).fill("138 0013 8000");
  await form.getByRole("combobox", { name: "会员级别" }).selectOption("金卡");
  await form.getByLabel("到店日期").fill("2026-12-01");
  // As every form is sent.
  await name.press("Enter");
  await expect(visitor.composer).toBeFocused();
  await expect(form).toHaveCount(0);
  await visitor.say("我想预约");
  await expect(visitor.messages.mark("我想预约", "sent")).toBeVisible();

  await visitor.page.reload();
  await expect(visitor.messages.message("我想预约")).toBeVisible();
  await expect(visitor.composer).toBeVisible();
  const { items: conversations } = await admin.ok(admin.api.GET("/api/v1/conversations"));
  const console = await browsers.console({ path: `/inbox/${conversations[0]?.id}`, viewport: { width: 1440, height: 900 } });
  await expect(console.contact.getByRole("textbox", { name: "姓名" })).toHaveValue("小满");
  await expect(console.contact.getByRole("textbox", { name: "电话" })).toHaveValue("138 0013 8000");
  await expect(console.contact.getByRole("combobox", { name: "会员级别" })).toHaveValue("金卡");
  await expect(console.contact.getByLabel("到店日期")).toHaveValue("2026-12-01");
});

test("open widgets follow a form, keep what was typed, and one tab answers for all", async ({ browsers, website, shop, admin }) => {
  const first = await browsers.visitor({ url: shop });
  await first.open();
  const second = new WidgetPage(await first.page.context().newPage());
  await second.page.goto(shop);
  await second.open();
  const title = "开始聊天前，请先留下您的信息";
  await publish(admin, website, [{ kind: "name", required: true }]);
  const [here, there] = [formOf(first, title), formOf(second, title)];
  await expect(here).toBeVisible();
  await expect(there).toBeVisible();
  await expect(first.composer).toBeHidden();
  await here.getByRole("textbox", { name: "姓名" }).fill("林小满");
  // Another publish while it is being filled in.
  await publish(admin, website, [{ kind: "phone", required: true }, { kind: "name", required: true }], "联系方式");
  const changed = formOf(first, "联系方式");
  await expect(changed.getByRole("textbox", { name: "姓名" })).toHaveValue("林小满");
  await expect(changed.getByRole("textbox", { name: "姓名" })).toBeFocused();
  // And over pages.
  await first.page.reload();
  await expect(changed.getByRole("textbox", { name: "姓名" })).toHaveValue("林小满");
  await changed.getByRole("textbox", { name: "电话" }).fill("13800138000");
  await changed.getByRole("button", { name: "开始聊天" }).click();
  await expect(first.composer).toBeFocused();
  await expect(second.composer).toBeVisible();
  await expect(second.page.getByRole("form")).toHaveCount(0);
  await second.say("从另一个标签页");
  await expect(first.messages.message("从另一个标签页")).toBeVisible();
  // What is asked of others meanwhile holds no conversation up.
  await publish(admin, website, [{ kind: "name", required: true }], "新的表单");
  await first.say("继续");
  await expect(second.messages.message("继续")).toBeVisible();
});

test("the form fits a phone, in English and the dark theme, and says what could not be sent", async ({ browsers, website, shop, admin }) => {
  const items = Array.from({ length: 6 }, (_, place) => ({ name: `Field ${place}`, kind: "text" as const, choices: [], visitors_fill: true }));
  const { items: made } = await admin.ok(admin.api.PUT("/api/v1/custom-fields", { body: { version: 0, items } }));
  const own = made.map(({ id }): Field => ({ kind: "custom", field_id: id, required: false }));
  await publish(admin, website, [{ kind: "name", required: true }, { kind: "phone", required: false }, ...own]);
  const visitor = await browsers.visitor({ ...phone, locale: "en-GB", colorScheme: "dark", url: shop });
  await visitor.launcher.click();
  const form = formOf(visitor, "Tell us about yourself before we start");
  await expect(form).toBeVisible();
  await expectAccessible(visitor.page, "the form before the chat on a phone");
  expect(await visitor.page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
  const start = form.getByRole("button", { name: "Start chat" });
  for (const field of [form.getByRole("textbox", { name: "Name" }), start]) {
    expect((await field.boundingBox())?.height).toBeGreaterThanOrEqual(44);
  }
  await form.getByRole("textbox", { name: "Name" }).fill("Ada");
  await visitor.page.route("**/widget/v1/answers", (route) => route.abort());
  await start.click();
  await expect(form.getByRole("alert").filter({ hasText: "No connection" })).toBeVisible();
  await visitor.page.unroute("**/widget/v1/answers");
  await start.click();
  await expect(visitor.composer).toBeVisible();
  await expect(form).toHaveCount(0);
});

test("a form that did not arrive, or has become another, can be answered all the same", async ({ browsers, website, shop, admin }) => {
  const level = (choices: string[]) => ({ name: "会员级别", kind: "choice" as const, choices, visitors_fill: true });
  const custom = await admin.ok(admin.api.PUT("/api/v1/custom-fields", { body: { version: 0, items: [level(["金卡", "银卡"])] } }));
  const id = custom.items[0]?.id ?? "";
  await publish(admin, website, [{ kind: "name", required: true }, { kind: "phone", required: true }, { kind: "custom", field_id: id, required: true }]);
  const visitor = await browsers.visitor();
  const { page } = visitor;
  await page.route(/-form\.js/, (route) => route.abort());
  await page.goto(shop);
  await visitor.launcher.click();
  const lack = page.getByRole("alert").filter({ hasText: "加载失败，请检查网络" });
  await expect(lack).toBeVisible();
  await expect(visitor.composer).toBeHidden();
  await atRest(page);
  await expectAccessible(page, "a form before the chat that did not arrive");
  await page.unroute(/-form\.js/);
  await page.getByRole("button", { name: visitor.labels.retry }).click();
  const name = page.getByRole("textbox", { name: "姓名" });
  await expect(name).toBeFocused();
  await expect(lack).toHaveCount(0);

  // What the page says meanwhile is not asked any more.
  await name.fill("林小满");
  const phone = page.getByRole("textbox", { name: "电话" });
  await phone.fill("没有号码");
  const start = page.getByRole("button", { name: "开始聊天" });
  await start.click();
  await expect(phone).toHaveAccessibleDescription("请填写正确的电话号码");
  await page.evaluate(() => (window as unknown as { Parlor: (...call: unknown[]) => void }).Parlor("set", { phone: "13800138000" }));
  await expect(phone).toHaveCount(0);
  await expect(name).toHaveValue("林小满");

  // The choices are others by the time that one is sent.
  const choices = page.getByRole("combobox", { name: "会员级别" });
  await choices.selectOption("金卡");
  await admin.ok(admin.api.PUT("/api/v1/custom-fields", { body: { version: custom.version, items: [{ id, ...level(["铂金卡"]) }] } }));
  await start.click();
  await expect(page.getByRole("alert").filter({ hasText: "表单有更新，请补充后再提交" })).toBeVisible();
  await expect(choices).toHaveValue("");
  await choices.selectOption("铂金卡");
  await start.click();
  await visitor.say("可以开始了");
  await expect(visitor.messages.mark("可以开始了", "sent")).toBeVisible();
});

test("answers are given for whom they were typed, and files wait until they are given", async ({ browsers, website, shop, admin }) => {
  await publish(admin, website, [{ kind: "name", required: true }]);
  const visitor = await browsers.visitor({ url: shop });
  await visitor.launcher.click();
  const name = visitor.page.getByRole("textbox", { name: "姓名" });
  await name.fill("林小满");
  // In another tab they sign out of the shop.
  const other = await visitor.page.context().newPage();
  await other.goto(shop);
  await other.evaluate(() => (window as unknown as { Parlor: (call: string) => Promise<unknown> }).Parlor("logout"));
  const start = visitor.page.getByRole("button", { name: "开始聊天" });
  await start.click();
  await expect(name).toHaveValue("");
  await name.evaluate((field) => {
    const dataTransfer = new DataTransfer();
    dataTransfer.items.add(new File(["words"], "放.txt"));
    field.dispatchEvent(new DragEvent("drop", { dataTransfer, bubbles: true, cancelable: true, composed: true }));
  });
  await name.fill("王芳");
  await start.click();
  await visitor.say("换人了");
  await expect(visitor.messages.mark("换人了", "sent")).toBeVisible();
  await expect(visitor.messages.all).toHaveCount(1);
  await expect(visitor.page.getByText("放.txt")).toHaveCount(0);
  const { items } = await admin.ok(admin.api.GET("/api/v1/conversations"));
  expect(items.map(({ contact }) => contact.name)).toEqual(["王芳"]);
  const contacts = await admin.ok(admin.api.GET("/api/v1/contacts"));
  expect(contacts.items.map(({ contact }) => contact.name).sort()).toEqual(["林小满", "王芳"].sort());
});
