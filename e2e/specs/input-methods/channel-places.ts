// The places of one channel in which one can write.

import type { Place } from "./places.ts";

export const CHANNEL_PLACES: Place[] = [
  {
    name: "style of a channel",
    files: ["frontend/src/pages/channels/style/fields.rs", "frontend/src/pages/channels/style/page.rs"],
    async open({ browsers, website }) {
      const agent = await browsers.console({ path: `/channels/${website.id}/style` });
      await agent.page.getByRole("textbox", { name: "按钮文字" }).waitFor();
      return agent.page.getByRole("main");
    },
  },
  {
    name: "form before the chat",
    files: ["frontend/src/pages/channels/style/form.rs"],
    async open({ browsers, website }) {
      const { page } = await browsers.console({ path: `/channels/${website.id}/style` });
      await page.getByRole("switch", { name: "开始聊天前请访客填写表单" }).check();
      const field = page.getByRole("textbox", { name: "表单标题" });
      await field.waitFor();
      return page.locator("section").filter({ has: field });
    },
  },
  {
    name: "form before the chat, answered",
    // Drawn by `widget/form/form.ts`, without markup.
    files: [],
    async open({ browsers, website, admin, shop }) {
      const params = { path: { channel_id: website.id } };
      const fields = [{ kind: "name" as const, required: true }, { kind: "phone" as const, required: false }];
      const style = { ...website.style, form: { enabled: true, title: "", fields } };
      await admin.ok(admin.api.PATCH("/api/v1/channels/{channel_id}", { params, body: { style } }));
      const visitor = await browsers.visitor({ url: shop });
      await visitor.launcher.click();
      await visitor.page.getByRole("textbox", { name: "姓名" }).waitFor();
      // It stands beside the page's body.
      return visitor.page.locator("html");
    },
  },
  {
    name: "allowed domains of a channel",
    files: ["frontend/src/pages/channels/sites/domains.rs"],
    async open({ browsers, website }) {
      const agent = await browsers.console({ path: `/channels/${website.id}/sites` });
      const field = agent.page.getByRole("textbox", { name: "域名，每行一个" });
      await field.waitFor();
      // Beside it are texts to take along.
      return agent.page.locator("section").filter({ has: field });
    },
  },
  {
    name: "deleting a channel",
    files: ["frontend/src/pages/channels/delete_dialog.rs"],
    async open({ browsers, website }) {
      const agent = await browsers.console({ path: `/channels/${website.id}` });
      await agent.page.getByRole("button", { name: agent.labels.deleteChannel }).click();
      const question = agent.page.getByRole("dialog");
      await question.getByRole("textbox").waitFor();
      return question;
    },
  },
];
