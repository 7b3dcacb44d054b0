// CHAN-WEB: the style editor, and what of it a visitor's page shows.

import { expectAccessible } from "../../fixtures/axe.ts";
import { atRest, expectWords } from "../../fixtures/moments.ts";
import { expect, test } from "../../fixtures/test.ts";

const phone = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };

test("a style is edited in its preview, undone, published, and an earlier one published anew", async ({ browsers, website, admin }) => {
  const params = { path: { channel_id: website.id } };
  const saved = () => admin.ok(admin.api.GET("/api/v1/channels/{channel_id}", { params }));
  const agent = await browsers.console({ path: `/channels/${website.id}` });
  const { page } = agent;
  await page.getByRole("link", { name: "设置样式" }).click();
  await expect(page).toHaveURL(new RegExp(`/channels/${website.id}/style$`));
  const preview = page.getByRole("img", { name: "预览: PC 中窗" });
  const height = page.getByRole("textbox", { name: "窗口高度", exact: true });
  const save = page.getByRole("button", { name: "保存", exact: true });
  await expect(height).toHaveValue("640");
  await expect(save).toBeDisabled();
  const window = preview.locator(".device__window");
  const drawn = async () => (await window.boundingBox())?.height ?? 0;
  const before = await drawn();

  // What is typed is drawn at once, and undone and done again by keys.
  await height.fill("400");
  await expect.poll(drawn).toBeLessThan(before * 0.7);
  await page.getByRole("slider", { name: /^窗口高度/ }).focus();
  await page.keyboard.press("Control+z");
  await expect(height).toHaveValue("640");
  await expect.poll(drawn).toBe(before);
  await page.keyboard.press("Control+Shift+z");
  await expect(height).toHaveValue("400");
  await expect(page.getByRole("status").filter({ hasText: "有未保存的修改" })).toBeVisible();

  // Text that cannot be read is warned of, and mended.
  await page.getByRole("textbox", { name: "背景颜色 色值" }).fill("#ffe14d");
  await page.getByRole("textbox", { name: "文字颜色 色值" }).fill("#fff6cc");
  await expect(page.getByRole("status").filter({ hasText: "低于 4.5 : 1" })).toBeVisible();
  await page.getByRole("button", { name: "修正文字颜色" }).click();
  await expect(page.getByRole("status").filter({ hasText: "清晰可读" })).toBeVisible();

  // What is out of bounds is named at its field and not saved.
  await height.fill("4000");
  await expect(height).toHaveAccessibleDescription(/1000/);
  await page.getByRole("radio", { name: "手机大窗" }).check();
  await save.click();
  await expect(page.getByRole("radio", { name: "PC 中窗" })).toBeChecked();
  expect((await saved()).style_revision).toBe(1);
  await height.fill("500");
  await page.getByRole("textbox", { name: "按钮文字" }).fill("在线咨询");

  // Leaving asks.
  await agent.conversationsLink.click();
  const question = page.getByRole("dialog").or(page.getByRole("alertdialog"));
  await question.getByRole("button", { name: "继续编辑" }).click();
  await expect(question).toHaveCount(0);

  await expectWords(page, "已发布版本 2", () => save.click());
  expect((await saved()).style).toMatchObject({
    launcher_text: "在线咨询",
    pc_medium: { height: 500, colors: { background: "#ffe14d" } },
  });
  await expect(save).toBeDisabled();

  await page.getByRole("button", { name: "历史版本" }).click();
  const versions = page.getByRole("dialog", { name: "历史版本" });
  await expect(versions.getByRole("button", { name: /^版本 2/ })).toHaveAttribute("aria-pressed", "true");
  await versions.getByRole("button", { name: /^版本 1/ }).click();
  await atRest(page);
  await expectAccessible(page, "the versions of a style");
  await versions.getByRole("button", { name: "恢复此版本" }).click();
  await expect(versions).toBeHidden();
  await expect(height).toHaveValue("640");
  expect(await saved()).toMatchObject({ style_revision: 3, style: website.style });
  await atRest(page);
  await expectAccessible(page, "the style editor");
});

test("the style editor fits a phone, in both languages and the dark theme", async ({ browsers, website }) => {
  const words = [
    { locale: "zh-CN", preview: "预览", first: "PC 中窗", second: "手机大窗" },
    { locale: "en-GB", preview: "Preview", first: "PC medium", second: "Mobile large" },
  ];
  for (const { locale, preview, first, second } of words) {
    const agent = await browsers.console({ ...phone, locale, colorScheme: "dark", path: `/channels/${website.id}/style` });
    const { page } = agent;
    await expect(page.getByRole("img", { name: `${preview}: ${first}` })).toBeVisible();
    await page.getByRole("radio", { name: second }).check();
    await expect(page.getByRole("img", { name: `${preview}: ${second}` })).toBeVisible();
    const width = await page.evaluate(() => document.documentElement.scrollWidth);
    expect(width).toBeLessThanOrEqual(390);
    await expectAccessible(page, `the style editor on a phone in ${locale}`);
  }
});

test("open widgets follow a publish, and every state has the place and the size that was chosen", async ({ browsers, website, shop, admin }) => {
  const params = { path: { channel_id: website.id } };
  const publish = (style: object) =>
    admin.ok(admin.api.PATCH("/api/v1/channels/{channel_id}", { params, body: { style: { ...website.style, ...style } } }));
  const colors = { background: "#123456", text: "#ffee00" };
  const pc = await browsers.visitor({ url: shop, viewport: { width: 1280, height: 900 } });
  const mobile = await browsers.visitor({ ...phone, url: shop });
  await pc.open();
  await mobile.open();
  await publish({
    pc_medium: { colors, bottom: 40, side: 30, height: 500 },
    pc_large: { width: 700, height: 600 },
    mobile_large: { colors, height_percent: 75 },
  });
  const panel = pc.panel(website.name);
  await expect.poll(() => panel.boundingBox()).toEqual({ x: 1280 - 380 - 30, y: 900 - 500 - 40, width: 380, height: 500 });
  await expect(panel.locator("header")).toHaveCSS("background-color", "rgb(18, 52, 86)");
  await expect(panel.locator("header")).toHaveCSS("color", "rgb(255, 238, 0)");
  // The window stands where the launcher stood, and is closed by its own button.
  const larger = panel.getByRole("button", { name: "放大窗口" });
  await larger.click();
  await expect(larger).toHaveAttribute("aria-pressed", "true");
  await expect.poll(() => panel.boundingBox()).toEqual({ x: 290, y: 150, width: 700, height: 600 });
  await expect(panel.locator("header")).toHaveCSS("background-color", "rgb(46, 105, 250)");
  await larger.click();
  await expect.poll(async () => (await panel.boundingBox())?.width).toBe(380);
  await pc.close.click();
  await expect(panel).toBeHidden();
  await expect(pc.launcher).toBeVisible();

  const sheet = mobile.panel(website.name);
  await expect.poll(() => sheet.boundingBox()).toEqual({ x: 0, y: 211, width: 390, height: 633 });
  await expect(sheet.locator("header")).toHaveCSS("background-color", "rgb(18, 52, 86)");
  await expect(sheet.getByRole("button", { name: "放大窗口" })).toBeHidden();
});

test("the launcher has its place, side, colours and words before anything else is loaded", async ({ browsers, website, shop, admin }) => {
  const params = { path: { channel_id: website.id } };
  const colors = { background: "#ffd54a", text: "#222222" };
  const style = {
    ...website.style,
    position: "left" as const,
    launcher_text: "Ask us",
    language: "en" as const,
    pc_small: { colors, bottom: 64, side: 48 },
    mobile_small: { colors: { background: null, text: null }, bottom: 90, side: 12 },
  };
  await admin.ok(admin.api.PATCH("/api/v1/channels/{channel_id}", { params, body: { style } }));
  for (const [device, left, bottom] of [[{ viewport: { width: 1280, height: 800 } }, 48, 64], [phone, 12, 90]] as const) {
    const visitor = await browsers.visitor({ ...device, url: shop });
    const loaded: string[] = [];
    visitor.page.on("request", (request) => void loaded.push(request.url()));
    const launcher = visitor.page.getByRole("button", { name: "Ask us", exact: true });
    await expect(launcher).toBeVisible();
    const box = await launcher.boundingBox();
    expect(box).toMatchObject({ x: left, height: 60 });
    expect(device.viewport.height - ((box?.y ?? 0) + 60)).toBe(bottom);
    expect(box?.width).toBeGreaterThan(90);
    await expect(launcher).toHaveCSS("background-color", device === phone ? "rgb(46, 105, 250)" : "rgb(255, 213, 74)");
    expect(loaded.filter((url) => url.endsWith(".wasm"))).toEqual([]);
  }
});
