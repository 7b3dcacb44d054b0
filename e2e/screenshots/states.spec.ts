// What stands between the pages of `matrix.spec.ts`: menus, drawers, pickers, trouble, much of everything.

import type { WebSocketRoute } from "@playwright/test";
import type { Fetch } from "@parlor/client";
import { answer, newChannel, newOrganisation, newRegistration, newVisitor } from "@parlor/client/testing";
import { expect, test } from "../fixtures/test.ts";
import { SettingsPage } from "../pages/settings.ts";
import { WidgetPage } from "../pages/widget.ts";
import { WizardPage } from "../pages/wizard.ts";
import { aMorning, BEHIND_A_PROXY } from "./morning.ts";
import { LOOKS } from "./shoot.ts";

const LONG_NAME = "晨光文具官方旗舰店（钢笔与墨水）华东区在线接待与售后服务中心二号";

test.use({ ownServer: true, serverSettings: BEHIND_A_PROXY });

/** Refuses what the agent sends, as a server does. */
function refuseMessages(socket: WebSocketRoute): void {
  const server = socket.connectToServer();
  const problem = { type: "urn:parlor:error:too_large", title: "Too large", status: 413, code: "too_large", detail: "" };
  socket.onMessage((data) => {
    const frame = JSON.parse(String(data)) as { type: string; nonce?: string };
    if (frame.type === "send_message") {
      socket.send(JSON.stringify({ type: "rejected", nonce: frame.nonce, problem }));
    } else {
      server.send(data);
    }
  });
}

for (const { name, width, language, labels, options, shoot } of LOOKS) {
  const phone = width === 390;

  test.describe(name, () => {
    test("the setup wizard, its help menu and a welcome", async ({ browsers, server }) => {
      const { registration, admin } = await newOrganisation(server.url);
      const agent = await browsers.console({ ...options, as: registration });
      const { page } = agent;
      const wizard = new WizardPage(agent);
      await wizard.step("channelStep").click();
      await expect(wizard.button("addChannel")).toBeVisible();
      await shoot(page, "wizard-channel-new");
      await wizard.step("profileStep").click();
      await expect(wizard.field("email")).toHaveValue(registration.email);
      await shoot(page, "wizard-profile");
      const website = await newChannel(admin);
      await wizard.step("channelStep").click();
      await expect(wizard.field("embedCode")).toBeVisible();
      await shoot(page, "wizard-channel");
      await wizard.step("colleagueStep").click();
      await wizard.button("addColleague").click();
      await expect(wizard.field("account")).toHaveAttribute("aria-invalid", "true");
      await shoot(page, "wizard-colleague-errors");
      await wizard.field("personName").fill("王晓");
      await wizard.field("account").fill(newRegistration().account);
      await wizard.button("generate").click();
      await shoot(page, "wizard-colleague");
      await wizard.button("addColleague").click();
      await expect(wizard.field("signInDetails")).toBeVisible();
      await shoot(page, "wizard-colleague-added");
      await wizard.step("welcomeStep").click();
      await wizard.field("welcome").fill("您好，欢迎光临晨光文具！\n请问有什么可以帮您？");
      await wizard.button("save").click();
      await expect(wizard.dialog.getByText(wizard.labels.saved, { exact: true })).toBeVisible();
      await shoot(page, "wizard-welcome");
      await wizard.button("finish").click();
      if (phone) {
        await page.getByRole("navigation", { name: /页面导航|Pages/ }).getByRole("button").tap();
      }
      await page.getByRole("button", { name: labels.help, exact: true }).click();
      await expect(page.getByRole("menuitem").first()).toBeVisible();
      await shoot(page, "help-menu");
      await page.getByRole("menuitem", { name: labels.about }).click();
      await expect(page.getByRole("dialog", { name: labels.about })).toContainText(/\d+\.\d+/);
      await shoot(page, "about");
      const visitor = new WidgetPage(await (await browsers.context(options)).newPage(), language);
      await visitor.page.goto(website.chat_url);
      await expect(visitor.messages.message("欢迎光临")).toBeVisible();
      await shoot(visitor.page, "widget-welcome");
      await visitor.say("有蓝色的吗？");
      await expect(visitor.messages.mark("有蓝色的吗？", "sent")).toBeVisible();
      await shoot(visitor.page, "widget-welcomed");
      await page.goto("/inbox");
      await agent.open("有蓝色的吗？");
      await expect(agent.messages.message("欢迎光临")).toBeVisible();
      await shoot(page, "console-welcomed");
    });

    test("menus, drawer, panel, picker", async ({ browsers, website, admin, server }) => {
      const conversation = await aMorning(server.url, website.key, admin);
      const agent = await browsers.console(options);
      const { page } = agent;
      await expect(agent.entry("five days")).toBeVisible();
      await agent.entry("five days").click({ button: "right" });
      await expect(page.getByRole("menuitem").first()).toBeVisible();
      await shoot(page, "row-menu");
      await page.keyboard.press("Escape");
      if (phone) {
        await page.getByRole("navigation", { name: /页面导航|Pages/ }).getByRole("button").tap();
        await expect(agent.accountMenu).toBeVisible();
        await shoot(page, "drawer");
      }
      await agent.accountMenu.click();
      await expect(page.getByRole("menuitem").first()).toBeVisible();
      await shoot(page, "account-menu");
      await page.keyboard.press("Escape");
      await page.getByRole("button", { name: labels.add, exact: true }).click();
      await expect(page.getByRole("menuitem", { name: labels.addChannel })).toBeVisible();
      await shoot(page, "channel-add-menu");
      await page.goto(`/inbox/${conversation}`);
      await expect(agent.messages.message("太好了")).toBeVisible();
      await page.getByRole("button", { name: labels.emoji, exact: true }).click();
      await shoot(page, "console-emoji");
      await page.keyboard.press("Escape");
      await agent.composer.fill("商品页第二张图就是湖蓝，\n您可以先看看。");
      await shoot(page, "composing");
      await agent.composer.fill("");
      if (phone) {
        await page.getByRole("button", { name: /的联系人信息$|^Contact of/ }).tap();
        await expect(agent.contact).toBeVisible();
        await shoot(page, "contact");
      } else {
        await page.setViewportSize({ width: 1100, height: 800 });
        await shoot(page, "inbox-1100");
      }
    });

    test("trouble", async ({ browsers, website, server, admin }) => {
      await aMorning(server.url, website.key, admin);
      const suspended = await browsers.console({ ...options, loginState: "suspended" });
      await expect(suspended.page.getByRole("button", { name: labels.goOnline })).toBeVisible();
      await expect(suspended.entry("five days")).toBeVisible();
      await shoot(suspended.page, "suspended");
      const refused = await browsers.console({ ...options, path: "/settings/account" });
      await refused.page.routeWebSocket(/\/api\/v1\/socket/, refuseMessages);
      await refused.page.goto("/inbox");
      await refused.open("five days");
      await refused.say("Here is the tracking number.");
      await expect(refused.messages.retry("tracking number")).toBeVisible();
      await shoot(refused.page, "failed-message");
      // Some 25 minutes later.
      const waiting = await browsers.console({ ...options, path: "/settings/account" });
      await waiting.page.clock.setFixedTime(Date.now() + 25 * 60_000);
      await waiting.page.goto("/inbox");
      await expect(waiting.entry("👍")).toBeVisible();
      await shoot(waiting.page, "waiting-long");
      await waiting.page.clock.setFixedTime(Date.now() + 6 * 60_000);
      await waiting.page.reload();
      await expect(waiting.entry("👍")).toBeVisible();
      await shoot(waiting.page, "waiting");
      // Whatever is asked for stays away.
      const loading = await browsers.console({ ...options, path: "/settings/account" });
      await expect(loading.page.getByRole("heading").first()).toBeVisible();
      await loading.page.route(/\/api\/v1\/(conversations|channels)/, () => undefined);
      await loading.page.goto("/inbox");
      await expect(loading.list).toBeVisible();
      await shoot(loading.page, "loading");
    });

    test("much of everything", async ({ browsers, website, server, admin }) => {
      const second = await newChannel(admin, LONG_NAME);
      for (let number = 1; number <= 52; number += 1) {
        const from: Fetch = (request) => {
          request.headers.set("x-forwarded-for", `203.0.113.${number}`);
          return fetch(request);
        };
        const visitor = await newVisitor(server.url, number % 3 === 0 ? second.key : website.key, { fetch: from });
        await visitor.say(`第 ${number} 位：请问这款钢笔什么时候有货？我想要三支送人，最好能在周五之前寄到上海，谢谢`);
        await visitor.say("在吗？");
      }
      const agent = await browsers.console(options);
      await expect(agent.entry("在吗？").first()).toBeVisible();
      await agent.rows.first().hover();
      await agent.page.mouse.wheel(0, 700);
      await shoot(agent.page, "much");
      await agent.page.goto(`/channels/${second.id}`);
      await expect(agent.page.getByRole("heading", { name: LONG_NAME })).toBeVisible();
      await shoot(agent.page, "channel-whole", "whole");
      await agent.page.goto("/settings/account");
      await expect(new SettingsPage(agent.page, language).devices.first()).toBeVisible();
      await agent.page.locator("#content").evaluate((content) => content.scrollTo(0, content.scrollHeight));
      await shoot(agent.page, "settings-end");
    });

    test("the widget: unread and closed", async ({ browsers, shop, admin, website }) => {
      const visitor = await browsers.visitor({ ...options, url: shop });
      await visitor.open();
      await visitor.say("你好，这支钢笔有蓝色的吗？");
      await expect(visitor.messages.mark("有蓝色的吗", "sent")).toBeVisible();
      await visitor.close.click();
      const conversation = (await admin.ok(admin.api.GET("/api/v1/conversations"))).items[0]?.id ?? "";
      await answer(admin, conversation, "您好！有墨蓝、湖蓝和黑色三种。");
      await expect(visitor.unread(1)).toBeVisible();
      await shoot(visitor.page, "widget-unread");
      await visitor.open();
      await admin.ok(
        admin.api.PATCH("/api/v1/channels/{channel_id}", { params: { path: { channel_id: website.id } }, body: { enabled: false } }),
      );
      await expect(visitor.composer).toBeHidden();
      await shoot(visitor.page, "widget-disabled");
    });
  });
}
