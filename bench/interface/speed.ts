// How much work the console gives the browser's main thread for one thing that an agent does: another conversation, a key, a
// step of scrolling. Counted by the browser itself (`TaskDuration` of the page's process: script, style, layout, painting), from
// before the input until two frames after what it brings is shown, so it holds what came of it and nothing is left out.

import { writeFileSync } from "node:fs";
import { type CDPSession, expect, type Page, test } from "@playwright/test";
import { ConsolePage } from "../../e2e/pages/console.ts";

/** What the benchmark tells. */
function given(name: string): string {
  const value = process.env[`PARLOR_BENCH_${name}`];
  if (value === undefined) {
    throw new Error(`PARLOR_BENCH_${name} is missing: this is started by \`cargo xtask bench interface\``);
  }
  return value;
}

/** Inputs of each kind. The first ones are not counted: nobody has them a second time. */
const INPUTS = Number(given("INPUTS"));
const WARMING_UP = 5;
/** The name of what is measured with no input at all. */
const NOTHING = "nothing";

/** The main thread's work for one input, in milliseconds. */
class MainThread {
  private constructor(
    private readonly page: Page,
    private readonly session: CDPSession,
  ) {}

  static async of(page: Page): Promise<MainThread> {
    const session = await page.context().newCDPSession(page);
    await session.send("Performance.enable", { timeDomain: "threadTicks" });
    return new MainThread(page, session);
  }

  /** Does something again and again and counts each. */
  async works(input: (number: number) => Promise<void>): Promise<number[]> {
    const found: number[] = [];
    for (let number = 0; number < INPUTS + WARMING_UP; number += 1) {
      const before = await this.soFar();
      await input(number);
      await this.frames();
      const work = (await this.soFar()) - before;
      if (number >= WARMING_UP) {
        found.push(work);
      }
    }
    return found;
  }

  private async soFar(): Promise<number> {
    const { metrics } = await this.session.send("Performance.getMetrics");
    const seconds = metrics.find(({ name }) => name === "TaskDuration")?.value;
    if (seconds === undefined) {
      throw new Error("the browser does not count the work of its tasks");
    }
    return seconds * 1000;
  }

  /** Two frames: by then the last change has been painted. */
  private async frames(): Promise<void> {
    await this.page.evaluate(() => new Promise((painted) => requestAnimationFrame(() => requestAnimationFrame(painted))));
  }
}

test("the interface's work", async ({ browser }) => {
  const context = await browser.newContext({ baseURL: given("URL") });
  const [account, password] = [given("ACCOUNT"), given("PASSWORD")];
  const answer = await context.request.post("/api/v1/auth/sessions", {
    data: { account, password, login_state: "normal", agreements_accepted: true },
  });
  expect(answer.ok(), await answer.text()).toBe(true);
  // The wizard would stand in front of what is measured.
  const { access_token } = await answer.json();
  const dismissed = await context.request.patch("/api/v1/me", {
    data: { setup_dismissed: true },
    headers: { authorization: `Bearer ${access_token}` },
  });
  expect(dismissed.ok(), await dismissed.text()).toBe(true);
  const page = await context.newPage();
  await page.addInitScript(() => localStorage.setItem("parlor.signed_in", "1"));
  const found: Record<string, number[]> = {};

  await page.goto("/inbox");
  const desk = new ConsolePage(page);
  await desk.rows.first().waitFor();
  await desk.connected.waitFor();
  const thread = await MainThread.of(page);

  // What the measuring itself costs, and two empty frames.
  found[NOTHING] = await thread.works(() => Promise.resolve());

  // All of the list is loaded, as a day's scrolling leaves it.
  const list = page.locator(".conversation-list__view");
  const rows = page.locator(".conversation-list__rows");
  const wanted = Number(given("CONVERSATIONS"));
  const listed = () => rows.evaluate((element) => Math.round(element.getBoundingClientRect().height / 68));
  await expect(async () => {
    await list.evaluate((element) => element.scrollTo(0, element.scrollHeight));
    expect(await listed()).toBeGreaterThanOrEqual(wanted);
  }).toPass({ timeout: 200_000, intervals: [50] });

  found["scrolling the list by a screenful"] = await thread.works(async (number) => {
    await list.evaluate((element, top) => element.scrollTo(0, top), number * 640);
  });

  await list.evaluate((element) => element.scrollTo(0, 0));
  await desk.rows.first().click();
  await desk.composer.waitFor();
  await desk.rows.first().focus();
  const opened = () => page.url();
  found["another conversation, never opened before"] = await thread.works(async () => {
    const before = opened();
    await page.keyboard.press("ArrowDown");
    await page.waitForURL((url) => url.toString() !== before);
    await page.locator(".message-list [data-seq]").last().waitFor();
  });
  found["another conversation, opened before"] = await thread.works(async (number) => {
    const before = opened();
    // Back and forth over the ones that were just opened.
    await page.keyboard.press(number % 2 === 0 ? "ArrowUp" : "ArrowDown");
    await page.waitForURL((url) => url.toString() !== before);
    await page.locator(".message-list [data-seq]").last().waitFor();
  });

  await page.goto(`/inbox/${given("LONG")}`);
  await desk.composer.waitFor();
  const log = page.locator(".message-list__view");
  await page.locator(".message-list [data-seq]").last().waitFor();
  found["scrolling up through history, as it loads"] = await thread.works(async () => {
    await log.evaluate((element) => element.scrollBy(0, -600));
  });
  // The whole of it, up to its first message.
  await expect(async () => {
    await log.evaluate((element) => element.scrollTo(0, 0));
    await expect(page.locator('.message-list [data-seq="1"]')).toBeVisible({ timeout: 50 });
  }).toPass({ timeout: 200_000, intervals: [20] });
  await log.evaluate((element) => element.scrollTo(0, element.scrollHeight / 2));
  found["scrolling in a conversation that was read to its beginning"] = await thread.works(async (number) => {
    await log.evaluate((element, step) => element.scrollBy(0, step), number % 40 < 20 ? 600 : -600);
  });
  await log.evaluate((element) => element.scrollTo(0, element.scrollHeight));
  await desk.composer.focus();
  found["a key, in a conversation that was read to its beginning"] = await thread.works(async (number) => {
    await page.keyboard.press(number % 8 === 7 ? "Shift+Enter" : "a");
  });

  writeFileSync(given("OUT"), JSON.stringify(found));
});
