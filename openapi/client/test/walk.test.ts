// Every operation of the contract is called once with success; every answer and frame is what the documents promise.

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, test } from "node:test";
import { createParlorClient } from "../src/index.ts";
import { answer, newAgent, newChannel, newOrganisation, newVisitor, startServer, type TestServer, TranslationService } from "../testing/index.ts";
import { arrangeChannels } from "./channel-tree.ts";
import { walkAudit } from "./audit.ts";
import { walkContacts } from "./contacts.ts";
import { walkAccess } from "./access.ts";
import { operations, watching } from "./contract.ts";
import { managePeople } from "./people.ts";
import { putOffAndClose } from "./snoozing.ts";
import { CheckedSocket } from "./sockets.ts";
import { WEBHOOK_SETTINGS, walkWebhooks } from "./webhooks.ts";

const AGENT_SOCKET = "/api/v1/socket";
const VISITOR_SOCKET = "/widget/v1/socket";

const succeeded = new Set<string>();
const fetch = watching(succeeded);
let translator: TranslationService;
let server: TestServer;
before(async () => {
  translator = await TranslationService.open();
  server = await startServer({ ...translator.settings, ...WEBHOOK_SETTINGS });
});
after(async () => {
  await server.remove();
  translator.close();
});

test("what everybody may ask", async () => {
  const stranger = createParlorClient({ baseUrl: server.url, fetch });
  const health = await stranger.ok(stranger.api.GET("/healthz"));
  for (const path of ["/healthz/live", "/healthz/ready"] as const) await stranger.ok(stranger.api.GET(path));
  assert.equal(health.status, "ok");
  const info = await stranger.ok(stranger.api.GET("/api/v1/server-info"));
  assert.equal(info.development, true);
  for (const page of ["user-agreement", "service-agreement", "privacy-policy"] as const) {
    for (const lang of ["zh-CN", "en"] as const) {
      const text = await stranger.ok(stranger.api.GET("/api/v1/legal/{page}", { params: { path: { page }, query: { lang } } }));
      assert.ok(text.title.length > 0 && text.html.includes("<"), `${page} ${lang}`);
    }
  }
});

test("one's own account", async () => {
  const { admin, registration, me } = await newOrganisation(server.url, {}, fetch);
  const { account, password } = registration;
  const login = { account, login_state: "normal" as const, agreements_accepted: true as const };
  assert.deepEqual(await admin.ok(admin.api.GET("/api/v1/me")), me);
  const phone = createParlorClient({ baseUrl: server.url, fetch });
  await phone.login({ ...login, password });
  const patched = await admin.ok(admin.api.PATCH("/api/v1/me", { body: { login_state: "suspended" } }));
  assert.equal(patched.login_state, "suspended");
  const pictured = await admin.ok(admin.api.PUT("/api/v1/me/avatar", octets(PIXEL)));
  assert.ok(pictured.avatar_id);
  assert.equal((await globalThis.fetch(`${server.url}/avatars/${pictured.avatar_id}`)).headers.get("content-type"), "image/jpeg");
  await admin.ok(admin.api.DELETE("/api/v1/me/avatar"));
  const { items } = await admin.ok(admin.api.GET("/api/v1/me/sessions"));
  assert.equal(items.length, 2);
  const other = items.find((session) => !session.current);
  assert.ok(other);
  const path = { session_id: other.id };
  await admin.ok(admin.api.DELETE("/api/v1/me/sessions/{session_id}", { params: { path } }));
  await assert.rejects(phone.ok(phone.api.GET("/api/v1/me")));
  const { public_key } = await admin.ok(admin.api.GET("/api/v1/me/push-subscription"));
  assert.equal(Buffer.from(public_key ?? "", "base64url").length, 65);
  const browser = {
    endpoint: "https://push.example/send/one",
    // The browser of appendix A of RFC 8291.
    p256dh: "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
    auth: "BTBZMqHH6r4Tts7J_aSIgg",
    language: "zh-CN" as const,
    quiet: { from: 1320, to: 480 },
    utc_offset_minutes: 480,
  };
  await admin.ok(admin.api.PUT("/api/v1/me/push-subscription", { body: browser }));
  const { subscription } = await admin.ok(admin.api.GET("/api/v1/me/push-subscription"));
  assert.deepEqual(subscription?.quiet, browser.quiet);
  await admin.ok(admin.api.DELETE("/api/v1/me/push-subscription"));
  const changed = "chen-guang-2027";
  await admin.ok(admin.api.PUT("/api/v1/me/password", { body: { old_password: password, new_password: changed } }));
  assert.equal((await phone.login({ ...login, password: changed })).id, me.id);
  assert.equal(await phone.resume(), true);
  await phone.logout();
  await admin.ok(admin.api.DELETE("/api/v1/auth/sessions"));
  await assert.rejects(admin.ok(admin.api.GET("/api/v1/me")));
});

test("getting in: a second factor, and a forgotten password", () => walkAccess(server, fetch));

test("colleagues", async () => {
  const organisation = await newOrganisation(server.url, {}, fetch);
  const { admin, me } = organisation;
  const colleague = await newAgent(server, organisation, { name: "周云" });
  const { items } = await admin.ok(admin.api.GET("/api/v1/agents", { params: { query: { limit: 10 } } }));
  assert.deepEqual(items.map((agent) => agent.id), [me.id, colleague.me.id]);
  const path = { agent_id: colleague.me.id };
  const seen = await admin.ok(admin.api.GET("/api/v1/agents/{agent_id}", { params: { path } }));
  assert.deepEqual([seen.name, seen.presence, seen.masked], ["周云", "offline", []]);
  const visitor = await newVisitor(server.url, (await newChannel(admin)).key, { fetch });
  const { conversation_id } = await visitor.say("请找周云");
  const member = { params: { path: { conversation_id, agent_id: colleague.me.id } } };
  const joined = await admin.ok(admin.api.PUT("/api/v1/conversations/{conversation_id}/members/{agent_id}", member));
  assert.deepEqual(joined.members, [colleague.me.id]);
  await admin.ok(admin.api.DELETE("/api/v1/conversations/{conversation_id}/members/{agent_id}", member));
  const of = { params: { path: { conversation_id } } };
  const { agents } = await admin.ok(admin.api.GET("/api/v1/transfer-targets"));
  assert.deepEqual(agents.map((agent) => [agent.id, agent.open]), [[me.id, 0], [colleague.me.id, 0]]);
  const body = { agent_id: colleague.me.id, note: "老客户" };
  await admin.ok(admin.api.POST("/api/v1/conversations/{conversation_id}/transfer", { ...of, body }));
  const taken = await admin.ok(admin.api.POST("/api/v1/conversations/{conversation_id}/take-over", of));
  assert.deepEqual([taken.assignee_id, taken.assignment?.reason], [me.id, "taken_over"]);
  await putOffAndClose(admin, conversation_id);
});

test("a channel from its making to its end", async () => {
  const { admin } = await newOrganisation(server.url, {}, fetch);
  const channel = await newChannel(admin, "官方商城");
  const params = { path: { channel_id: channel.id } };
  const style = { schema: 1, color: "#0a7a4f", position: "left" as const };
  const body = { introduction: "周一至周五", style };
  const edited = await admin.ok(admin.api.PATCH("/api/v1/channels/{channel_id}", { params, body }));
  assert.equal(edited.style.color, style.color);
  assert.equal(edited.style_revision, channel.style_revision + 1);
  assert.deepEqual(await admin.ok(admin.api.GET("/api/v1/channels/{channel_id}", { params })), edited);
  assert.deepEqual((await admin.ok(admin.api.GET("/api/v1/channels"))).items, [edited]);
  assert.match(edited.embed_code, /^<script src="http[^"]+" charset="utf-8"><\/script>$/);
  const serving = await admin.ok(admin.api.GET("/api/v1/channels/{channel_id}/assignment", { params }));
  assert.deepEqual(serving, { automatic: true, group_ids: [], groups: [] });
  const byHand = { automatic: false, group_ids: [] };
  const set = await admin.ok(admin.api.PUT("/api/v1/channels/{channel_id}/assignment", { params, body: byHand }));
  assert.equal(set.automatic, false);
  const visitor = await newVisitor(server.url, channel.key, { fetch });
  await visitor.say("在吗？");
  const contents = await admin.ok(admin.api.GET("/api/v1/channels/{channel_id}/contents", { params }));
  assert.deepEqual(contents, { contacts: 1, conversations: 1, messages: 1 });
  await assert.rejects(admin.ok(admin.api.DELETE("/api/v1/channels/{channel_id}", { params, body: { name: "别的" } })));
  await admin.ok(admin.api.DELETE("/api/v1/channels/{channel_id}", { params, body: { name: channel.name } }));
  assert.deepEqual((await admin.ok(admin.api.GET("/api/v1/channels"))).items, []);
});

test("a conversation over HTTP", async () => {
  const { admin } = await newOrganisation(server.url, {}, fetch);
  const start = await admin.ok(admin.api.GET("/api/v1/events"));
  const channel = await newChannel(admin);
  const visitor = await newVisitor(server.url, channel.key, { fetch });
  const first = await visitor.say("你好，钢笔有货吗？");
  const { items } = await admin.ok(admin.api.GET("/api/v1/conversations", { params: { query: { limit: 10 } } }));
  const found = await admin.ok(admin.api.GET("/api/v1/search", { params: { query: { q: "退款" } } }));
  assert.ok(Array.isArray(found.messages) && Array.isArray(found.contacts));
  const conversation = items[0];
  assert.ok(conversation);
  assert.equal(conversation.unread, 1);
  const params = { path: { conversation_id: conversation.id } };
  const read = await admin.ok(admin.api.PUT("/api/v1/conversations/{conversation_id}/read", { params, body: { seq: first.seq } }));
  assert.deepEqual(read, { seq: 1, unread: 0 });
  await answer(admin, conversation.id, "有的，蓝色和黑色。");
  const window = await admin.ok(admin.api.GET("/api/v1/conversations/{conversation_id}/messages", { params }));
  assert.deepEqual(window.items.map((message) => message.seq), [1, 2]);
  const contact = { path: { contact_id: conversation.contact.id } };
  assert.equal((await admin.ok(admin.api.GET("/api/v1/contacts/{contact_id}", { params: contact }))).channel_id, channel.id);
  const { client } = visitor;
  assert.equal((await client.ok(client.api.GET("/widget/v1/unread"))).unread, 1);
  const heard = await client.ok(client.api.GET("/widget/v1/messages", { params: { query: { after_seq: 1 } } }));
  assert.equal(heard.items.length, 1);
  assert.deepEqual(await client.ok(client.api.PUT("/widget/v1/read", { body: { seq: 2 } })), { seq: 2, unread: 0 });
  const after = await admin.ok(admin.api.GET("/api/v1/conversations/{conversation_id}", { params }));
  assert.equal(after.visitor_read_seq, 2);
  assert.equal(after.waiting_since, null);
  const since = await admin.ok(admin.api.GET("/api/v1/events", { params: { query: { after: start.cursor } } }));
  assert.ok(since.items.some((event) => event.event.type === "message_created"));
});

test("a message of one's own is recalled", async () => {
  const { admin } = await newOrganisation(server.url, {}, fetch);
  const visitor = await newVisitor(server.url, (await newChannel(admin)).key, { fetch });
  const { conversation_id } = await visitor.say("多少钱？");
  const said = await answer(admin, conversation_id, "三百");
  const path = { conversation_id, message_id: said.id };
  const recalled = await admin.ok(
    admin.api.POST("/api/v1/conversations/{conversation_id}/messages/{message_id}/recall", { params: { path } }),
  );
  assert.deepEqual(recalled, { ...said, content: { type: "recalled" } });
  const content = { type: "reply" as const, text: "刚才发错了", quote: said.id };
  const reply = await admin.ok(
    admin.api.POST("/api/v1/conversations/{conversation_id}/messages", {
      params: { path: { conversation_id } },
      body: { nonce: randomUUID(), content },
    }),
  );
  assert.ok(reply.content.type === "reply" && reply.content.quote.seq === said.seq);
});

test("a message is read in another language", async () => {
  const { admin } = await newOrganisation(server.url, {}, fetch);
  const visitor = await newVisitor(server.url, (await newChannel(admin)).key, { fetch });
  const { conversation_id, id } = await visitor.say("Combien ça coûte ?");
  const params = { path: { conversation_id, message_id: id } };
  const said = await admin.ok(
    admin.api.POST("/api/v1/conversations/{conversation_id}/messages/{message_id}/translation", { params, body: { language: "zh-CN" } }),
  );
  assert.deepEqual(said, { language: "zh-CN", detected_language: "fr", text: "[zh] Combien ça coûte ?" });
  assert.equal((await admin.ok(admin.api.GET("/api/v1/server-info"))).translation, true);
});

test("agents write notes beside a conversation", async () => {
  const { admin } = await newOrganisation(server.url, {}, fetch);
  const visitor = await newVisitor(server.url, (await newChannel(admin)).key, { fetch });
  const { conversation_id } = await visitor.say("多少钱？");
  const params = { path: { conversation_id } };
  const me = await admin.ok(admin.api.GET("/api/v1/me"));
  const body = { nonce: randomUUID(), text: "老客户", mentions: [me.id] };
  const note = await admin.ok(admin.api.POST("/api/v1/conversations/{conversation_id}/notes", { params, body }));
  assert.deepEqual([note.number, note.after_seq, note.mentions], [1, 1, [me.id]]);
  const notes = await admin.ok(admin.api.GET("/api/v1/conversations/{conversation_id}/notes", { params }));
  assert.deepEqual(notes.items, [note]);
});

test("a colleague is added, and the wizard is told to stay away", async () => {
  const { admin } = await newOrganisation(server.url, {}, fetch);
  const account = `wang-${randomUUID().slice(0, 8)}`;
  const body = { name: "王晓", account, password: "a-lamp-of-2026", role: "supervisor" as const };
  const added = await admin.ok(admin.api.POST("/api/v1/agents", { body }));
  assert.deepEqual([added.account, added.role, added.email, added.presence], [account, "supervisor", "", "offline"]);
  const phone = createParlorClient({ baseUrl: server.url, fetch });
  const me = await phone.login({ account, password: body.password, login_state: "normal", agreements_accepted: true });
  assert.equal(me.id, added.id);
  await assert.rejects(phone.ok(phone.api.POST("/api/v1/agents", { body: { ...body, account: `${account}-2` } })));
  const patched = await admin.ok(admin.api.PATCH("/api/v1/me", { body: { setup_dismissed: true } }));
  assert.equal(patched.setup_dismissed, true);
  await managePeople(admin, added.id, octets(PIXEL));
});

test("views of the list are kept", async () => {
  const { admin } = await newOrganisation(server.url, {}, fetch);
  const { id } = await admin.ok(admin.api.GET("/api/v1/me"));
  // Any id will do for a view; it is the agent's own.
  const items = [{ id, name: "待办", filter: "waiting" as const }];
  const kept = await admin.ok(admin.api.PUT("/api/v1/me/saved-views", { body: { items, revision: 0 } }));
  assert.deepEqual(kept.saved_views.items.map(({ name }) => name), ["待办"]);
  const { saved_views } = await admin.ok(admin.api.GET("/api/v1/me"));
  assert.deepEqual(saved_views, kept.saved_views);
});

test("channels in groups", () => arrangeChannels(server.url, fetch, octets(PIXEL)));

test("contacts have tags", async () => {
  const { admin } = await newOrganisation(server.url, {}, fetch);
  const group = await admin.ok(admin.api.POST("/api/v1/tag-groups", { body: { name: "级别", single_choice: true } }));
  const params = { path: { group_id: group.id } };
  const add = (name: string) =>
    admin.ok(admin.api.POST("/api/v1/tag-groups/{group_id}/tags", { params, body: { name, color: "red" as const } }));
  const [gold, silver] = (await add("金"), await add("银")).tags;
  assert.ok(gold && silver);
  await assert.rejects(add("金 "));
  const visitor = await newVisitor(server.url, (await newChannel(admin)).key, { fetch });
  await visitor.say("我是老客户");
  const { contact_id } = visitor.session;
  const set = (version: number, tag_ids: string[]) =>
    admin.ok(admin.api.PUT("/api/v1/contacts/{contact_id}/tags", { params: { path: { contact_id } }, body: { version, tag_ids } }));
  await assert.rejects(set(0, [gold.id, silver.id]));
  assert.deepEqual((await set(0, [gold.id])).tag_ids, [gold.id]);
  const { items } = await admin.ok(admin.api.GET("/api/v1/conversations", { params: { query: { tag_id: gold.id } } }));
  assert.deepEqual(items.map(({ contact }) => contact.tag_ids), [[gold.id]]);
  const contents = await admin.ok(admin.api.GET("/api/v1/tag-groups/{group_id}/contents", { params }));
  assert.deepEqual(contents, { contacts: 1, contacts_with_several: 0 });
  const tag = { path: { tag_id: gold.id } };
  assert.deepEqual(await admin.ok(admin.api.GET("/api/v1/tags/{tag_id}/contents", { params: tag })), { contacts: 1 });
  const moved = await admin.ok(admin.api.PATCH("/api/v1/tags/{tag_id}", { params: tag, body: { name: "金牌", place: 1 } }));
  assert.deepEqual(moved.tags.map(({ name }) => name), ["银", "金牌"]);
  const renamed = await admin.ok(admin.api.PATCH("/api/v1/tag-groups/{group_id}", { params, body: { name: "等级", place: 3 } }));
  assert.deepEqual((await admin.ok(admin.api.GET("/api/v1/tag-groups"))).items, [renamed]);
  await admin.ok(admin.api.DELETE("/api/v1/tags/{tag_id}", { params: tag }));
  assert.deepEqual((await admin.ok(admin.api.GET("/api/v1/contacts/{contact_id}", { params: { path: { contact_id } } }))).tag_ids, []);
  await admin.ok(admin.api.DELETE("/api/v1/tag-groups/{group_id}", { params }));
  assert.deepEqual((await admin.ok(admin.api.GET("/api/v1/tag-groups"))).items, []);
});

test("contacts are listed, tagged and carried out", () => walkContacts(server.url, fetch));

test("programs are told what happens", () => walkWebhooks(server.url, fetch));

test("an organisation limits its files", async () => {
  const { admin } = await newOrganisation(server.url, {}, fetch);
  assert.deepEqual(await admin.ok(admin.api.GET("/api/v1/organisation/file-limit")), { max_megabytes: 0 });
  const limit = await admin.ok(admin.api.PUT("/api/v1/organisation/file-limit", { body: { max_megabytes: 3 } }));
  assert.deepEqual(await admin.ok(admin.api.GET("/api/v1/organisation/file-limit")), limit);
  const visitor = await newVisitor(server.url, (await newChannel(admin)).key, { fetch });
  assert.equal(visitor.session.files.max_bytes, 3 * 1024 * 1024);
});

test("new visitors are welcomed", async () => {
  const { admin } = await newOrganisation(server.url, {}, fetch);
  assert.deepEqual(await admin.ok(admin.api.GET("/api/v1/welcome")), { text: "" });
  const welcome = await admin.ok(admin.api.PUT("/api/v1/welcome", { body: { text: "您好，欢迎光临" } }));
  assert.deepEqual(await admin.ok(admin.api.GET("/api/v1/welcome")), welcome);
  const visitor = await newVisitor(server.url, (await newChannel(admin)).key, { fetch });
  assert.equal(visitor.session.welcome, welcome.text);
  assert.equal((await visitor.say("在吗？")).seq, 2);
  const { items } = await visitor.client.ok(visitor.client.api.GET("/widget/v1/messages"));
  assert.deepEqual(items.map(({ author }) => author.kind), ["automatic", "visitor"]);
});

test("what agents set of conversations and contacts", async () => {
  const { admin } = await newOrganisation(server.url, {}, fetch);
  const channel = await newChannel(admin);
  const visitor = await newVisitor(server.url, channel.key, { fetch });
  const { conversation_id } = await visitor.say("请记住我");
  const params = { path: { conversation_id } };
  const body = { pinned: true, marked_unread: true };
  const pinned = await admin.ok(admin.api.PATCH("/api/v1/conversations/{conversation_id}/personal", { params, body }));
  assert.deepEqual([pinned.pinned, pinned.muted, pinned.marked_unread, pinned.personal_revision], [true, false, true, 1]);
  const list = await admin.ok(admin.api.GET("/api/v1/conversations", { params: { query: { pinned: true } } }));
  assert.deepEqual(list.items, [pinned]);

  const contact = { path: { contact_id: pinned.contact.id } };
  const edit = (version: number, name: string) =>
    admin.ok(admin.api.PATCH("/api/v1/contacts/{contact_id}", { params: contact, body: { version, name } }));
  assert.equal((await edit(0, "张三")).version, 1);
  await assert.rejects(edit(0, "李四"));
  const block = (blocked: boolean) =>
    admin.ok(admin.api.PUT("/api/v1/contacts/{contact_id}/blocked", { params: contact, body: { blocked } }));
  assert.notEqual((await block(true)).blocked_at, null);
  const { items } = await admin.ok(admin.api.GET("/api/v1/blacklist"));
  assert.deepEqual(items.map((item) => item.contact.name), ["张三"]);
  await assert.rejects(visitor.say("喂？"));
  assert.equal((await block(false)).blocked_at, null);

  await admin.ok(admin.api.DELETE("/api/v1/conversations/{conversation_id}/messages", { params }));
  const window = await admin.ok(admin.api.GET("/api/v1/conversations/{conversation_id}/messages", { params }));
  assert.deepEqual([window.items, window.cleared_seq], [[], 1]);
  await admin.ok(admin.api.DELETE("/api/v1/conversations/{conversation_id}", { params }));
  const deeds = ["conversation_deleted", "conversation_cleared", "contact_unblocked", "contact_blocked", "channel_created"];
  assert.deepEqual(await walkAudit(admin, server.url), deeds);
});

/** A body of bytes, as they are. */
function octets(bytes: Uint8Array<ArrayBuffer>) {
  return {
    body: "",
    bodySerializer: () => new Blob([bytes]),
    headers: { "content-type": "application/octet-stream" },
  };
}

/** The first box of an MP4, which is all that makes it a video. */
const VIDEO = new Uint8Array([0, 0, 0, 0x18, ...Buffer.from("ftypmp42"), 0, 0, 0, 0, ...Buffer.from("mp42isom")]);
/** A picture of one pixel. */
const PIXEL = new Uint8Array(
  Buffer.from("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==", "base64"),
);

test("files on both sides", async () => {
  const { admin } = await newOrganisation(server.url, {}, fetch);
  const channel = await newChannel(admin);
  const visitor = await newVisitor(server.url, channel.key, { fetch });
  const { conversation_id } = await visitor.say("请看视频");
  const path = { conversation_id };
  const access = await admin.ok(admin.api.GET("/api/v1/conversations/{conversation_id}/file-access", { params: { path } }));
  // An agent's pass names the agent.
  assert.notEqual(access.path, visitor.session.files.path);

  const uploads = "/api/v1/conversations/{conversation_id}/attachments";
  const video = await admin.ok(
    admin.api.POST(uploads, { params: { path, query: { name: "视频.mp4" } }, ...octets(VIDEO) }),
  );
  assert.ok(video.type === "video");
  const poster = await admin.ok(
    admin.api.POST(`${uploads}/{attachment_id}/poster`, {
      params: { path: { conversation_id, attachment_id: video.attachment.id } },
      ...octets(PIXEL),
    }),
  );
  assert.ok(poster.type === "video" && poster.attachment.has_preview);
  const content = { type: "attachment" as const, attachment_id: video.attachment.id };
  const sent = await admin.ok(
    admin.api.POST("/api/v1/conversations/{conversation_id}/messages", { params: { path }, body: { nonce: randomUUID(), content } }),
  );
  assert.deepEqual(sent.content, poster);
  const small = await globalThis.fetch(`${server.url}${access.path}${video.attachment.id}/preview`);
  assert.equal(small.headers.get("content-type"), "image/jpeg");
  const fetched = await globalThis.fetch(`${server.url}${visitor.session.files.path}${video.attachment.id}/preview`);
  assert.equal(fetched.status, 200);

  const { client } = visitor;
  const theirs = await client.ok(client.api.POST("/widget/v1/attachments", { params: { query: { name: "a.mp4" } }, ...octets(VIDEO) }));
  assert.ok(theirs.type === "video");
  const attachment = { path: { attachment_id: theirs.attachment.id } };
  await client.ok(client.api.POST("/widget/v1/attachments/{attachment_id}/poster", { params: attachment, ...octets(PIXEL) }));
});

test("the sockets speak as asyncapi.yaml says", async () => {
  const { admin } = await newOrganisation(server.url, {}, fetch);
  const channel = await newChannel(admin);
  const { client, session } = await newVisitor(server.url, channel.key, { fetch });
  const { ticket } = await admin.ok(admin.api.POST("/api/v1/me/socket-tickets"));
  const agent = await CheckedSocket.open(server.url, AGENT_SOCKET, ticket);
  await agent.hear((frame) => frame.type === "ready");
  const visitorTicket = await client.ok(client.api.POST("/widget/v1/socket-tickets"));
  const visitor = await CheckedSocket.open(server.url, VISITOR_SOCKET, visitorTicket.ticket);
  const tab = await CheckedSocket.open(server.url, VISITOR_SOCKET, session.ticket);
  await Promise.all([visitor, tab].map((socket) => socket.hear((frame) => frame.type === "ready")));

  const nonce = randomUUID();
  visitor.say({ type: "send_message", nonce, content: { type: "text", text: "喂？" } });
  const ack = await visitor.hear((frame) => frame.type === "ack" && frame["nonce"] === nonce);
  const eventOf = (type: string) => (frame: { type: string; event?: { type: string } }) => frame.event?.type === type;
  await agent.hear(eventOf("conversation_created"));
  await agent.hear(eventOf("message_created"));
  await tab.hear(eventOf("message_created"));

  const conversation_id = ack["conversation_id"];
  agent.say({ type: "mark_read", conversation_id, seq: 1 });
  await visitor.hear(eventOf("agents_read"));
  agent.say({ type: "send_message", nonce: randomUUID(), conversation_id, content: { type: "text", text: "在的。" } });
  await visitor.hear(eventOf("message_created"));
  visitor.say({ type: "mark_read", seq: 2 });
  await agent.hear(eventOf("visitor_read"));

  agent.sayForbidden({ type: "send_message", nonce: randomUUID(), conversation_id, content: { type: "text", text: "  " } });
  const rejected = await agent.hear((frame) => frame.type === "rejected");
  assert.equal((rejected["problem"] as { code: string }).code, "invalid");
  agent.say({ type: "ping" });
  await agent.hear((frame) => frame.type === "pong");

  await newChannel(admin, "第二个");
  await agent.hear(eventOf("channel_created"));
  await admin.ok(admin.api.PATCH("/api/v1/me", { body: { login_state: "suspended" } }));
  await agent.hear(eventOf("me_updated"));
  const gone = { params: { path: { channel_id: channel.id } }, body: { name: channel.name } };
  await admin.ok(admin.api.DELETE("/api/v1/channels/{channel_id}", gone));
  await agent.hear(eventOf("channel_deleted"));
  assert.equal(await visitor.closed(), 4410);
  tab.close();
  await admin.ok(admin.api.DELETE("/api/v1/auth/sessions"));
  assert.equal(await agent.closed(), 4401);
});

test("no operation was left out", () => {
  // They answer 101, not 2xx, and are opened above by a WebSocket.
  const sockets = ["open_socket", "open_visitor_socket"];
  const missed = operations.map((operation) => operation.id).filter((id) => !succeeded.has(id) && !sockets.includes(id));
  assert.deepEqual(missed, []);
});
