// An open page of results follows what happens: what is recalled, cleared, deleted or withdrawn meanwhile is shown no more.

import { answer, newAgent, newVisitor } from "@parlor/client/testing";
import { expect, test, unique } from "../../fixtures/test.ts";
import type { ConsolePage } from "../../pages/console.ts";

/** Searches until so many are found: the index follows what was said by moments. */
async function search(agent: ConsolePage, words: string, count: number): Promise<void> {
  await expect(async () => {
    await agent.search.fill("");
    await agent.search.fill(words);
    await expect(agent.results.getByRole("link")).toHaveCount(count, { timeout: 2_000 });
  }).toPass();
}

test("hits go when they are recalled, cleared or deleted, without asking again", async ({ browsers, website, server, admin }) => {
  const [word, said] = [unique("发票").replaceAll(" ", ""), "还有别的"];
  const [first, second] = [await newVisitor(server.url, website.key), await newVisitor(server.url, website.key)];
  const { conversation_id } = await first.say(`${word} 甲`);
  const recalled = await answer(admin, conversation_id, `${word} 乙`);
  const other = (await second.say(`${word} 丙`)).conversation_id;
  await second.say(said);
  const agent = await browsers.console();
  await agent.connected.waitFor();
  await search(agent, word, 3);
  const asked: string[] = [];
  agent.page.on("request", (request) => {
    if (request.url().includes("/api/v1/search")) asked.push(request.url());
  });
  const hits = agent.results.getByRole("link");
  const hit = (text: string) => hits.filter({ hasText: text });
  await hit("乙").focus();
  const path = { conversation_id, message_id: recalled.id };
  await admin.ok(admin.api.POST("/api/v1/conversations/{conversation_id}/messages/{message_id}/recall", { params: { path } }));
  await expect(hit("乙")).toHaveCount(0);
  await expect(hits).toHaveCount(2);
  await expect(hits.first(), "the focus goes on where hits are").toBeFocused();
  await admin.ok(
    admin.api.DELETE("/api/v1/conversations/{conversation_id}/messages", { params: { path: { conversation_id } } }),
  );
  await expect(hit("甲")).toHaveCount(0);
  await expect(hit("丙")).toHaveCount(1);
  await admin.ok(admin.api.DELETE("/api/v1/conversations/{conversation_id}", { params: { path: { conversation_id: other } } }));
  await expect(agent.results).toContainText("没有找到");
  expect(asked).toEqual([]);
});

test("a conversation that is withdrawn takes its hits along, also while the line is away", async ({
  browsers,
  website,
  server,
  admin,
  organisation,
}) => {
  const word = unique("合同").replaceAll(" ", "");
  const visitor = await newVisitor(server.url, website.key);
  const { conversation_id } = await visitor.say(`${word} 甲`);
  const other = await newVisitor(server.url, website.key);
  const kept = (await other.say(`${word} 乙`)).conversation_id;
  const colleague = await newAgent(server, organisation, { name: "周云" });
  const member = (id: string) => ({ params: { path: { conversation_id: id, agent_id: colleague.me.id } } });
  for (const id of [conversation_id, kept]) {
    await admin.ok(admin.api.PUT("/api/v1/conversations/{conversation_id}/members/{agent_id}", member(id)));
  }
  const theirs = await browsers.console({ as: colleague });
  await theirs.connected.waitFor();
  await search(theirs, word, 2);
  await theirs.page.context().setOffline(true);
  await theirs.reconnecting.waitFor();
  await admin.ok(admin.api.DELETE("/api/v1/conversations/{conversation_id}/members/{agent_id}", member(conversation_id)));
  await theirs.page.context().setOffline(false);
  const hits = theirs.results.getByRole("link");
  await expect(hits).toHaveCount(1);
  await expect(hits).toContainText("乙");
});
