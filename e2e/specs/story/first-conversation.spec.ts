// Issue 2 in one breath: from registration to a conversation, all of it by hand, on a host page of another origin.

import { newRegistration } from "@parlor/client/testing";
import { expectWords } from "../../fixtures/moments.ts";
import { expect, test } from "../../fixtures/test.ts";
import { LoginPage, RegisterPage } from "../../pages/auth.ts";
import { ChannelPage } from "../../pages/channel.ts";
import { ConsolePage } from "../../pages/console.ts";

test("a company registers, adds a channel, embeds it and talks with a visitor", async ({ server, site, browsers }) => {
  const registration = newRegistration({ org_name: "晨光文具", contact_name: "林小满" });
  const context = await browsers.context({ baseURL: server.url, permissions: ["clipboard-read", "clipboard-write"] });
  const page = await context.newPage();

  await page.goto("/");
  const login = new LoginPage(page);
  await login.register.click();

  const register = new RegisterPage(page);
  await register.fill(registration);
  await register.getCode.click();
  await expect(page.getByText(registration.mobile)).toBeVisible();
  const codes = await context.newPage();
  await codes.goto("/dev/codes");
  const row = codes.getByRole("row").or(codes.getByRole("listitem")).filter({ hasText: registration.mobile });
  const code = (await row.innerText()).match(/\b\d{6}\b/)?.[0];
  expect(code).toBeDefined();
  await codes.close();
  await register.field("code").fill(code ?? "");
  await register.submit.click();

  await expect(page).toHaveURL(/\/login\?registered=1&account=/);
  await expect(page.getByText("注册成功")).toBeVisible();
  await expect(login.account).toHaveValue(registration.account);
  await login.signIn({ password: registration.password });

  const agent = new ConsolePage(page);
  // The wizard would do what follows; here it is done without.
  const wizard = page.getByRole("dialog", { name: agent.labels.setupWizard });
  await expect(wizard).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(wizard).toBeHidden();
  await expect(agent.connected).toBeVisible();
  await expect(page.getByText(agent.labels.noConversations)).toBeVisible();

  await page.getByRole("button", { name: agent.labels.add, exact: true }).click();
  await page.getByRole("menuitem", { name: agent.labels.addChannel }).click();
  const channel = new ChannelPage(page);
  await channel.name.fill("官方商城");
  await channel.save.click();
  await expect(channel.embedCode).toHaveValue(/^<script src="http.*" charset="utf-8"><\/script>$/);
  await expectWords(page, channel.labels.copied, () => channel.copyCode.click());
  const embedCode = await page.evaluate(() => navigator.clipboard.readText());
  expect(embedCode).toBe(await channel.embedCode.inputValue());

  const shop = site.publish({ body: embedCode, title: "钢笔 · 晨光文具" });
  const visitor = await browsers.visitor({ url: `${shop}?utm=story` });
  await visitor.open();
  await expect(visitor.panel("官方商城")).toBeVisible();
  await visitor.say("你好，这支钢笔有蓝色的吗？");
  await expect(visitor.messages.mark("这支钢笔有蓝色的吗", "sent")).toBeVisible();

  await agent.conversationsLink.click();
  await agent.open("这支钢笔有蓝色的吗");
  await expect(agent.messages.message("这支钢笔有蓝色的吗")).toBeVisible();
  await expect(visitor.messages.mark("这支钢笔有蓝色的吗", "read")).toBeVisible();
  await agent.composer.fill("有的，\n今天就能发货。");
  await agent.composer.press("Control+Enter");
  await expect(visitor.messages.message("今天就能发货。")).toBeVisible();
  await expect(agent.messages.mark("今天就能发货。", "read")).toBeVisible();
  await visitor.say("太好了！😀");
  await expect(agent.messages.message("太好了！😀")).toBeVisible();

  await expect(agent.contact).toContainText("127.0.0.1");
  await expect(agent.contact).toContainText("钢笔 · 晨光文具");
  await expect(agent.contact).toContainText("官方商城");
  await expect(agent.contact).toContainText("Chrom");
});
