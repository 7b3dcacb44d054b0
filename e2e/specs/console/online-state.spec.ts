// ME-2: whoever goes offline on one device receives nothing on any of them, at once.

import { newChannel, newVisitor } from "@parlor/client/testing";
import { elsewhere, watchNotifications } from "../../fixtures/notifications.ts";
import { expect, test, unique } from "../../fixtures/test.ts";
import { SettingsPage } from "../../pages/settings.ts";

test("offline on one device is offline on the other at once: no card, no count, no notification on either", async ({
  browsers,
  server,
  website,
  admin,
}) => {
  const permissions = ["notifications"];
  const [here, there] = [await browsers.console({ permissions, path: "/settings/account" }), await browsers.console({ permissions })];
  const devices = [here, there];
  const shown: (() => Promise<string[]>)[] = [];
  for (const { page, connected } of devices) {
    await expect(connected).toBeVisible();
    shown.push(await watchNotifications(page));
    // Whoever is elsewhere is told in every way that there is.
    await elsewhere(page, true);
  }
  const notifications = () => Promise.all(shown.map((of) => of()));
  const heard = unique("还在线");
  const { conversation_id, seq } = await (await newVisitor(server.url, website.key)).say(heard);
  for (const { page, cards } of devices) {
    await expect(cards.getByRole("button", { name: heard })).toBeVisible();
    await expect(page).toHaveTitle(/^\(1\)/);
  }
  await expect.poll(notifications).toEqual(devices.map(() => [expect.stringContaining(heard)]));
  // It is read: whatever is counted later is new.
  const params = { path: { conversation_id } };
  await admin.ok(admin.api.PUT("/api/v1/conversations/{conversation_id}/read", { params, body: { seq } }));
  for (const { page, cards } of devices) {
    await expect(page).toHaveTitle(/^[^(]/);
    await expect(cards.getByRole("button")).toHaveCount(0);
  }

  const settings = new SettingsPage(here.page);
  await settings.state("offline").click();
  await expect(settings.state("offline")).toBeChecked();
  for (const { page, labels } of devices) {
    await expect(page.getByText(labels.setToOffline)).toBeVisible();
  }
  const unheard = unique("没有人听见");
  await (await newVisitor(server.url, website.key)).say(unheard);
  // What does come, and happened after the message: had the message come, it would be there by now.
  const later = await newChannel(admin, "后来的渠道");
  for (const { page, cards } of devices) {
    await expect(page.getByRole("link", { name: new RegExp(later.name) }).first()).toBeVisible();
    await expect(cards.getByRole("button")).toHaveCount(0);
    await expect(page).toHaveTitle(/^[^(]/);
  }
  await expect(there.entry(unheard)).toHaveCount(0);

  // Online again, on the other device, by its menu: what came meanwhile is there to be read, and only what comes now is told.
  await there.accountMenu.click();
  await there.page.getByRole("menuitemradio", { name: there.labels.stateOnline, exact: true }).click();
  await expect(settings.state("online")).toBeChecked();
  for (const { page, labels } of devices) {
    await expect(page.getByText(labels.setToOffline)).toHaveCount(0);
    await expect(page).toHaveTitle(/^\(1\)/);
  }
  await expect(there.entry(unheard)).toBeVisible();
  const last = unique("又在线了");
  await (await newVisitor(server.url, website.key)).say(last);
  await expect.poll(notifications).toEqual(devices.map(() => [expect.stringContaining(heard), expect.stringContaining(last)]));
  for (const { cards } of devices) {
    await expect(cards.getByRole("button", { name: last })).toBeVisible();
    await expect(cards.getByRole("button", { name: unheard })).toHaveCount(0);
  }
});
