// ME-5: which Parlor this is, and the way to its site.

import { expect, test } from "../../fixtures/test.ts";

test("about says the version and leads to the product's site, and asks again what could not be asked", async ({ browsers, server }) => {
  const { page } = await browsers.console({ path: "/inbox" });
  await page.route("**/api/v1/server-info", (route) => route.abort());
  await page.goto("/settings/account");
  const about = page.getByRole("region", { name: "关于" });
  await expect(about.getByRole("alert")).toHaveText("版本信息加载失败");
  await page.unroute("**/api/v1/server-info");
  await about.getByRole("button", { name: "重试" }).click();
  await expect(about.getByText(/^\d+\.\d+\.\d+/)).toBeVisible();
  const info = (await (await fetch(`${server.url}/api/v1/server-info`)).json()) as { site_url: string };
  await expect(about.getByRole("link", { name: info.site_url })).toHaveAttribute("href", info.site_url);
});
