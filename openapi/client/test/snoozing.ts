// Putting a conversation off and bringing it back, closing it and opening it again: a part of the walk over every operation.

import assert from "node:assert/strict";
import type { ParlorClient } from "../src/index.ts";

/** Puts off what the caller has, finds it there, and brings it back; closes it and opens it again. */
export async function putOffAndClose(caller: ParlorClient, conversation_id: string): Promise<void> {
  const of = { params: { path: { conversation_id } } };
  const until = new Date(Date.now() + 3_600_000).toISOString();
  const snoozed = await caller.ok(
    caller.api.PUT("/api/v1/conversations/{conversation_id}/snooze", { ...of, body: { until } }),
  );
  assert.equal(Date.parse(snoozed.snoozed_until ?? ""), Date.parse(until));
  const { items } = await caller.ok(caller.api.GET("/api/v1/conversations", { params: { query: { snoozed: true } } }));
  assert.deepEqual(items.map(({ id }) => id), [conversation_id]);
  const woken = await caller.ok(caller.api.DELETE("/api/v1/conversations/{conversation_id}/snooze", of));
  assert.equal(woken.snoozed_until, null);
  const closed = await caller.ok(caller.api.POST("/api/v1/conversations/{conversation_id}/close", of));
  assert.ok(closed.closed_at);
  const open = await caller.ok(caller.api.POST("/api/v1/conversations/{conversation_id}/reopen", of));
  assert.equal(open.closed_at, null);
}
