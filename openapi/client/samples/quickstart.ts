// Reads conversations and answers one, with the client.
//
//   const answered = await quickstart("https://chat.example", "parlor_…");

import { randomUUID } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import { createParlorClient, type Fetch, type ParlorClient, ParlorError, type Schemas } from "../src/index.ts";

/** Makes a token as an admin who is signed in. Its secret is in this answer and never again. */
export async function makeToken(admin: ParlorClient): Promise<string> {
  const scopes: Schemas["Scope"][] = ["conversations:read", "conversations:write"];
  const expires_at = new Date(Date.now() + 90 * 24 * 3_600_000).toISOString();
  const { secret } = await admin.ok(admin.api.POST("/api/v1/api-tokens", { body: { name: "Quickstart", scopes, expires_at } }));
  return secret;
}

/** A `fetch` that waits as told when there were too many requests. */
export async function patient(request: Request): Promise<Response> {
  for (;;) {
    const response = await fetch(request.clone());
    if (response.status !== 429) {
      return response;
    }
    await pause(Number(response.headers.get("retry-after") ?? 1) * 1000);
  }
}

/** Every conversation, a page at a time. */
export async function* conversations(parlor: ParlorClient): AsyncGenerator<Schemas["Conversation"]> {
  let cursor: string | null | undefined;
  do {
    const query = { limit: 20, ...(cursor ? { cursor } : {}) };
    const page = await parlor.ok(parlor.api.GET("/api/v1/conversations", { params: { query } }));
    yield* page.items;
    cursor = page.next_cursor;
  } while (cursor);
}

/** Says something in a conversation. Whether the first try arrived need not be known: the second is the same message. */
export async function say(parlor: ParlorClient, conversation_id: string, text: string): Promise<Schemas["Message"]> {
  const nonce = randomUUID();
  const params = { path: { conversation_id }, header: { "Idempotency-Key": `greeting-${nonce}` } };
  const body = { nonce, content: { type: "text" as const, text } };
  const send = () => parlor.ok(parlor.api.POST("/api/v1/conversations/{conversation_id}/messages", { params, body }));
  try {
    return await send();
  } catch (error) {
    // A refusal stays one, and says why: branch on `code`, show `detail` to people.
    if (error instanceof ParlorError && error.status < 500) {
      throw error;
    }
    return send();
  }
}

/** Greets in the latest conversation; answers how many there are and what was said. */
export async function quickstart(baseUrl: string, token: string, fetch: Fetch = patient): Promise<{ count: number; sent: string }> {
  const parlor = createParlorClient({ baseUrl, token, fetch });
  const all: Schemas["Conversation"][] = [];
  for await (const conversation of conversations(parlor)) {
    all.push(conversation);
  }
  const latest = all[0];
  const sent = latest === undefined ? "" : (await say(parlor, latest.id, "您好，请问有什么可以帮您？")).id;
  return { count: all.length, sent };
}
