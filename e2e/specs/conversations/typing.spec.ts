// CONV-5: who writes is seen on both sides while they write; what a visitor has not sent only where the channel shows it, and
// then the visitor knows.

import { newAgent } from "@parlor/client/testing";
import { expectWords } from "../../fixtures/moments.ts";
import { type Browsers, expect, test } from "../../fixtures/test.ts";
import { ChannelPage } from "../../pages/channel.ts";
import type { ConsolePage } from "../../pages/console.ts";
import type { WidgetPage } from "../../pages/widget.ts";

/** A visitor who has said something, and an agent who looks at it. */
async function talking(browsers: Browsers, shop: string): Promise<{ visitor: WidgetPage; agent: ConsolePage }> {
  const visitor = await browsers.visitor({ url: shop });
  await visitor.open();
  await visitor.say("在吗");
  await expect(visitor.messages.mark("在吗", "sent")).toBeVisible();
  const agent = await browsers.console();
  await agent.open("在吗");
  await agent.ready("在吗");
  return { visitor, agent };
}

function agentTypes(visitor: WidgetPage) {
  return visitor.page.getByRole("status").filter({ hasText: "客服正在输入…" });
}

test("the agent sees the visitor write, in the window and in the list, until the message comes", async ({ browsers, shop }) => {
  const { visitor, agent } = await talking(browsers, shop);
  await visitor.composer.pressSequentially("有蓝色的");
  await expect(agent.entry("对方正在输入…")).toHaveCount(1);
  await expect(agent.page.getByText("对方正在输入…", { exact: true })).toHaveCount(2);
  // What they write is theirs until they send it.
  await expect(agent.page.getByText("有蓝色的")).toHaveCount(0);
  await expect(visitor.page.getByText("客服可以看到您正在输入的内容")).toHaveCount(0);
  await visitor.composer.press("Enter");
  await expect(agent.messages.message("有蓝色的")).toBeVisible();
  await expect(agent.page.getByText("对方正在输入…", { exact: true })).toHaveCount(0);
  await visitor.composer.pressSequentially("算了");
  await expect(agent.entry("对方正在输入…")).toHaveCount(1);
  await visitor.composer.fill("");
  await expect(agent.page.getByText("对方正在输入…", { exact: true })).toHaveCount(0);
});

test("the visitor sees an agent write until the answer comes, and for no longer than they do", async ({ browsers, shop }) => {
  const { visitor, agent } = await talking(browsers, shop);
  await visitor.page.clock.install();
  await agent.composer.pressSequentially("您好");
  await expect(agentTypes(visitor)).toBeVisible();
  await agent.composer.press("Control+Enter");
  await expect(visitor.messages.message("您好")).toBeVisible();
  await expect(agentTypes(visitor)).toHaveCount(0);
  await agent.composer.pressSequentially("还有什么");
  await expect(agentTypes(visitor)).toBeVisible();
  // Whoever stops without a word is forgotten.
  await visitor.page.clock.fastForward(9_000);
  await expect(agentTypes(visitor)).toHaveCount(0);
});

test("of two agents who write each is named, and one who stops does not end the other", async ({ browsers, shop, server, organisation }) => {
  const { visitor, agent } = await talking(browsers, shop);
  const open = async (name: string) => {
    const as = await newAgent(server, organisation, { name, role: "supervisor" });
    const console = await browsers.console({ as });
    await console.open("在吗");
    await console.ready("在吗");
    return console;
  };
  const [first, second] = [await open("陈静"), await open("王芳")];
  // Both write on: what is not said again within eight seconds is forgotten, and this machine may be slow.
  const writing = async (console: ConsolePage) => {
    await console.composer.press("End");
    await console.composer.pressSequentially("您");
  };
  await expect(async () => {
    await writing(first);
    await writing(second);
    await expect(agent.page.getByText(/^(陈静、王芳|王芳、陈静) 正在输入…$/).first()).toBeVisible({ timeout: 1_000 });
  }).toPass();
  await expect(agentTypes(visitor)).toBeVisible();
  // The widget hears of the end after whatever was said before it, and still of the other.
  await expect(async () => {
    await writing(second);
    await first.composer.fill("");
    await expect(agent.page.getByText("王芳 正在输入…", { exact: true }).first()).toBeVisible({ timeout: 1_000 });
    await expect(agentTypes(visitor)).toBeVisible({ timeout: 1_000 });
  }).toPass();
  await second.composer.fill("");
  await expect(agentTypes(visitor)).toHaveCount(0);
  await expect(agent.page.getByText(/正在输入…$/)).toHaveCount(0);
});

test("a suspended agent neither sees it nor is seen", async ({ browsers, shop }) => {
  const visitor = await browsers.visitor({ url: shop });
  await visitor.open();
  await visitor.say("在吗");
  await expect(visitor.messages.mark("在吗", "sent")).toBeVisible();
  const agent = await browsers.console({ loginState: "suspended" });
  await agent.open("在吗");
  await agent.ready("在吗");
  await visitor.composer.pressSequentially("有人");
  await agent.composer.pressSequentially("没有人");
  await agent.composer.press("Control+Enter");
  // Answering is allowed; the answer comes after whatever was said of its writing.
  await expect(visitor.messages.message("没有人")).toBeVisible();
  await expect(agent.entry("对方正在输入…")).toHaveCount(0);
  await agent.composer.pressSequentially("等等");
  await visitor.composer.press("Enter");
  await expect(visitor.messages.mark("有人", "sent")).toBeVisible();
  await expect(agentTypes(visitor)).toHaveCount(0);
});

test("where the channel shows it agents see what is written before it is sent, and the visitor is told at once", async ({ browsers, website, shop }) => {
  const { visitor, agent } = await talking(browsers, shop);
  const settings = await browsers.console({ path: `/channels/${website.id}` });
  const form = new ChannelPage(settings.page);
  await expect(form.unsentPreview).not.toBeChecked();
  await form.unsentPreview.click();
  await expectWords(settings.page, "已保存", () => form.save.click());
  await expect(visitor.page.getByText("客服可以看到您正在输入的内容")).toBeVisible();
  const unsent = agent.page.getByRole("note", { name: "对方正在输入的内容（尚未发送）" });
  await visitor.composer.pressSequentially("其实我想退货");
  await expect(unsent).toContainText("其实我想退货");
  await expect(agent.messages.all, "it is no message").toHaveCount(1);
  await visitor.composer.fill("其实我想换一支");
  await expect(unsent).toContainText("其实我想换一支");
  await visitor.composer.press("Enter");
  await expect(agent.messages.message("其实我想换一支")).toBeVisible();
  await expect(unsent).toHaveCount(0);
  await visitor.composer.pressSequentially("<b>还有</b>");
  await expect(unsent).toContainText("<b>还有</b>");
  await visitor.composer.fill("");
  await expect(unsent).toHaveCount(0);
});
