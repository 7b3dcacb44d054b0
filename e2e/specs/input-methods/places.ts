// Every place of the console and the widget in which one can write, and the source files whose fields it shows.

import type { Locator } from "@playwright/test";
import { newOrganisation, newVisitor } from "@parlor/client/testing";
import { LoginPage } from "../../pages/auth.ts";
import { enableSecondFactor } from "../../fixtures/second-factor.ts";
import { addTags } from "../../fixtures/tags.ts";
import { type Browsers, expect } from "../../fixtures/test.ts";
import { type Step, WizardPage } from "../../pages/wizard.ts";
import { CHANNEL_PLACES } from "./channel-places.ts";
import type { ParlorClient, Schemas } from "@parlor/client";

/** What a place is opened with. */
export interface World {
  browsers: Browsers;
  website: Schemas["Channel"];
  admin: ParlorClient;
  server: { url: string };
  shop: string;
}

/** What is typed: the letters bit by bit, and what the input method makes of them. */
export interface Typed {
  letters: string[];
  word: string;
}

/** A place in which one can write. */
export interface Place {
  name: string;
  /** Words that find something here: only then has Enter anything to choose. */
  finds?: Typed[];
  /** The files, from the repository's root, that draw its fields. */
  files: string[];
  /** Opens it; answers with what its fields lie in, once they are there. */
  open(world: World): Promise<Locator>;
}

async function asked({ server, website }: World): Promise<string> {
  return (await (await newVisitor(server.url, website.key)).say("在吗")).conversation_id;
}

async function stranger({ browsers, server }: World, path: string): Promise<Locator> {
  const page = await (await browsers.context({ baseURL: server.url })).newPage();
  await page.goto(path);
  await page.getByRole("textbox").first().waitFor();
  return page.locator("body");
}

/** The wizard of an organisation that has nothing yet. */
async function wizard({ browsers, server }: World, step: Step): Promise<Locator> {
  const { registration } = await newOrganisation(server.url);
  const wizard = new WizardPage(await browsers.console({ as: registration }));
  await wizard.step(step).click();
  await wizard.dialog.getByRole("textbox").last().waitFor();
  return wizard.dialog;
}

export const PLACES: Place[] = [
  {
    name: "login",
    files: ["frontend/src/pages/auth/login.rs"],
    open: (world) => stranger(world, "/login"),
  },
  {
    name: "forgotten password",
    files: ["frontend/src/pages/auth/forgotten.rs"],
    open: (world) => stranger(world, "/forgot-password"),
  },
  {
    name: "second step of a sign-in",
    files: ["frontend/src/pages/auth/second_step.rs"],
    async open(world) {
      const { registration, admin } = await newOrganisation(world.server.url);
      await enableSecondFactor(admin, registration.password);
      const page = await (await world.browsers.context({ baseURL: world.server.url })).newPage();
      const login = new LoginPage(page);
      await page.goto("/login");
      await login.signIn(registration);
      await page.getByLabel(login.labels.secondFactorCode, { exact: true }).waitFor();
      return page.locator("body");
    },
  },
  {
    name: "registration",
    files: ["frontend/src/pages/auth/register.rs", "frontend/src/pages/auth/code_field.rs"],
    open: (world) => stranger(world, "/register"),
  },
  {
    name: "conversation",
    files: [
      "frontend/src/components/inbox/composer.rs",
      "frontend/src/components/inbox/contact_fields.rs",
      "frontend/src/components/inbox/search_field.rs",
    ],
    async open(world) {
      const agent = await world.browsers.console({ path: `/inbox/${await asked(world)}` });
      await agent.composer.waitFor();
      await agent.contact.getByRole("textbox").last().waitFor();
      return agent.page.locator("body");
    },
  },
  {
    name: "conversation in a narrow window, which Escape leaves",
    files: [],
    async open(world) {
      const agent = await world.browsers.console({ path: `/inbox/${await asked(world)}`, viewport: { width: 390, height: 844 } });
      await agent.messages.message("在吗").waitFor();
      return agent.page.getByRole("main");
    },
  },
  {
    name: "contact over the conversation, which Escape puts away",
    files: [],
    async open(world) {
      const agent = await world.browsers.console({ path: `/inbox/${await asked(world)}`, viewport: { width: 1000, height: 800 } });
      await agent.messages.message("在吗").waitFor();
      await agent.page.getByRole("button", { name: "查看联系人信息", exact: true }).click();
      await expect(agent.contact.getByRole("button", { name: "收起联系人信息" })).toBeFocused();
      await agent.contact.getByRole("textbox").last().waitFor();
      return agent.contact;
    },
  },
  {
    name: "internal note",
    files: ["frontend/src/components/inbox/note_composer.rs"],
    async open(world) {
      const agent = await world.browsers.console({ path: `/inbox/${await asked(world)}` });
      await agent.composer.waitFor();
      await agent.page.getByRole("button", { name: "内部备注", exact: true }).click();
      const note = agent.page.locator("form").filter({ has: agent.page.getByRole("textbox", { name: "内部备注", exact: true }) });
      await note.waitFor();
      return note;
    },
  },
  {
    name: "note with a transfer",
    files: ["frontend/src/components/inbox/transfer.rs"],
    async open(world) {
      const agent = await world.browsers.console({ path: `/inbox/${await asked(world)}` });
      await agent.composer.waitFor();
      await agent.page.getByRole("button", { name: "会话设置" }).click();
      await agent.page.getByRole("menuitem", { name: "转接", exact: true }).click();
      const dialog = agent.page.getByRole("dialog", { name: "转接" });
      await dialog.getByRole("textbox").waitFor();
      return dialog;
    },
  },
  {
    name: "emoji picker",
    finds: [{ letters: ["f", "fa", "fapiao"], word: "发票" }],
    files: ["frontend/src/components/inbox/emoji_picker.rs"],
    async open(world) {
      const agent = await world.browsers.console({ path: `/inbox/${await asked(world)}` });
      await agent.page.getByRole("button", { name: agent.labels.emoji, exact: true }).click();
      const picker = agent.page.getByRole("dialog", { name: agent.labels.emoji, exact: true });
      await picker.getByRole("textbox").waitFor();
      return picker;
    },
  },
  {
    name: "adding an agent",
    files: ["frontend/src/components/inbox/members.rs"],
    async open(world) {
      const agent = await world.browsers.console({ path: `/inbox/${await asked(world)}` });
      // An opened conversation takes the focus, which would close a menu that was quicker.
      await expect(agent.composer).toBeFocused();
      await agent.page.getByRole("button", { name: "会话设置" }).click();
      await agent.page.getByRole("menuitem", { name: "添加客服" }).click();
      const picker = agent.page.getByRole("dialog", { name: "添加客服" });
      await picker.getByRole("searchbox").waitFor();
      return picker;
    },
  },
  {
    name: "saving a view",
    files: ["frontend/src/components/inbox/views_menu.rs"],
    async open(world) {
      await asked(world);
      const agent = await world.browsers.console({ path: "/inbox?filter=waiting" });
      await agent.rows.first().waitFor();
      await agent.list.getByRole("button", { name: "视图" }).click();
      await agent.page.getByRole("menuitem", { name: "保存当前筛选…" }).click();
      const dialog = agent.page.getByRole("dialog", { name: "保存视图" });
      await dialog.getByRole("textbox").waitFor();
      return dialog;
    },
  },
  {
    name: "renaming a view",
    files: ["frontend/src/components/inbox/view_list.rs"],
    async open(world) {
      await asked(world);
      const items = [{ id: "0190163d-8694-739b-aea5-966c26f8ad91", name: "待办", filter: "waiting" as const }];
      await world.admin.ok(world.admin.api.PUT("/api/v1/me/saved-views", { body: { items, revision: 0 } }));
      const agent = await world.browsers.console();
      await agent.rows.first().waitFor();
      await agent.list.getByRole("button", { name: "视图" }).click();
      await agent.page.getByRole("menuitem", { name: "管理视图…" }).click();
      const dialog = agent.page.getByRole("dialog", { name: "管理视图" });
      await dialog.getByRole("button", { name: "重命名 待办" }).click();
      await dialog.getByRole("textbox").waitFor();
      return dialog;
    },
  },
  {
    name: "tag picker",
    finds: [{ letters: ["z", "zhan", "zhanhui"], word: "展会" }],
    files: ["frontend/src/components/inbox/contact_tags.rs"],
    async open(world) {
      await addTags(world.admin, "来源", [["展会", "green"]]);
      const agent = await world.browsers.console({ path: `/inbox/${await asked(world)}`, viewport: { width: 1440, height: 900 } });
      await expect(agent.composer).toBeFocused();
      await agent.contact.getByRole("button", { name: "选择标签" }).click();
      const picker = agent.page.getByRole("dialog", { name: "选择标签" });
      await picker.getByRole("textbox").waitFor();
      return picker;
    },
  },
  {
    name: "contacts",
    files: ["frontend/src/pages/contacts/toolbar.rs"],
    async open(world) {
      await asked(world);
      const agent = await world.browsers.console({ path: "/contacts" });
      await agent.page.getByRole("textbox", { name: "搜索联系人" }).waitFor();
      return agent.page.getByRole("main");
    },
  },
  {
    name: "custom fields",
    files: ["frontend/src/pages/contacts/fields.rs"],
    async open({ browsers }) {
      const agent = await browsers.console({ path: "/contacts" });
      await agent.page.getByRole("button", { name: "更多操作" }).click();
      await agent.page.getByRole("menuitem", { name: "自定义字段" }).click();
      const dialog = agent.page.getByRole("dialog", { name: "自定义字段" });
      await dialog.getByRole("button", { name: "添加字段" }).click();
      await dialog.getByRole("combobox", { name: "字段类型" }).selectOption("choice");
      await dialog.getByRole("textbox", { name: "选项" }).waitFor();
      return dialog;
    },
  },
  {
    name: "deleting a visitor",
    files: ["frontend/src/pages/contacts/erasing.rs"],
    async open(world) {
      await asked(world);
      const agent = await world.browsers.console({ path: "/contacts" });
      await agent.page.getByRole("checkbox", { name: /^选择 / }).first().check();
      await agent.page.getByRole("button", { name: "更多操作" }).click();
      await agent.page.getByRole("menuitem", { name: "删除访客" }).click();
      const dialog = agent.page.getByRole("dialog", { name: /^删除访客/ });
      await dialog.getByRole("textbox").waitFor();
      return dialog;
    },
  },
  {
    name: "merging contacts",
    files: ["frontend/src/pages/contacts/merging/choose.rs"],
    async open(world) {
      await asked(world);
      const agent = await world.browsers.console({ path: "/contacts", viewport: { width: 1440, height: 900 } });
      await agent.page.getByRole("rowheader").getByRole("button").first().click();
      await agent.contact.getByRole("button", { name: "合并重复联系人" }).click();
      const dialog = agent.page.getByRole("dialog", { name: "合并重复联系人" });
      await dialog.getByRole("textbox").waitFor();
      return dialog;
    },
  },
  {
    name: "managing tags",
    files: ["frontend/src/pages/tags/name_form.rs"],
    async open({ admin, browsers }) {
      await addTags(admin, "来源", [["展会", "green"]]);
      const agent = await browsers.console({ path: "/settings/tags" });
      await agent.page.getByRole("button", { name: "重命名标签 展会" }).click();
      const page = agent.page.getByRole("main");
      await page.getByRole("textbox", { name: "标签名称" }).waitFor();
      return page;
    },
  },
  {
    name: "new group of channels",
    files: ["frontend/src/pages/channels/add_group.rs"],
    async open({ browsers }) {
      const agent = await browsers.console();
      await agent.chooseBelowTree("添加分组");
      const dialog = agent.page.getByRole("dialog", { name: "添加分组" });
      await dialog.getByRole("textbox").waitFor();
      return dialog;
    },
  },
  {
    name: "renaming a group of channels",
    files: ["frontend/src/pages/channels/arranger_row.rs"],
    async open({ admin, browsers }) {
      await admin.ok(admin.api.POST("/api/v1/channel-groups", { body: { name: "公众号" } }));
      const agent = await browsers.console();
      await agent.chooseBelowTree("编辑");
      await agent.page.getByRole("button", { name: "重命名分组 公众号" }).click();
      const tree = agent.page.getByRole("group", { name: "调整渠道顺序" });
      await tree.getByRole("textbox", { name: "分组名称" }).waitFor();
      return tree;
    },
  },
  {
    name: "new channel",
    files: ["frontend/src/pages/channels/fields.rs", "frontend/src/pages/channels/color_field.rs"],
    async open({ browsers }) {
      const agent = await browsers.console({ path: "/channels/new?kind=website" });
      const page = agent.page.getByRole("main");
      await page.getByRole("textbox", { name: agent.labels.introduction }).waitFor();
      return page;
    },
  },
  ...CHANNEL_PLACES,
  {
    name: "account",
    files: [
      "frontend/src/components/profile_form.rs",
      "frontend/src/pages/settings/password.rs",
      "frontend/src/pages/settings/file_limit.rs",
      // Its fields are times of the day, which are not written.
      "frontend/src/pages/settings/alerts.rs",
    ],
    async open({ browsers }) {
      const agent = await browsers.console({ path: "/settings/account" });
      const page = agent.page.getByRole("main");
      await page.getByLabel(agent.labels.repeatPassword).waitFor();
      await page.locator('input[name="max_megabytes"]:enabled').waitFor();
      return page;
    },
  },
  {
    name: "the audit log",
    files: ["frontend/src/pages/audit/toolbar.rs"],
    async open({ browsers }) {
      const agent = await browsers.console({ path: "/audit" });
      const main = agent.page.getByRole("main");
      await main.getByRole("textbox").first().waitFor();
      return main;
    },
  },
  {
    name: "people, with a group that is renamed",
    files: ["frontend/src/pages/people/mod.rs", "frontend/src/pages/people/groups.rs", "frontend/src/pages/people/group_row.rs"],
    async open({ browsers, admin }) {
      const { name } = await admin.ok(admin.api.POST("/api/v1/agent-groups", { body: { name: "售前" } }));
      const agent = await browsers.console({ path: "/people" });
      await agent.page.getByRole("button", { name: `重命名分组 ${name}` }).click();
      const main = agent.page.getByRole("main");
      await expect(main.getByRole("textbox")).toHaveCount(3);
      return main;
    },
  },
  {
    name: "somebody new",
    files: ["frontend/src/pages/people/edit_dialog.rs"],
    async open({ browsers }) {
      const agent = await browsers.console({ path: "/people" });
      await agent.page.getByRole("button", { name: "添加用户" }).click();
      const dialog = agent.page.getByRole("dialog", { name: "添加用户" });
      await dialog.getByRole("textbox").last().waitFor();
      return dialog;
    },
  },
  {
    name: "a new API token",
    files: ["frontend/src/pages/developers/tokens/create_dialog.rs"],
    async open({ browsers }) {
      const agent = await browsers.console({ path: "/developers/tokens" });
      await agent.page.getByRole("button", { name: "创建令牌" }).click();
      const dialog = agent.page.getByRole("dialog", { name: "创建令牌" });
      await dialog.getByRole("textbox", { name: "令牌名称" }).waitFor();
      return dialog;
    },
  },
  {
    name: "setting up a second factor",
    files: ["frontend/src/pages/settings/second_factor.rs"],
    async open({ browsers }) {
      const agent = await browsers.console({ path: "/settings/account" });
      const card = agent.page.getByRole("region", { name: agent.labels.secondFactor });
      await card.getByRole("button", { name: agent.labels.enableSecondFactor }).click();
      await card.getByLabel(agent.labels.password, { exact: true }).waitFor();
      return card;
    },
  },
  {
    name: "a webhook",
    files: ["frontend/src/pages/developers/webhooks/edit_dialog.rs"],
    async open({ browsers }) {
      const agent = await browsers.console({ path: "/developers/webhooks" });
      await agent.page.getByRole("button", { name: "添加 Webhook" }).click();
      const dialog = agent.page.getByRole("dialog", { name: "添加 Webhook" });
      await dialog.getByRole("textbox").last().waitFor();
      return dialog;
    },
  },
  {
    name: "setup wizard: a channel",
    files: ["frontend/src/components/setup/steps.rs"],
    open: (world) => wizard(world, "channelStep"),
  },
  {
    name: "setup wizard: a colleague",
    files: ["frontend/src/components/setup/colleague.rs"],
    open: (world) => wizard(world, "colleagueStep"),
  },
  {
    name: "setup wizard: a welcome",
    files: [],
    open: (world) => wizard(world, "welcomeStep"),
  },
  {
    name: "widget",
    files: ["widget/src/view/composer.rs"],
    async open({ browsers, shop }) {
      const visitor = await browsers.visitor({ url: shop });
      await visitor.open();
      // It stands beside the page's body.
      return visitor.page.locator("html");
    },
  },
];

/** Files with inputs of which none takes text. */
export const WITHOUT_TEXT = [
  // A picture.
  "frontend/src/pages/channels/picture.rs",
  "frontend/src/pages/people/picture.rs",
  // What is ticked.
  "frontend/src/pages/channels/assignment.rs",
  "frontend/src/pages/contacts/table.rs",
  "frontend/src/pages/developers/tokens/scopes.rs",
  // Days are chosen, not written.
  "frontend/src/components/inbox/dates_menu.rs", "frontend/src/components/inbox/snooze.rs",
  // The chooser of files.
  "frontend/src/components/inbox/attach.rs", "frontend/src/pages/contacts/importing/choose.rs",
  // A box to tick.
  "frontend/src/components/setup/mod.rs",
  // The same, and a slider.
  "frontend/src/pages/settings/avatar.rs",
];
