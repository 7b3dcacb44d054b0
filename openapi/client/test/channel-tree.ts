// Channels in groups, through the generated client: called by the walk, which counts the operations.

import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import type { ParlorClient, Schemas } from "../src/index.ts";
import { newChannel, newOrganisation, newVisitor } from "../testing/index.ts";

/** A picture as the body of a request. */
export interface Octets {
  body: string;
  bodySerializer: () => Blob;
  headers: Record<string, string>;
}

/** Groups channels, arranges them, publishes a style and the one before, and takes it all apart. */
export async function arrangeChannels(url: string, fetch: Parameters<typeof newOrganisation>[2], picture: Octets): Promise<void> {
  const { admin } = await newOrganisation(url, {}, fetch);
  const [first, second] = [await newChannel(admin, "官网"), await newChannel(admin, "商城")];
  const add = (name: string) => admin.ok(admin.api.POST("/api/v1/channel-groups", { body: { name } }));
  const group = await add("公众号");
  await assert.rejects(add(" 公众号 "));
  const tree = await admin.ok(admin.api.GET("/api/v1/channel-tree"));
  assert.deepEqual(tree.channel_ids, [first.id, second.id]);
  const body = { revision: tree.revision, channel_ids: [second.id], groups: [{ id: group.id, channel_ids: [first.id] }] };
  const arranged = await admin.ok(admin.api.PUT("/api/v1/channel-tree", { body }));
  assert.deepEqual(arranged.groups, [{ ...group, channel_ids: [first.id] }]);
  await assert.rejects(admin.ok(admin.api.PUT("/api/v1/channel-tree", { body: { ...body, channel_ids: [] } })));
  const params = { path: { channel_id: second.id } };
  const moved = await admin.ok(admin.api.PUT("/api/v1/channels/{channel_id}/group", { params, body: { group_id: group.id } }));
  assert.deepEqual(moved.groups[0]?.channel_ids, [first.id, second.id]);
  const pictured = await admin.ok(admin.api.PUT("/api/v1/channels/{channel_id}/avatar", { params, ...picture }));
  assert.equal((await globalThis.fetch(`${url}/avatars/${pictured.avatar_id}`)).headers.get("content-type"), "image/jpeg");
  await admin.ok(admin.api.DELETE("/api/v1/channels/{channel_id}/avatar", { params }));
  const style = { ...second.style, launcher_text: "咨询" };
  await admin.ok(admin.api.PATCH("/api/v1/channels/{channel_id}", { params, body: { style } }));
  const back = await admin.ok(admin.api.PUT("/api/v1/channels/{channel_id}/style-version", { params, body: { revision: 1 } }));
  assert.deepEqual([back.style, back.style_revision], [second.style, 3]);
  const { items } = await admin.ok(admin.api.GET("/api/v1/channels/{channel_id}/style-versions", { params }));
  assert.deepEqual(items.map(({ revision, restored_from }) => [revision, restored_from]), [[3, 1], [2, null], [1, null]]);
  await answerForm(url, fetch, admin, second);
  await identify(admin, first.id, first.key);
  const allowed = { items: ["shop.example", "*.shop.example"] };
  await admin.ok(admin.api.PUT("/api/v1/channels/{channel_id}/domains", { params, body: allowed }));
  assert.deepEqual(await admin.ok(admin.api.GET("/api/v1/channels/{channel_id}/domains", { params })), allowed);
  const known = { path: { channel_group_id: group.id } };
  const renamed = await admin.ok(
    admin.api.PATCH("/api/v1/channel-groups/{channel_group_id}", { params: known, body: { name: "微信" } }),
  );
  assert.equal(renamed.name, "微信");
  await admin.ok(admin.api.DELETE("/api/v1/channel-groups/{channel_group_id}", { params: known }));
  const after = await admin.ok(admin.api.GET("/api/v1/channel-tree"));
  assert.deepEqual([after.channel_ids, after.groups], [[first.id, second.id], []]);
}

/** A channel asks before the first message, which is taken once it is answered. */
async function answerForm(url: string, fetch: Parameters<typeof newOrganisation>[2], admin: ParlorClient, channel: Schemas["Channel"]): Promise<void> {
  const form = { enabled: true, title: "", fields: [{ kind: "name" as const, required: true }] };
  const params = { path: { channel_id: channel.id } };
  await admin.ok(admin.api.PATCH("/api/v1/channels/{channel_id}", { params, body: { style: { ...channel.style, form } } }));
  const { client, session, say } = await newVisitor(url, channel.key, fetch === undefined ? {} : { fetch });
  assert.deepEqual(session.form?.fields.map(({ field, required }) => [field, required]), [["name", true]]);
  await assert.rejects(say("你好"));
  await client.ok(client.api.PUT("/widget/v1/answers", { body: { answers: [{ field: "name", value: "林小满" }] } }));
  await say("你好");
}

/** The company's own server says who a visitor is: with the channel's secret it is believed, without one nobody is. */
async function identify(admin: ParlorClient, channel_id: string, channel_key: string): Promise<void> {
  const params = { path: { channel_id } };
  const state = () => admin.ok(admin.api.GET("/api/v1/channels/{channel_id}/identity", { params }));
  assert.equal((await state()).secret_since, null);
  const { secret } = await admin.ok(admin.api.POST("/api/v1/channels/{channel_id}/identity/secret", { params }));
  const user_id = "u-17";
  const identity = { user_id, user_hash: createHmac("sha256", secret).update(user_id).digest("hex") };
  const visit = () => admin.ok(admin.api.POST("/widget/v1/sessions", { body: { channel_key, identity } }));
  const [one, other] = [await visit(), await visit()];
  assert.deepEqual([one.identity, other.contact_id], ["verified", one.contact_id]);
  await admin.ok(admin.api.DELETE("/api/v1/channels/{channel_id}/identity/secret", { params }));
  assert.equal((await visit()).identity, "refused");
}
