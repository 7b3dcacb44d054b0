// The rest of `Parlor`: who the visitor is, and what a page can listen to. The loader fetches it when a page first calls what it
// does not know itself, so pages without it pay nothing.
//
// Every command answers with a promise that is never rejected, and calls the function that may stand behind its parameters: with
// `{ ok: true, … }`, or `{ ok: false, error }`, which is also said on the console.
import type { Bridge, Call } from "../loader/bridge";
import { follow, halt, renew, revive, type Session, waiting } from "./chat";
import { emit, isEvent, leave, listen, tell } from "./events";
import { forget, owner } from "./forget";
import { json } from "./json";

/** What became of a command. */
export type Outcome = { ok: true; contact_id?: string; unread?: number } | { ok: false; error: Failure; detail: string };
/** Why it came to nothing. */
export type Failure = "invalid" | "refused" | "not_allowed" | "closed" | "network" | "unknown_command";

/** Who the visitor is, as sessions are opened with it. */
type Identity = { user_id: string; user_hash: string; name?: string; phone?: string };
type Details = { name?: string; phone?: string; custom?: { name: string; value: string }[] };

let bridge: Bridge | undefined;
let identity: Identity | undefined;
let details: Details | undefined;
/** The contact that the identity was proven to be. */
let proven: string | undefined;
/** What is being done about who the visitor is: one after the other, and no session is opened meanwhile. */
let turn: Promise<unknown> = Promise.resolve();

const fail = (error: Failure, detail: string): Outcome => {
  console.error("Parlor: " + detail);
  return { ok: false, error, detail };
};

const text = (given: unknown): string | undefined => {
  const said = typeof given === "string" || typeof given === "number" ? String(given).trim() : "";
  return said || undefined;
};
/** Cut to what the server takes, which counts characters. */
const cut = (said: string, most: number) => Array.from(said).slice(0, most).join("");

/** By the code of the server's problem. */
const refusals: Record<string, [Failure, string]> = {
  forbidden: ["not_allowed", "this page is not among the channel's allowed domains."],
  not_found: ["closed", "there is no such channel."],
  channel_disabled: ["closed", "the channel is closed."],
  invalid: ["invalid", "the server does not take these parameters."],
};

/** What the server may take: everything about who the visitor is waits for it, and with it the chats of all tabs. */
const PATIENCE = 15e3;

/** Said once each: a page says the same with every session. */
const warned = new Set<string>();
const warn = (notTaken: { field: string; detail: string }[], said: Details | undefined) => {
  for (const { field, detail } of notTaken) {
    const name = said?.custom?.[parseInt(field.replace(/^.*\[/, ""), 10)]?.name ?? field;
    if (warned.has(name + detail)) continue;
    warned.add(name + detail);
    console.warn(`Parlor: the custom field “${name}” was not taken: ${field} ${detail}.`);
  }
};

/** Opens a session with who the visitor is. */
const open = async ({ config, token }: Bridge): Promise<Session | Outcome> => {
  const page = {
    url: cut(location.href, 2048),
    title: cut(document.title, 200),
    referrer: cut(document.referrer, 2048),
  };
  const body = json({ channel_key: config.k, visitor_token: token() || undefined, page, locale: cut(navigator.language, 35), identity, details });
  const [told, stop] = [details, new AbortController()];
  const late = setTimeout(() => stop.abort(), PATIENCE);
  try {
    const headers = { "content-type": "application/json" };
    const answer = await fetch(config.o + "/widget/v1/sessions", { method: "POST", headers, body, credentials: "omit", signal: stop.signal });
    type Faults = { field: string; detail: string }[];
    const said = (await answer.json()) as Session & { code?: string; errors?: Faults; not_taken?: Faults };
    if (answer.ok) {
      warn(said.not_taken ?? [], told);
      return said;
    }
    const [error, detail] = refusals[said.code ?? ""] ?? ["network", "the server could not answer; the chat tries again when it is opened."];
    return fail(error, [detail, ...(said.errors ?? []).map((fault) => `${fault.field} ${fault.detail}.`)].join(" "));
  } catch {
    return fail("network", "the server cannot be reached; the chat will say who the visitor is when it is opened.");
  } finally {
    clearTimeout(late);
  }
};

const identify = async (chat: Bridge, given: Record<string, unknown>): Promise<Outcome> => {
  const [user_id, user_hash] = [text(given.user_id), text(given.user_hash)];
  if (!user_id) return fail("invalid", "identify needs a user_id.");
  if (!user_hash || !/^[0-9a-f]{64}$/i.test(user_hash))
    return fail("invalid", "identify needs a user_hash: 64 hexadecimal digits that your server computes from the user_id.");
  // Somebody else's at this browser: what the one before left is not theirs.
  const before = identity?.user_id ?? owner(chat);
  if (before && before !== user_id) await forgets(chat);
  const same = proven && identity?.user_hash === user_hash && before === user_id;
  identity = { user_id, user_hash, name: text(given.name), phone: text(given.phone) };
  const session = await open(chat);
  if ("ok" in session) {
    // What cannot be reached now is said again by the chat itself; anything else would be refused again.
    if (!session.ok && session.error !== "network") identity = undefined;
    return session;
  }
  if (session.identity !== "verified") return refused(user_id);
  proven = session.contact_id;
  owner(chat, user_id);
  chat.keep(session.visitor_token);
  if (same) renew(chat, session);
  else halt(chat);
  chat.unread(session.unread);
  emit("identity", { verified: true, user_id });
  const { contact_id, unread } = session;
  // Only of who was proven: somebody else is not to have it.
  const said = detailsIn({ custom: given.custom });
  return said ? tells(chat, said) : { ok: true, contact_id, unread };
};

/** What a page says of the visitor beside who they are; nothing where it says nothing. */
const detailsIn = ({ name, phone, custom }: Record<string, unknown>): Details | undefined => {
  const values = Object.entries(Object(custom) as Record<string, unknown>).map(([field, value]) => ({ name: field, value: text(value) ?? "" }));
  const said: Details = { name: text(name), phone: text(phone), custom: values.length ? values : undefined };
  return said.name || said.phone || said.custom ? said : undefined;
};

/** Says something of the visitor, in this session and those after it. */
const tells = async (chat: Bridge, said: Details): Promise<Outcome> => {
  const before = details;
  details = { ...details, ...said };
  const session = await open(chat);
  if ("ok" in session) {
    // What cannot be reached now is said again by the chat itself; anything else would be refused again.
    if (!session.ok && session.error !== "network") details = before;
    return session;
  }
  chat.keep(session.visitor_token);
  renew(chat, session);
  return { ok: true, contact_id: session.contact_id, unread: session.unread };
};

const refused = (user_id: string): Outcome => {
  identity = proven = undefined;
  const outcome = fail(
    "refused",
    "the user_hash does not prove the user_id, so the visitor stays without an account. It must be the HMAC-SHA256 of the user_id under this channel's identity secret, made on your server.",
  );
  emit("identity", { verified: false, user_id, error: "refused" });
  return outcome;
};

/** Forgets who the visitor was. */
const forgets = async (chat: Bridge) => {
  // First: it would keep its token again.
  halt(chat);
  identity = proven = details = undefined;
  await forget(chat);
  chat.unread(0);
};

const commands: Record<string, (chat: Bridge, ...rest: unknown[]) => Outcome | Promise<Outcome>> = {
  identify: (chat, given) => serially(() => identify(chat, Object(given) as Record<string, unknown>)),
  set: (chat, given) =>
    serially(async () => {
      const said = detailsIn(Object(given) as Record<string, unknown>);
      return said ? tells(chat, said) : fail("invalid", "set needs a name, a phone or custom fields.");
    }),
  logout: (chat) =>
    serially(async () => {
      await forgets(chat);
      return { ok: true };
    }),
  on: (_chat, name, listener) => {
    if (!isEvent(name) || typeof listener !== "function") return fail("invalid", "on needs an event's name and a function.");
    listen(name, listener as (value: unknown) => void);
    if (name === "ready") tell(listener as (value: unknown) => void, undefined);
    if (name === "unread") tell(listener as (value: unknown) => void, waiting());
    return { ok: true };
  },
  off: (_chat, name, listener) => {
    if (!isEvent(name) || typeof listener !== "function") return fail("invalid", "off needs an event's name and the function.");
    leave(name, listener as (value: unknown) => void);
    return { ok: true };
  },
};

const serially = (run: () => Promise<Outcome>): Promise<Outcome> => {
  const mine = turn.then(run);
  // Whatever became of it, a chat that was ended for it begins again.
  turn = mine.catch(() => {}).then(() => revive(bridge!));
  return mine;
};

/** Whether a session that the chat has opened is the visitor's. */
const isTheirs = (session: Partial<Session>): boolean => {
  if (!session.contact_id) return true;
  if (session.identity === "refused" && identity) {
    // The secret has changed since. What is shown is the account's, and the session is not.
    const was = proven;
    refused(identity.user_id);
    return !was;
  }
  if (session.identity === "verified" && identity && !proven) {
    proven = session.contact_id;
    owner(bridge!, identity.user_id);
    emit("identity", { verified: true, user_id: identity.user_id });
  }
  return !proven || session.contact_id === proven;
};

const begin = (chat: Bridge) => {
  bridge = chat;
  chat.who = async (body) => {
    await turn;
    if (!body || !(identity || details)) return body;
    return body.slice(0, -1) + "," + json({ identity, details }).slice(1);
  };
  follow(chat, isTheirs);
};

/** Runs a command that the loader does not know. After a deployment a page may fetch this script again: the first one stays in charge. */
export const run = (chat: Bridge, call: Parameters<Call>): Promise<unknown> => (chat.run ??= perform)(chat, call);

const perform = async (chat: Bridge, [command, ...rest]: Parameters<Call>): Promise<Outcome> => {
  if (!bridge) begin(chat);
  const name = command as string;
  const known = Object.prototype.hasOwnProperty.call(commands, name) ? commands[name] : undefined;
  // What makes no sense to `set` or `identify`, such as a getter that throws, makes no sense to the page either.
  const outcome = await (async () => {
    try {
      return known ? await known(chat, ...rest) : fail("unknown_command", `there is no command “${name}”.`);
    } catch (error) {
      return fail("invalid", String(error));
    }
  })();
  const told = rest[rest.length - 1];
  if (name !== "on" && name !== "off" && typeof told === "function") tell(told as (value: unknown) => void, outcome);
  return outcome;
};
