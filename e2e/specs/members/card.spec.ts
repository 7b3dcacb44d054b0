// CONV-3: an agent's avatar shows that agent's details.

import { answer, newAgent, newVisitor } from "@parlor/client/testing";
import { expectAccessible } from "../../fixtures/axe.ts";
import { expect, onlyConversation, test, unique } from "../../fixtures/test.ts";

test("a colleague's picture beside their message opens their card, with whether they are there", async ({
  browsers,
  organisation,
  admin,
  website,
  server,
}) => {
  const visitor = await newVisitor(server.url, website.key);
  await visitor.say("在吗");
  const colleague = await newAgent(server, organisation, { name: "周云", role: "supervisor" });
  const text = unique("我来回答");
  await answer(colleague.client, await onlyConversation(admin), text);
  const agent = await browsers.console();
  await agent.open(text);
  await agent.page.getByRole("button", { name: "周云 的资料" }).click();
  const card = agent.page.getByRole("dialog", { name: "客服资料" });
  await expect(card).toContainText("周云");
  await expect(card).toContainText("督导");
  await expect(card).toContainText("离线");
  await expect(card).toContainText(colleague.account);
  await expectAccessible(agent.page, "an agent's card");
  await agent.page.keyboard.press("Escape");
  await expect(card).toBeHidden();
  await expect(agent.page.getByRole("button", { name: "周云 的资料" })).toBeFocused();

  const device = await browsers.console({ as: colleague });
  await device.connected.waitFor();
  await agent.page.getByRole("button", { name: "周云 的资料" }).press("Enter");
  await expect(card).toContainText("在线");
  // Offline by choice is told from not being there.
  await agent.page.keyboard.press("Escape");
  await expect(card).toBeHidden();
  await colleague.client.ok(colleague.client.api.PATCH("/api/v1/me", { body: { login_state: "suspended" } }));
  await agent.page.getByRole("button", { name: "周云 的资料" }).press("Enter");
  await expect(card).toContainText("离线（已登录）");
});

test("to a plain agent others' contact details are masked", async ({ browsers, organisation, admin, website, server }) => {
  const visitor = await newVisitor(server.url, website.key);
  await visitor.say("在吗");
  const agent = await newAgent(server, organisation);
  const seen = await agent.client.ok(
    agent.client.api.GET("/api/v1/agents/{agent_id}", { params: { path: { agent_id: organisation.me.id } } }),
  );
  expect(seen.account).toBeUndefined();
  expect(seen.mobile).toMatch(/^\d{3}\*{6}\d{2}$/);
  expect(seen.masked).toEqual(["account", "email", "mobile"]);
  const whole = await admin.ok(
    admin.api.GET("/api/v1/agents/{agent_id}", { params: { path: { agent_id: agent.me.id } } }),
  );
  expect(whole.account).toBe(agent.account);
  await browsers.console({ as: agent });
});
