// Allowed domains: an admin sets them in the console, and other sites have no chat.

import { expect, test } from "../../fixtures/test.ts";

test("an admin sets allowed domains, and other sites have no chat", async ({ browsers, shop, website }) => {
  const { page } = await browsers.console({ path: `/channels/${website.id}/sites`, viewport: { width: 390, height: 844 } });
  const field = page.getByRole("textbox", { name: "域名，每行一个" });
  const save = page.getByRole("button", { name: "保存域名" });
  await expect(page.getByText("列表为空：任何网站都可以嵌入此聊天。")).toBeVisible();
  await field.fill("shop.example\n客服");
  await save.click();
  await expect(page.getByText(/“客服”不是有效的域名/)).toBeVisible();
  await field.fill("https://www.example.com/a?b=1\n");
  await save.click();
  await expect(page.getByText("已保存")).toBeVisible();
  await expect(field).toHaveValue("www.example.com");

  const visitor = await browsers.visitor({ url: shop });
  await visitor.launcher.click();
  await expect(visitor.page.getByText("在线咨询已关闭，暂时无法发送消息")).toBeVisible();

  await field.fill("www.example.com\nlocalhost");
  await save.click();
  await expect(save).toBeDisabled();
  const welcome = await browsers.visitor({ url: shop });
  await welcome.open();
  await welcome.say("这里可以");
  await expect(welcome.messages.mark("这里可以", "sent")).toBeVisible();
});

test("an admin makes an identity secret, shown once, and is asked before another", async ({ browsers, website, admin }) => {
  const console = await browsers.console({ path: `/channels/${website.id}`, viewport: { width: 390, height: 844 } });
  const { page } = console;
  await page.getByRole("link", { name: "允许的域名、身份验证与 App 接入" }).click();
  await page.getByRole("button", { name: "生成身份密钥" }).click();
  const shown = page.getByRole("dialog", { name: "身份密钥" });
  const secret = await shown.getByRole("textbox").inputValue();
  expect(secret).toMatch(/^[0-9a-f]{64}$/);
  // It would be lost by a slip.
  await page.keyboard.press("Escape");
  await expect(shown).toBeVisible();
  await shown.getByRole("button", { name: "我已保存" }).click();
  await expect(shown).toBeHidden();
  await expect(page.getByText(/身份密钥生成于/)).toBeVisible();
  await page.getByRole("radio", { name: "Python" }).check();
  await expect(page.getByRole("textbox", { name: "计算 user_hash" })).toHaveValue(/hmac\.new/);

  await page.getByRole("button", { name: "更换密钥" }).click();
  const asked = page.getByRole("dialog", { name: "更换身份密钥？" });
  await asked.getByRole("button", { name: "取消" }).click();
  await expect(asked).toBeHidden();
  await page.getByRole("button", { name: "更换密钥" }).click();
  await asked.getByRole("button", { name: "更换密钥" }).click();
  expect(await shown.getByRole("textbox").inputValue()).not.toBe(secret);
  await shown.getByRole("button", { name: "我已保存" }).click();
  await expect(page.getByText(/旧密钥在 .* 之前仍然有效/)).toBeVisible();

  await page.getByRole("button", { name: "移除密钥" }).click();
  await page.getByRole("dialog", { name: "移除身份密钥？" }).getByRole("button", { name: "移除密钥" }).click();
  await expect(page.getByRole("button", { name: "生成身份密钥" })).toBeVisible();
  const params = { path: { channel_id: website.id } };
  expect((await admin.ok(admin.api.GET("/api/v1/channels/{channel_id}/identity", { params }))).secret_since).toBeNull();
});
