// The pages of the organisation, filled as they are after some weeks: people, contacts, channels, looks, audit log, developers.

import { newAgent, newChannel, newVisitor } from "@parlor/client/testing";
import { addTags, giveTags } from "../fixtures/tags.ts";
import { expect, test } from "../fixtures/test.ts";
import { aMorning, BEHIND_A_PROXY } from "./morning.ts";
import { LOOKS } from "./shoot.ts";

test.use({ ownServer: true, serverSettings: BEHIND_A_PROXY });

for (const { name, options, shoot } of LOOKS) {
  test.describe(name, () => {
    test("the organisation", async ({ browsers, website, admin, server, organisation }) => {
      await aMorning(server.url, website.key, admin);
      const group = await addTags(admin, "客户级别", [["VIP", "red"], ["老客户", "green"], ["潜在客户", "blue"]]);
      const { items } = await admin.ok(admin.api.GET("/api/v1/contacts"));
      for (const [place, { contact }] of items.entries()) await giveTags(admin, contact.id, [group.tags[place % 3]?.id ?? ""]);
      for (const [named, role] of [["周云", "supervisor"], ["李晓婷", "agent"], ["Bartholomew Fitzgerald-Montgomery", "agent"]] as const) {
        await newAgent(server, organisation, { name: named, role });
      }
      for (const group of ["售前", "售后"]) await admin.ok(admin.api.POST("/api/v1/agent-groups", { body: { name: group } }));
      await newChannel(admin, "会员商城");
      await newChannel(admin, "Overseas store");
      await admin.ok(
        admin.api.POST("/api/v1/api-tokens", { body: { name: "CRM 同步", scopes: ["conversations:read", "contacts:read"] } }),
      );
      await admin.ok(
        admin.api.POST("/api/v1/webhooks", { body: { url: "https://crm.example.com/hooks/parlor", events: ["message_created"], description: "客户系统" } }),
      );
      const agent = await browsers.console({ ...options, path: "/contacts" });
      const { page } = agent;
      const main = page.getByRole("main");
      await expect(page.getByRole("row").nth(1)).toBeVisible();
      await shoot(page, "org-contacts");
      await page.getByRole("button", { name: /^更多操作$|^More actions$/ }).first().click();
      await page.getByRole("menuitem", { name: /^导入联系人$|^Import contacts$/ }).click();
      const importing = page.getByRole("dialog");
      await expect(importing.getByRole("button", { name: /^选择文件$|^Choose a file$/ })).toBeVisible();
      await shoot(page, "org-import");
      const rows = ["王芳,138 0013 8000,老客户,VIP", "李雷,打电话,,", "赵敏,13900139000,周三回访,", "Bartholomew,,Overseas,VIP"];
      const buffer = Buffer.from(`姓名,电话,备注,标签\r\n${rows.join("\r\n")}\r\n`);
      await importing.locator("input[type=file]").setInputFiles({ name: "客户.csv", mimeType: "text/csv", buffer });
      await expect(importing.getByRole("button", { name: /^检查表格$|^Check the table$/ })).toBeEnabled();
      await shoot(page, "org-import-columns");
      await importing.getByRole("button", { name: /^检查表格$|^Check the table$/ }).click();
      await expect(importing.getByRole("button", { name: /^开始导入|^Import \d/ })).toBeVisible();
      await shoot(page, "org-import-checked");
      await importing.getByRole("button", { name: /^开始导入|^Import \d/ }).click();
      await expect(importing.getByText(/^导入已完成|^Import finished/)).toBeVisible();
      await shoot(page, "org-import-done");
      await page.goto("/people");
      await expect(main.getByText("李晓婷")).toBeVisible();
      await shoot(page, "org-people", "whole");
      await page.getByRole("button", { name: /^添加用户$|^Add user$/ }).click();
      await expect(page.getByRole("dialog").getByRole("textbox").first()).toBeVisible();
      await shoot(page, "org-people-add");
      await page.goto(`/channels/${website.id}`);
      await expect(page.getByRole("textbox").first()).toBeVisible();
      await shoot(page, "org-channel", "whole");
      await page.goto(`/channels/${website.id}/style`);
      await expect(page.getByRole("img", { name: /^预览|^Preview/ }).first()).toBeVisible();
      await shoot(page, "org-style", "whole");
      await page.goto("/audit");
      await expect(main.getByRole("listitem").first()).toBeVisible();
      await shoot(page, "org-audit");
      await page.goto("/developers/tokens");
      await expect(main.getByText("CRM 同步")).toBeVisible();
      await shoot(page, "org-tokens");
      await page.getByRole("button", { name: /^创建令牌$|^Create a token$|^Create token$/ }).click();
      await expect(page.getByRole("dialog").getByRole("textbox").first()).toBeVisible();
      await shoot(page, "org-token-new");
      await page.goto("/developers/webhooks");
      await expect(main.getByText("crm.example.com")).toBeVisible();
      await shoot(page, "org-webhooks");
      await page.getByRole("button", { name: /^添加 Webhook$|^Add a webhook$|^Add webhook$/ }).click();
      await expect(page.getByRole("dialog").getByRole("textbox").first()).toBeVisible();
      await shoot(page, "org-webhook-new");
      await page.goto(`/channels/${website.id}/sites`);
      await expect(page.getByRole("textbox").first()).toBeVisible();
      await shoot(page, "org-sites", "whole");
    });

    test("a conversation of a colleague", async ({ browsers, website, admin, server, organisation }) => {
      const id = await aMorning(server.url, website.key, admin);
      const colleague = await newAgent(server, organisation, { name: "周云" });
      const params = { path: { conversation_id: id } };
      await admin.ok(
        admin.api.POST("/api/v1/conversations/{conversation_id}/transfer", { params, body: { agent_id: colleague.me.id } }),
      );
      const agent = await browsers.console({ ...options, path: `/inbox/${id}` });
      const { page } = agent;
      await expect(page.getByText(/正在旁观|Watching/)).toBeVisible();
      await page.getByRole("button", { name: /^悄悄话$|^Whisper$/ }).click();
      await page.getByRole("textbox", { name: /^内部备注$|^Internal note$|^Note$/ }).fill("可以打九折");
      await shoot(page, "org-watching");
      await page.getByRole("button", { name: /^保存备注$|^Save note$/ }).click();
      await expect(page.locator(".note--whisper")).toBeVisible();
      await shoot(page, "org-whispered");
      await page.getByRole("button", { name: /^会话设置$|^Conversation settings$/ }).click();
      await shoot(page, "org-menu");
      await page.getByRole("menuitem", { name: /^接管$|^Take over$/ }).click();
      await expect(page.getByText(/正在旁观|Watching/)).toHaveCount(0);
      await page.getByRole("button", { name: /^会话设置$|^Conversation settings$/ }).click();
      await page.getByRole("menuitem", { name: /^稍后处理$|^Snooze$/ }).click();
      await expect(page.getByRole("dialog")).toBeVisible();
      await shoot(page, "org-snooze");
      await page.getByRole("dialog").getByRole("button", { name: /小时后|hour/i }).click();
      await expect(page.getByRole("dialog")).toBeHidden();
      await shoot(page, "org-snoozed");
      await page.goto("/people");
      await page.getByRole("button", { name: /^以 周云 的身份查看$|^View as 周云$/ }).click();
      await expect(page.getByRole("region", { name: /^以此身份查看$|^View as$/ })).toBeVisible();
      await expect(agent.connected).toBeAttached();
      await shoot(page, "org-view-as");
    });

    test("two contacts who are one person", async ({ browsers, website, admin, server }) => {
      const group = await addTags(admin, "客户级别", [["VIP", "red"], ["老客户", "green"]]);
      const noted = [
        { name: "王芳", phone: "13800138000", remark: "下午联系" },
        { name: "王小姐", phone: "138-0013-8000", remark: "老客户介绍来的，问过两次会员价，周三回访" },
      ];
      for (const [place, details] of noted.entries()) {
        const visitor = await newVisitor(server.url, website.key);
        await visitor.say("你好");
        const { contact_id } = visitor.session;
        await admin.ok(admin.api.PATCH("/api/v1/contacts/{contact_id}", { params: { path: { contact_id } }, body: { version: 0, ...details } }));
        await giveTags(admin, contact_id, [group.tags[place]?.id ?? ""]);
      }
      const { page } = await browsers.console({ ...options, path: "/contacts" });
      await page.getByRole("rowheader").getByRole("button", { name: "王芳" }).click();
      await page.getByRole("button", { name: /^合并重复联系人$|^Merge duplicates$/ }).click();
      const dialog = page.getByRole("dialog", { name: /^合并重复联系人$|^Merge duplicates$/ });
      await expect(dialog.getByRole("button", { name: "王小姐" })).toBeVisible();
      await shoot(page, "merge-choose");
      await dialog.getByRole("button", { name: "王小姐" }).click();
      await expect(dialog.getByRole("radiogroup").first()).toBeVisible();
      await shoot(page, "merge-preview");
      await dialog.getByRole("button", { name: /^合并$|^Merge$/ }).click();
      await expect(dialog).toBeHidden();
      await expect(page.getByRole("region", { name: /^合并记录$|^Merged contacts$/ }).getByRole("listitem")).toBeVisible();
      await shoot(page, "merge-done");
    });

    test("a form before the chat", async ({ browsers, website, shop, admin }) => {
      const fields = [
        { name: "会员级别", kind: "choice" as const, choices: ["金卡", "银卡"], visitors_fill: true },
        { name: "到店日期", kind: "date" as const, visitors_fill: true },
      ];
      const custom = await admin.ok(admin.api.PUT("/api/v1/custom-fields", { body: { version: 0, items: fields } }));
      const own = custom.items.map(({ id }) => ({ kind: "custom" as const, field_id: id }));
      const form = {
        enabled: true,
        title: "请先留下联系方式，方便我们回电",
        fields: [{ kind: "name" as const, required: true }, { kind: "phone" as const, required: true }, ...own],
      };
      const params = { path: { channel_id: website.id } };
      await admin.ok(admin.api.PATCH("/api/v1/channels/{channel_id}", { params, body: { style: { ...website.style, form } } }));
      const visitor = await browsers.visitor({ ...options, url: shop });
      const { page } = visitor;
      await visitor.launcher.click();
      const start = page.getByRole("button", { name: /^开始聊天$|^Start chat/ });
      await expect(start).toBeVisible();
      await shoot(page, "form-asked");
      await page.getByRole("textbox", { name: /^姓名$|^Name$/ }).fill("林小满");
      await page.getByRole("textbox", { name: /^电话$|^Phone$/ }).fill("打电话");
      await start.click();
      await expect(page.getByRole("alert").filter({ hasText: /./ }).first()).toBeVisible();
      await shoot(page, "form-wrong");
      const agent = await browsers.console({ ...options, path: `/channels/${website.id}/style` });
      await expect(agent.page.getByRole("switch").first()).toBeVisible();
      await shoot(agent.page, "org-style-form", "whole");
    });
  });
}
