// CONV-5: recalling a message: within two minutes, for both sides at once, and its words to be written anew.

import { expectAccessible } from "../../fixtures/axe.ts";
import { expect, onlyConversation, test } from "../../fixtures/test.ts";
import type { ConsolePage } from "../../pages/console.ts";

/** The beginning of a text: its end may lie under the time of the message. */
const BEGINNING = { x: 4, y: 8 };

/** Opens the menu of the message with this text, by the button that it shows under the pointer. */
async function menuOf(agent: ConsolePage, text: string): Promise<void> {
  const message = agent.messages.message(text);
  await message.hover();
  await message.getByRole("button", { name: "消息操作" }).click();
}

const choose = (agent: ConsolePage, name: string) => agent.page.getByRole("menuitem", { name }).click();

test("a recalled message goes from every device of both sides, and can be written anew", async ({ browsers, shop, admin }) => {
  const visitor = await browsers.visitor({ url: shop });
  await visitor.open();
  await visitor.say("多少钱？");
  const id = await onlyConversation(admin);
  const [agent, device] = [await browsers.console({ path: `/inbox/${id}` }), await browsers.console({ path: `/inbox/${id}` })];
  await agent.ready("多少钱？");
  await agent.say("内部价三百二");
  for (const log of [visitor.messages, device.messages]) {
    await expect(log.message("内部价三百二")).toBeVisible();
  }
  await expect(agent.messages.mark("内部价三百二", "sent").or(agent.messages.mark("内部价三百二", "read"))).toBeVisible();
  await menuOf(agent, "内部价三百二");
  await expectAccessible(agent.page, "the menu of a message");
  await choose(agent, "撤回");
  await expect(agent.messages.message("你撤回了一条消息")).toBeVisible();
  await expect(device.messages.message("你撤回了一条消息")).toBeVisible();
  await expect(visitor.messages.message("撤回了一条消息")).toBeVisible();
  for (const page of [agent.page, device.page, visitor.page]) {
    await expect(page.getByText("内部价三百二")).toHaveCount(0);
  }
  await expect(agent.entry("你撤回了一条消息")).toBeVisible();
  await expectAccessible(agent.page, "a recalled message");
  await expectAccessible(visitor.page, "a recalled message, in the widget");

  // Its words are kept where it was recalled, and nowhere else.
  await expect(device.messages.log.getByRole("button", { name: "重新编辑" })).toHaveCount(0);
  await agent.composer.fill("您好，");
  await agent.messages.log.getByRole("button", { name: "重新编辑" }).click();
  await expect(agent.composer).toHaveValue("您好，\n内部价三百二");
  await expect(agent.composer).toBeFocused();
  await agent.page.reload();
  await expect(agent.messages.message("你撤回了一条消息")).toBeVisible();
  await expect(agent.page.getByRole("button", { name: "重新编辑" })).toHaveCount(0);
  await expect(agent.messages.log.getByText("内部价三百二")).toHaveCount(0);
});

test("a visitor who was away finds it recalled", async ({ browsers, shop, admin }) => {
  const visitor = await browsers.visitor({ url: shop });
  await visitor.open();
  await visitor.say("在吗？");
  const id = await onlyConversation(admin);
  const send = (text: string) =>
    admin.ok(
      admin.api.POST("/api/v1/conversations/{conversation_id}/messages", {
        params: { path: { conversation_id: id } },
        body: { nonce: crypto.randomUUID(), content: { type: "text", text } },
      }),
    );
  const said = await send("发错了");
  await expect(visitor.messages.message("发错了")).toBeVisible();
  await visitor.page.context().setOffline(true);
  await expect(visitor.offline).toBeVisible();
  await admin.ok(
    admin.api.POST("/api/v1/conversations/{conversation_id}/messages/{message_id}/recall", {
      params: { path: { conversation_id: id, message_id: said.id } },
    }),
  );
  await send("您好");
  await visitor.page.context().setOffline(false);
  await expect(visitor.messages.message("您好")).toBeVisible();
  await expect(visitor.messages.message("撤回了一条消息")).toBeVisible();
  await expect(visitor.messages.message("发错了")).toHaveCount(0);
  await expect(visitor.messages.all).toHaveCount(3);
});

test("the menu by keyboard and by right click; what is not one's own or too old is not recalled", async ({ browsers, shop, admin }) => {
  const visitor = await browsers.visitor({ url: shop });
  await visitor.open();
  await visitor.say("请问有货吗");
  const agent = await browsers.console({ path: `/inbox/${await onlyConversation(admin)}` });
  await agent.page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  await agent.ready("请问有货吗");
  await agent.say("有的");
  await expect(agent.messages.mark("有的", "sent").or(agent.messages.mark("有的", "read"))).toBeVisible();

  // One stop for Tab, at the newest message; arrows lead to the others, Escape back.
  await agent.messages.log.focus();
  await agent.page.keyboard.press("Tab");
  const button = (text: string) => agent.messages.message(text).getByRole("button", { name: "消息操作" });
  await expect(button("有的")).toBeFocused();
  await agent.page.keyboard.press("ArrowUp");
  await expect(button("请问有货吗")).toBeFocused();
  await agent.page.keyboard.press("Enter");
  await expect(agent.page.getByRole("menuitem", { name: "复制" })).toBeFocused();
  await expect(agent.page.getByRole("menuitem", { name: "撤回" })).toHaveCount(0);
  await agent.page.keyboard.press("Escape");
  await expect(button("请问有货吗")).toBeFocused();
  await agent.page.keyboard.press("Enter");
  await agent.page.keyboard.press("Enter");
  await expect.poll(() => agent.page.evaluate(() => navigator.clipboard.readText())).toBe("请问有货吗");

  await agent.messages.message("有的").getByText("有的").click({ button: "right", position: BEGINNING });
  await expect(agent.page.getByRole("menuitem", { name: "撤回" })).toBeVisible();
  await agent.composer.click();
  await expect(agent.page.getByRole("menu")).toHaveCount(0);

  // Two minutes later by the page's clock, which the server's was measured against.
  await agent.page.clock.setFixedTime(Date.now() + 121_000);
  await agent.messages.message("有的").getByText("有的").click({ button: "right", position: BEGINNING });
  await expect(agent.page.getByRole("menuitem", { name: "复制" })).toBeVisible();
  await expect(agent.page.getByRole("menuitem", { name: "撤回" })).toHaveCount(0);
});

test("on a phone a long press opens the menu", async ({ browsers, shop, admin }) => {
  const visitor = await browsers.visitor({ url: shop });
  await visitor.open();
  await visitor.say("你好");
  const id = await onlyConversation(admin);
  const phone = { viewport: { width: 390, height: 780 }, hasTouch: true, isMobile: true };
  const agent = await browsers.console({ path: `/inbox/${id}`, ...phone });
  await agent.ready("你好");
  await agent.say("说错了");
  await expect(agent.messages.mark("说错了", "sent").or(agent.messages.mark("说错了", "read"))).toBeVisible();
  const place = await agent.messages.message("说错了").getByText("说错了").boundingBox();
  expect(place).not.toBeNull();
  const touch = { x: (place?.x ?? 0) + 10, y: (place?.y ?? 0) + 10 };
  const session = await agent.page.context().newCDPSession(agent.page);
  await session.send("Input.dispatchTouchEvent", { type: "touchStart", touchPoints: [touch] });
  await expect(agent.page.getByRole("menuitem", { name: "撤回" })).toBeVisible();
  await session.send("Input.dispatchTouchEvent", { type: "touchEnd", touchPoints: [] });
  await agent.page.getByRole("menuitem", { name: "撤回" }).tap();
  await expect(agent.messages.message("你撤回了一条消息")).toBeVisible();
  await expect(visitor.messages.message("撤回了一条消息")).toBeVisible();
});
