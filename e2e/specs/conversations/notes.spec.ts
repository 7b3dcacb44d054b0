// CONV-5: internal notes: agents write them to each other beside a conversation; the visitor learns nothing of them.

import type { Page } from "@playwright/test";
import { answer, newAgent, newVisitor } from "@parlor/client/testing";
import { expectAccessible } from "../../fixtures/axe.ts";
import { InputMethod } from "../../fixtures/ime.ts";
import { expect, onlyConversation, test, unique } from "../../fixtures/test.ts";
import type { ConsolePage } from "../../pages/console.ts";

/** The field of a note. */
function noteField(agent: ConsolePage) {
  return agent.page.getByRole("textbox", { name: "内部备注", exact: true });
}

/** Goes over to writing a note. */
async function takeNote(agent: ConsolePage) {
  await agent.page.getByRole("button", { name: "内部备注", exact: true }).click();
  await expect(noteField(agent)).toBeFocused();
  return noteField(agent);
}

/** Goes back to writing an answer. */
async function reply(agent: ConsolePage): Promise<void> {
  await agent.page.getByRole("button", { name: "回复", exact: true }).click();
  await expect(agent.composer).toBeVisible();
}

/** Everything that a page is sent from now on, by sockets and by answers. */
function sentTo(page: Page): string[] {
  const sent: string[] = [];
  page.on("websocket", (socket) => socket.on("framereceived", ({ payload }) => sent.push(String(payload))));
  page.on("response", async (response) => {
    if (response.headers()["content-type"]?.includes("json") === true) sent.push(await response.text().catch(() => ""));
  });
  return sent;
}

test("a note mentions a colleague, who is told although the conversation is muted, and the visitor learns nothing", async ({
  browsers,
  shop,
  admin,
  organisation,
  server,
}) => {
  const visitor = await browsers.visitor();
  const sent = sentTo(visitor.page);
  await visitor.page.goto(shop);
  await visitor.open();
  await visitor.say("多少钱？");
  const id = await onlyConversation(admin);
  const colleague = await newAgent(server, organisation, { name: "周云", role: "supervisor" });
  await newAgent(server, organisation, { name: "吴海" });
  const params = { path: { conversation_id: id } };
  await colleague.client.ok(
    colleague.client.api.PATCH("/api/v1/conversations/{conversation_id}/personal", { params, body: { muted: true } }),
  );
  const theirs = await browsers.console({ as: colleague });
  await theirs.connected.waitFor();
  const agent = await browsers.console({ path: `/inbox/${id}` });
  await agent.ready("多少钱？");

  const field = await takeNote(agent);
  await expect(agent.composer).toHaveCount(0);
  await field.pressSequentially("老客户，请@");
  const list = agent.page.getByRole("listbox", { name: "提醒同事" });
  await expect(list.getByRole("option", { name: "周云" })).toBeVisible();
  // Whoever could not read it is not offered.
  await expect(list.getByRole("option")).toHaveCount(1);
  await expectAccessible(agent.page, "a note with the list of colleagues");
  await field.pressSequentially("周");
  await field.press("Enter");
  await expect(field).toHaveValue("老客户，请@周云 ");
  await expect(list).toHaveCount(0);
  await expect(agent.page.getByText("将提醒 周云")).toBeVisible();
  await field.pressSequentially("跟进");
  await field.press("Control+Enter");
  const note = agent.messages.message("老客户，请@周云 跟进");
  await expect(note).toContainText("仅客服可见");
  await expect(note).toHaveAccessibleName(/的内部备注$/);
  await expect(field).toHaveValue("");
  await expectAccessible(agent.page, "a note in the log");

  const card = theirs.page.getByRole("region", { name: "新消息" }).getByRole("button", { name: /提到了你：老客户，请@周云 跟进/ });
  await card.click();
  await expect(theirs.messages.message("老客户，请@周云 跟进")).toContainText("提到了你");

  // The next answer is an answer, and the first thing after it that the visitor hears of.
  await reply(agent);
  await agent.say("三十元");
  await expect(visitor.messages.message("三十元")).toBeVisible();
  await expect(visitor.messages.all).toHaveCount(2);
  // The chat is open again by itself.
  await visitor.page.reload();
  await expect(visitor.messages.message("三十元")).toBeVisible();
  await expect(visitor.messages.all).toHaveCount(2);
  await expect(visitor.page.getByText("老客户")).toHaveCount(0);
  expect(sent.some((text) => text.includes("三十元")), "what is sent is seen here").toBe(true);
  expect(sent.filter((text) => /老客户|note|周云/.test(text))).toEqual([]);
  // It keeps its place between the messages.
  for (const person of [agent, theirs]) {
    await person.page.reload();
    await expect(person.messages.all).toHaveText([/多少钱/, /老客户，请@周云 跟进/, /三十元/]);
  }
});

test("a note and an answer are two drafts, and both are there after a reload", async ({ browsers, website, server }) => {
  const visitor = await newVisitor(server.url, website.key);
  const { conversation_id } = await visitor.say("在吗");
  const agent = await browsers.console({ path: `/inbox/${conversation_id}` });
  await agent.ready("在吗");
  await agent.composer.fill("您好，请稍等");
  const field = await takeNote(agent);
  await expect(field).toHaveValue("");
  await field.fill("问过仓库了");
  await reply(agent);
  await expect(agent.composer).toHaveValue("您好，请稍等");
  await agent.page.reload();
  await agent.ready("在吗");
  await expect(agent.composer).toHaveValue("您好，请稍等");
  await expect(await takeNote(agent)).toHaveValue("问过仓库了");
  // A note that stands alone is what one goes on with.
  await reply(agent);
  await agent.composer.fill("");
  await agent.page.reload();
  await agent.ready("在吗");
  await expect(noteField(agent)).toHaveValue("问过仓库了");
  await noteField(agent).press("Control+Enter");
  await expect(agent.messages.message("问过仓库了")).toBeVisible();
  await agent.page.reload();
  await agent.ready("在吗");
  await expect(agent.composer).toHaveValue("");
});

test("what was not saved stays and is tried again, and what was saved without an answer is saved once", async ({ browsers, website, server }) => {
  const visitor = await newVisitor(server.url, website.key);
  const { conversation_id } = await visitor.say("在吗");
  const agent = await browsers.console({ path: `/inbox/${conversation_id}` });
  await agent.ready("在吗");
  const address = `**/api/v1/conversations/${conversation_id}/notes`;
  let arrived = 0;
  await agent.page.route(address, (route) => (route.request().method() === "POST" ? route.abort() : route.fallback()));
  const field = await takeNote(agent);
  await field.fill("仓库说周三到货");
  await field.press("Control+Enter");
  const failure = agent.page.getByRole("alert").filter({ hasText: "备注未保存" });
  await expect(failure).toBeVisible();
  await expect(field).toHaveValue("仓库说周三到货");
  await expectAccessible(agent.page, "a note that was not saved");
  await agent.page.unroute(address);
  // It is stored this time, and the answer is lost.
  await agent.page.route(address, async (route) => {
    if (route.request().method() !== "POST") return route.fallback();
    // A connection that was kept may just have been closed by the server; the nonce stores a second attempt once.
    await route.fetch({ maxRetries: 3 });
    arrived += 1;
    return route.abort();
  });
  await failure.getByRole("button", { name: "重试" }).click();
  await expect(agent.messages.message("仓库说周三到货")).toHaveCount(1);
  // By its event the field knows that nothing is left to do.
  await expect(field).toHaveValue("");
  await expect(failure).toHaveCount(0);
  await expect.poll(() => arrived).toBe(1);
  await agent.page.unroute(address);
  await field.fill("客户等");
  await agent.page.getByRole("button", { name: "保存备注", exact: true }).click();
  await expect(agent.messages.message("客户等")).toHaveCount(1);
  await expect(agent.messages.all).toHaveCount(3);
});

test("whoever writes a note is not seen writing, and nothing that the visitor says meanwhile holds it back", async ({ browsers, shop }) => {
  const visitor = await browsers.visitor({ url: shop });
  await visitor.open();
  await visitor.say("在吗");
  const agent = await browsers.console();
  await agent.open("在吗");
  await agent.ready("在吗");
  const typing = visitor.page.getByRole("status").filter({ hasText: "客服正在输入…" });
  await agent.composer.pressSequentially("您好");
  await expect(typing).toBeVisible();
  // Going over to a note ends it.
  await takeNote(agent);
  await expect(typing).toHaveCount(0);
  const frames: string[] = [];
  agent.page.on("websocket", (socket) => socket.on("framesent", ({ payload }) => frames.push(String(payload))));
  await agent.page.reload();
  await agent.ready("在吗");
  const field = await takeNote(agent);
  await field.pressSequentially("这位很急");
  await visitor.say("人呢");
  await expect(agent.messages.message("人呢")).toBeVisible();
  await field.press("Control+Enter");
  await expect(agent.messages.message("这位很急")).toBeVisible();
  await expect(agent.page.getByRole("group", { name: "您写回复时，对方又发来：" })).toHaveCount(0);
  // The frames of a socket keep their order: nothing was said of writing before the next thing that is.
  await reply(agent);
  await agent.composer.fill("来了");
  await expect(typing).toBeVisible();
  const told = frames.map((frame) => JSON.parse(frame) as { type: string; active?: boolean }).filter(({ type }) => type === "typing");
  expect(told.map(({ active }) => active)).toEqual([true]);
});

test("notes go with a cleared history, on every console", async ({ browsers, website, server, organisation }) => {
  const visitor = await newVisitor(server.url, website.key);
  const { conversation_id } = await visitor.say("在吗");
  const supervisor = await newAgent(server, organisation, { role: "supervisor" });
  const [agent, theirs] = [
    await browsers.console({ path: `/inbox/${conversation_id}` }),
    await browsers.console({ as: supervisor, path: `/inbox/${conversation_id}` }),
  ];
  const text = unique("老客户");
  for (const person of [agent, theirs]) await person.ready("在吗");
  const field = await takeNote(agent);
  await field.fill(text);
  await field.press("Control+Enter");
  for (const person of [agent, theirs]) await expect(person.messages.message(text)).toBeVisible();
  await agent.page.getByRole("button", { name: "会话设置" }).click();
  await agent.page.getByRole("menuitem", { name: "清空聊天记录" }).click();
  await agent.page.getByRole("dialog").getByRole("button", { name: /^清空/ }).click();
  for (const person of [agent, theirs]) await expect(person.messages.all).toHaveCount(0);
  await answer(supervisor.client, conversation_id, "重新开始");
  for (const person of [agent, theirs]) await expect(person.messages.all).toHaveText([/重新开始/]);
});

test("an input method composes in a note, and nothing is saved, chosen or closed meanwhile", async ({ browsers, website, organisation, server }) => {
  const visitor = await newVisitor(server.url, website.key);
  const { conversation_id } = await visitor.say("在吗");
  await newAgent(server, organisation, { name: "周云", role: "supervisor" });
  const agent = await browsers.console({ path: `/inbox/${conversation_id}` });
  await agent.ready("在吗");
  const field = await takeNote(agent);
  await field.pressSequentially("@");
  await expect(agent.page.getByRole("option", { name: "周云" })).toBeVisible();
  const ime = await InputMethod.of(agent.page);
  await ime.compose("zhou");
  await ime.enterWhileComposing();
  await ime.enterWhileComposing("control");
  await ime.acceptByEnter("周");
  // In Safari's order as well, and an Escape that gives the word up leaves the list of names.
  await ime.compose("yun");
  await ime.escapeWhileComposing();
  await ime.giveUpBeforeEscape();
  await expect(field).toHaveValue("@周");
  await expect(agent.page.getByRole("option", { name: "周云" })).toBeVisible();
  await ime.compose("yun");
  await ime.acceptBeforeEnter("云");
  await expect(field).toHaveValue("@周云");
  await expect(agent.messages.all).toHaveCount(1);
  await expect(agent.page.getByRole("option", { name: "周云" })).toBeVisible();
  await field.press("Enter");
  await expect(field).toHaveValue("@周云 ");
});

test("a note is copied by its menu, also by keyboard", async ({ browsers, server, website, admin }) => {
  const visitor = await newVisitor(server.url, website.key);
  const { conversation_id } = await visitor.say("多少钱？");
  const note = { nonce: crypto.randomUUID(), text: "老客户，九折" };
  await admin.ok(admin.api.POST("/api/v1/conversations/{conversation_id}/notes", { params: { path: { conversation_id } }, body: note }));
  const agent = await browsers.console({ path: `/inbox/${conversation_id}` });
  const { page } = agent;
  await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  await agent.ready("老客户，九折");
  const button = agent.messages.message("老客户，九折").getByRole("button", { name: "消息操作" });
  const copied = () => page.evaluate(() => navigator.clipboard.readText());
  await agent.messages.message("老客户，九折").hover();
  await button.click();
  await expect(page.getByRole("menuitem")).toHaveText(["复制"]);
  await expectAccessible(page, "the menu of a note");
  await page.getByRole("menuitem", { name: "复制" }).click();
  await expect.poll(copied).toBe("老客户，九折");

  // It is the newest of what has a menu, so Tab leads to it; an arrow to the message above.
  await page.evaluate(() => navigator.clipboard.writeText(""));
  await agent.messages.log.focus();
  await page.keyboard.press("Tab");
  await expect(button).toBeFocused();
  await page.keyboard.press("Enter");
  await page.keyboard.press("Enter");
  await expect.poll(copied).toBe("老客户，九折");
  await page.keyboard.press("ArrowUp");
  await expect(agent.messages.message("多少钱？").getByRole("button", { name: "消息操作" })).toBeFocused();
});
