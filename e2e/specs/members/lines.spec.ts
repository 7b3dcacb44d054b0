// Who joined and who left stands in the log as a quiet line, for agents; the visitor learns nothing of it.

import { answer, newAgent, newVisitor, type Organisation } from "@parlor/client/testing";
import { fill } from "../../fixtures/sentences.ts";
import { expect, onlyConversation, test, unique } from "../../fixtures/test.ts";
import type { MessageLog } from "../../pages/messages.ts";

type Colleague = Awaited<ReturnType<typeof newAgent>>;

function member(conversation_id: string, colleague: Colleague) {
  return { params: { path: { conversation_id, agent_id: colleague.me.id } } };
}

async function invite({ admin }: Organisation, conversation: string, colleague: Colleague): Promise<void> {
  await admin.ok(admin.api.PUT("/api/v1/conversations/{conversation_id}/members/{agent_id}", member(conversation, colleague)));
}

/** Waits until these stand in the log, in this order. */
async function expectOrder(log: MessageLog, texts: string[]): Promise<void> {
  await expect
    .poll(async () => {
      const shown = await log.log.innerText();
      const places = texts.map((text) => shown.indexOf(text));
      return places.every((place, at) => place >= 0 && (at === 0 || place > (places[at - 1] ?? 0)));
    })
    .toBe(true);
}

test("joining and leaving are lines at their place, live and after a reload, and nothing of the visitor's moves", async ({
  browsers,
  organisation,
  admin,
  shop,
  server,
}) => {
  const visitor = await browsers.visitor({ url: shop });
  await visitor.open();
  await visitor.say("在吗");
  const conversation = await onlyConversation(admin);
  const colleague = await newAgent(server, organisation, { name: "周云" });
  const agent = await browsers.console();
  await agent.open("在吗");
  await agent.ready("在吗");
  const boss = organisation.me.name;
  const [invited, left, removed] = [`${boss} 邀请 周云 加入会话`, "周云 退出了会话", `${boss} 将 周云 移出会话`];

  await invite(organisation, conversation, colleague);
  await expect(agent.messages.log.getByText(invited)).toBeVisible();
  await answer(colleague.client, conversation, "您好");
  const path = member(conversation, colleague);
  await colleague.client.ok(colleague.client.api.DELETE("/api/v1/conversations/{conversation_id}/members/{agent_id}", path));
  await expect(agent.messages.log.getByText(left)).toBeVisible();
  await expect(agent.entry("您好"), "the list shows what was said last").toHaveCount(1);
  await invite(organisation, conversation, colleague);
  await admin.ok(admin.api.DELETE("/api/v1/conversations/{conversation_id}/members/{agent_id}", path));
  await expect(agent.messages.log.getByText(removed)).toBeVisible();
  await visitor.say("谢谢");
  await expect(agent.messages.message("谢谢")).toBeVisible();
  await expectOrder(agent.messages, ["在吗", invited, "您好", left, removed, "谢谢"]);
  await agent.page.reload();
  await agent.ready("谢谢");
  await expectOrder(agent.messages, ["在吗", invited, "您好", left, removed, "谢谢"]);
  await expect(agent.messages.all, "a line is no message").toHaveCount(3);

  await expect(visitor.messages.message("您好")).toBeVisible();
  await expect(visitor.page.getByText(/加入会话|退出了会话|移出会话/)).toHaveCount(0);
  await visitor.page.reload();
  await expect(visitor.messages.message("谢谢")).toBeVisible();
  await expect(visitor.page.getByText(/加入会话|退出了会话|移出会话/)).toHaveCount(0);
});

test("a line of long ago is where it belongs for whoever reads there, and a new one carries nobody off", async ({
  browsers,
  organisation,
  website,
  server,
}) => {
  const visitor = await newVisitor(server.url, website.key);
  const conversation = await fill(visitor, 1, 30);
  const [first, second] = [unique("早来的"), unique("晚来的")];
  await invite(organisation, conversation, await newAgent(server, organisation, { name: first }));
  await fill(visitor, 31, 160);
  const agent = await browsers.console({ path: `/inbox/${conversation}?message=30` });
  await expect(agent.messages.message("第 30 句")).toBeInViewport();
  await agent.connected.waitFor();
  await expectOrder(agent.messages, ["第 30 句", first, "第 31 句"]);
  await invite(organisation, conversation, await newAgent(server, organisation, { name: second }));
  await visitor.say("最后一句");
  await expect(agent.entry("最后一句")).toHaveCount(1);
  await expect(agent.messages.log.getByText(second)).toHaveCount(0);
  await expect(agent.messages.message("第 30 句")).toBeInViewport();
  await agent.page.getByRole("button", { name: "回到最新消息" }).click();
  await expect(agent.messages.message("最后一句")).toBeInViewport();
  await expectOrder(agent.messages, ["第 160 句", second, "最后一句"]);
});

test("in English the same lines are English", async ({ browsers, organisation, website, server }) => {
  const visitor = await newVisitor(server.url, website.key);
  const { conversation_id } = await visitor.say("hello there");
  const colleague = await newAgent(server, organisation, { name: "Robin" });
  await invite(organisation, conversation_id, colleague);
  const agent = await browsers.console({ path: `/inbox/${conversation_id}`, locale: "en" });
  await expect(agent.messages.log.getByText(`${organisation.me.name} added Robin`)).toBeVisible();
});
