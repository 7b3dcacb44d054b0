// Searching what was said: found as one types, shown in context, and a click away from its place in the conversation.

import { answer, newVisitor } from "@parlor/client/testing";
import { expectAccessibleInBothThemes } from "../../fixtures/axe.ts";
import { InputMethod } from "../../fixtures/ime.ts";
import { fill } from "../../fixtures/sentences.ts";
import { expect, test } from "../../fixtures/test.ts";

test("what is typed is found with the words marked, and a click shows it with its surroundings", async ({ browsers, website, server, admin }) => {
  const visitor = await newVisitor(server.url, website.key);
  await visitor.say("我想申请退款，订单号 SF1234567890");
  const conversation = await fill(visitor, 1, 160);
  const agent = await browsers.console({ path: `/inbox/${conversation}` });
  await agent.ready("第 160 句");
  await agent.search.pressSequentially("退款");
  const hit = agent.results.getByRole("link").filter({ hasText: "申请退款" });
  await expect(hit).toHaveCount(1);
  await expect(hit.locator("mark")).toHaveText("退款");
  await hit.click();
  const found = agent.messages.message("申请退款");
  await expect(found).toBeInViewport();
  await expect(agent.messages.message("第 160 句")).toHaveCount(0);
  // What is new meanwhile neither carries the reader off nor counts as read.
  await visitor.say("还有一件事");
  // It is counted and told, and what follows the old message is neither.
  await expect(agent.page.getByRole("button", { name: /^1 条新消息/ })).toBeVisible();
  await expect(agent.page.getByRole("region", { name: "新消息", exact: true }).getByRole("button", { name: "还有一件事" })).toBeVisible();
  await expect(found).toBeInViewport();
  const unread = async () =>
    (await admin.ok(admin.api.GET("/api/v1/conversations/{conversation_id}", { params: { path: { conversation_id: conversation } } }))).unread;
  expect(await unread()).toBe(1);
  // Scrolling down joins the newest messages in the end.
  for (const seen of ["第 25 句", "第 75 句", "第 125 句", "还有一件事"]) {
    await expect(async () => {
      await agent.messages.log.evaluate((log) => log.scrollTo(0, log.scrollHeight));
      await expect(agent.messages.message(seen)).toHaveCount(1, { timeout: 500 });
    }).toPass();
  }
  await agent.messages.log.evaluate((log) => log.scrollTo(0, log.scrollHeight));
  await expect.poll(unread).toBe(0);
});

test("from a message of long ago one button leads back to the newest, and what one says is said there", async ({ browsers, website, server, admin }) => {
  const visitor = await newVisitor(server.url, website.key);
  await visitor.say("很久以前的发票");
  const conversation = await fill(visitor, 1, 120);
  const agent = await browsers.console({ path: `/inbox/${conversation}` });
  await agent.ready("第 120 句");
  const jump = async () => {
    await agent.search.fill("发票");
    await agent.results.getByRole("link").filter({ hasText: "很久以前" }).click();
    await expect(agent.messages.message("很久以前的发票")).toBeInViewport();
  };
  await jump();
  await agent.page.getByRole("button", { name: "回到最新消息" }).click();
  await expect(agent.messages.message("第 120 句")).toBeInViewport();
  await jump();
  await agent.say("给您补开");
  await expect(agent.messages.message("给您补开")).toBeInViewport();
  await answer(admin, conversation, "另一台设备也在");
  await expect(agent.messages.message("另一台设备也在")).toBeInViewport();
  // An address that names a message opens there, also after a reload.
  await jump();
  await agent.page.reload();
  await expect(agent.messages.message("很久以前的发票")).toBeInViewport();
});

test("an address of a message that is there no more says so, and shows the newest", async ({ browsers, website, server }) => {
  const visitor = await newVisitor(server.url, website.key);
  const { conversation_id } = await visitor.say("只有这一句");
  const agent = await browsers.console({ path: `/inbox/${conversation_id}?message=99` });
  await expect(agent.page.getByText("消息已不存在")).toBeVisible();
  await expect(agent.messages.message("只有这一句")).toBeVisible();
});

test("the keyboard alone: a slash, words, arrows, Enter, Esc", async ({ browsers, website, server }) => {
  const first = await newVisitor(server.url, website.key);
  await first.say("发货了吗");
  const second = await newVisitor(server.url, website.key);
  await second.say("什么时候发货");
  const agent = await browsers.console({});
  await expect(agent.entry("发货")).toHaveCount(2);
  await agent.page.keyboard.press("/");
  await expect(agent.search).toBeFocused();
  await agent.page.keyboard.type("发货");
  const hits = agent.results.getByRole("link");
  await expect(hits).toHaveCount(2);
  await agent.page.keyboard.press("ArrowDown");
  await expect(hits.nth(0)).toBeFocused();
  await agent.page.keyboard.press("ArrowDown");
  await expect(hits.nth(1)).toBeFocused();
  await agent.page.keyboard.press("ArrowUp");
  await agent.page.keyboard.press("ArrowUp");
  await expect(agent.search).toBeFocused();
  await agent.page.keyboard.press("ArrowDown");
  await agent.page.keyboard.press("Enter");
  await expect(agent.messages.message("什么时候发货")).toBeVisible();
  await agent.search.focus();
  await agent.page.keyboard.press("Escape");
  await expect(agent.search).toHaveValue("");
  await expect(agent.entry("发货")).toHaveCount(2);
});

test("what an input method composes is not looked for until it is decided", async ({ browsers, website, server }) => {
  await (await newVisitor(server.url, website.key)).say("请帮我退款");
  const agent = await browsers.console({});
  await expect(agent.entry("退款")).toHaveCount(1);
  const asked: string[] = [];
  agent.page.on("request", (request) => {
    const url = new URL(request.url());
    if (url.pathname === "/api/v1/search") asked.push(url.searchParams.get("q") ?? "");
  });
  await agent.search.focus();
  const ime = await InputMethod.of(agent.page);
  await ime.compose("tui");
  await ime.compose("tui kuan");
  await ime.enterWhileComposing();
  await ime.acceptByEnter("退款");
  await expect(agent.results.getByRole("link").filter({ hasText: "退款" })).toHaveCount(1);
  expect([...new Set(asked)]).toEqual(["退款"]);
});

test("nothing found, and a search that fails, say so", async ({ browsers, website, server }) => {
  await (await newVisitor(server.url, website.key)).say("你好");
  const agent = await browsers.console({});
  await expect(agent.entry("你好")).toHaveCount(1);
  await agent.search.fill("没有人说过");
  await expect(agent.results).toContainText("没有找到“没有人说过”");
  await expectAccessibleInBothThemes(agent.page, "nothing found");
  await agent.page.route("**/api/v1/search?**", (route) => route.abort());
  await agent.search.fill("你好");
  await expect(agent.results.getByRole("alert")).toContainText("搜索失败");
  await expectAccessibleInBothThemes(agent.page, "a search that failed");
  await agent.page.unroute("**/api/v1/search?**");
  await agent.results.getByRole("button", { name: "重试" }).click();
  await expect(agent.results.getByRole("link")).toHaveCount(1);
  await expectAccessibleInBothThemes(agent.page, "what was found");
});

test("people of one name come page by page, and the focus stays with the reader", async ({ browsers, website, server, admin }) => {
  const name = "张伟";
  for (let number = 1; number <= 21; number += 1) {
    const visitor = await newVisitor(server.url, website.key);
    await visitor.say(`第 ${number} 位`);
    const params = { path: { contact_id: visitor.session.contact_id } };
    const { version } = await admin.ok(admin.api.GET("/api/v1/contacts/{contact_id}", { params }));
    await admin.ok(admin.api.PATCH("/api/v1/contacts/{contact_id}", { params, body: { version, name } }));
  }
  const agent = await browsers.console({});
  // What was found before the connection stood is looked for once more, from the first page.
  await expect(agent.connected).toBeVisible();
  // At once: between two letters it would be the people of the first one that are shown, and gone with the second.
  await agent.search.fill(name);
  const people = agent.results.getByRole("list").first().getByRole("link");
  await expect(people).toHaveCount(20);
  const more = agent.results.getByRole("button", { name: "更多联系人" });
  await more.focus();
  await agent.page.keyboard.press("Enter");
  await expect(people).toHaveCount(21);
  await expect(more).toHaveCount(0);
  expect(await people.evaluateAll((links) => new Set(links.map((link) => link.getAttribute("href"))).size)).toBe(21);
  await expect(agent.results.getByRole("link").and(agent.page.locator(":focus"))).toHaveCount(1);
});
