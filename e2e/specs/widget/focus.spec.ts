// Where the focus is after what had it has gone: in the log, never nowhere.

import { expect, test } from "../../fixtures/test.ts";

for (const name of ["重试", "删除"]) {
  test(`${name} at a message that failed leaves the focus in the log`, async ({ browsers, shop }) => {
    const visitor = await browsers.visitor();
    let refused = false;
    await visitor.page.routeWebSocket(/\/v1\/socket/, (socket) => {
      const upstream = socket.connectToServer();
      socket.onMessage((frame) => {
        const said = JSON.parse(String(frame)) as { type: string; nonce?: string };
        if (said.type === "send_message" && !refused) {
          refused = true;
          const problem = { type: "urn:parlor:error:forbidden", title: "Not allowed", status: 403, code: "forbidden", detail: "no" };
          socket.send(JSON.stringify({ type: "rejected", nonce: said.nonce, problem }));
        } else {
          upstream.send(frame);
        }
      });
    });
    await visitor.page.goto(shop);
    await visitor.open();
    await visitor.say("没有发出去");
    await expect(visitor.messages.mark("没有发出去", "failed")).toBeVisible();
    await visitor.messages.message("没有发出去").getByRole("button", { name }).press("Enter");
    await expect(visitor.messages.mark("没有发出去", "failed")).toHaveCount(0);
    await expect(visitor.messages.log).toBeFocused();
  });
}
