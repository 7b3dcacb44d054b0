// A brand colour is any colour: where it is not the ground but the sign, the chat's own text colour is used.

import { answer } from "@parlor/client/testing";
import { expect, onlyConversation, test } from "../../fixtures/test.ts";

const INK = "rgb(24, 27, 35)";

test("with a pale brand colour the focus and the line of new messages can be seen", async ({ browsers, website, shop, admin }) => {
  const params = { path: { channel_id: website.id } };
  await admin.ok(admin.api.PATCH("/api/v1/channels/{channel_id}", { params, body: { style: { ...website.style, color: "#fff59d" } } }));
  const visitor = await browsers.visitor({ url: shop, colorScheme: "light" });
  await visitor.open();
  await visitor.say("在吗");
  await expect(visitor.messages.mark("在吗", "sent")).toBeVisible();
  await visitor.close.click();
  await answer(admin, await onlyConversation(admin), "在的");
  await expect(visitor.unread(1)).toBeVisible();
  await visitor.open();
  const line = visitor.messages.log.getByText("以下为新消息").filter({ visible: true });
  await expect(line).toBeVisible();
  await expect(line).toHaveCSS("color", INK);
  // By way of the button for files.
  await visitor.page.keyboard.press("Shift+Tab");
  await visitor.page.keyboard.press("Shift+Tab");
  await expect(visitor.emoji).toBeFocused();
  await expect(visitor.emoji).toHaveCSS("outline-color", INK);
});
