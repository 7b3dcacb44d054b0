// People for tests: organisations that register as everybody does, and visitors who write.

import { randomInt, randomUUID } from "node:crypto";
import { createParlorClient, type Fetch, type ParlorClient, type Schemas, solveChallenge } from "../src/index.ts";
import type { TestServer } from "./server.ts";

/** What a new organisation is registered with. */
export interface Registration {
  org_name: string;
  contact_name: string;
  email: string;
  account: string;
  password: string;
  mobile: string;
}

/** Data that no other registration has. */
export function newRegistration(changes: Partial<Registration> = {}): Registration {
  const tag = randomUUID().slice(0, 8);
  return {
    org_name: `晨光文具 ${tag}`,
    contact_name: "林小满",
    email: `lin.${tag}@example.com`,
    account: `lin-${tag}`,
    password: "chen-guang-2026",
    mobile: `13${String(randomInt(1_000_000_000)).padStart(9, "0")}`,
    ...changes,
  };
}

/** Asks for a code for the mobile number, and reads it from the development page. */
export async function verificationCode(client: ParlorClient, mobile: string): Promise<string> {
  const challenge = await client.ok(client.api.POST("/api/v1/auth/challenges"));
  const proof = await solveChallenge(challenge);
  await client.ok(client.api.POST("/api/v1/auth/verification-codes", { body: { mobile, proof } }));
  const codes = await client.ok(client.api.GET("/api/v1/dev/verification-codes"));
  const sent = codes.items.find((code) => code.mobile === mobile);
  if (sent === undefined) {
    throw new Error(`no code was sent to ${mobile}`);
  }
  return sent.code;
}

/** Registers an organisation. */
export async function register(client: ParlorClient, registration: Registration): Promise<Schemas["Registered"]> {
  const code = await verificationCode(client, registration.mobile);
  const body = { ...registration, code, agreement_accepted: true as const };
  return client.ok(client.api.POST("/api/v1/auth/registrations", { body }));
}

/** An organisation with its admin signed in. */
export interface Organisation {
  readonly registration: Registration;
  readonly admin: ParlorClient;
  readonly me: Schemas["Me"];
}

/** Registers an organisation and signs its admin in. */
export async function newOrganisation(
  baseUrl: string,
  changes: Partial<Registration> = {},
  fetch?: Fetch,
): Promise<Organisation> {
  const admin = createParlorClient(fetch === undefined ? { baseUrl } : { baseUrl, fetch });
  const registration = newRegistration(changes);
  await register(admin, registration);
  const { account, password } = registration;
  const me = await admin.login({ account, password, login_state: "normal", agreements_accepted: true });
  return { registration, admin, me };
}

/** A colleague of the admin's, signed in. */
export interface Colleague {
  readonly account: string;
  readonly password: string;
  readonly client: ParlorClient;
  readonly me: Schemas["Me"];
}

/** Adds an agent to an organisation, as the operator does, and signs them in. */
export async function newAgent(
  server: TestServer,
  organisation: Organisation,
  { name = "王晓", role = "agent" }: { name?: string; role?: Schemas["Role"] } = {},
): Promise<Colleague> {
  const { account, email, mobile } = newRegistration();
  const password = "a-lamp-of-2026";
  const whose = ["--organisation", organisation.me.org_id, "--account", account, "--name", name];
  const what = ["--email", email, "--mobile", mobile, "--role", role, "--stdin"];
  await server.command(["admin", "add-agent", ...whose, ...what], `${password}\n`);
  const client = createParlorClient({ baseUrl: server.url });
  const me = await client.login({ account, password, login_state: "normal", agreements_accepted: true });
  return { account, password, client, me };
}

/** Adds a website channel. */
export async function newChannel(admin: ParlorClient, name = "官方网站"): Promise<Schemas["Channel"]> {
  return admin.ok(admin.api.POST("/api/v1/channels", { body: { kind: "website", name } }));
}

/** A visitor who writes without a browser. */
export interface VisitorByApi {
  readonly client: ParlorClient;
  readonly session: Schemas["VisitorSession"];
  /** Writes a text. */
  say(text: string): Promise<Schemas["Message"]>;
}

/** Opens the chat of a channel as a new visitor. */
export async function newVisitor(
  baseUrl: string,
  channelKey: string,
  visit: { page?: Schemas["PageVisit"]; locale?: string; fetch?: Fetch } = {},
): Promise<VisitorByApi> {
  const watched = visit.fetch === undefined ? { baseUrl } : { baseUrl, fetch: visit.fetch };
  const stranger = createParlorClient(watched);
  const session = await stranger.ok(
    stranger.api.POST("/widget/v1/sessions", {
      body: {
        channel_key: channelKey,
        page: visit.page ?? { url: "https://shop.example/pens", title: "钢笔", referrer: "https://search.example/" },
        locale: visit.locale ?? "zh-CN",
      },
    }),
  );
  const client = createParlorClient({ ...watched, token: session.visitor_token });
  return {
    client,
    session,
    say: (text) => client.ok(client.api.POST("/widget/v1/messages", { body: textMessage(text) })),
  };
}

/** A text message with a nonce of its own. */
export function textMessage(text: string): Schemas["SendMessage"] {
  return { nonce: randomUUID(), content: { type: "text", text } };
}

/** An agent's answer in a conversation. */
export async function answer(agent: ParlorClient, conversationId: string, text: string): Promise<Schemas["Message"]> {
  return agent.ok(
    agent.api.POST("/api/v1/conversations/{conversation_id}/messages", {
      params: { path: { conversation_id: conversationId } },
      body: textMessage(text),
    }),
  );
}
