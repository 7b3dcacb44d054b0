// Who we are to the server: an access token in memory, renewed by the refresh cookie.

/** A `fetch`: the platform's own, or one that watches. */
export type Fetch = (request: Request) => Promise<Response>;

const REFRESH_PATH = "/api/v1/auth/refresh";
// Over https it is for this host alone.
const COOKIE = /^(__Host-)?parlor_refresh$/;

/**
 * Adds the identity to every request. An access token that the server no longer takes is renewed once, by however many
 * requests meet it at the same time, and the requests are repeated.
 */
export class Session {
  #token: string | undefined;
  /**
   * How often the token has changed. Tokens alone do not tell a renewal: one that is issued within the same second for the
   * same session is the same text.
   */
  #generation = 0;
  /** Name and value, as they go back. */
  #cookie: string | undefined;
  #renewal: Promise<string | undefined> | undefined;
  readonly #baseUrl: string;
  readonly #fetch: Fetch;
  readonly #renewable: boolean;

  constructor(baseUrl: string, fetch: Fetch, token: string | undefined) {
    this.#baseUrl = baseUrl;
    this.#fetch = fetch;
    this.#token = token;
    // A token that the caller brought along (a visitor's) has no cookie behind it.
    this.#renewable = token === undefined;
  }

  /** The access token, or undefined while nobody is signed in. */
  get token(): string | undefined {
    return this.#token;
  }

  /** Takes the token of a sign-in, or forgets the old one. */
  set token(token: string | undefined) {
    this.#token = token;
    this.#generation += 1;
  }

  /** Sends a request as whoever is signed in. */
  async send(request: Request): Promise<Response> {
    const token = this.#token;
    const generation = this.#generation;
    // A body can be read once; the copy is for the repeat.
    const again = this.#renewable && token !== undefined ? request.clone() : undefined;
    const response = await this.#once(request, token);
    if (response.status !== 401 || again === undefined || token === undefined) {
      return response;
    }
    const renewed = await this.#renew(generation);
    return renewed === undefined ? response : this.#once(again, renewed);
  }

  /** Gets an access token by the refresh cookie alone, as a page does when it loads. False when there is no session. */
  async resume(): Promise<boolean> {
    return (await this.#renew(this.#generation)) !== undefined;
  }

  async #once(request: Request, token: string | undefined): Promise<Response> {
    if (token !== undefined) {
      request.headers.set("authorization", `Bearer ${token}`);
    }
    // Browsers keep the cookie themselves and ignore this header; elsewhere nobody else would.
    if (this.#cookie !== undefined && new URL(request.url).pathname.startsWith("/api/v1/auth/")) {
      request.headers.set("cookie", this.#cookie);
    }
    const response = await this.#fetch(request);
    this.#keepCookie(response);
    return response;
  }

  /** A token newer than that of `generation`: another request's, if one got it meanwhile. */
  async #renew(generation: number): Promise<string | undefined> {
    if (this.#generation !== generation) {
      return this.#token;
    }
    this.#renewal ??= this.#askForToken().finally(() => {
      this.#renewal = undefined;
    });
    return this.#renewal;
  }

  async #askForToken(): Promise<string | undefined> {
    const request = new Request(new URL(REFRESH_PATH, this.#baseUrl), { method: "POST", credentials: "include" });
    const response = await this.#once(request, undefined);
    const body: unknown = response.ok ? await response.json() : undefined;
    this.token =
      typeof body === "object" && body !== null && "access_token" in body && typeof body.access_token === "string"
        ? body.access_token
        : undefined;
    return this.#token;
  }

  #keepCookie(response: Response): void {
    for (const line of response.headers.getSetCookie()) {
      const [pair = ""] = line.split(";", 1);
      const [name, value] = pair.split("=", 2);
      if (name !== undefined && COOKIE.test(name.trim())) {
        this.#cookie = value === undefined || value === "" ? undefined : pair.trim();
      }
    }
  }
}
