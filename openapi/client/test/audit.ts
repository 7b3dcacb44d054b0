// The audit log and its table, as the walk of the contract asks for them.

import assert from "node:assert/strict";
import type { ParlorClient } from "../src/index.ts";

/** Asks each of these operations once with success; answers what was done since registering, newest first. */
export async function walkAudit(admin: ParlorClient, url: string): Promise<string[]> {
  const query = { limit: 100, since: "2020-01-01T00:00:00.000Z" };
  const { items } = await admin.ok(admin.api.GET("/api/v1/audit", { params: { query } }));
  const body = { filter: { group: "conversations" as const }, language: "en" as const };
  const { path } = await admin.ok(admin.api.POST("/api/v1/audit-exports", { body }));
  // Reading it as text takes the byte order mark away.
  const lines = (await (await globalThis.fetch(url + path)).text()).trimEnd().split("\r\n");
  assert.ok(lines[0]?.startsWith("Time (UTC),Who,API token,What,"), lines[0]);
  assert.ok(lines.some((line) => line.includes("Deleted a conversation")));
  assert.equal((await globalThis.fetch(url + path)).status, 404);
  const kinds: string[] = items.map((entry) => entry.action.type);
  return kinds.filter((kind) => kind !== "logged_in" && kind !== "organisation_registered");
}
