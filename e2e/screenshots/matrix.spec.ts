// Every page and state at two widths, in both themes and languages, into `test-results/screens/`.

import { answer } from "@parlor/client/testing";
import { expect, test } from "../fixtures/test.ts";
import { ChannelPage } from "../pages/channel.ts";
import type { ConsolePage } from "../pages/console.ts";
import { aMorning, BEHIND_A_PROXY } from "./morning.ts";
import { LOOKS } from "./shoot.ts";

test.use({ ownServer: true, serverSettings: BEHIND_A_PROXY });

for (const { name, language, labels, options, shoot } of LOOKS) {
  test.describe(name, () => {
    test("before signing in", async ({ browsers, server }) => {
      const context = await browsers.context({ ...options, baseURL: server.url });
      await context.addInitScript((chosen) => localStorage.setItem("parlor.language", chosen), language);
      const page = await context.newPage();
      for (const [name, path] of [["login", "/login"], ["register", "/register"], ["legal", "/legal/user-agreement"], ["codes", "/dev/codes"], ["nowhere", "/nowhere"]] as const) {
        await page.goto(path);
        await expect(page.getByRole("heading").first()).toBeVisible();
        await shoot(page, name);
      }
      await page.goto("/register");
      await page.getByRole("button", { name: labels.register, exact: true }).click();
      await shoot(page, "register-errors");
    });

    test("the console", async ({ browsers, website, admin, server }) => {
      const agent: ConsolePage = await browsers.console(options);
      await expect(agent.connected).toBeVisible();
      await shoot(agent.page, "inbox-empty");
      const conversation = await aMorning(server.url, website.key, admin);
      await expect(agent.entry("five days")).toBeVisible();
      await shoot(agent.page, "inbox-list");
      await agent.page.goto(`/inbox/${conversation}`);
      await expect(agent.messages.message("太好了")).toBeVisible();
      await shoot(agent.page, "inbox-conversation");
      await agent.page.context().setOffline(true);
      await expect(agent.reconnecting).toBeVisible();
      await agent.say("稍等，我确认一下。");
      await shoot(agent.page, "inbox-offline");
      await agent.page.context().setOffline(false);
      await agent.page.goto(`/channels/${website.id}`);
      const form = new ChannelPage(agent.page, language);
      await expect(form.name).toHaveValue(website.name);
      await shoot(agent.page, "channel");
      await form.deleteChannel.click();
      await expect(form.confirmName).toBeVisible();
      await shoot(agent.page, "channel-delete");
      for (const [name, path] of [["channel-new", "/channels/new?kind=website"], ["settings", "/settings/account"]] as const) {
        await agent.page.goto(path);
        await expect(agent.page.getByRole("heading").first()).toBeVisible();
        await expect(agent.connected).toBeVisible();
        await shoot(agent.page, name);
      }
    });

    test("the widget", async ({ browsers, shop, admin, website }) => {
      const visitor = await browsers.visitor({ ...options, url: shop });
      await expect(visitor.launcher).toBeVisible();
      await shoot(visitor.page, "widget-closed");
      await visitor.open();
      await expect(visitor.connecting).toHaveCount(0);
      await shoot(visitor.page, "widget-empty");
      await visitor.say("你好，这支钢笔有蓝色的吗？");
      await expect(visitor.messages.mark("有蓝色的吗", "sent")).toBeVisible();
      const conversation = (await admin.ok(admin.api.GET("/api/v1/conversations"))).items[0]?.id ?? "";
      await answer(admin, conversation, "您好！有墨蓝、湖蓝和黑色三种，都有现货。\nhttps://shop.example/pens/7");
      await expect(visitor.messages.message("都有现货")).toBeVisible();
      await shoot(visitor.page, "widget-conversation");
      await visitor.emoji.click();
      await shoot(visitor.page, "widget-emoji");
      await visitor.page.keyboard.press("Escape");
      await visitor.page.context().setOffline(true);
      await visitor.say("我在地铁里");
      await expect(visitor.messages.mark("我在地铁里", "waiting")).toBeVisible();
      await shoot(visitor.page, "widget-offline");
      await visitor.page.context().setOffline(false);
      await visitor.page.goto(website.chat_url);
      await expect(visitor.composer).toBeVisible();
      await expect(visitor.connecting).toHaveCount(0);
      await shoot(visitor.page, "chat-page");
    });
  });
}
