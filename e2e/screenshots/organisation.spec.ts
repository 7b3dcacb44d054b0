// The pages of the organisation, filled as they are after some weeks: people, contacts, channels, looks, audit log, developers.

import { newAgent, newChannel } from "@parlor/client/testing";
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
    });
  });
}
