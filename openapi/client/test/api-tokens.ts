// API tokens, by every operation that there is for them: a part of the walk.

import assert from "node:assert/strict";
import { createParlorClient, type Fetch, type ParlorClient } from "../src/index.ts";

/** Makes a token, calls with it, and revokes it. */
export async function walkApiTokens(admin: ParlorClient, baseUrl: string, fetch: Fetch): Promise<void> {
  const body = { name: "CRM", scopes: ["profile:read" as const] };
  const { token, secret } = await admin.ok(admin.api.POST("/api/v1/api-tokens", { body }));
  assert.match(secret, /^parlor_[0-9a-f]{8}_[0-9a-f]{48}$/);
  const program = createParlorClient({ baseUrl, token: secret, fetch });
  await program.ok(program.api.GET("/api/v1/me"));
  await assert.rejects(program.ok(program.api.GET("/api/v1/contacts")), /insufficient_scope.*contacts:read/);
  const { items } = await admin.ok(admin.api.GET("/api/v1/api-tokens"));
  assert.deepEqual(items.map(({ id, state }) => [id, state]), [[token.id, "active"]]);
  await admin.ok(admin.api.DELETE("/api/v1/api-tokens/{api_token_id}", { params: { path: { api_token_id: token.id } } }));
  await assert.rejects(program.ok(program.api.GET("/api/v1/me")), /unauthenticated/);
}
