// Reading a conversation while things happen: what one reads stays where it is, and nothing waits for a scroll that never
// comes.

import type { ParlorClient } from "@parlor/client";
import { answer, newVisitor } from "@parlor/client/testing";
import { expectKept } from "../../fixtures/kept.ts";
import { fill } from "../../fixtures/sentences.ts";
import { expect, test, textOf } from "../../fixtures/test.ts";
import type { ConsolePage } from "../../pages/console.ts";

async function markRead(admin: ParlorClient, conversation_id: string, seq: number): Promise<void> {
  await admin.ok(admin.api.PUT("/api/v1/conversations/{conversation_id}/read", { params: { path: { conversation_id } }, body: { seq } }));
}

/** Goes to the very top of what is loaded, from where earlier messages come. */
async function scrollToTop(agent: ConsolePage): Promise<void> {
  await agent.messages.log.press("Home");
}

test("what was written elsewhere does not carry off whoever reads old messages", async ({ browsers, website, server, admin }) => {
  const visitor = await newVisitor(server.url, website.key);
  const conversation = await fill(visitor, 1, 45);
  const agent = await browsers.console({ path: `/inbox/${conversation}` });
  await expect(agent.messages.message("第 45 句")).toBeInViewport();
  await scrollToTop(agent);
  const anchor = agent.messages.message("第 1 句");
  await expect(anchor).toBeInViewport();
  await answer(admin, conversation, "在另一台设备上的回答");
  await expect(agent.messages.message("在另一台设备上的回答")).toHaveCount(1);
  await expect(agent.entry("在另一台设备上的回答")).toBeVisible();
  await expect(anchor).toBeInViewport();
  // What one writes here is what one wants to see.
  await agent.say("在这里的回答");
  await expect(agent.messages.message("在这里的回答")).toBeInViewport();
});

test("history that came into sight while offline loads on return", async ({ browsers, website, server }) => {
  const conversation = await fill(await newVisitor(server.url, website.key), 1, 120);
  const agent = await browsers.console({ path: `/inbox/${conversation}` });
  await expect(agent.messages.message("第 120 句")).toBeInViewport();
  await expect(agent.connected).toBeVisible();
  await agent.page.context().setOffline(true);
  await expect(agent.reconnecting).toBeVisible();
  await scrollToTop(agent);
  await expect(agent.messages.message("第 71 句")).toBeInViewport();
  await expect(agent.messages.log.getByText("正在加载更早的消息")).toHaveCount(0);
  await agent.page.context().setOffline(false);
  await expect(agent.messages.message("第 21 句")).toHaveCount(1);
});

test("who goes somewhere arrives, whatever takes room from the log at that moment", async ({ browsers, website, server }) => {
  const conversation = await fill(await newVisitor(server.url, website.key), 1, 45);
  const agent = await browsers.console({ path: `/inbox/${conversation}` });
  await expect(agent.messages.message("第 45 句")).toBeInViewport();
  await expect(agent.messages.message("第 1 句")).toHaveCount(1);
  await agent.messages.log.evaluate((log) => {
    const shrink = () => (log as HTMLElement).style.setProperty("margin-bottom", "80px");
    addEventListener("keydown", shrink, { capture: true, once: true });
  });
  await scrollToTop(agent);
  await expect(agent.messages.message("第 1 句")).toBeInViewport();
  // By whatever else may scroll, such as the browser's own search in the page.
  await agent.messages.message("第 30 句").evaluate((message) => {
    message.closest<HTMLElement>("[role=log]")?.style.setProperty("margin-bottom", "0");
    message.scrollIntoView({ block: "start" });
  });
  await expect(agent.messages.message("第 30 句")).toBeInViewport();
  await expect(agent.messages.message("第 1 句")).not.toBeInViewport();
});

test("history is not read out as news, and news is", async ({ browsers, website, server }) => {
  const visitor = await newVisitor(server.url, website.key);
  const conversation = await fill(visitor, 1, 70);
  const agent = await browsers.console({ path: `/inbox/${conversation}` });
  await expect(agent.messages.message("第 70 句")).toBeInViewport();
  const heard = await agent.page.evaluateHandle(() => new Map<string, string | null>());
  await agent.messages.log.evaluate((log, heard) => {
    new MutationObserver((changes) => {
      for (const node of changes.flatMap(({ addedNodes }) => [...addedNodes])) {
        const sentence = node.textContent?.match(/第 \d+ 句/)?.[0];
        if (sentence !== undefined) {
          heard.set(sentence, log.getAttribute("aria-live"));
        }
      }
    }).observe(log, { childList: true, subtree: true });
  }, heard);
  await scrollToTop(agent);
  await expect(agent.messages.message("第 1 句，")).toHaveCount(1);
  await expect(agent.messages.log).toHaveAttribute("aria-live", "polite");
  await visitor.say("第 71 句");
  await expect(agent.messages.message("第 71 句")).toHaveCount(1);
  expect(await heard.evaluate((heard) => [heard.get("第 1 句"), heard.get("第 71 句")])).toEqual(["off", "polite"]);
});

test("a conversation opens with a screenful, and no row is taken out while those above come", async ({ browsers, website, server }) => {
  const conversation = await fill(await newVisitor(server.url, website.key), 1, 120);
  await (await newVisitor(server.url, website.key)).say("另一位");
  const agent = await browsers.console();
  await agent.entry("另一位").click();
  await expect(agent.messages.message("另一位")).toBeVisible();
  // Every row that comes, in the order of coming, and every one that goes while the conversation is open.
  const told = await agent.page.evaluateHandle(() => ({ came: [] as number[][], went: 0 }));
  await agent.page.evaluate(
    ([told, conversation]) => {
      const seqs = (nodes: NodeList) => {
        const elements = [...nodes].filter((node) => node instanceof HTMLElement).flatMap((node) => [node, ...node.querySelectorAll<HTMLElement>("[data-seq]")]);
        return [...new Set(elements.map((element) => Number(element.dataset["seq"] ?? 0)).filter((seq) => seq > 0))];
      };
      new MutationObserver((changes) => {
        if (location.pathname.includes(conversation)) {
          const came = [...new Set(changes.flatMap(({ addedNodes }) => seqs(addedNodes)))];
          if (came.length > 0) {
            told.came.push(came);
          }
          told.went += changes.flatMap(({ removedNodes }) => seqs(removedNodes)).filter((seq) => seq > 1).length;
        }
      }).observe(document.body, { childList: true, subtree: true });
    },
    [told, conversation] as const,
  );
  await agent.entry("第 120 句").click();
  await expect(agent.messages.message("第 71 句，")).toHaveCount(1);
  const { came } = await told.jsonValue();
  const first = came.find((rows) => rows.includes(120)) ?? [];
  expect(first.length, "a screenful").toBeLessThan(30);
  expect(Math.max(...came.slice(1).map((rows) => rows.length)), "and the others in steps").toBeLessThan(15);
  await scrollToTop(agent);
  await expect(agent.messages.message("第 21 句，")).toHaveCount(1);
  await scrollToTop(agent);
  await expect(agent.messages.message("第 1 句，")).toHaveCount(1);
  expect((await told.jsonValue()).went).toBe(0);
});

test("whoever opens a conversation at its new messages sees how many lie below", async ({ browsers, website, server, admin }) => {
  const visitor = await newVisitor(server.url, website.key);
  const conversation = await fill(visitor, 1, 20);
  await markRead(admin, conversation, 20);
  await fill(visitor, 21, 45);
  const agent = await browsers.console({ path: `/inbox/${conversation}` });
  await expect(agent.messages.message("第 21 句")).toBeInViewport();
  const jump = agent.page.getByRole("button", { name: "回到最新消息" });
  await expect(jump).toContainText("25 条新消息");
  await jump.click();
  await expect(agent.messages.message("第 45 句")).toBeInViewport();
  await expect(jump).toHaveCount(0);
});

test("the contact panel stays as it is while messages come", async ({ browsers, website, server }) => {
  const visitor = await newVisitor(server.url, website.key);
  const { conversation_id } = await visitor.say("一");
  const agent = await browsers.console({ path: `/inbox/${conversation_id}` });
  const link = await agent.contact.getByRole("link", { name: website.name }).elementHandle();
  await visitor.say("二");
  await expect(agent.messages.message("二")).toBeVisible();
  await expect(agent.entry("二")).toBeVisible();
  expect(await link?.evaluate((link) => link.isConnected)).toBe(true);
});

test("the visitor's avatar opens the contact panel, and devices are named in the agent's language", async ({ browsers, shop }) => {
  const visitor = await browsers.visitor({ url: shop });
  await visitor.open();
  await visitor.say("看看我");
  const agent = await browsers.console();
  await agent.open("看看我");
  await expect(agent.contact).toContainText("电脑");
  await agent.contact.getByRole("button", { name: "收起联系人信息" }).click();
  await expect(agent.contact).toHaveCount(0);
  await agent.page.getByRole("button", { name: /的联系人信息$/ }).click();
  await expect(agent.contact).toBeVisible();
});

test("a conversation with unsent messages is marked in the list", async ({ browsers, website, server }) => {
  const { conversation_id } = await (await newVisitor(server.url, website.key)).say("第一位");
  await (await newVisitor(server.url, website.key)).say("第二位");
  const agent = await browsers.console({ path: `/inbox/${conversation_id}` });
  await expect(agent.connected).toBeVisible();
  const mark = { name: "有消息待发送" };
  await expect(agent.messages.message("第一位")).toBeVisible();
  await expect(agent.list.getByRole("img", mark)).toHaveCount(0);
  await agent.page.context().setOffline(true);
  await expect(agent.reconnecting).toBeVisible();
  const needsReply = agent.page.getByText(/^待回复 · /);
  await expect(needsReply).toBeVisible();
  await agent.say("离线时写的");
  // Whose answer is on its way does not wait for one.
  await expect(needsReply).toHaveCount(0);
  await agent.entry("第二位").click();
  // What waits is what the row shows, not the question that it answers.
  await expect(agent.entry("我：离线时写的").getByRole("img", mark)).toBeVisible();
  await expect(agent.entry("第一位")).toHaveCount(0);
  await agent.page.context().setOffline(false);
  await expect(agent.entry("离线时写的")).toBeVisible();
  await expect(agent.list.getByRole("img", mark)).toHaveCount(0);
});

test("a tab that stays open sends what a closed one left", async ({ browsers, website, server, admin }) => {
  const { conversation_id } = await (await newVisitor(server.url, website.key)).say("在吗");
  const path = `/inbox/${conversation_id}`;
  const leaving = await browsers.console({ path });
  const context = leaving.page.context();
  const staying = await context.newPage();
  await staying.goto(path);
  const log = staying.getByRole("log", { name: leaving.labels.messages });
  const connected = staying.getByRole("status").filter({ hasText: leaving.labels.connected });
  await expect(connected).toBeVisible();
  await expect(leaving.connected).toBeVisible();
  await context.setOffline(true);
  await expect(leaving.reconnecting).toBeVisible();
  await expect(connected).toHaveCount(0);
  await leaving.say("写完就关了");
  await expect(leaving.messages.mark("写完就关了", "sending")).toBeVisible();
  await expectKept(leaving.page, "写完就关了");
  await leaving.page.close();
  await context.setOffline(false);
  // It is shown as soon as it is taken up, which is before it is stored.
  await expect(log.getByRole("article").filter({ hasText: "写完就关了" })).toHaveCount(1);
  const stored = async () => {
    const params = { path: { conversation_id } };
    const window = await admin.ok(admin.api.GET("/api/v1/conversations/{conversation_id}/messages", { params }));
    return window.items.map(({ content }) => textOf(content));
  };
  await expect.poll(stored).toEqual(["在吗", "写完就关了"]);
});
