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
