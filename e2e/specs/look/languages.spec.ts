// Two languages and two themes: complete, switched live, remembered.

import type { Locator, Page } from "@playwright/test";
import { newChannel, newVisitor } from "@parlor/client/testing";
import { block } from "../../fixtures/blacklist.ts";
import { addTags } from "../../fixtures/tags.ts";
import { expect, test } from "../../fixtures/test.ts";
import { ChannelPage } from "../../pages/channel.ts";
import { ConsolePage } from "../../pages/console.ts";
import { LABELS } from "../../pages/labels.ts";
import { SettingsPage } from "../../pages/settings.ts";

test.use({ registration: { org_name: "Morning Light", contact_name: "Lin" } });

/** Everything that a person may read or hear on the page. */
async function words(page: Page): Promise<string> {
  return page.evaluate(() => {
    const spoken = ["aria-label", "aria-description", "title", "placeholder", "alt", "data-tip"];
    const attributes = [...document.querySelectorAll("*")].flatMap((element) => spoken.map((name) => element.getAttribute(name)));
    return [document.title, document.body.innerText, ...attributes].filter(Boolean).join("\n");
  });
}

/** Names that are the same in every language: the language's own in the menu. */
const NAMES = ["简体中文"];

/** No Chinese left over. */
async function expectEnglish(page: Page): Promise<void> {
  const chinese = (await words(page)).match(/[\p{Script=Han}，。：；？！（）“”]+/gu) ?? [];
  expect(chinese.filter((word) => !NAMES.includes(word))).toEqual([]);
  await expect(page.locator("html")).toHaveAttribute("lang", "en");
}

test("in English no page of the console has a Chinese word", async ({ browsers, admin, server }) => {
  const channel = await newChannel(admin, "Website");
  const visit = { page: { url: "https://shop.example/", title: "Shop", referrer: "" }, locale: "en-GB" };
  const visitor = await newVisitor(server.url, channel.key, visit);
  const agent = await browsers.console({ locale: "en-GB" });
  await expect(agent.page.getByText(agent.labels.noConversations)).toBeVisible();
  await expect(agent.entry(/./)).toHaveCount(0);
  await expectEnglish(agent.page);
  const { conversation_id } = await visitor.say("Hello?");
  const blocked = await newVisitor(server.url, channel.key, visit);
  await blocked.say("Buy now!");
  await block(admin, blocked.session.contact_id);
  await addTags(admin, "Source", [["Fair", "green"]]);
  // Headings stand before what they head: each page with what is there last.
  const pages: [path: string, last: Locator[]][] = [
    [`/inbox/${conversation_id}`, [agent.messages.message("Hello?"), agent.contact.getByText("127.0.0.1")]],
    [`/channels/${channel.id}`, [new ChannelPage(agent.page, "en").qrCode]],
    ["/channels/new?kind=website", [new ChannelPage(agent.page, "en").name]],
    ["/settings/account", [new SettingsPage(agent.page, "en").devices.first()]],
    ["/settings/tags", [agent.page.getByRole("button", { name: "Rename tag Fair" })]],
    [`/channels/${channel.id}/style`, [agent.page.getByRole("img", { name: "Preview: PC medium" })]],
    ["/contacts", [agent.page.getByRole("row").nth(1)]],
    ["/people", [agent.page.getByRole("list", { name: "People" }).getByRole("listitem").first()]],
    ["/audit", [agent.page.getByRole("main").getByRole("listitem").first()]],
    ["/developers/tokens", [agent.page.getByText("There are no tokens yet")]],
    ["/developers/webhooks", [agent.page.getByText("There are no webhooks yet")]],
    ["/blacklist", [agent.page.getByRole("button", { name: /from the blacklist$/ })]],
  ];
  for (const [path, last] of pages) {
    await agent.page.goto(path);
    await expect(agent.connected).toBeVisible();
    for (const part of last) {
      await expect(part).toBeVisible();
    }
    await expectEnglish(agent.page);
  }
});

test("in English no page outside of the console has a Chinese word", async ({ browsers, server }) => {
  const labels = LABELS.en;
  const page = await (await browsers.context({ locale: "en-GB", baseURL: server.url })).newPage();
  await page.addInitScript(() => localStorage.setItem("parlor.language", "en"));
  const heading = page.getByRole("heading").first();
  const pages: [path: string, last: Locator][] = [
    ["/nowhere", heading],
    ["/dev/codes", page.getByRole("row").nth(1)],
    ["/login", heading],
    ["/register", heading],
    ["/legal/privacy-policy", page.getByRole("article")],
  ];
  for (const [path, last] of pages) {
    await page.goto(path);
    await expect(last).toBeVisible();
    if (path === "/register") {
      await page.getByRole("button", { name: labels.register, exact: true }).click();
      await expect(page.getByText("Organisation name is required")).toBeVisible();
    }
    await expectEnglish(page);
  }
});

test("the language is switched live and remembered", async ({ browsers }) => {
  const chinese = await browsers.console({ path: "/settings/account" });
  const english = new ConsolePage(chinese.page, "en");
  await expect(chinese.conversationsLink).toBeVisible();
  await chinese.page.getByRole("combobox", { name: chinese.labels.language }).selectOption({ label: "English" });
  await expect(english.conversationsLink).toBeVisible();
  await english.page.reload();
  await expect(english.conversationsLink).toBeVisible();
  await expect(english.page.locator("html")).toHaveAttribute("lang", "en");
});

test("the theme follows the system until somebody chooses", async ({ browsers }) => {
  const agent = await browsers.console({ path: "/settings/account" });
  await expect(agent.connected).toBeVisible();
  const brightness = () =>
    agent.page.evaluate(() => {
      const [red = 0, green = 0, blue = 0] = getComputedStyle(document.body).backgroundColor.match(/\d+/g)?.map(Number) ?? [];
      return (red + green + blue) / 3;
    });
  await agent.page.emulateMedia({ colorScheme: "light" });
  await expect.poll(brightness).toBeGreaterThan(200);
  await agent.page.emulateMedia({ colorScheme: "dark" });
  await expect.poll(brightness).toBeLessThan(60);
  await agent.page.getByRole("radio", { name: agent.labels.light }).check();
  await expect.poll(brightness).toBeGreaterThan(200);
  await agent.page.reload();
  await expect.poll(brightness).toBeGreaterThan(200);
});

test("the widget speaks the language of the visitor's browser", async ({ browsers, admin, site }) => {
  const channel = await newChannel(admin, "Shop");
  const shop = site.publish({ body: channel.embed_code, title: "Pens", htmlAttributes: 'lang="en"' });
  const visitor = await browsers.visitor({ url: shop, locale: "en-US" });
  await visitor.open();
  await expect(visitor.panel("Shop")).toBeVisible();
  await visitor.say("Hello");
  await expect(visitor.messages.mark("Hello", "sent")).toBeVisible();
  const chinese = (await visitor.panel("Shop").innerText()).match(/\p{Script=Han}+/gu) ?? [];
  expect(chinese).toEqual([]);
});
