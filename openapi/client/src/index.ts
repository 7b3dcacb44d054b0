// Parlor's REST API from TypeScript.
//
//   const parlor = createParlorClient({ baseUrl: "https://chat.example" });
//   await parlor.login({ account: "admin", password: "…", agreements_accepted: true });
//   const { items } = await parlor.ok(parlor.api.GET("/api/v1/channels"));

import createClient, { type Client } from "openapi-fetch";
import { errorOf } from "./problem.ts";
import type { components, paths } from "./schema.d.ts";
import { type Fetch, Session } from "./session.ts";

export { type ErrorCode, type FieldError, ParlorError, type Problem, UnexpectedAnswer } from "./problem.ts";
export { type Challenge, leadingZeroBits, type Proof, solveChallenge } from "./proof-of-work.ts";
export type { components, operations, paths } from "./schema.d.ts";
export type { Fetch } from "./session.ts";

/** The types of the contract, by name: `Schemas["Conversation"]`. */
export type Schemas = components["schemas"];

/** How to reach the server, and as whom. */
export interface ParlorOptions {
  /** The server's address, without a path. */
  baseUrl: string;
  /** A token to send with every request instead of signing in: a visitor's, for the widget's operations. */
  token?: string;
  /** Used instead of the platform's `fetch`. */
  fetch?: Fetch;
}

/** What every call of `api` resolves to. */
interface Answer {
  data?: unknown;
  error?: unknown;
  response: Response;
}

/** The data of a successful answer. */
export type DataOf<A extends Answer> = Exclude<Extract<A, { error?: undefined }>["data"], undefined>;

/** A client of one server. */
export interface ParlorClient {
  /** Every operation of the contract, typed by path. Resolves to `{ data }` or `{ error }` and does not throw problems. */
  readonly api: Client<paths>;
  /** The access token, or undefined while nobody is signed in. */
  readonly token: string | undefined;
  /** Waits for a call's data; throws a `ParlorError` when the server refused. */
  ok<A extends Answer>(call: Promise<A>): Promise<DataOf<A>>;
  /**
   * Signs in. Calls made afterwards are made as this agent, and renew their token by themselves. Where the account has a second
   * factor, `secondFactor` is asked for a code; without it nobody is signed in, and an error says so.
   */
  login(credentials: Schemas["Login"], secondFactor?: () => string | Promise<string>): Promise<Schemas["Me"]>;
  /** Signs in by the refresh cookie of an earlier visit. False when there is none, or when it is no longer good. */
  resume(): Promise<boolean>;
  /** Signs out. */
  logout(): Promise<void>;
}

/** Makes a client. Nothing is sent before the first call. */
export function createParlorClient(options: ParlorOptions): ParlorClient {
  const session = new Session(options.baseUrl, options.fetch ?? ((request) => fetch(request)), options.token);
  const api = createClient<paths>({
    baseUrl: options.baseUrl,
    credentials: "include",
    fetch: (request) => session.send(request),
  });
  const ok = async <A extends Answer>(call: Promise<A>): Promise<DataOf<A>> => {
    const { data, error, response } = await call;
    if (!response.ok) {
      throw errorOf(response.status, error);
    }
    return data as DataOf<A>;
  };
  return {
    api,
    ok,
    get token() {
      return session.token;
    },
    async login(credentials, secondFactor) {
      let signedIn = await ok(api.POST("/api/v1/auth/sessions", { body: credentials }));
      if ("second_factor_token" in signedIn) {
        if (secondFactor === undefined) {
          throw new Error("The account has a second factor: say where its code comes from");
        }
        const { second_factor_token } = signedIn;
        const body = { second_factor_token, code: await secondFactor() };
        signedIn = await ok(api.POST("/api/v1/auth/sessions/second-factor", { body }));
      }
      session.token = signedIn.access_token;
      return signedIn.me;
    },
    resume: () => session.resume(),
    async logout() {
      await ok(api.DELETE("/api/v1/auth/sessions/current"));
      session.token = undefined;
    },
  };
}
