// Before the application is there: a calm sign that it comes, and words when it does not.

import type { Route } from "@playwright/test";
import { expect, test } from "../../fixtures/test.ts";

test("the page is not blank while the application is on its way", async ({ browsers, server }) => {
  const page = await (await browsers.context({ baseURL: server.url })).newPage();
  let arrived: (route: Route) => void = () => {};
  const held = new Promise<Route>((done) => {
    arrived = done;
  });
  let waits = true;
  await page.route(/\.wasm$/, (route) => {
    // The parts that follow are not held.
    if (!waits) {
      return route.continue();
    }
    waits = false;
    return arrived(route);
  });
  await page.goto("/login", { waitUntil: "commit" });
  const route = await held;
  const waiting = page.getByRole("status", { name: "正在加载" });
  await expect(waiting).toBeVisible();
  await route.continue();
  await expect(page.getByRole("heading").first()).toBeVisible();
  await expect(waiting).toHaveCount(0);
});

for (const { locale, words, reload } of [
  { locale: "zh-CN", words: "页面未能加载", reload: "重新加载" },
  { locale: "en-GB", words: "The page could not be loaded", reload: "Reload" },
]) {
  for (const broken of [/\.wasm$/, /assets\/console-.*\.js$/]) {
    test(`without ${broken} the page says so in ${locale} and can be loaded again`, async ({ browsers, server }) => {
      const page = await (await browsers.context({ baseURL: server.url, locale })).newPage();
      await page.route(broken, (route) => route.abort());
      await page.goto("/login");
      await expect(page.getByRole("alert")).toContainText(words);
      await page.unroute(broken);
      await page.getByRole("button", { name: reload }).click();
      await expect(page.getByRole("heading").first()).toBeVisible();
      await expect(page.getByText(words)).toHaveCount(0);
    });
  }
}
