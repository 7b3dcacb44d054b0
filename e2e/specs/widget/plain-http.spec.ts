// Shops whose pages are plain http: no secure context, so no Web Locks and no `crypto.randomUUID`. `localhost` counts as
// secure in every browser, so these pages have names of their own.

import { plainHttp } from "../../browser.ts";
import { expect, test } from "../../fixtures/test.ts";

test.use(plainHttp);

test("the chat works on a plain-http page", async ({ browsers, shop }) => {
  const visitor = await browsers.visitor({ url: shop.replace("localhost", "shop.test") });
  expect(await visitor.page.evaluate(() => [isSecureContext, "locks" in navigator])).toEqual([false, false]);
  await visitor.open();
  await visitor.say("没有锁的网页");
  await expect(visitor.messages.mark("没有锁的网页", "sent")).toBeVisible();
  await visitor.page.reload();
  await expect(visitor.messages.message("没有锁的网页")).toHaveCount(1);
});

test("the chat link works over plain http", async ({ browsers, website, server }) => {
  const url = website.chat_url.replace(new URL(server.url).hostname, "parlor.test");
  const visitor = await browsers.visitor({ url });
  expect(await visitor.page.evaluate(() => isSecureContext)).toBe(false);
  await visitor.say("局域网里的链接");
  await expect(visitor.messages.mark("局域网里的链接", "sent")).toBeVisible();
});
