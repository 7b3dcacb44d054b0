// The setup wizard: what it does it does for real, and it is there for as long as it is wanted.

import { createParlorClient } from "@parlor/client";
import { newChannel, newOrganisation, newRegistration, register } from "@parlor/client/testing";
import { expectWords } from "../../fixtures/moments.ts";
import { expect, onlyConversation, test } from "../../fixtures/test.ts";
import { LoginPage } from "../../pages/auth.ts";
import { ConsolePage } from "../../pages/console.ts";
import { WidgetPage } from "../../pages/widget.ts";
import { WizardPage } from "../../pages/wizard.ts";

const WELCOME = "您好，欢迎光临晨光文具！";

test("a new admin sets everything up, a colleague signs in and a visitor is welcomed once", async ({ server, site, browsers }) => {
  const registration = newRegistration();
  await register(createParlorClient({ baseUrl: server.url }), registration);
  const context = await browsers.context({ baseURL: server.url, permissions: ["clipboard-read", "clipboard-write"] });
  const page = await context.newPage();
  await page.goto("/login");
  await new LoginPage(page).signIn(registration);
  const agent = new ConsolePage(page);
  const wizard = new WizardPage(agent);

  // It opens by itself, at what is left: the profile came with the registration.
  await expect(wizard.current).toHaveText(wizard.labels.channelStep);
  await expect(wizard.step("profileStep")).toContainText("已完成");
  await wizard.step("profileStep").click();
  await expect(wizard.field("email")).toHaveValue(registration.email);
  await wizard.field("personName").press("ControlOrMeta+a");
  await wizard.field("personName").pressSequentially("林小满（店长）");
  await wizard.button("save").click();
  await expect(wizard.dialog.getByRole("status").filter({ hasText: wizard.labels.saved })).toBeVisible();
  await wizard.button("next").click();

  await expect(wizard.current).toHaveText(wizard.labels.channelStep);
  await wizard.field("name").pressSequentially("官方商城");
  await wizard.button("addChannel").click();
  await expect(wizard.field("embedCode")).toHaveValue(/^<script src="http.*" charset="utf-8"><\/script>$/);
  await expectWords(page, wizard.labels.copied, () => wizard.button("copyCode").click());
  const embedCode = await page.evaluate(() => navigator.clipboard.readText());
  await wizard.button("next").click();

  await expect(wizard.current).toHaveText(wizard.labels.colleagueStep);
  const colleagues = wizard.dialog.getByRole("list", { name: wizard.labels.colleagues }).getByRole("listitem");
  await expect(colleagues).toHaveText([/林小满（店长）/]);
  const account = newRegistration().account;
  await wizard.field("personName").pressSequentially("王晓");
  await wizard.field("account").pressSequentially(registration.account);
  await wizard.button("generate").click();
  await expect(wizard.field("firstPassword")).toHaveValue(/^[a-z2-9]{12}$/);
  await wizard.button("addColleague").click();
  await expect(wizard.dialog.getByText("该账号已被使用")).toBeVisible();
  await wizard.field("account").fill(account);
  await wizard.button("addColleague").click();
  await expect(wizard.field("signInDetails")).toHaveValue(/账号：/);
  await expect(colleagues).toHaveText([/林小满（店长）/, /王晓/]);
  const details = await wizard.field("signInDetails").inputValue();
  const [, address = "", theirs = "", password = ""] = /^登录地址：(.*)\n账号：(.*)\n密码：(.*)$/.exec(details) ?? [];
  expect(theirs).toBe(account);
  await wizard.button("next").click();

  await expect(wizard.current).toHaveText(wizard.labels.welcomeStep);
  await wizard.field("welcome").pressSequentially(WELCOME);
  await wizard.button("save").click();
  await expect(wizard.dialog.getByRole("status").filter({ hasText: wizard.labels.saved })).toBeVisible();
  for (const step of ["profileStep", "channelStep", "colleagueStep", "welcomeStep"] as const) {
    await expect(wizard.step(step)).toContainText("已完成");
  }
  await wizard.button("finish").click();
  await expect(wizard.dialog).toBeHidden();

  const phone = await (await browsers.context()).newPage();
  await phone.goto(address);
  const login = new LoginPage(phone);
  await expect(login.account).toHaveValue(account);
  await expect(phone.getByText("注册成功"), "they have registered nothing").toHaveCount(0);
  await login.signIn({ password });
  const colleague = new ConsolePage(phone);
  await expect(colleague.connected).toBeVisible();
  await colleague.page.getByRole("button", { name: colleague.labels.help, exact: true }).click();
  await expect(colleague.page.getByRole("menuitem").first()).toBeVisible();
  await expect(colleague.page.getByRole("menuitem", { name: colleague.labels.setupWizard })).toHaveCount(0);
  await expect(new WizardPage(colleague).dialog).toBeHidden();

  const visitor = await browsers.visitor({ url: site.publish({ body: embedCode, title: "钢笔" }) });
  await visitor.open();
  await expect(visitor.messages.all).toHaveText([new RegExp(WELCOME)]);
  await expect(agent.rows).toHaveCount(0);
  await visitor.say("有蓝色的吗？");
  await expect(visitor.messages.mark("有蓝色的吗？", "sent")).toBeVisible();
  await expect(visitor.messages.all).toHaveText([new RegExp(WELCOME), /有蓝色的吗？/]);
  await visitor.page.reload();
  await visitor.composer.waitFor();
  await expect(visitor.messages.all).toHaveText([new RegExp(WELCOME), /有蓝色的吗？/]);

  // Nobody has answered: it still waits, and what was said by itself is marked as that.
  await expect(agent.entry("有蓝色的吗？")).toContainText("待回复");
  await agent.open("有蓝色的吗？");
  await expect(agent.messages.all).toHaveText([new RegExp(`自动回复.*${WELCOME}`), /有蓝色的吗？/]);
});

test("two tabs of a visitor begin together and are welcomed once", async ({ admin, shop, browsers }) => {
  await admin.ok(admin.api.PUT("/api/v1/welcome", { body: { text: WELCOME } }));
  const first = await browsers.visitor({ url: shop });
  await first.open();
  await expect(first.messages.message(WELCOME)).toHaveCount(1);
  const second = await first.page.context().newPage();
  await second.goto(shop);
  const other = new WidgetPage(second);
  await other.open();
  await expect(other.messages.message(WELCOME)).toHaveCount(1);
  await Promise.all([first.say("第一页的话"), other.say("第二页的话")]);
  for (const tab of [first, other]) {
    await expect(tab.messages.message("第一页的话")).toHaveCount(1);
    await expect(tab.messages.message("第二页的话")).toHaveCount(1);
    await expect(tab.messages.all).toHaveCount(3);
    await expect(tab.messages.all.first()).toContainText(WELCOME);
  }
  const conversation_id = await onlyConversation(admin);
  const params = { path: { conversation_id } };
  await expect
    .poll(async () => (await admin.ok(admin.api.GET("/api/v1/conversations/{conversation_id}/messages", { params }))).items.length)
    .toBe(3);
});

test("whoever does not want it again is left alone, on every device and after signing in anew", async ({ server, browsers }) => {
  const { registration } = await newOrganisation(server.url);
  const here = await browsers.console({ as: registration });
  const there = await browsers.console({ as: registration });
  const [wizard, second] = [new WizardPage(here), new WizardPage(there)];
  await expect(wizard.dialog).toBeVisible();
  await expect(second.dialog).toBeVisible();
  await wizard.dontShowAgain.check();
  await expect(second.dialog).toBeHidden();
  // Where somebody is at it, it stays.
  await expect(wizard.dialog).toBeVisible();
  await here.page.keyboard.press("Escape");
  await expect(wizard.dialog).toBeHidden();

  const anew = await browsers.console({ as: registration });
  for (const agent of [here, there]) await agent.page.reload();
  for (const agent of [here, there, anew]) {
    await expect(agent.connected).toBeVisible();
    await expect(agent.page.getByRole("link", { name: agent.labels.addChannel })).toBeVisible();
    await expect(new WizardPage(agent).dialog).toBeHidden();
  }
  // From the help menu it is there, and can be told to come again.
  const reopened = new WizardPage(anew);
  await reopened.reopen();
  await expect(reopened.dontShowAgain).toBeChecked();
  const told = anew.page.waitForResponse((answer) => answer.request().method() === "PATCH" && answer.url().endsWith("/api/v1/me"));
  await reopened.dontShowAgain.uncheck();
  expect((await told).ok()).toBe(true);
  await there.page.reload();
  await expect(second.dialog).toBeVisible();
});

test("what is closed is shown next time, steps are skipped and gone back, and nothing typed is lost", async ({ server, browsers }) => {
  const { registration } = await newOrganisation(server.url);
  const agent = await browsers.console({ as: registration });
  const wizard = new WizardPage(agent);
  await expect(wizard.current).toHaveText(wizard.labels.channelStep);
  await wizard.field("name").fill("写了一半");
  await wizard.button("skip").click();
  await expect(wizard.current).toHaveText(wizard.labels.colleagueStep);
  await expect(wizard.current).toBeFocused();
  await wizard.field("personName").fill("王");
  await wizard.button("back").press("Enter");
  await expect(wizard.current).toHaveText(wizard.labels.channelStep);
  await expect(wizard.field("name")).toHaveValue("写了一半");
  await wizard.button("close").click();
  await expect(wizard.dialog).toBeHidden();
  await wizard.reopen();
  await expect(wizard.field("name")).toHaveValue("写了一半");
  await wizard.step("colleagueStep").click();
  await expect(wizard.field("personName")).toHaveValue("王");
  await wizard.button("addColleague").click();
  await expect(wizard.field("account")).toBeFocused();
  await expect(wizard.dialog.getByText("账号不能为空")).toBeVisible();
  await agent.page.keyboard.press("Escape");
  await expect(wizard.dialog).toBeHidden();
  await agent.page.reload();
  await expect(wizard.dialog).toBeVisible();
});

test("the welcome is changed and taken away later, from the help menu", async ({ admin, browsers }) => {
  await newChannel(admin);
  await admin.ok(admin.api.PUT("/api/v1/welcome", { body: { text: WELCOME } }));
  const agent = await browsers.console();
  const wizard = new WizardPage(agent);
  const welcome = async () => (await admin.ok(admin.api.GET("/api/v1/welcome"))).text;
  await wizard.reopen();
  await wizard.step("welcomeStep").click();
  await expect(wizard.field("welcome")).toHaveValue(WELCOME);
  await wizard.field("welcome").fill("  ");
  await wizard.button("save").click();
  await expect.poll(welcome).toBe("");
  await wizard.field("welcome").fill("周末愉快！");
  await wizard.button("save").click();
  await expect.poll(welcome).toBe("周末愉快！");
  await wizard.field("welcome").fill("长".repeat(1001));
  await wizard.button("save").click();
  await expect(wizard.dialog.getByText("欢迎语最多 1000 个字符")).toBeVisible();
});

test("a colleague who is added elsewhere comes by itself", async ({ admin, browsers }) => {
  const agent = await browsers.console();
  const wizard = new WizardPage(agent);
  await wizard.reopen();
  await wizard.step("colleagueStep").click();
  const colleagues = wizard.dialog.getByRole("list", { name: wizard.labels.colleagues }).getByRole("listitem");
  await expect(colleagues).toHaveCount(1);
  const { account } = newRegistration();
  const body = { name: "周云", account, password: "a-lamp-of-2026", role: "supervisor" as const };
  await admin.ok(admin.api.POST("/api/v1/agents", { body }));
  await expect(colleagues).toHaveCount(2);
  await expect(colleagues.filter({ hasText: "周云" })).toContainText("督导");
});

test("the help menu has the keys, the documents and the version", async ({ browsers }) => {
  const agent = await browsers.console();
  const help = async (name: string) => {
    await agent.page.getByRole("button", { name: agent.labels.help, exact: true }).click();
    await agent.page.getByRole("menuitem", { name }).click();
  };
  await help("快捷键");
  await expect(agent.page.getByRole("dialog", { name: "快捷键" })).toBeVisible();
  await agent.page.keyboard.press("Escape");
  await help(agent.labels.about);
  await expect(agent.page.getByRole("dialog", { name: agent.labels.about })).toContainText(/\d+\.\d+\.\d+/);
  await agent.page.keyboard.press("Escape");
  const opened = agent.page.waitForEvent("popup");
  await help("接口文档");
  await expect(await opened).toHaveURL(/\/docs/);
});

test("on a phone the wizard takes the whole screen", async ({ server, browsers }) => {
  const { registration } = await newOrganisation(server.url);
  const viewport = { width: 390, height: 844 };
  const agent = await browsers.console({ as: registration, viewport, hasTouch: true, isMobile: true });
  const wizard = new WizardPage(agent);
  await expect(wizard.dialog).toBeVisible();
  await expect.poll(() => wizard.dialog.boundingBox()).toEqual({ x: 0, y: 0, ...viewport });
  await wizard.button("skip").tap();
  await expect(wizard.field("account")).toBeVisible();
  const wide = await wizard.dialog.evaluate((dialog) => dialog.scrollWidth - dialog.clientWidth);
  expect(wide).toBe(0);
  // There is no help menu there: the way back is on one's own page.
  await agent.page.goto("/settings/account");
  await wizard.button("close").tap();
  await expect(wizard.dialog).toHaveCount(0);
  await agent.page.getByRole("main").getByRole("button", { name: wizard.labels.setupWizard }).tap();
  await expect(wizard.dialog).toBeVisible();
});
