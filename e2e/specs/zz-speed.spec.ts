import { writeFileSync } from "node:fs";
import { newVisitor } from "@parlor/client/testing";
import { test } from "../fixtures/test.ts";
test.use({ ownServer: true, serverSettings: { PARLOR_LIMITS__VISITOR_REQUESTS_PER_IP_PER_MINUTE: "100000", PARLOR_LIMITS__VISITOR_MESSAGES_PER_MINUTE: "100000", PARLOR_LIMITS__VISITOR_MESSAGES_PER_10_SECONDS: "100000", PARLOR_LIMITS__VISITORS_PER_IP_PER_MINUTE: "100000" } });
test("speed", async ({ browsers, website, server }) => {
  test.setTimeout(200_000);
  for (let v = 0; v < 24; v += 1) {
    const visitor = await newVisitor(server.url, website.key);
    for (let n = 1; n <= 50; n += 1) await visitor.say(`第 ${n} 句。您好，请问这件蓝色的多少钱？什么时候能够发货呢？${v}`);
  }
  const agent = await browsers.console({ path: `/inbox` });
  const page = agent.page;
  await agent.rows.first().click();
  await agent.composer.waitFor();
  await agent.rows.first().focus();
  const session = await page.context().newCDPSession(page);
  await session.send("Performance.enable", { timeDomain: "threadTicks" });
  const get = async () => Object.fromEntries((await session.send("Performance.getMetrics")).metrics.map((m) => [m.name, m.value]));
  const keys = ["TaskDuration", "ScriptDuration", "LayoutDuration", "RecalcStyleDuration", "LayoutCount", "RecalcStyleCount", "Nodes"];
  const rows: any[] = [];
  const step = async (what: string, key: string) => {
    const before = await get();
    const url = page.url();
    await page.keyboard.press(key);
    await page.waitForURL((u) => u.toString() !== url);
    await page.locator(".message-list [data-seq]").last().waitFor();
    await page.evaluate(() => new Promise((p) => requestAnimationFrame(() => requestAnimationFrame(p))));
    const after = await get();
    rows.push([what, ...keys.map((k) => (k.endsWith("Duration") ? Math.round(10000 * (after[k]! - before[k]!)) / 10 : after[k]! - before[k]!))]);
  };
  for (let n = 0; n < 18; n += 1) await step("new", "ArrowDown");
  await session.send("Profiler.enable");
  await session.send("Profiler.setSamplingInterval", { interval: 100 });
  await session.send("Profiler.start");
  for (let n = 0; n < 12; n += 1) await step("old", n % 2 ? "ArrowDown" : "ArrowUp");
  const { profile } = await session.send("Profiler.stop");
  writeFileSync("/tmp/zz-speed.json", JSON.stringify({ keys, rows }));
  writeFileSync("/tmp/zz-speed.cpuprofile", JSON.stringify(profile));
});
