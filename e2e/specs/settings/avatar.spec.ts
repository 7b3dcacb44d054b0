// ME-1: one's own picture. Chosen, cut to a square, seen by colleagues at once and by the visitors one writes to.

import { answer, newAgent, newVisitor, type Organisation, type TestServer } from "@parlor/client/testing";
import type { Locator, Page } from "@playwright/test";
import { expectAccessible } from "../../fixtures/axe.ts";
import { claiming, paper, picture } from "../../fixtures/files.ts";
import { type Browsers, expect, onlyConversation, test, unique } from "../../fixtures/test.ts";

/** The account page with the dialog open. */
async function changing(browsers: Browsers): Promise<{ page: Page; dialog: Locator }> {
  const { page } = await browsers.console({ path: "/settings/account" });
  await page.getByRole("button", { name: "修改头像" }).click();
  const dialog = page.getByRole("dialog", { name: "修改头像" });
  await expect(dialog.getByRole("button", { name: "选择图片" })).toBeVisible();
  return { page, dialog };
}

function stage(dialog: Locator): Locator {
  return dialog.getByRole("application", { name: /裁剪头像/ });
}

/** The colour of the middle of the square, or of a picture. */
async function middle(shown: Locator): Promise<number[]> {
  return shown.evaluate((element) => {
    const source = element as HTMLCanvasElement | HTMLImageElement;
    const canvas = document.createElement("canvas");
    canvas.width = canvas.height = 1;
    const context = canvas.getContext("2d");
    if (context === null) throw new Error("nothing to draw on");
    const side = source instanceof HTMLImageElement ? source.naturalWidth : source.width;
    context.drawImage(source, side / 2, side / 2, 1, 1, 0, 0, 1, 1);
    return [...context.getImageData(0, 0, 1, 1).data.slice(0, 3)];
  });
}

/** Waits until a picture is there, and not only its element. */
async function expectShown(picture: Locator): Promise<void> {
  await expect.poll(() => picture.evaluate((image) => (image as HTMLImageElement).naturalWidth)).toBeGreaterThan(0);
}

/** A colleague who looks at a conversation in which the admin has answered. */
async function colleagueOf(browsers: Browsers, server: TestServer, organisation: Organisation, text: string) {
  const as = await newAgent(server, organisation, { name: "周云", role: "supervisor" });
  const colleague = await browsers.console({ as });
  await colleague.open(text);
  await colleague.ready(text);
  return colleague;
}

test("a picture is chosen, cut and saved; a colleague sees it at once, and the visitor whom one answers", async ({
  browsers,
  organisation,
  admin,
  shop,
  server,
}) => {
  const visitor = await browsers.visitor({ url: shop });
  await visitor.open();
  await visitor.say("在吗");
  const reply = unique("在的");
  await answer(admin, await onlyConversation(admin), reply);
  // Without a picture the browser draws none, not even a broken one.
  const face = visitor.messages.message(reply).locator(".face img");
  await expectShown(face);
  expect(await face.evaluate((shown: HTMLImageElement) => shown.naturalWidth)).toBe(1);
  const colleague = await colleagueOf(browsers, server, organisation, reply);
  const beside = colleague.messages.message(reply).locator("img.avatar__picture");
  await expect(beside).toHaveCount(0);

  const { page, dialog } = await changing(browsers);
  const chooser = page.waitForEvent("filechooser");
  await dialog.getByRole("button", { name: "选择图片" }).click();
  await (await chooser).setFiles(picture("我.png", 900, 600));
  const square = stage(dialog);
  await expect(square).toBeFocused();
  await expectAccessible(page, "the dialog of one's picture");
  const zoom = dialog.getByRole("slider", { name: "缩放" });
  await expect(zoom).toHaveValue("0");
  const before = await middle(square);
  // By keyboard: to the right end of the picture, where it is bluer, and larger.
  for (let step = 0; step < 12; step += 1) await page.keyboard.press("ArrowLeft");
  await expect.poll(() => middle(square)).not.toEqual(before);
  await page.keyboard.press("+");
  await expect(zoom).not.toHaveValue("0");
  // And by mouse: dragged and enlarged.
  const box = await square.boundingBox();
  if (box === null) throw new Error("the square has no place");
  const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
  const kept = await middle(square);
  await page.mouse.move(x, y);
  await page.mouse.down();
  await page.mouse.move(x + 60, y, { steps: 4 });
  await page.mouse.up();
  await expect.poll(() => middle(square)).not.toEqual(kept);
  const enlarged = Number(await zoom.inputValue());
  await page.mouse.wheel(0, -200);
  await expect.poll(async () => Number(await zoom.inputValue())).toBeGreaterThan(enlarged);
  const wanted = await middle(square);
  await dialog.getByRole("button", { name: "保存" }).click();
  await expect(dialog).toBeHidden();
  const own = page.getByRole("region", { name: "账号信息" }).locator("img.avatar__picture");
  await expectShown(own);
  const saved = await middle(own);
  for (const [channel, value] of saved.entries()) {
    expect(Math.abs(value - (wanted[channel] ?? 0)), "what was in the square").toBeLessThan(12);
  }
  await expect(page.getByRole("button", { name: "账号菜单" }).locator("img.avatar__picture")).toHaveCount(1);

  await expectShown(beside);
  await colleague.page.getByRole("button", { name: `${organisation.me.name} 的资料` }).click();
  await expectShown(colleague.page.getByRole("dialog", { name: "客服资料" }).locator("img.avatar__picture"));
  await visitor.page.reload();
  await expectShown(face);
  await expect.poll(() => face.evaluate((shown: HTMLImageElement) => shown.naturalWidth)).toBeGreaterThan(1);
});

test("a picture is dropped, changed and removed, and the default is back everywhere", async ({
  browsers,
  organisation,
  admin,
  website,
  server,
}) => {
  const text = unique("在吗");
  await (await newVisitor(server.url, website.key)).say(text);
  const reply = unique("在的");
  await answer(admin, await onlyConversation(admin), reply);
  const colleague = await colleagueOf(browsers, server, organisation, reply);
  const beside = colleague.messages.message(reply).locator("img.avatar__picture");
  const { page, dialog } = await changing(browsers);
  const { buffer, mimeType, name } = picture("拖.png", 300, 500);
  const data = await page.evaluateHandle(
    ({ bytes, mimeType, name }) => {
      const data = new DataTransfer();
      data.items.add(new File([Uint8Array.from(atob(bytes), (one) => one.charCodeAt(0))], name, { type: mimeType }));
      return data;
    },
    { bytes: buffer.toString("base64"), mimeType, name },
  );
  await dialog.getByText("将图片拖放到此处").dispatchEvent("drop", { dataTransfer: data });
  await expect(stage(dialog)).toBeFocused();
  await dialog.getByRole("button", { name: "保存" }).click();
  await expect(dialog).toBeHidden();
  await expectShown(beside);
  const first = await beside.getAttribute("src");

  await page.getByRole("button", { name: "修改头像" }).click();
  await page.locator("input[type=file]").setInputFiles(picture("换.png", 64, 64, [20, 200, 60]));
  await expect(stage(dialog)).toBeFocused();
  await dialog.getByRole("button", { name: "保存" }).click();
  await expect(beside).not.toHaveAttribute("src", first ?? "");
  await expectShown(beside);

  await page.getByRole("button", { name: "修改头像" }).click();
  await dialog.getByRole("button", { name: "移除头像" }).click();
  await expect(dialog.getByRole("alert")).toContainText("移除后将显示默认头像");
  await expect(beside).toHaveCount(1);
  await dialog.getByRole("button", { name: "移除头像" }).click();
  await expect(dialog).toBeHidden();
  await expect(beside).toHaveCount(0);
  await expect(page.getByRole("region", { name: "账号信息" }).locator("img.avatar__picture")).toHaveCount(0);
});

test("what cannot be shown says why, and a save that fails keeps what was cut", async ({ browsers }) => {
  const { page, dialog } = await changing(browsers);
  const input = page.locator("input[type=file]");
  await input.setInputFiles({ ...paper("不是图片.png"), mimeType: "image/png" });
  await expect(dialog.getByRole("alert")).toContainText("无法打开这张图片");
  await expect(dialog.getByRole("button", { name: "保存" })).toHaveCount(0);
  await input.setInputFiles(claiming("大.png", 20_000, 20_000));
  await expect(dialog.getByRole("alert")).toContainText("图片过大");
  await input.setInputFiles(picture("好.png", 200, 200));
  await expect(stage(dialog)).toBeFocused();
  await expect(dialog.getByRole("alert")).toHaveCount(0);
  await page.route("**/api/v1/me/avatar", (route) => route.abort());
  await dialog.getByRole("button", { name: "保存" }).click();
  await expect(dialog.getByRole("alert")).toBeVisible();
  await page.unroute("**/api/v1/me/avatar");
  await dialog.getByRole("button", { name: "保存" }).click();
  await expect(dialog).toBeHidden();
});
