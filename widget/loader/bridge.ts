// What the parts of the widget know of each other: types only, of which nothing is left in what is loaded.

/** What the server fills in for the channel. */
export interface Config {
  /** The channel's public key. */
  k: string;
  /** The server's origin. */
  o: string;
  /** The channel's name. */
  n: string;
  /** The rules of its layouts: colours, places and sizes (`rules::look`). */
  s: string;
  /** Words beside the launcher's sign. */
  t: string;
  /** Its language; empty: the browser's. */
  l: string;
  /** Address of what is loaded later, without its end: `.js` is the chat's script, `.wasm` its module, `-api.js` the rest of `Parlor`. */
  j: string;
}

/** What the chat's script hears; `js/platform.js` has the numbers. */
export type Listener = (what: number, value?: unknown) => void;

/** What the widget's module is given. `src/bridge.rs` is the other end. */
export interface Bridge {
  config: Config;
  lang: string;
  page: boolean;
  root: ShadowRoot;
  panel: HTMLElement;
  token(): string | null | undefined;
  keep(token: string): void;
  active(): void;
  open(): boolean;
  close(): void;
  /** Gives the launcher and the panel another name, other layouts and words: the channel was edited. */
  dress(name: string, look: string, words: string): void;
  unread(count: number): void;
  /** Whether messages wait to be sent. Remembered, so that a later page sends them even if nobody opens the chat there. */
  out(waits?: string): string | null | undefined;
  /** The visitor opened the chat by hand: then, and only then, may it take the focus. */
  asked: boolean;
  /** Set by the module: the panel was opened or closed. */
  moved?: () => void;
  /** Set by the chat: what hears in the newest one. */
  ear?: Listener;
  /** Set by the API: hears what a chat is about to hear, and says whether the chat is not to hear it. */
  heard?: (listener: Listener, what: number, value?: unknown) => boolean;
  /** Set by the API: runs a command. */
  run?: (bridge: Bridge, call: Parameters<Call>) => Promise<unknown>;
  /** Set by the API: adds to the request that opens a session who the visitor is. */
  who?: (body: string | undefined) => Promise<string | undefined>;
}

export type Call = (command: string | { k: string }, ...rest: unknown[]) => unknown;
declare global {
  interface Window {
    Parlor?: Call & { q?: Parameters<Call>[] };
  }
}
