// What an agent has open in the course of a day: menus of messages and conversations, colleagues, search, files, notices.

import { randomUUID } from "node:crypto";
import { answer, newAgent, newVisitor } from "@parlor/client/testing";
import { picture, paper } from "../fixtures/files.ts";
import { addTags, giveTags } from "../fixtures/tags.ts";
import { expect, test } from "../fixtures/test.ts";
import { aMorning, BEHIND_A_PROXY } from "./morning.ts";
import { LOOKS } from "./shoot.ts";

test.use({ ownServer: true, serverSettings: BEHIND_A_PROXY });

for (const { name, width, labels, options, shoot } of LOOKS) {
  const phone = width === 390;

  test.describe(name, () => {
    test("messages and their menus", async ({ browsers, website, admin, server }) => {
      const conversation = await aMorning(server.url, website.key, admin);
      const agent = await browsers.console({ ...options, path: `/inbox/${conversation}` });
      const { page, messages } = agent;
      await agent.ready("太好了");
      const asked = messages.message("湖蓝的图片可以看一下吗");
      await asked.click({ button: "right" });
      await expect(page.getByRole("menuitem", { name: /^引用$|^Quote$/ })).toBeVisible();
      await shoot(page, "message-menu");
      await page.getByRole("menuitem", { name: /^引用$|^Quote$/ }).click();
      await agent.composer.fill("这就发给您。");
      await shoot(page, "quote-bar");
      await agent.send.click();
      await agent.say("价格写错了");
      await expect(messages.mark("价格写错了", "sent")).toBeVisible();
      await messages.message("价格写错了").click({ button: "right" });
      await page.getByRole("menuitem", { name: /^撤回$|^Recall$/ }).click();
      await expect(page.getByRole("button", { name: /重新编辑|Edit again/ })).toBeVisible();
      const chooser = page.waitForEvent("filechooser");
      if (phone) {
        await page.getByRole("button", { name: labels.attachMore, exact: true }).click();
      }
      await page.getByRole("button", { name: labels.image, exact: true }).click();
      await (await chooser).setFiles([picture("湖蓝.png"), paper("报价单.pdf")]);
      await expect(messages.log.getByText("报价单.pdf")).toBeVisible();
      await shoot(page, "quoted-recalled-files");
      await messages.log.getByRole("button", { name: /湖蓝\.png/ }).first().click();
      await expect(page.locator("dialog[open] img")).toBeVisible();
      await shoot(page, "lightbox");
      await page.keyboard.press("Escape");
      await agent.composer.fill("还有一件事");
      await page.getByRole("button", { name: labels.emoji, exact: true }).click();
      await page.getByRole("dialog", { name: labels.emoji }).locator("input").fill(phone ? "花" : "heart");
      await shoot(page, "emoji-search");
    });

    test("tags: on a contact, to be picked, as a filter, and managed", async ({ browsers, website, admin, server }) => {
      const level = await addTags(admin, "客户级别", [["金牌会员", "yellow"], ["银牌会员", "gray"], ["新客户", "teal"]], true);
      const source = await addTags(admin, "来源", [["展会", "green"], ["朋友介绍", "blue"], ["短视频广告投放", "purple"], ["退换货", "red"]]);
      const conversation = await aMorning(server.url, website.key, admin);
      const all = (await admin.ok(admin.api.GET("/api/v1/conversations"))).items;
      const ids = [...level.tags.slice(0, 1), ...source.tags].map(({ id }) => id);
      for (const [place, { contact }] of all.entries()) {
        await giveTags(admin, contact.id, place === 1 ? [] : ids.slice(place % 3, place === 0 ? 5 : (place % 3) + 2));
      }
      const agent = await browsers.console({ ...options, path: "/inbox" });
      const { page } = agent;
      await expect(agent.rows.first()).toBeVisible();
      await shoot(page, "tags-list");
      await agent.list.getByRole("button", { name: /^标签|^Tags/ }).click();
      await expect(page.getByRole("menuitemradio").last()).toBeVisible();
      await shoot(page, "tags-filter");
      await page.keyboard.press("Escape");
      await page.goto(`/inbox/${conversation}`);
      await agent.ready("太好了");
      if (phone) await page.getByRole("button", { name: /^查看联系人信息$|^Contact/ }).first().click();
      await agent.contact.getByRole("button", { name: /^选择标签$|^Choose tags$/ }).click();
      await expect(page.getByRole("radio").first()).toBeVisible();
      await shoot(page, "tags-picker");
      await page.keyboard.press("Escape");
      await shoot(page, "tags-contact");
      await page.goto("/settings/tags");
      await expect(page.getByRole("heading", { name: "客户级别" })).toBeVisible();
      await shoot(page, "tags-manage");
      await page.getByRole("button", { name: /展会/ }).last().click();
      await expect(page.getByRole("dialog")).toContainText(/\d/);
      await shoot(page, "tags-delete");
    });

    test("one's picture, files that wait, a mention, a large picture", async ({ browsers, website, admin, server, organisation }) => {
      const conversation = await aMorning(server.url, website.key, admin);
      const agent = await browsers.console({ ...options, path: "/settings/account" });
      const { page } = agent;
      await page.getByRole("button", { name: /^修改头像$|^Change picture$/ }).click();
      const dialog = page.getByRole("dialog", { name: /^修改头像$|^Change picture$/ });
      await expect(dialog.getByRole("button", { name: /^选择图片$|^Choose a picture$/ })).toBeVisible();
      await shoot(page, "avatar-empty");
      const chooser = page.waitForEvent("filechooser");
      await dialog.getByRole("button", { name: /^选择图片$|^Choose a picture$/ }).click();
      await (await chooser).setFiles(picture("me.png", 900, 600));
      await expect(dialog.getByRole("slider")).toBeVisible();
      await shoot(page, "avatar-cropping");
      await dialog.getByRole("button", { name: /^保存$|^Save$/ }).click();
      await expect(dialog).toBeHidden();
      await expect(page.locator(".account img.avatar__picture, main img.avatar__picture").first()).toBeVisible();
      await shoot(page, "avatar-account");

      const colleague = await newAgent(server, organisation, { name: "周云", role: "supervisor" });
      const other = await (await newVisitor(server.url, website.key)).say("退款什么时候到？");
      const body = { nonce: randomUUID(), text: "这一单请你批退款", mentions: [organisation.me.id] };
      const params = { path: { conversation_id: other.conversation_id } };
      await colleague.client.ok(colleague.client.api.POST("/api/v1/conversations/{conversation_id}/notes", { params, body }));
      await page.goto(`/inbox/${conversation}`);
      await agent.ready("太好了");
      const files = [picture("屏幕截图 2026-11-26.png", 1200, 800), picture("湖蓝.png"), paper("报价单.pdf")];
      const made = files.map(({ name, mimeType, buffer }) => ({ name, mimeType, base64: buffer.toString("base64") }));
      await agent.composer.evaluate((field, made) => {
        const clipboardData = new DataTransfer();
        for (const { name, mimeType, base64 } of made) {
          const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
          clipboardData.items.add(new File([bytes], name, { type: mimeType }));
        }
        field.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
      }, made);
      await expect(page.locator(".upload-tray__item")).toHaveCount(3);
      await agent.composer.fill("这是湖蓝的图片和报价");
      await shoot(page, "files-that-wait");
      if (phone) await page.goto("/inbox");
      await expect(agent.entry(/有人@我|Mentions you/)).toBeVisible();
      await shoot(page, "mentioned");
      await page.goto(`/inbox/${conversation}`);
      await agent.ready("太好了");
      const picked = page.waitForEvent("filechooser");
      if (phone) await page.getByRole("button", { name: labels.attachMore, exact: true }).click();
      await page.getByRole("button", { name: labels.image, exact: true }).click();
      await (await picked).setFiles([picture("大图.png", 2600, 1800)]);
      await agent.messages.log.getByRole("button", { name: /大图\.png/ }).click();
      const shown = page.locator("dialog[open] img");
      await expect(shown).toBeVisible();
      await shoot(page, "lightbox-fits");
      await shown.click();
      await expect(shown).toHaveClass(/--large/);
      await shoot(page, "lightbox-large");
    });

    test("days and views of the list", async ({ browsers, website, admin, server }) => {
      await aMorning(server.url, website.key, admin);
      const zh = options.locale === "zh-CN";
      const names = zh ? ["今日待办", "旗舰店本周未读的会话要在下班前看完哦", "十一月"] : ["To do today", "Unread of the shop, this week", "November"];
      const items = [
        { id: "0190163d-8694-739b-aea5-966c26f8ad91", name: names[0] ?? "", filter: "waiting" as const, last_days: 7 },
        { id: "0190163d-8694-739b-aea5-966c26f8ad92", name: names[1] ?? "", filter: "unread" as const, channel_id: website.id },
        { id: "0190163d-8694-739b-aea5-966c26f8ad93", name: names[2] ?? "", filter: "all" as const, from: "2026-11-01", to: "2026-11-30" },
      ];
      await admin.ok(admin.api.PUT("/api/v1/me/saved-views", { body: { items, revision: 0 } }));
      const agent = await browsers.console({ ...options, path: "/inbox" });
      const { page } = agent;
      const days = page.getByRole("button", { name: /^日期|^Date/ });
      const views = page.getByRole("button", { name: /^视图|^View/ });
      await agent.rows.first().waitFor();
      await days.click();
      await shoot(page, "days-menu");
      await page.getByRole("menuitemradio", { name: /自定义日期|Custom dates/ }).click();
      await page.getByLabel(/^开始日期$|^From$/).fill("2026-11-01");
      await shoot(page, "days-dialog");
      await page.keyboard.press("Escape");
      await views.click();
      await shoot(page, "views-menu");
      await page.getByRole("menuitemradio", { name: names[1] ?? "" }).click();
      await shoot(page, "views-chosen");
      await days.click();
      await page.getByRole("menuitemradio", { name: /近 30 天|Last 30 days/ }).click();
      await views.click();
      await page.getByRole("menuitem", { name: /^保存当前|^Save current/ }).click();
      await page.getByRole("textbox", { name: /视图名称|View name/ }).waitFor();
      await shoot(page, "views-save");
      await page.keyboard.press("Escape");
      await views.click();
      await page.getByRole("menuitem", { name: /^管理|^Manage/ }).click();
      await page.getByRole("button", { name: /^上移|^Move/ }).first().waitFor();
      await shoot(page, "views-manage");
      await page.getByRole("button", { name: /^删除 |^Delete / }).first().click();
      await page.getByRole("alert").waitFor();
      await shoot(page, "views-delete");
    });

    test("colleagues", async ({ browsers, website, admin, server, organisation }) => {
      const conversation = await aMorning(server.url, website.key, admin);
      const colleague = await newAgent(server, organisation, { name: "周云" });
      await newAgent(server, organisation, { name: "吴海" });
      const path = { conversation_id: conversation, agent_id: colleague.me.id };
      await admin.ok(admin.api.PUT("/api/v1/conversations/{conversation_id}/members/{agent_id}", { params: { path } }));
      await answer(colleague.client, conversation, "我来打包，马上就发。");
      const agent = await browsers.console({ ...options, path: `/inbox/${conversation}` });
      const { page } = agent;
      await agent.ready("我来打包");
      await page.getByRole("button", { name: /^会话设置$|^Conversation settings$/ }).click();
      await expect(page.getByRole("menuitem", { name: /添加客服|Add an agent/ })).toBeVisible();
      await shoot(page, "conversation-settings");
      await page.getByRole("menuitem", { name: /添加客服|Add an agent/ }).click();
      await expect(page.getByRole("dialog").getByText("吴海")).toBeVisible();
      await shoot(page, "agent-picker");
      await page.keyboard.press("Escape");
      await page.getByRole("button", { name: /^会话设置$|^Conversation settings$/ }).click();
      await page.getByRole("menuitem", { name: /移除客服|Remove an agent/ }).click();
      await page.getByRole("dialog").getByRole("button", { name: /移除 周云|Remove 周云/ }).click();
      await shoot(page, "agent-removal");
      await page.keyboard.press("Escape");
      await page.getByRole("button", { name: /^会话设置$|^Conversation settings$/ }).click();
      await page.getByRole("menuitem", { name: /周云 的资料|About 周云/ }).click();
      await expect(page.getByRole("dialog")).toContainText("周云");
      await shoot(page, "agent-card");
      await page.keyboard.press("Escape");
      await page.getByRole("button", { name: /^会话设置$|^Conversation settings$/ }).click();
      await page.getByRole("menuitem", { name: /清空聊天记录|Clear history/ }).click();
      await expect(page.getByRole("dialog")).toBeVisible();
      await shoot(page, "clear-question");
      const theirs = await browsers.console({ ...options, as: colleague, path: `/inbox/${conversation}` });
      await theirs.ready("我来打包");
      await admin.ok(admin.api.DELETE("/api/v1/conversations/{conversation_id}/members/{agent_id}", { params: { path } }));
      await expect(theirs.page.getByText(/您已不在此会话中|You are no longer in this conversation/)).toBeVisible();
      await shoot(theirs.page, "withdrawn");
    });

    test("internal notes", async ({ browsers, website, admin, server, organisation }) => {
      const conversation = await aMorning(server.url, website.key, admin);
      const colleague = await newAgent(server, organisation, { name: "周云", role: "supervisor" });
      await newAgent(server, organisation, { name: "吴海", role: "supervisor" });
      const params = { path: { conversation_id: conversation } };
      const notes = colleague.client.api.POST("/api/v1/conversations/{conversation_id}/notes", {
        params,
        body: { nonce: randomUUID(), text: "老客户，上个月买过两支，可以给九折。", mentions: [organisation.me.id] },
      });
      await colleague.client.ok(notes);
      const agent = await browsers.console({ ...options, path: `/inbox/${conversation}` });
      const { page } = agent;
      await agent.ready("老客户");
      await page.getByRole("button", { name: /^内部备注$|^Internal note$/ }).click();
      const field = page.getByRole("textbox", { name: /^内部备注$|^Internal note$/ });
      await shoot(page, "note-empty");
      await field.pressSequentially("已经报过价了，请 @");
      await expect(page.getByRole("option")).toHaveCount(2);
      await shoot(page, "note-mention");
      await field.pressSequentially("周");
      await field.press("Enter");
      await field.pressSequentially("跟进");
      await shoot(page, "note-written");
      await page.route("**/notes", (route) => (route.request().method() === "POST" ? route.abort() : route.fallback()));
      await field.press("Control+Enter");
      await expect(page.getByRole("alert").first()).toBeVisible();
      await shoot(page, "note-failed");
      await page.getByRole("button", { name: /^回复$|^Reply$/ }).click();
      await shoot(page, "note-begun");
      const theirs = await browsers.console({ ...options, as: colleague });
      await theirs.connected.waitFor();
      const body = { nonce: randomUUID(), text: "@周云 帮忙看一下库存", mentions: [colleague.me.id] };
      await admin.ok(admin.api.POST("/api/v1/conversations/{conversation_id}/notes", { params, body }));
      await expect(theirs.page.locator(".message-card")).toBeVisible();
      await shoot(theirs.page, "note-card");
    });

    test("writing on both sides", async ({ browsers, website, admin, server, shop }) => {
      await aMorning(server.url, website.key, admin);
      await admin.ok(
        admin.api.PATCH("/api/v1/channels/{channel_id}", { params: { path: { channel_id: website.id } }, body: { unsent_preview: true } }),
      );
      const visitor = await browsers.visitor({ ...options, url: shop });
      await visitor.open();
      await visitor.say("你好，想问一下刻字");
      const agent = await browsers.console(options);
      await agent.open("想问一下刻字");
      await agent.ready("想问一下刻字");
      await visitor.composer.pressSequentially("刻字要另外");
      await expect(agent.page.getByText("刻字要另外").first()).toBeVisible();
      await agent.composer.pressSequentially("刻字免费");
      await shoot(agent.page, "typing-console");
      await shoot(visitor.page, "typing-widget");
      await visitor.send.click();
      await agent.messages.message("刻字要另外").waitFor();
      await agent.send.click();
      await shoot(agent.page, "stale-reply");
    });

    test("lists, search, blacklist, notices", async ({ browsers, website, admin, server }) => {
      const conversation = await aMorning(server.url, website.key, admin);
      const agent = await browsers.console(options);
      const { page } = agent;
      await expect(agent.entry("five days")).toBeVisible();
      await agent.search.fill("湖蓝");
      await expect(agent.results.getByText("湖蓝").first()).toBeVisible();
      await shoot(page, "search-results");
      await agent.search.fill("没有的词");
      await expect(agent.results.getByText(/没有找到|No/).first()).toBeVisible();
      await shoot(page, "search-nothing");
      await agent.search.fill("");
      await page.goto("/settings/account");
      await expect(agent.connected).toBeVisible();
      await page.goto("/blacklist");
      await expect(agent.connected).toBeVisible();
      await shoot(page, "blacklist-empty");
      const { contact } = await admin.ok(
        admin.api.GET("/api/v1/conversations/{conversation_id}", { params: { path: { conversation_id: conversation } } }),
      );
      await admin.ok(
        admin.api.PUT("/api/v1/contacts/{contact_id}/blocked", { params: { path: { contact_id: contact.id } }, body: { blocked: true } }),
      );
      await page.reload();
      await expect(page.getByRole("main").getByRole("button").last()).toBeVisible();
      await shoot(page, "blacklist");
      const visitor = await newVisitor(server.url, website.key);
      await visitor.say("有人在吗？想问一下发票");
      await expect(page.getByText("有人在吗？想问一下发票").first()).toBeVisible();
      await shoot(page, "message-card");
    });
  });
}
