// The blacklist's page follows what other agents and devices do.

import { newVisitor } from "@parlor/client/testing";
import { block } from "../../fixtures/blacklist.ts";
import { expect, test, unique } from "../../fixtures/test.ts";

const WIDE = { viewport: { width: 1440, height: 900 } };

test("who is put on the list or taken off it elsewhere comes and goes without a reload", async ({ browsers, website, server }) => {
  const visitor = await newVisitor(server.url, website.key);
  const { conversation_id } = await visitor.say(unique("骚扰信息"));
  const colleague = await browsers.console({ path: `/inbox/${conversation_id}`, ...WIDE });
  const agent = await browsers.console({ path: "/blacklist", ...WIDE });
  const list = agent.page.getByRole("region", { name: "黑名单" });
  const rows = list.getByRole("listitem");
  await expect(agent.page.getByText("黑名单是空的")).toBeVisible();
  await colleague.contact.getByRole("switch", { name: "黑名单" }).check();
  await expect(rows).toHaveCount(1);
  await expect(rows).toContainText(website.name);
  const name = unique("张三");
  await colleague.contact.getByRole("textbox", { name: "姓名" }).fill(name);
  await colleague.contact.getByRole("textbox", { name: "姓名" }).blur();
  await expect(rows).toContainText(name);
  await colleague.contact.getByRole("switch", { name: "黑名单" }).uncheck();
  await expect(rows).toHaveCount(0);
  await expect(agent.page.getByText("黑名单是空的")).toBeVisible();
});

test("what happened while the line was away is there afterwards, and a deleted channel takes its visitors along", async ({
  browsers,
  website,
  server,
  admin,
}) => {
  const [first, second] = [await newVisitor(server.url, website.key), await newVisitor(server.url, website.key)];
  await first.say("一");
  await second.say("二");
  await block(admin, first.session.contact_id);
  const agent = await browsers.console({ path: "/blacklist", ...WIDE });
  const rows = agent.page.getByRole("region", { name: "黑名单" }).getByRole("listitem");
  await expect(rows).toHaveCount(1);
  await agent.connected.waitFor();
  await agent.page.context().setOffline(true);
  await agent.reconnecting.waitFor();
  await block(admin, second.session.contact_id);
  await agent.page.context().setOffline(false);
  await expect(rows).toHaveCount(2);
  await agent.page.getByRole("button", { name: /移出黑名单$/ }).first().click();
  await expect(rows).toHaveCount(1);
  await admin.ok(
    admin.api.DELETE("/api/v1/channels/{channel_id}", {
      params: { path: { channel_id: website.id } },
      body: { name: website.name },
    }),
  );
  await expect(agent.page.getByText("黑名单是空的")).toBeVisible();
});
