// What the chat greets with: nothing before the channel is known, then the channel's words or, without any, its own.

import type { Route } from "@playwright/test";
import { expect, test } from "../../fixtures/test.ts";

const OWN_WORDS = "您好";

test("a cold open shows no greeting that is taken back", async ({ browsers, website, shop, admin }) => {
  const params = { path: { channel_id: website.id } };
  await admin.ok(admin.api.PATCH("/api/v1/channels/{channel_id}", { params, body: { introduction: "工作日九点到六点" } }));
  const visitor = await browsers.visitor();
  let arrived: (route: Route) => void = () => {};
  const held = new Promise<Route>((done) => {
    arrived = done;
  });
  await visitor.page.route(/\/widget\/v1\/sessions$/, (route) => arrived(route));
  await visitor.page.goto(shop);
  await visitor.open();
  const route = await held;
  await expect(visitor.messages.log).toBeVisible();
  await expect(visitor.messages.log).not.toContainText(OWN_WORDS);
  await route.continue();
  await expect(visitor.messages.log).toContainText("工作日九点到六点");
});

test("a channel without words of its own greets with the chat's", async ({ browsers, shop }) => {
  const visitor = await browsers.visitor({ url: shop });
  await visitor.open();
  await expect(visitor.messages.log).toContainText(OWN_WORDS);
});
