// The contract can be read in a browser, with nothing from anywhere else.

import { expect, test } from "../../fixtures/test.ts";

test("/docs shows every operation without any outside network", async ({ browsers, server }) => {
  const page = await (await browsers.context({ baseURL: server.url })).newPage();
  const outside: string[] = [];
  const complaints: string[] = [];
  page.on("request", (request) => {
    const url = new URL(request.url());
    if (url.protocol.startsWith("http") && url.origin !== server.url) {
      outside.push(request.url());
    }
  });
  page.on("console", (message) => {
    if (message.type() === "error") {
      complaints.push(message.text());
    }
  });
  await page.goto("/docs");
  const list = page.getByRole("button", { name: /^get .*\/api\/v1\/conversations\/.*conversation_id.*\/messages/i }).first();
  await expect(list).toBeVisible();
  await expect(page.getByText("/widget/v1/sessions").first()).toBeVisible();
  await list.click();
  await expect(page.getByText("before_seq").first()).toBeVisible();
  expect(outside).toEqual([]);
  expect(complaints).toEqual([]);
});
