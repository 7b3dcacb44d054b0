// axe finds nothing serious: every page, both themes.

import { answer, newOrganisation, newVisitor } from "@parlor/client/testing";
import { expectAccessible } from "../../fixtures/axe.ts";
import { addTags, giveTags } from "../../fixtures/tags.ts";
import { expect, onlyConversation, test } from "../../fixtures/test.ts";
import { ChannelPage } from "../../pages/channel.ts";
import { SettingsPage } from "../../pages/settings.ts";
import { WizardPage } from "../../pages/wizard.ts";

const COLORS = ["blue", "teal", "green", "yellow", "orange", "red", "purple", "gray"] as const;
const LEGAL = ["/legal/user-agreement", "/legal/service-agreement", "/legal/privacy-policy"];

for (const colorScheme of ["light", "dark"] as const) {
  test.describe(colorScheme, () => {
    for (const path of ["/login", "/register", ...LEGAL, "/dev/codes", "/nowhere"]) {
      test(path, async ({ browsers, server }) => {
        const page = await (await browsers.context({ baseURL: server.url, colorScheme })).newPage();
        await page.goto(path);
        await expect(page.getByRole("heading").first()).toBeVisible();
        await expectAccessible(page, path);
      });
    }

    test("registration with every error shown", async ({ browsers, server }) => {
      const page = await (await browsers.context({ baseURL: server.url, colorScheme })).newPage();
      await page.goto("/register");
      await page.getByRole("button", { name: "注册", exact: true }).click();
      await expect(page.getByText("组织名称不能为空")).toBeVisible();
      await expectAccessible(page, "registration with errors");
    });

    test("an empty inbox", async ({ browsers }) => {
      const agent = await browsers.console({ colorScheme });
      await expect(agent.page.getByText(agent.labels.noConversations)).toBeVisible();
      await expect(agent.connected).toBeVisible();
      await expectAccessible(agent.page, "an empty inbox");
    });

    test("the setup wizard and the help menu", async ({ browsers, server }) => {
      const { registration } = await newOrganisation(server.url);
      const agent = await browsers.console({ colorScheme, as: registration });
      const wizard = new WizardPage(agent);
      for (const step of ["profileStep", "channelStep", "colleagueStep", "welcomeStep"] as const) {
        await wizard.step(step).click();
        await expect(wizard.current).toHaveText(wizard.labels[step]);
        await expect(wizard.dialog.getByRole("textbox").last()).toBeVisible();
        await expectAccessible(agent.page, step);
      }
      await wizard.button("finish").click();
      await agent.page.getByRole("button", { name: agent.labels.help, exact: true }).click();
      await expect(agent.page.getByRole("menuitem").first()).toBeVisible();
      await expectAccessible(agent.page, "the help menu");
    });

    test("tags of every colour: managed, on a contact, and to be picked", async ({ browsers, website, server, admin }) => {
      const group = await addTags(admin, "来源", COLORS.map((color) => [color, color]));
      const visitor = await newVisitor(server.url, website.key);
      const { conversation_id } = await visitor.say("你好");
      await giveTags(admin, visitor.session.contact_id, group.tags.map(({ id }) => id));
      const viewport = { width: 1440, height: 900 };
      const agent = await browsers.console({ colorScheme, viewport, path: "/settings/tags" });
      await expect(agent.page.getByRole("button", { name: "gray 的颜色" })).toBeVisible();
      await expectAccessible(agent.page, "managing tags");
      await agent.page.goto(`/inbox/${conversation_id}`);
      await expect(agent.contact.getByText("purple", { exact: true })).toBeVisible();
      await expectAccessible(agent.page, "a contact with tags");
      await agent.contact.getByRole("button", { name: "选择标签" }).click();
      await expect(agent.page.getByRole("checkbox", { name: "purple" })).toBeChecked();
      await expectAccessible(agent.page, "the tag picker");
    });

    test("a conversation", async ({ browsers, website, server, admin }) => {
      const visitor = await newVisitor(server.url, website.key);
      const { conversation_id } = await visitor.say("你好");
      await answer(admin, conversation_id, "您好，请讲");
      await (await newVisitor(server.url, website.key)).say("另一位客人");
      const agent = await browsers.console({ colorScheme, path: `/inbox/${conversation_id}` });
      await expect(agent.messages.message("您好，请讲")).toBeVisible();
      await expect(agent.contact).toContainText("127.0.0.1");
      await expectAccessible(agent.page, "a conversation");
      await agent.accountMenu.click();
      await expect(agent.page.getByRole("menuitem").first()).toBeVisible();
      await expectAccessible(agent.page, "the account menu");
    });

    test("the console on a phone: list, drawer, conversation, no connection", async ({ browsers, website, server }) => {
      const { conversation_id } = await (await newVisitor(server.url, website.key)).say("用手机看");
      const agent = await browsers.console({ colorScheme, viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });
      await expect(agent.entry("用手机看")).toBeVisible();
      await expectAccessible(agent.page, "the list");
      await agent.page.getByRole("button", { name: "打开渠道列表" }).tap();
      await expect(agent.accountMenu).toBeVisible();
      await expectAccessible(agent.page, "the drawer");
      await agent.page.goto(`/inbox/${conversation_id}`);
      await expect(agent.messages.message("用手机看")).toBeVisible();
      await expectAccessible(agent.page, "the conversation");
      await agent.page.context().setOffline(true);
      await expect(agent.reconnecting).toBeVisible();
      await agent.say("发不出去");
      await expect(agent.messages.mark("发不出去", "sending")).toBeVisible();
      await expectAccessible(agent.page, "no connection");
    });

    test("offline by choice, and without a connection", async ({ browsers }) => {
      const agent = await browsers.console({ colorScheme, loginState: "suspended" });
      await expect(agent.page.getByRole("button", { name: agent.labels.goOnline })).toBeVisible();
      await expect(agent.connected).toBeVisible();
      await agent.page.context().setOffline(true);
      await expect(agent.reconnecting).toBeVisible();
      await expectAccessible(agent.page, "offline and disconnected");
    });

    test("a channel and the question before deleting it", async ({ browsers, website }) => {
      const agent = await browsers.console({ colorScheme, path: `/channels/${website.id}` });
      const form = new ChannelPage(agent.page);
      await expect(form.qrCode).toBeVisible();
      await expectAccessible(agent.page, "a channel");
      await form.deleteChannel.click();
      await expect(form.confirmName).toBeVisible();
      await expect(form.deletion).toContainText("0 条消息");
      await expectAccessible(agent.page, "the question before deleting");
    });

    test("/channels/new?kind=website", async ({ browsers }) => {
      const agent = await browsers.console({ colorScheme, path: "/channels/new?kind=website" });
      await expect(new ChannelPage(agent.page).name).toBeVisible();
      await expect(agent.connected).toBeVisible();
      await expectAccessible(agent.page, "a new channel");
    });

    test("/settings/account", async ({ browsers }) => {
      const agent = await browsers.console({ colorScheme, path: "/settings/account" });
      await expect(new SettingsPage(agent.page).devices.first()).toBeVisible();
      await expect(agent.connected).toBeVisible();
      await expectAccessible(agent.page, "one's own account");
    });

    test("the widget, closed, open and with its emoji", async ({ browsers, shop, admin }) => {
      const visitor = await browsers.visitor({ url: shop, colorScheme });
      await expect(visitor.launcher).toBeVisible();
      await expectAccessible(visitor.page, "the launcher");
      await visitor.open();
      await visitor.say("你好");
      await expect(visitor.messages.mark("你好", "sent")).toBeVisible();
      await answer(admin, await onlyConversation(admin), "您好");
      await expect(visitor.messages.message("您好")).toBeVisible();
      await expectAccessible(visitor.page, "the open widget");
      await visitor.emoji.click();
      await expect(visitor.picker).toBeVisible();
      await expectAccessible(visitor.page, "the emoji picker");
    });

    test("the chat page", async ({ browsers, website }) => {
      const visitor = await browsers.visitor({ url: website.chat_url, colorScheme });
      await expect(visitor.composer).toBeVisible();
      await expectAccessible(visitor.page, "the chat page");
    });
  });
}
