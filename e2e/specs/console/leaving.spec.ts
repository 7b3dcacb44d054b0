// Leaving: whoever would lose something is asked, once, and before it is too late.

import type { Page } from "@playwright/test";
import { newVisitor } from "@parlor/client/testing";
import { picture } from "../../fixtures/files.ts";
import { expect, test } from "../../fixtures/test.ts";
import type { ConsolePage } from "../../pages/console.ts";
import { SettingsPage } from "../../pages/settings.ts";

/** What the browser itself asks from now on; whoever is asked stays. */
function browserAsks(page: Page): string[] {
  const asked: string[] = [];
  page.on("dialog", (dialog) => {
    asked.push(dialog.type());
    void dialog.dismiss();
  });
  return asked;
}

/** A file that is on its way and does not arrive. */
async function uploading(agent: ConsolePage): Promise<void> {
  await agent.page.route("**/attachments?*", () => undefined);
  const chooser = agent.page.waitForEvent("filechooser");
  await agent.page.getByRole("button", { name: agent.labels.image, exact: true }).click();
  await (await chooser).setFiles([picture("在路上.png")]);
  await expect(agent.page.getByRole("progressbar", { name: "在路上.png" })).toBeVisible();
}

test("signing out says what is lost by it, and then nothing holds it up", async ({ browsers, website, server }) => {
  await (await newVisitor(server.url, website.key)).say("在吗");
  const agent = await browsers.console();
  await agent.open("在吗");
  await agent.ready("在吗");
  await uploading(agent);
  const asked = browserAsks(agent.page);
  await agent.choose("signOut");
  const question = agent.page.getByRole("dialog", { name: "退出登录？" });
  await expect(question.getByRole("listitem")).toHaveText(["1 个文件还没有发出，将会丢失。"]);
  await question.getByRole("button", { name: "取消" }).click();
  await expect(question).toBeHidden();
  await expect(agent.page.getByRole("progressbar", { name: "在路上.png" })).toBeVisible();
  await agent.choose("signOut");
  await question.getByRole("button", { name: "仍然退出" }).click();
  await expect(agent.page).toHaveURL(/\/login$/);
  expect(asked).toEqual([]);
});

test("with nothing to lose signing out asks nothing", async ({ browsers }) => {
  const agent = await browsers.console();
  await expect(agent.connected).toBeVisible();
  await agent.choose("signOut");
  await expect(agent.page).toHaveURL(/\/login$/);
});

test("a session that is ended elsewhere is over, whatever is on its way", async ({ browsers, website, server }) => {
  await (await newVisitor(server.url, website.key)).say("在吗");
  const [here, there] = [await browsers.console(), await browsers.console({ path: "/settings/account" })];
  await here.open("在吗");
  await here.ready("在吗");
  await uploading(here);
  const asked = browserAsks(here.page);
  await new SettingsPage(there.page).otherBrowsers.getByRole("button").click();
  await expect(here.page).toHaveURL(/\/login/);
  expect(asked).toEqual([]);
});

test("edits of one's profile and a new password are not lost by a link", async ({ browsers }) => {
  const agent = await browsers.console({ path: "/settings/account" });
  const name = agent.page.getByRole("region", { name: "个人资料" }).getByLabel("姓名");
  await expect(name).not.toHaveValue("");
  const question = agent.page.getByRole("dialog", { name: "放弃未保存的修改？" });
  const leaves = async () => {
    await agent.conversationsLink.click();
    await expect(question).toBeVisible();
    await question.getByRole("button", { name: "继续编辑" }).click();
    await expect(agent.page).toHaveURL(/\/settings\/account$/);
  };
  const before = await name.inputValue();
  await name.fill("周小川");
  await leaves();
  await expect(name).toHaveValue("周小川");
  await name.fill(before);
  const password = agent.page.getByLabel(agent.labels.newPassword, { exact: true });
  await password.fill("brand-new-2026");
  await leaves();
  await expect(password).toHaveValue("brand-new-2026");
  await password.fill("");
  await agent.conversationsLink.click();
  await expect(agent.page).toHaveURL(/\/inbox/);
});
