// Getting in, by every operation that there is for it: a part of the walk.

import assert from "node:assert/strict";
import { createParlorClient, type Fetch, solveChallenge } from "../src/index.ts";
import { walkApiTokens } from "./api-tokens.ts";
import { codeOf, newAgent, newOrganisation, type TestServer } from "../testing/index.ts";

/** Sets a second factor up, signs in with it, resets a forgotten password, and takes it off again; then lets a program in. */
export async function walkAccess(server: TestServer, fetch: Fetch): Promise<void> {
  const organisation = await newOrganisation(server.url, {}, fetch);
  const { admin, registration, me } = organisation;
  const { account, password } = registration;
  const login = { account, login_state: "normal" as const, agreements_accepted: true as const };

  const { secret, uri } = await admin.ok(admin.api.POST("/api/v1/me/second-factor", { body: { password } }));
  assert.ok(uri.startsWith(`otpauth://totp/Parlor:${account}?secret=${secret}`));
  const { items: first } = await admin.ok(admin.api.PUT("/api/v1/me/second-factor", { body: { code: codeOf(secret) } }));
  assert.equal(first.length, 10);
  const phone = createParlorClient({ baseUrl: server.url, fetch });
  await assert.rejects(phone.login({ ...login, password }), /second factor/);
  // Codes of the app are good once, and of the next step already: for anything more there are recovery codes.
  assert.equal((await phone.login({ ...login, password }, () => codeOf(secret, 1))).id, me.id);
  const both = { body: { password, code: first[0] ?? "" } };
  const { items: codes } = await admin.ok(admin.api.POST("/api/v1/me/second-factor/recovery-codes", both));
  assert.notDeepEqual(codes, first);
  const state = await admin.ok(admin.api.GET("/api/v1/me/second-factor"));
  assert.deepEqual([state.recovery_codes_left, state.enabled_at === null], [10, false]);
  await admin.ok(admin.api.DELETE("/api/v1/me/sessions"));
  await assert.rejects(phone.ok(phone.api.GET("/api/v1/me")));

  const [recovery = "", last = ""] = codes;
  const proof = await solveChallenge(await phone.ok(phone.api.POST("/api/v1/auth/challenges")));
  await phone.ok(phone.api.POST("/api/v1/auth/password-reset-codes", { body: { account, by: "email", proof } }));
  const code = await sentTo(phone, registration.email);
  const new_password = "chen-guang-2027";
  const reset = { account, code, new_password, second_factor: recovery };
  await phone.ok(phone.api.POST("/api/v1/auth/password-resets", { body: reset }));
  await assert.rejects(admin.ok(admin.api.GET("/api/v1/me")));
  await admin.login({ ...login, password: new_password }, () => last);
  const off = { body: { password: new_password, code: codes[2] ?? "" } };
  await admin.ok(admin.api.POST("/api/v1/me/second-factor/removals", off));

  const colleague = await newAgent(server, organisation);
  const theirs = await colleague.client.ok(
    colleague.client.api.POST("/api/v1/me/second-factor", { body: { password: colleague.password } }),
  );
  await colleague.client.ok(colleague.client.api.PUT("/api/v1/me/second-factor", { body: { code: codeOf(theirs.secret) } }));
  const params = { path: { agent_id: colleague.me.id } };
  await admin.ok(admin.api.DELETE("/api/v1/agents/{agent_id}/second-factor", { params }));
  const again = { account: colleague.account, password: colleague.password };
  await phone.login({ ...login, ...again });

  await walkApiTokens(admin, server.url, fetch);
}

/** The code that was sent to an address: it is sent after the answer. */
async function sentTo(client: ReturnType<typeof createParlorClient>, address: string): Promise<string> {
  for (;;) {
    const { items } = await client.ok(client.api.GET("/api/v1/dev/verification-codes"));
    const sent = items.find((item) => item.mobile === address);
    if (sent !== undefined) {
      return sent.code;
    }
  }
}
