// CONV-5: a conversation that is longer than what a browser is given to draw: all of it can be read, up and down again.

import { newVisitor } from "@parlor/client/testing";
import { expect, test } from "../../fixtures/test.ts";

/** Enough that something is let go of on the way up and on the way down: `SHOWN_MOST` of `client::state` are drawn. */
const MESSAGES = 520;
const DRAWN_MOST = 400;

test.use({
  ownServer: true,
  serverSettings: {
    PARLOR_LIMITS__VISITOR_REQUESTS_PER_IP_PER_MINUTE: "100000",
    PARLOR_LIMITS__VISITOR_MESSAGES_PER_MINUTE: "100000",
    PARLOR_LIMITS__VISITOR_MESSAGES_PER_10_SECONDS: "100000",
  },
});

test("a long conversation is read to its beginning and back, and never drawn as a whole", async ({ browsers, website, server }) => {
  test.slow();
  const visitor = await newVisitor(server.url, website.key);
  let conversation = "";
  for (let n = 1; n <= MESSAGES; n += 1) {
    conversation = (await visitor.say(`第 ${n} 句。`)).conversation_id;
  }
  const agent = await browsers.console({ path: `/inbox/${conversation}` });
  await agent.ready(`第 ${MESSAGES} 句。`);
  const log = agent.page.locator(".message-list__view");
  const drawn = () => log.locator("[data-seq]").evaluateAll((rows) => rows.map((row) => Number((row as HTMLElement).dataset["seq"])));
  /**
   * Scrolls to an end of what is drawn until this message is drawn there, and is before the person's eyes: what comes in above or
   * below leaves them where they were. What is drawn meanwhile has no gap and is bounded.
   */
  const readTo = async (seq: number, end: "top" | "bottom") => {
    await expect(async () => {
      await log.evaluate((view, end) => view.scrollTo(0, end === "top" ? 0 : view.scrollHeight), end);
      const seqs = await drawn();
      expect(seqs.length).toBeLessThanOrEqual(DRAWN_MOST);
      expect(seqs).toEqual(seqs.map((_, place) => (seqs[0] ?? 0) + place));
      expect(end === "top" ? seqs[0] : seqs.at(-1)).toBe(seq);
      const left = await log.evaluate((view) => ({ top: view.scrollTop, bottom: view.scrollHeight - view.clientHeight - view.scrollTop }));
      expect(left[end]).toBeLessThan(2);
    }).toPass({ timeout: 60_000, intervals: [20] });
  };
  await readTo(1, "top");
  await expect(agent.messages.message("第 1 句。")).toBeInViewport();
  expect(await drawn()).not.toContain(MESSAGES);
  // What is said meanwhile is said at the end, and takes nobody there.
  await visitor.say("还在吗？");
  await expect(agent.entry("还在吗？")).toBeVisible();
  await expect(agent.messages.message("第 1 句。")).toBeInViewport();
  await readTo(MESSAGES + 1, "bottom");
  await expect(agent.messages.message("还在吗？")).toBeInViewport();
  expect(await drawn()).not.toContain(1);
  // Far up again, one step leads back, and what one says oneself is said at the end.
  await readTo(1, "top");
  await agent.page.getByRole("button", { name: "回到最新消息" }).click();
  await expect(agent.messages.message("还在吗？")).toBeInViewport();
  await agent.say("在的");
  await expect(agent.messages.message("在的")).toBeInViewport();
});
