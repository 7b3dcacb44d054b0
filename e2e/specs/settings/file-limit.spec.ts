// How large a file may be in all channels: an admin sets it, and it is said before anything is sent.

import { newAgent } from "@parlor/client/testing";
import { paper } from "../../fixtures/files.ts";
import { expect, test } from "../../fixtures/test.ts";

test("an admin limits files in all channels, which agents and visitors are told before they send one", async ({
  browsers,
  organisation,
  server,
  shop,
}) => {
  const settings = await browsers.console({ path: "/settings/account" });
  const card = settings.page.getByRole("region", { name: "企业的文件上限" });
  const field = card.getByRole("textbox", { name: "单个文件上限（MB）" });
  await expect(field).toHaveValue("");
  const save = card.getByRole("button", { name: "保存" });
  await expect(save).toBeDisabled();
  await field.fill("5000");
  await save.click();
  await expect(field).toHaveAttribute("aria-invalid", "true");
  await field.fill("1");
  await save.click();
  await expect(settings.page.getByText("已保存")).toBeVisible();
  await expect(save).toBeDisabled();
  await settings.page.reload();
  await expect(field).toHaveValue("1");

  const visitor = await browsers.visitor({ url: shop });
  await visitor.open();
  await visitor.page.locator("input[type=file]").setInputFiles([paper("大.pdf", 1_100_000)]);
  await expect(visitor.page.getByText("未发送：文件超过 1 MB")).toBeVisible();
  await visitor.say("请问");
  const supervisor = await browsers.console({ as: await newAgent(server, organisation, { name: "周云", role: "supervisor" }) });
  await supervisor.open("请问");
  await expect(supervisor.page.getByRole("button", { name: "文件", exact: true })).toHaveAttribute("title", "文件（不超过 1 MB）");
  // What is the organisation's, admins alone set.
  await supervisor.page.goto("/settings/account");
  await expect(supervisor.page.getByRole("region", { name: "关于" })).toBeVisible();
  await expect(supervisor.page.getByRole("region", { name: "企业的文件上限" })).toHaveCount(0);
});
