// The README's pictures: the console with a morning's conversations, and the widget on a shop's page.

import { join } from "node:path";
import { answer } from "@parlor/client/testing";
import { expect, test } from "../fixtures/test.ts";
import { aMorning, BEHIND_A_PROXY } from "./morning.ts";

const IMAGES = join("..", "docs", "images");

test.use({ ownServer: true, serverSettings: BEHIND_A_PROXY, registration: { org_name: "晨光文具", contact_name: "林小满" } });

test("console", async ({ browsers, website, admin, server }) => {
  const conversation = await aMorning(server.url, website.key, admin);
  const agent = await browsers.console({ viewport: { width: 1280, height: 760 }, path: `/inbox/${conversation}` });
  await expect(agent.connected).toBeVisible();
  await expect(agent.messages.message("太好了")).toBeVisible();
  await agent.page.screenshot({ path: join(IMAGES, "console.png"), animations: "disabled", caret: "hide" });
});

for (const [name, viewport, colorScheme] of [
  ["widget", { width: 960, height: 720 }, "light"],
  ["widget-phone-dark", { width: 390, height: 720 }, "dark"],
] as const) {
  test(name, async ({ browsers, site, website, admin }) => {
    const head = `<style>
      body { margin: 0; padding: 64px; font: 17px/1.7 system-ui, "Noto Sans CJK SC", sans-serif; color: #26323f; background: #f6f3ee; }
      h1 { font-size: 40px; margin: 0 0 16px; letter-spacing: 0.02em; }
    </style>`;
    const visitor = await browsers.visitor({ viewport, colorScheme, url: site.publish({ head, body: website.embed_code }) });
    await visitor.open();
    await visitor.say("你好，这支钢笔有蓝色的吗？");
    await expect(visitor.messages.mark("有蓝色的吗", "sent")).toBeVisible();
    const conversation = (await admin.ok(admin.api.GET("/api/v1/conversations"))).items[0]?.id ?? "";
    await answer(admin, conversation, "您好！七号钢笔有墨蓝、湖蓝和黑色三种，都有现货。");
    await expect(visitor.messages.message("都有现货")).toBeVisible();
    await visitor.say("太好了，我要湖蓝的 😀");
    await expect(visitor.messages.mark("我要湖蓝的", "sent")).toBeVisible();
    await visitor.page.screenshot({ path: join(IMAGES, `${name}.png`), animations: "disabled", caret: "hide" });
  });
}
