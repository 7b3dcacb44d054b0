// What is written is not lost: with several tabs, with tabs in the background, and with a browser's store that is broken.

import { answer } from "@parlor/client/testing";
import { expectKept, expectNoted } from "../../fixtures/kept.ts";
import { expect, test, textOf } from "../../fixtures/test.ts";
import { WidgetPage } from "../../pages/widget.ts";

test("what a closed tab could not send is sent by the tab that stays", async ({ browsers, shop }) => {
  const stays = await browsers.visitor({ url: shop });
  await stays.open();
  await stays.say("两个标签页");
  await expect(stays.messages.mark("两个标签页", "sent")).toBeVisible();
  const context = stays.page.context();
  const goes = new WidgetPage(await context.newPage());
  await goes.page.goto(shop);
  await goes.open();
  await expect(goes.messages.message("两个标签页")).toBeVisible();
  await context.setOffline(true);
  await goes.say("关掉的标签页写的");
  await expect(goes.messages.mark("关掉的标签页写的", "waiting")).toBeVisible();
  await expectKept(goes.page, "关掉的标签页写的");
  await goes.page.close();
  await context.setOffline(false);
  await expect(stays.messages.mark("关掉的标签页写的", "sent")).toBeVisible();
  await expect(stays.messages.message("关掉的标签页写的")).toHaveCount(1);
});

test("a tab that was opened in the background counts what is unread once it is looked at", async ({ browsers, shop, admin }) => {
  const visitor = await browsers.visitor({ url: shop });
  await visitor.open();
  await visitor.say("稍后再看");
  await expect(visitor.messages.mark("稍后再看", "sent")).toBeVisible();
  await visitor.close.click();
  const context = visitor.page.context();
  await visitor.page.close();
  await answer(admin, (await admin.ok(admin.api.GET("/api/v1/conversations"))).items[0]?.id ?? "", "回您了");
  const tab = new WidgetPage(await context.newPage());
  await tab.page.addInitScript(() => {
    Object.defineProperty(document, "hidden", { configurable: true, get: () => true });
  });
  await tab.page.goto(shop, { waitUntil: "networkidle" });
  await tab.page.evaluate(() => {
    Object.defineProperty(document, "hidden", { configurable: true, get: () => false });
    document.dispatchEvent(new Event("visibilitychange"));
  });
  await expect(tab.unread(1)).toBeVisible();
});

test("a store that never answers does not keep the chat from starting", async ({ browsers, shop }) => {
  const visitor = await browsers.visitor();
  await visitor.page.addInitScript(() => {
    IDBFactory.prototype.open = () => new EventTarget() as IDBOpenDBRequest;
  });
  await visitor.page.goto(shop);
  await visitor.open();
  await visitor.say("没有存储");
  await expect(visitor.messages.mark("没有存储", "sent")).toBeVisible();
});

test("a connection to the store that broke is made anew", async ({ browsers, shop, admin }) => {
  const visitor = await browsers.visitor();
  await visitor.page.addInitScript(() => {
    const { open } = IDBFactory.prototype;
    IDBFactory.prototype.open = function (...args) {
      const request = open.apply(this, args);
      request.addEventListener("success", () => {
        addEventListener("break-stores", () => request.result.close());
      });
      return request;
    };
  });
  await visitor.page.goto(shop);
  await visitor.open();
  const context = visitor.page.context();
  await visitor.page.evaluate(() => dispatchEvent(new Event("break-stores")));
  await context.setOffline(true);
  await visitor.say("断了也要留住");
  await expect(visitor.messages.mark("断了也要留住", "waiting")).toBeVisible();
  await expectKept(visitor.page, "断了也要留住");
  await expectNoted(visitor.page);
  const next = await context.newPage();
  await visitor.page.close();
  await context.setOffline(false);
  await next.goto(shop);
  const last = async () => {
    const content = (await admin.ok(admin.api.GET("/api/v1/conversations"))).items[0]?.last_message?.content;
    return content && textOf(content);
  };
  await expect.poll(last).toBe("断了也要留住");
});
