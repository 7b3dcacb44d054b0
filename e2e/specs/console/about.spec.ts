// ME-5: which Parlor this is, and the way to its site.

import type { Schemas } from "@parlor/client";
import { type Browsers, expect, test } from "../../fixtures/test.ts";

/** The line of the version: with the commit, cut short, where the build was told which it is. */
function lineOf({ version, commit }: Schemas["ServerInfo"]): string {
  return commit == null ? version : `${version} (${commit.slice(0, 10)})`;
}

async function infoOf(server: { url: string }): Promise<Schemas["ServerInfo"]> {
  return (await (await fetch(`${server.url}/api/v1/server-info`)).json()) as Schemas["ServerInfo"];
}

/** The part about the product of a server that says this of itself. */
async function about(browsers: Browsers, info: Schemas["ServerInfo"]) {
  const { page } = await browsers.console({ path: "about:blank" });
  await page.route("**/api/v1/server-info", (route) => route.fulfill({ json: info }));
  await page.goto("/settings/account");
  return page.getByRole("region", { name: "关于" });
}

test("about says the version and leads to the product's site, and asks again what could not be asked", async ({ browsers, server }) => {
  const { page } = await browsers.console({ path: "/inbox" });
  await page.route("**/api/v1/server-info", (route) => route.abort());
  await page.goto("/settings/account");
  const about = page.getByRole("region", { name: "关于" });
  await expect(about.getByRole("alert")).toHaveText("版本信息加载失败");
  await page.unroute("**/api/v1/server-info");
  await about.getByRole("button", { name: "重试" }).click();
  const info = await infoOf(server);
  expect(info.version).toMatch(/^\d+\.\d+\.\d+/);
  await expect(about.getByText(lineOf(info), { exact: true })).toBeVisible();
  await expect(about.getByRole("link", { name: info.site_url })).toHaveAttribute("href", info.site_url);
});

test("a build that was told its commit says it in short beside the version, and one that was not says the version alone", async ({ browsers, server }) => {
  const { commit: _, ...info } = await infoOf(server);
  const told = await about(browsers, { ...info, commit: "0123456789abcdef" });
  await expect(told.getByText(`${info.version} (0123456789)`, { exact: true })).toBeVisible();
  const untold = await about(browsers, info);
  await expect(untold.getByText(info.version, { exact: true })).toBeVisible();
});
