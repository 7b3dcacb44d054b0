// A channel that is edited, closed and opened again while visitors are there.

import { expect, test } from "../../fixtures/test.ts";

test("an edited channel changes its looks in open widgets, without a reload", async ({ browsers, shop, admin, website }) => {
  const visitor = await browsers.visitor({ url: shop });
  // The chat asks once more when its connection stands; an answer from before the edit could come after the edit's own event.
  let answers = 0;
  visitor.page.on("response", (response) => {
    answers += Number(response.url().endsWith("/widget/v1/sessions"));
  });
  await visitor.open();
  await expect.poll(() => answers).toBe(2);
  // The button wears the channel's colour while there is something to send.
  await visitor.composer.fill("嗯");
  const color = () => visitor.send.evaluate((element) => getComputedStyle(element).backgroundColor);
  const before = await color();
  const params = { path: { channel_id: website.id } };
  const style = { schema: 1, color: "#b3261e", position: "left" as const };
  const body = { name: "旗舰店", introduction: "新的问候", style };
  await admin.ok(admin.api.PATCH("/api/v1/channels/{channel_id}", { params, body }));
  const panel = visitor.panel("旗舰店");
  await expect(panel).toBeVisible();
  await expect(panel.getByRole("heading", { name: "旗舰店" })).toBeVisible();
  await expect(panel.getByText("新的问候")).toBeVisible();
  await expect.poll(async () => (await panel.boundingBox())?.x).toBe(20);
  expect(before).not.toBe("rgb(179, 38, 30)");
  await expect.poll(color).toBe("rgb(179, 38, 30)");
});

test("what a closed channel did not take is not sent, and can be sent once it is open", async ({ browsers, shop, admin, website }) => {
  const visitor = await browsers.visitor({ url: shop });
  await visitor.open();
  await visitor.say("营业吗");
  await expect(visitor.messages.mark("营业吗", "sent")).toBeVisible();
  const enable = (enabled: boolean) => {
    const params = { path: { channel_id: website.id } };
    return admin.ok(admin.api.PATCH("/api/v1/channels/{channel_id}", { params, body: { enabled } }));
  };
  await visitor.page.context().setOffline(true);
  await visitor.say("关门前写的");
  await expect(visitor.messages.mark("关门前写的", "waiting")).toBeVisible();
  await enable(false);
  await visitor.page.context().setOffline(false);
  await expect(visitor.messages.mark("关门前写的", "failed")).toBeVisible();
  // Said once, and nothing is offered that cannot be done.
  await expect(visitor.page.getByText(/在线咨询已关闭/).filter({ visible: true })).toHaveCount(1);
  await expect(visitor.messages.retry("关门前写的")).toBeHidden();
  await expect(visitor.composer).toBeHidden();
  await enable(true);
  // Looking at the page again is enough to find the channel open.
  await visitor.page.evaluate(() => document.dispatchEvent(new Event("visibilitychange")));
  await expect(visitor.composer).toBeVisible();
  await expect(visitor.composer).toBeEnabled();
  await visitor.messages.retry("关门前写的").click();
  await expect(visitor.messages.mark("关门前写的", "sent")).toBeVisible();
});
