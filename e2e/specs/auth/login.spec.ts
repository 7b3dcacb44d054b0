// LOGIN-1 and LOGIN-2 as a person meets them.

import { newChannel } from "@parlor/client/testing";
import { expectWords } from "../../fixtures/moments.ts";
import { expect, test } from "../../fixtures/test.ts";
import { LoginPage } from "../../pages/auth.ts";
import { ConsolePage } from "../../pages/console.ts";
import { SettingsPage } from "../../pages/settings.ts";

test.use({ baseURL: async ({ server }, use) => use(server.url) });

/** Browsers that say which system they run on. */
const USER_AGENTS = {
  macOS: "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.4 Safari/605.1.15",
  Linux: "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0",
  Windows: "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:128.0) Gecko/20100101 Firefox/128.0",
};

test("a wrong password and an unknown account are told alike", async ({ page, organisation }) => {
  const login = new LoginPage(page);
  await page.goto("/login");
  for (const account of [organisation.registration.account, "nobody-at-all"]) {
    await login.signIn({ account, password: "not-this-1" });
    await expect(page.getByRole("alert").filter({ hasText: "账号或密码不正确" })).toBeVisible();
    await page.reload();
  }
});

test("after several wrong passwords the page solves a puzzle by itself, and the right one is taken", async ({ page, organisation }) => {
  const login = new LoginPage(page);
  const puzzles: string[] = [];
  page.on("request", (request) => {
    if (request.url().endsWith("/auth/challenges")) puzzles.push(request.url());
  });
  await page.goto("/login");
  for (const _ of [1, 2, 3, 4]) {
    await login.signIn({ account: organisation.registration.account, password: "not-this-1" });
    await expect(page.getByRole("alert").filter({ hasText: "账号或密码不正确" })).toBeVisible();
    await page.reload();
  }
  expect(puzzles).toHaveLength(1);
  await login.signIn(organisation.registration);
  await expect(new ConsolePage(page).connected).toBeVisible();
  expect(puzzles).toHaveLength(2);
});

test("both agreements must be ticked", async ({ page, organisation }) => {
  const login = new LoginPage(page);
  await page.goto("/login");
  await login.account.fill(organisation.registration.account);
  await login.password.fill(organisation.registration.password);
  await login.submit.click();
  await expect(page.getByText(/请先阅读并勾选/)).toBeVisible();
  await expect(page).toHaveURL(/\/login/);
});

test("a page asked for before signing in comes back afterwards, and a reload stays signed in", async ({ page, organisation }) => {
  await page.goto("/settings/account");
  await expect(page).toHaveURL(/\/login/);
  const login = new LoginPage(page);
  await login.signIn(organisation.registration);
  await expect(page).toHaveURL(/\/settings\/account/);
  await page.reload();
  await expect(page.getByLabel("邮箱", { exact: true })).toHaveValue(organisation.registration.email);
  await expect(page).toHaveURL(/\/settings\/account/);
});

test("who signs in suspended is told so, receives nothing, and can come back", async ({ page, organisation, admin, browsers, shop }) => {
  const login = new LoginPage(page);
  await page.goto("/login");
  await login.state("suspended").check();
  await login.signIn(organisation.registration);
  const agent = new ConsolePage(page);
  await expect(agent.connected).toBeVisible();
  const resume = page.getByRole("button", { name: agent.labels.goOnline });
  await expect(resume).toBeVisible();
  await expect(page.getByText(agent.labels.setToOffline)).toBeVisible();

  const visitor = await browsers.visitor({ url: shop });
  await visitor.open();
  await visitor.say("有人吗？");
  await expect(visitor.messages.mark("有人吗？", "sent")).toBeVisible();
  // What does come, and happened after the message: had the message come, it would be there by now.
  const later = await newChannel(admin, "后来的渠道");
  await expect(page.getByRole("link", { name: new RegExp(later.name) }).first()).toBeVisible();
  await expect(agent.entry("有人吗？")).toHaveCount(0);
  await resume.click();
  await expect(agent.entry("有人吗？")).toBeVisible();
  await expect(resume).toHaveCount(0);
});

test("signing out forgets everything here and nothing elsewhere", async ({ browsers }) => {
  const [here, there] = [await browsers.console(), await browsers.console()];
  await expect(here.connected).toBeVisible();
  await expect(there.connected).toBeVisible();
  await here.choose("signOut");
  await expect(here.page).toHaveURL(/\/login/);
  await here.page.goto("/inbox");
  await expect(here.page).toHaveURL(/\/login/);
  await there.page.reload();
  await expect(there.connected).toBeVisible();
});

test("signing out everywhere ends other devices at once", async ({ browsers }) => {
  const [here, there] = [await browsers.console(), await browsers.console()];
  await expect(there.connected).toBeVisible();
  await here.choose("signOutEverywhere");
  await here.page
    .getByRole("dialog")
    .or(here.page.getByRole("alertdialog"))
    .getByRole("button", { name: here.labels.signOutEverywhere })
    .click();
  await expect(here.page).toHaveURL(/\/login/);
  await expect(there.page).toHaveURL(/\/login/);
});

test("a device can be signed out from another", async ({ browsers }) => {
  const here = await browsers.console({ path: "/settings/account" });
  const there = await browsers.console();
  await expect(here.connected).toBeVisible();
  await expect(there.connected).toBeVisible();
  await here.page.reload();
  const settings = new SettingsPage(here.page);
  await settings.otherBrowsers.getByRole("button", { name: here.labels.signOutDevice }).click();
  await expect(there.page).toHaveURL(/\/login/);
  await expect(here.page).toHaveURL(/\/settings\/account/);
});

test("of several devices the one that is pressed is signed out, also after the list was drawn anew", async ({ browsers }) => {
  const here = await browsers.console({ path: "/settings/account" });
  const devices = new Map<string, ConsolePage>();
  for (const [system, userAgent] of Object.entries(USER_AGENTS)) {
    const device = await browsers.console({ userAgent });
    await expect(device.connected).toBeVisible();
    devices.set(system, device);
  }
  await here.page.reload();
  const rows = new SettingsPage(here.page).devices.filter({ hasText: /Safari|Firefox/ });
  await expect(rows).toHaveCount(devices.size);
  // From the top: the next one comes to where the one before stood.
  while (devices.size > 0) {
    const shown = await rows.first().innerText();
    const [system = "", gone] = [...devices].find(([system]) => shown.includes(system)) ?? [];
    if (gone === undefined) throw new Error(`nobody has opened ${shown}`);
    devices.delete(system);
    await rows.first().getByRole("button", { name: here.labels.signOutDevice }).click();
    await expect(rows).toHaveCount(devices.size);
    await expect(gone.page).toHaveURL(/\/login/);
    for (const other of devices.values()) {
      await other.page.reload();
      await expect(other.connected).toBeVisible();
    }
  }
  await expect(here.page).toHaveURL(/\/settings\/account/);
});

test("changing the password ends every other session and asks for the old one", async ({ browsers, organisation }) => {
  const there = await browsers.console();
  await expect(there.connected).toBeVisible();
  const here = await browsers.console({ path: "/settings/account" });
  const settings = new SettingsPage(here.page);
  await settings.oldPassword.fill("not-the-old-1");
  await settings.newPassword.fill("brand-new-2026");
  await settings.repeatPassword.fill("brand-new-2026");
  await settings.changePassword.click();
  await expect(settings.oldPassword).toHaveAccessibleDescription(/原密码不正确/);
  await settings.oldPassword.fill(organisation.registration.password);
  await expect(settings.otherBrowsers).toHaveCount(1);
  await expectWords(here.page, "密码已修改", () => settings.changePassword.click());
  await expect(settings.otherBrowsers).toHaveCount(0);
  await expect(there.page).toHaveURL(/\/login/);
  const login = new LoginPage(there.page);
  await login.signIn({ account: organisation.registration.account, password: "brand-new-2026" });
  await expect(there.connected).toBeVisible();
});
