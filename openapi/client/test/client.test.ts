// The client against the running server: sign-in, renewal, sign-out, problems.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { createParlorClient, type Fetch, leadingZeroBits, ParlorError, UnexpectedAnswer } from "../src/index.ts";
import { newOrganisation, newRegistration, register, startServer, type TestServer } from "../testing/index.ts";

let server: TestServer;
before(async () => {
  server = await startServer();
});
after(async () => server.remove());

/** A `fetch` that counts the requests of a path. */
function counting(path: string): { fetch: Fetch; count: () => number } {
  let count = 0;
  return {
    fetch: (request) => {
      count += new URL(request.url).pathname === path ? 1 : 0;
      return fetch(request);
    },
    count: () => count,
  };
}

/** A `fetch` that spoils the access token of requests that carry one, as if it had expired, for as long as `expired` says so. */
function expiring(inner: Fetch, expired: () => boolean): Fetch {
  return (request) => {
    if (expired() && request.headers.has("authorization")) {
      request.headers.set("authorization", "Bearer expired");
    }
    return inner(request);
  };
}

test("an organisation registers, signs in and reads its account", async () => {
  const { admin, me, registration } = await newOrganisation(server.url);
  assert.equal(me.role, "admin");
  assert.equal(me.account, registration.account);
  const again = await admin.ok(admin.api.GET("/api/v1/me"));
  assert.deepEqual(again, me);
});

test("requests that meet an expired token renew it once and are repeated", async () => {
  const refreshes = counting("/api/v1/auth/refresh");
  const { admin } = await newOrganisation(server.url, {}, expiring(refreshes.fetch, () => refreshes.count() === 0));
  const answers = await Promise.all([
    admin.ok(admin.api.GET("/api/v1/me")),
    admin.ok(admin.api.POST("/api/v1/channels", { body: { kind: "website", name: "官网" } })),
    admin.ok(admin.api.GET("/api/v1/me/sessions")),
  ]);
  assert.equal(answers[1].name, "官网");
  assert.equal(refreshes.count(), 1);
  const channels = await admin.ok(admin.api.GET("/api/v1/channels"));
  assert.equal(channels.items.length, 1, "the repeated request was stored once");
});

test("a request that learns late that its token had expired takes the renewed one, though it be the same text", async () => {
  let renewals = 0;
  let late: (() => void) | undefined;
  const renewed = new Promise<void>((resolve) => {
    late = resolve;
  });
  const answer = (status: number, body: object): Response =>
    new Response(JSON.stringify(body), { status, headers: { "content-type": "application/json" } });
  const client = createParlorClient({
    baseUrl: "https://chat.example.com",
    fetch: async (request) => {
      const path = new URL(request.url).pathname;
      if (path === "/api/v1/auth/refresh") {
        renewals += 1;
        return answer(200, { access_token: "of this second", expires_in: 600, me: {} });
      }
      if (path === "/api/v1/channels") {
        // The first to be refused renews and is done before the other hears of its refusal.
        await renewed;
      }
      return answer(renewals === 0 || path === "/api/v1/channels" ? 401 : 200, { items: [] });
    },
  });
  await client.resume();
  renewals = 0;
  const slow = client.api.GET("/api/v1/channels");
  await client.api.GET("/api/v1/me/sessions");
  late?.();
  await slow;
  assert.equal(renewals, 1);
});

test("after signing out nothing is renewed", async () => {
  const { admin } = await newOrganisation(server.url);
  await admin.logout();
  assert.equal(admin.token, undefined);
  await assert.rejects(admin.ok(admin.api.GET("/api/v1/me")), (error: ParlorError) => error.code === "unauthenticated");
  assert.equal(await admin.resume(), false);
});

test("the cookie alone resumes the session", async () => {
  const { admin, me } = await newOrganisation(server.url);
  assert.equal(await admin.resume(), true);
  assert.equal((await admin.ok(admin.api.GET("/api/v1/me"))).id, me.id);
});

test("over https the cookie's other name is kept too", async () => {
  const seen: (string | null)[] = [];
  const fetch = async (request: Request): Promise<Response> => {
    seen.push(request.headers.get("cookie"));
    const headers = { "content-type": "application/json", "set-cookie": "__Host-parlor_refresh=abc.def; Path=/; Secure" };
    return new Response(JSON.stringify({ access_token: "token", expires_in: 600, me: {} }), { headers });
  };
  const client = createParlorClient({ baseUrl: "https://chat.example.com", fetch });
  assert.equal(await client.resume(), true);
  assert.equal(await client.resume(), true);
  assert.deepEqual(seen, [null, "__Host-parlor_refresh=abc.def"]);
});

test("a problem names each field", async () => {
  const stranger = createParlorClient({ baseUrl: server.url });
  // The type knows that it must be true; a program without types does not.
  const unticked = false as boolean as true;
  const body = { ...newRegistration({ mobile: "123", email: "nobody" }), code: "12", agreement_accepted: unticked };
  const refused = await stranger.ok(stranger.api.POST("/api/v1/auth/registrations", { body })).catch((error) => error);
  assert.ok(refused instanceof ParlorError);
  assert.equal(refused.status, 422);
  assert.equal(refused.code, "invalid");
  assert.equal(refused.field("mobile")?.code, "invalid_format");
  assert.equal(refused.field("email")?.code, "invalid_format");
  assert.equal(refused.field("code")?.code, "invalid_format");
  assert.equal(refused.field("agreement_accepted")?.code, "not_accepted");
  assert.equal(refused.field("account"), undefined);
});

test("a taken account is said so", async () => {
  const { registration } = await newOrganisation(server.url);
  const stranger = createParlorClient({ baseUrl: server.url });
  await assert.rejects(
    register(stranger, newRegistration({ account: registration.account.toUpperCase() })),
    (error: ParlorError) => error.field("account")?.code === "taken",
  );
});

test("wrong credentials are a problem and no session", async () => {
  const stranger = createParlorClient({ baseUrl: server.url });
  await assert.rejects(
    stranger.login({ account: "nobody-here", password: "wrong-1", login_state: "normal", agreements_accepted: true }),
    (error: ParlorError) => error.code === "wrong_credentials" && error.status === 401,
  );
  assert.equal(stranger.token, undefined);
});

test("an answer from something else than Parlor is not mistaken for a problem", async () => {
  const client = createParlorClient({
    baseUrl: server.url,
    fetch: async () => new Response("<h1>Bad gateway</h1>", { status: 502 }),
  });
  const error = await client.ok(client.api.GET("/api/v1/server-info")).catch((error) => error);
  assert.ok(error instanceof UnexpectedAnswer);
  assert.match(error.message, /Bad gateway/);
});

test("leading zero bits are counted across bytes", () => {
  assert.equal(leadingZeroBits(new Uint8Array([0x00, 0x1f])), 11);
  assert.equal(leadingZeroBits(new Uint8Array([0x80])), 0);
  assert.equal(leadingZeroBits(new Uint8Array([0, 0])), 16);
});
