// CONV-5: whoever a note mentions finds that in the list until they have looked at it, whatever was closed when it was written.

import { newAgent, newVisitor } from "@parlor/client/testing";
import { expect, test } from "../../fixtures/test.ts";

test("who is mentioned while away finds it in the list, among the unread and by N, until they open it, on every device", async ({
  browsers,
  website,
  organisation,
  server,
}) => {
  const first = await newVisitor(server.url, website.key);
  const { conversation_id } = await first.say("退款什么时候到");
  await (await newVisitor(server.url, website.key)).say("在吗");
  const colleague = await newAgent(server, organisation, { name: "周云", role: "supervisor" });
  // Both have been read, and one of them is muted: neither has anything that is new.
  for (const body of [{ muted: true }]) {
    const params = { path: { conversation_id } };
    await colleague.client.ok(colleague.client.api.PATCH("/api/v1/conversations/{conversation_id}/personal", { params, body }));
  }
  const before = await browsers.console({ as: colleague });
  for (const text of ["退款什么时候到", "在吗"]) {
    await before.open(text);
    await before.ready(text);
    await expect(before.entry(text)).not.toHaveClass(/conversation-row--unread/);
  }
  await before.page.close();

  const agent = await browsers.console({ path: `/inbox/${conversation_id}` });
  await agent.ready("退款什么时候到");
  await agent.page.getByRole("button", { name: "内部备注", exact: true }).click();
  const field = agent.page.getByRole("textbox", { name: "内部备注", exact: true });
  await field.fill("@周云 退款要你批");
  await expect(agent.page.getByText("将提醒 周云")).toBeVisible();
  await field.press("Control+Enter");
  await expect(agent.messages.message("退款要你批")).toBeVisible();
  // It is theirs alone.
  await expect(agent.entry("退款什么时候到")).not.toContainText("有人@我");

  const [desk, phone] = [await browsers.console({ as: colleague }), await browsers.console({ as: colleague })];
  for (const device of [desk, phone]) {
    await expect(device.entry("[有人@我]")).toContainText("退款什么时候到");
    await device.filter("未读").click();
    await expect(device.rows).toHaveCount(1);
  }
  await desk.list.getByRole("heading").click();
  await desk.page.keyboard.press("n");
  await expect(desk.messages.message("退款要你批")).toContainText("提到了你");
  for (const device of [desk, phone]) await expect(device.entry("有人@我")).toHaveCount(0);

  // Looked at while the line is cut, it is told once that is back.
  await desk.page.close();
  await phone.filter("全部").click();
  await phone.open("在吗");
  await field.fill("@周云 还要发票");
  await field.press("Control+Enter");
  await expect(phone.entry("有人@我")).toContainText("退款什么时候到");
  await phone.page.context().setOffline(true);
  await expect(phone.reconnecting).toBeVisible();
  await phone.entry("退款什么时候到").click();
  await expect(phone.entry("有人@我")).toHaveCount(1);
  await phone.page.context().setOffline(false);
  await expect(phone.entry("有人@我")).toHaveCount(0);
  await phone.page.reload();
  await expect(phone.connected).toBeVisible();
  await expect(phone.entry("有人@我")).toHaveCount(0);
});

test("what mentions somebody who looks at the conversation is before their eyes", async ({
  browsers,
  website,
  organisation,
  server,
}) => {
  const { conversation_id } = await (await newVisitor(server.url, website.key)).say("退款什么时候到");
  const colleague = await newAgent(server, organisation, { name: "周云", role: "supervisor" });
  const desk = await browsers.console({ as: colleague, path: `/inbox/${conversation_id}` });
  await desk.ready("退款什么时候到");
  const agent = await browsers.console({ path: `/inbox/${conversation_id}` });
  await agent.ready("退款什么时候到");
  await agent.page.getByRole("button", { name: "内部备注", exact: true }).click();
  const field = agent.page.getByRole("textbox", { name: "内部备注", exact: true });
  await field.fill("@周云 今天要");
  await field.press("Control+Enter");
  await expect(desk.messages.message("今天要")).toBeVisible();
  await desk.page.reload();
  await desk.ready("退款什么时候到");
  await expect(desk.entry("有人@我")).toHaveCount(0);
});
