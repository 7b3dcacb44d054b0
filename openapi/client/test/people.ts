// What admins do to the organisation's own people: a part of the walk over every operation.

import assert from "node:assert/strict";
import type { ParlorClient } from "../src/index.ts";
import type { Octets } from "./channel-tree.ts";

/** Edits, groups, disables and removes a colleague who is there. */
export async function managePeople(admin: ParlorClient, agent_id: string, picture: Octets): Promise<void> {
  const group = await admin.ok(admin.api.POST("/api/v1/agent-groups", { body: { name: "售前" } }));
  const settings = { level: 3, capacity: 20, edits_quick_replies: true, group_ids: [group.id] };
  const params = { path: { agent_id } };
  const edited = await admin.ok(admin.api.PATCH("/api/v1/agents/{agent_id}", { params, body: { name: "王小晓", settings } }));
  assert.deepEqual([edited.name, edited.settings?.level, edited.settings?.group_ids], ["王小晓", 3, [group.id]]);
  const { items } = await admin.ok(admin.api.GET("/api/v1/agent-groups"));
  assert.deepEqual(items.map(({ name, agent_ids }) => [name, agent_ids]), [["售前", [agent_id]]]);
  const of_group = { path: { agent_group_id: group.id } };
  const renamed = await admin.ok(
    admin.api.PATCH("/api/v1/agent-groups/{agent_group_id}", { params: of_group, body: { name: "售前组", agent_ids: [] } }),
  );
  assert.deepEqual([renamed.name, renamed.agent_ids], ["售前组", []]);
  await admin.ok(admin.api.DELETE("/api/v1/agent-groups/{agent_group_id}", { params: of_group }));
  const pictured = await admin.ok(admin.api.PUT("/api/v1/agents/{agent_id}/avatar", { params, ...picture }));
  assert.notEqual(pictured.avatar_id, null);
  await admin.ok(admin.api.DELETE("/api/v1/agents/{agent_id}/avatar", { params }));
  const view = await admin.ok(admin.api.POST("/api/v1/agents/{agent_id}/view", { params }));
  assert.deepEqual([view.agent_id, view.name], [agent_id, "王小晓"]);
  await admin.ok(admin.api.DELETE("/api/v1/agents/{agent_id}/view", { params }));
  await admin.ok(admin.api.PUT("/api/v1/agents/{agent_id}/password", { params, body: { password: "another-lamp-2026" } }));
  const disabled = await admin.ok(admin.api.PUT("/api/v1/agents/{agent_id}/disabled", { params, body: { disabled: true } }));
  assert.equal(disabled.disabled, true);
  const contents = await admin.ok(admin.api.GET("/api/v1/agents/{agent_id}/contents", { params }));
  assert.deepEqual(contents, { conversations: 0, memberships: 0 });
  await admin.ok(admin.api.DELETE("/api/v1/agents/{agent_id}", { params }));
}
