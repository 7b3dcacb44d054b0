// The chat on a phone covers the page, whatever the page's own style says, and has the focus while it does.

import { expect, test } from "../../fixtures/test.ts";

const phone = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };

test("custom properties of the host page do not shape the panel", async ({ browsers, site, website }) => {
  const head = `<style>:root, * { --vh: 40px; --vt: 300px; --c: red; --on: red; --bg: lime; }</style>`;
  const visitor = await browsers.visitor({ ...phone, url: site.publish({ body: website.embed_code, head }) });
  await visitor.open();
  await expect.poll(() => visitor.panel(website.name).boundingBox()).toEqual({ x: 0, y: 0, width: 390, height: 844 });
  await expect(visitor.launcher).toBeHidden();
});

test("the focus goes into the chat that covers the page, and back to the launcher", async ({ browsers, shop, website }) => {
  const visitor = await browsers.visitor({ ...phone, url: shop });
  await visitor.launcher.focus();
  await visitor.page.keyboard.press("Enter");
  await expect(visitor.panel(website.name)).toBeFocused();
  await expect(visitor.composer).toBeVisible();
  await expect(visitor.panel(website.name)).toHaveAttribute("aria-modal", "true");
  await expect(visitor.panel(website.name)).toBeFocused();
  await visitor.close.click();
  await expect(visitor.launcher).toBeFocused();
});

test("a chat beside the page is not modal", async ({ browsers, shop, website }) => {
  const visitor = await browsers.visitor({ url: shop });
  await visitor.open();
  await expect(visitor.panel(website.name)).toHaveAttribute("aria-modal", "false");
});

test("the page's script takes the focus from nobody", async ({ browsers, site, website }) => {
  const body = `<label>邮箱 <input></label>${website.embed_code}`;
  const visitor = await browsers.visitor({ url: site.publish({ body }) });
  const field = visitor.page.getByRole("textbox", { name: "邮箱" });
  await field.focus();
  const call = (command: string) =>
    visitor.page.evaluate((name) => (window as unknown as { Parlor: (call: string) => void }).Parlor(name), command);
  await call("open");
  await expect(visitor.composer).toBeVisible();
  await expect(field).toBeFocused();
  await call("close");
  await expect(visitor.panel(website.name)).toBeHidden();
  await expect(field).toBeFocused();
});
