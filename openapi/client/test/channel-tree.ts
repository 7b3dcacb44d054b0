// Channels in groups, through the generated client: called by the walk, which counts the operations.

import assert from "node:assert/strict";
import { newChannel, newOrganisation } from "../testing/index.ts";

/** A picture as the body of a request. */
interface Octets {
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
  const known = { path: { channel_group_id: group.id } };
  const renamed = await admin.ok(
    admin.api.PATCH("/api/v1/channel-groups/{channel_group_id}", { params: known, body: { name: "微信" } }),
  );
  assert.equal(renamed.name, "微信");
  await admin.ok(admin.api.DELETE("/api/v1/channel-groups/{channel_group_id}", { params: known }));
  const after = await admin.ok(admin.api.GET("/api/v1/channel-tree"));
  assert.deepEqual([after.channel_ids, after.groups], [[first.id, second.id], []]);
}
