// CONV-4: what agents note of a visitor, two at once, and the blacklist.

import { newVisitor } from "@parlor/client/testing";
import { expectAccessible, expectAccessibleInBothThemes } from "../../fixtures/axe.ts";
import { expect, test, unique } from "../../fixtures/test.ts";

const WIDE = { viewport: { width: 1440, height: 900 } };

test("name, phone and remark are saved as they are edited, and colleagues see them", async ({ browsers, website, server }) => {
  const visitor = await newVisitor(server.url, website.key);
  const text = unique("我是谁");
  const { conversation_id } = await visitor.say(text);
  const path = `/inbox/${conversation_id}`;
  const [agent, colleague] = [await browsers.console({ path, ...WIDE }), await browsers.console({ path, ...WIDE })];
  await agent.contact.getByRole("textbox", { name: "姓名" }).fill("张三");
  await agent.contact.getByRole("textbox", { name: "电话" }).fill("138-0013-8000");
  await expect(agent.contact.getByText("已保存")).toHaveCount(1);
  await agent.contact.getByRole("textbox", { name: "备注" }).fill("老客户");
  await agent.contact.getByRole("textbox", { name: "姓名" }).focus();
  await expect(agent.contact.getByText("已保存")).toHaveCount(3);
  await expect(colleague.contact.getByRole("textbox", { name: "姓名" })).toHaveValue("张三");
  await expect(colleague.contact.getByRole("textbox", { name: "备注" })).toHaveValue("老客户");
  await expect(colleague.entry(text)).toContainText("张三");
  await colleague.page.reload();
  await expect(colleague.contact.getByRole("textbox", { name: "电话" })).toHaveValue("138-0013-8000");
  await expectAccessible(agent.page, "the page");
});

test("whoever goes to another conversation has left the field, and its text is saved", async ({ browsers, website, server }) => {
  const [one, other] = [await newVisitor(server.url, website.key), await newVisitor(server.url, website.key)];
  const text = unique("换一个");
  const { conversation_id } = await one.say("先看我");
  await other.say(text);
  const path = `/inbox/${conversation_id}`;
  const [agent, colleague] = [await browsers.console({ path, ...WIDE }), await browsers.console({ path, ...WIDE })];
  await colleague.contact.getByRole("textbox", { name: "备注" }).waitFor();
  await agent.contact.getByRole("textbox", { name: "备注" }).fill("马上离开");
  await agent.open(text);
  await expect(colleague.contact.getByRole("textbox", { name: "备注" })).toHaveValue("马上离开");
  await expect(agent.page.getByText("页面出错了")).toHaveCount(0);
  // What could not be saved is there when they come back.
  await agent.contact.getByRole("textbox", { name: "电话" }).fill("没有");
  await agent.open("先看我");
  await expect(agent.page.getByText(/的联系人信息有修改没有保存$/)).toBeVisible();
  await agent.open(text);
  await expect(agent.contact.getByRole("textbox", { name: "电话" })).toHaveValue("没有");
  await expect(agent.contact.getByRole("textbox", { name: "电话" })).toHaveAttribute("aria-invalid", "true");
});

test("what is written while a save is on its way is saved after it", async ({ browsers, website, server }) => {
  const visitor = await newVisitor(server.url, website.key);
  const { conversation_id } = await visitor.say("线路很慢");
  const path = `/inbox/${conversation_id}`;
  const [agent, colleague] = [await browsers.console({ path, ...WIDE }), await browsers.console({ path, ...WIDE })];
  const [mine, theirs] = [agent, colleague].map((one) => one.contact.getByRole("textbox", { name: "备注" }));
  await theirs?.waitFor();
  let release = () => {};
  const slow = new Promise<void>((done) => (release = done));
  await agent.page.route("**/api/v1/contacts/*", async (route) => {
    await slow;
    await route.continue();
  });
  await mine?.fill("要");
  await mine?.blur();
  await expect(agent.contact.getByText("保存中")).toHaveCount(1);
  await mine?.fill("要开发票");
  await mine?.blur();
  release();
  await expect(theirs ?? colleague.contact).toHaveValue("要开发票");
  await expect(agent.contact.getByText("已保存")).toHaveCount(1);
});

test("a field that cannot be right says so and keeps what was written", async ({ browsers, website, server }) => {
  const visitor = await newVisitor(server.url, website.key);
  const { conversation_id } = await visitor.say("打给我");
  const agent = await browsers.console({ path: `/inbox/${conversation_id}`, ...WIDE });
  const phone = agent.contact.getByRole("textbox", { name: "电话" });
  await phone.fill("没有");
  await agent.contact.getByRole("textbox", { name: "姓名" }).focus();
  await expect(phone).toHaveAttribute("aria-invalid", "true");
  await expect(phone).toHaveValue("没有");
});

test("of two who edit the same field the second is shown the first's words and chooses", async ({ browsers, website, server }) => {
  const visitor = await newVisitor(server.url, website.key);
  const { conversation_id } = await visitor.say("同时修改");
  const path = `/inbox/${conversation_id}`;
  const [agent, colleague] = [await browsers.console({ path, ...WIDE }), await browsers.console({ path, ...WIDE })];
  const [mine, theirs] = [agent, colleague].map((one) => one.contact.getByRole("textbox", { name: "备注" }));
  // The colleague writes while the first has not left the field, and saves before: what is written here cannot be saved yet.
  await mine?.waitFor();
  await agent.page.context().setOffline(true);
  await mine?.fill("要开发票");
  await colleague.contact.getByRole("textbox", { name: "姓名" }).waitFor();
  await theirs?.fill("已经开过发票");
  await theirs?.blur();
  await expect(colleague.contact.getByText("已保存")).toBeVisible();
  await agent.page.context().setOffline(false);
  await expect(agent.connected).toBeVisible();
  await mine?.fill("要开发票！");
  await mine?.blur();
  const conflict = agent.contact.getByRole("alert").filter({ hasText: "其他客服同时修改了此项" });
  await expect(conflict).toContainText("已经开过发票");
  await expect(mine ?? agent.contact).toHaveValue("要开发票！");
  await conflict.getByRole("button", { name: "保留我的" }).click();
  await expect(mine ?? agent.contact).toBeFocused();
  await expect(theirs ?? colleague.contact).toHaveValue("要开发票！");
});

test("whoever is put on the blacklist is out at once, and is let in again from the blacklist's page", async ({
  browsers,
  website,
  shop,
}) => {
  const text = unique("骚扰信息");
  const visitor = await browsers.visitor({ url: shop });
  await visitor.launcher.click();
  await visitor.composer.fill(text);
  await visitor.send.click();
  const [agent, colleague] = [await browsers.console(WIDE), await browsers.console(WIDE)];
  await expect(colleague.entry(text)).toBeVisible();
  await agent.open(text);
  await agent.contact.getByRole("switch", { name: "黑名单" }).check();
  for (const console of [agent, colleague]) {
    await expect(console.entry(text)).toHaveCount(0);
  }
  await expect(agent.page.getByText("此访客在黑名单中")).toBeVisible();
  const unheard = unique("还在吗");
  await visitor.composer.fill(unheard);
  await visitor.send.click();
  await agent.contact.getByRole("link", { name: "查看黑名单" }).click();
  await expect(agent.page.getByRole("heading", { name: "黑名单" })).toBeVisible();
  const listed = agent.page.getByRole("region", { name: "黑名单" }).getByRole("listitem");
  await expect(listed).toHaveCount(1);
  await expectAccessibleInBothThemes(agent.page, "the blacklist");
  await expect(listed).toContainText(website.name);
  await agent.page.getByRole("button", { name: /移出黑名单$/ }).click();
  await expect(agent.page.getByText("黑名单是空的")).toBeVisible();
  await expect(colleague.entry(text)).toBeVisible();
  await expect(colleague.entry(unheard)).toHaveCount(0);
});
