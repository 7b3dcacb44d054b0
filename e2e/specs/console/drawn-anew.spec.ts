// What is pressed acts on what is shown there now, also where a place was drawn anew: an erased component would keep the handler of
// what stood there first (docs/decisions/0060).

import { newVisitor } from "@parlor/client/testing";
import { expect, onlyConversation, test } from "../../fixtures/test.ts";

test("the menu that is opened at another message acts on that one", async ({ browsers, shop, admin }) => {
  const visitor = await browsers.visitor({ url: shop });
  await visitor.open();
  await visitor.say("在吗？");
  const agent = await browsers.console({ path: `/inbox/${await onlyConversation(admin)}` });
  await agent.ready("在吗？");
  for (const words of ["这一句要留着", "这一句要撤回"]) {
    await agent.say(words);
    await expect(visitor.messages.message(words)).toBeVisible();
  }
  for (const words of ["这一句要留着", "这一句要撤回"]) {
    const message = agent.messages.message(words);
    await message.hover();
    // By its own click: where the first menu lies over it does not matter.
    await message.getByRole("button", { name: "消息操作" }).dispatchEvent("click");
    await expect(agent.page.getByRole("menuitem", { name: "撤回" })).toBeVisible();
  }
  await agent.page.getByRole("menuitem", { name: "撤回" }).click();
  await expect(visitor.messages.message("撤回了一条消息")).toBeVisible();
  await expect(visitor.messages.message("这一句要留着")).toBeVisible();
  await expect(visitor.page.getByText("这一句要撤回")).toHaveCount(0);
});

test("the contact panel can be closed after another conversation was opened beside it", async ({ browsers, server, website }) => {
  for (const words of ["第一位", "第二位"]) {
    await (await newVisitor(server.url, website.key)).say(words);
  }
  const agent = await browsers.console({ path: "/inbox" });
  const close = agent.page.getByRole("complementary", { name: "联系人信息" }).getByRole("button", { name: "收起联系人信息" });
  await agent.entry("第一位").click();
  await expect(close).toBeVisible();
  await agent.entry("第二位").click();
  await agent.ready("第二位");
  await close.click();
  await expect(close).toHaveCount(0);
});
