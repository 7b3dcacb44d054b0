// Where the keyboard's focus is after what had it has gone: never nowhere.

import { newVisitor } from "@parlor/client/testing";
import { expect, test } from "../../fixtures/test.ts";

test("Enter on the row that the arrow keys have reached leads to the composer", async ({ browsers, website, server }) => {
  await (await newVisitor(server.url, website.key)).say("第一位");
  await (await newVisitor(server.url, website.key)).say("第二位");
  const agent = await browsers.console();
  await agent.entry("第二位").focus();
  await agent.page.keyboard.press("ArrowDown");
  await agent.page.keyboard.press("ArrowDown");
  await expect(agent.messages.message("第一位")).toBeVisible();
  await expect(agent.entry("第一位")).toBeFocused();
  await agent.page.keyboard.press("Enter");
  await expect(agent.composer).toBeFocused();
});

test("the button to the newest message tells all that it shows, and leaves the focus in the log", async ({ browsers, website, server, admin }) => {
  const visitor = await newVisitor(server.url, website.key);
  let conversation_id = "";
  for (let n = 1; n <= 45; n += 1) {
    ({ conversation_id } = await visitor.say(`第 ${n} 句`));
    if (n === 20) {
      const params = { path: { conversation_id } };
      await admin.ok(admin.api.PUT("/api/v1/conversations/{conversation_id}/read", { params, body: { seq: 20 } }));
    }
  }
  const agent = await browsers.console({ path: `/inbox/${conversation_id}` });
  const jump = agent.page.getByRole("button", { name: "回到最新消息" });
  await expect(jump).toHaveAccessibleName(/25 条新消息/);
  await jump.press("Enter");
  await expect(agent.messages.message("第 45 句")).toBeInViewport();
  await expect(jump).toHaveCount(0);
  await expect(agent.messages.log).toBeFocused();
});

for (const name of ["重试", "删除"]) {
  test(`${name} at a message that failed leaves the focus in the log`, async ({ browsers, website, server }) => {
    const { conversation_id } = await (await newVisitor(server.url, website.key)).say("在吗");
    const agent = await browsers.console({ path: "about:blank" });
    let refused = 0;
    await agent.page.routeWebSocket(/\/v1\/socket/, (socket) => {
      const upstream = socket.connectToServer();
      socket.onMessage((frame) => {
        const said = JSON.parse(String(frame)) as { type: string; nonce?: string };
        if (said.type === "send_message" && refused === 0) {
          refused += 1;
          const problem = { type: "urn:parlor:error:forbidden", title: "Not allowed", status: 403, code: "forbidden", detail: "no" };
          socket.send(JSON.stringify({ type: "rejected", nonce: said.nonce, problem }));
        } else {
          upstream.send(frame);
        }
      });
    });
    await agent.page.goto(`/inbox/${conversation_id}`);
    await agent.ready("在吗");
    await agent.say("没有发出去");
    await expect(agent.messages.mark("没有发出去", "failed")).toBeVisible();
    await agent.messages.message("没有发出去").getByRole("button", { name }).press("Enter");
    await expect(agent.messages.mark("没有发出去", "failed")).toHaveCount(0);
    await expect(agent.messages.log).toBeFocused();
    // What was refused can be said otherwise.
    await expect(agent.composer).toHaveValue(name === "删除" ? "没有发出去" : "");
  });
}
