// The running chat as the API sees it: what it hears, and ending it when it has become somebody else's.
import type { Bridge, Listener } from "../loader/bridge";
import { emit } from "./events";

// The numbers of `js/platform.js`.
const ANSWERED = 2, FRAME = 3, SUSPEND = 8, RENEW = 14;

/** A session as far as it matters here. */
export interface Session {
  visitor_token: string;
  contact_id: string;
  identity?: "verified" | "refused";
  unread: number;
  /** Once they have written. */
  conversation_id?: string;
  /** With a number where it has a form. */
  channel: { form?: number };
}

interface Heard {
  release?: () => void;
  about?: { release?: () => void };
  body?: Partial<Session>;
  type?: string;
  event?: { type: string; message?: { author: { kind: string; name?: string }; content: { type: string; text?: string }; created_at: string } };
}

/** The chat's script. */
interface Module {
  default(from: { module_or_path: string }): Promise<unknown>;
  mount(bridge: Bridge): void;
}

/** The chats that were ended. */
const ended = new WeakSet<Listener>();
/** How often the chat was begun anew: a module is a module once, so each has an address of its own. */
let turns = 0;
/** One was ended, and none is there in its place. */
let lacking = false;
let unread = 0;

/** How many messages wait. */
export const waiting = () => unread;

/** Ends the running chat. Nothing that it still hears does anything. */
export const halt = ({ ear, root, panel }: Bridge): void => {
  if (!ear || ended.has(ear)) return;
  // It hangs up.
  ear(SUSPEND);
  ended.add(ear);
  lacking = true;
  root.adoptedStyleSheets = root.adoptedStyleSheets.slice(0, 1);
  panel.replaceChildren();
};

/** More is known of the visitor than the running chat has asked with: what its form asks for may be among it. */
export const renew = ({ ear }: Bridge, { channel, conversation_id }: Session): void => {
  if (ear && !ended.has(ear) && channel.form != null && !conversation_id) ear(RENEW);
};

/** Begins a chat where one was ended, for whoever the visitor is now. */
export const revive = async (bridge: Bridge): Promise<void> => {
  if (!lacking) return;
  lacking = false;
  const { j } = bridge.config;
  try {
    const module = (await import(`${j}.js?anew${++turns}`)) as Module;
    await module.default({ module_or_path: j + ".wasm" });
    module.mount(bridge);
  } catch (error) {
    // The next opening tries again, and so does the network when it is back.
    lacking = true;
    addEventListener("online", () => void revive(bridge), { once: true });
    console.error("Parlor: the chat could not be loaded.", error);
  }
};

/** Listens along. `opened` says whether the session is the visitor's, who may have become somebody else while it was on its way. */
export const follow = (bridge: Bridge, opened: (session: Partial<Session>) => boolean): void => {
  bridge.heard = (listener, what, value) => {
    const heard = value as Heard | undefined;
    if (ended.has(listener)) {
      // The lock that it waited for, or held, is for the next one.
      (heard?.about ?? heard)?.release?.();
      return true;
    }
    if (what === ANSWERED && heard?.about && heard.body && !opened(heard.body)) {
      heard.about.release?.();
      halt(bridge);
      void revive(bridge);
      return true;
    }
    const message = what === FRAME && heard?.event?.type === "message_created" ? heard.event.message : undefined;
    if (message && message.author.kind !== "visitor")
      emit("message", {
        from: message.author.kind === "agent" ? "agent" : "automatic",
        name: message.author.name ?? "",
        text: message.content.text ?? "",
        at: message.created_at,
      });
    return false;
  };

  const shows = bridge.unread;
  bridge.unread = (count) => {
    shows(count);
    if (count !== unread) emit("unread", (unread = count));
  };
  // What the launcher says already.
  unread = parseInt(bridge.root.querySelector("b")?.getAttribute("aria-label") ?? "", 10) || 0;

  let moved = bridge.moved;
  Object.defineProperty(bridge, "moved", {
    get: () => () => {
      if (bridge.open()) void revive(bridge);
      moved?.();
      emit(bridge.open() ? "open" : "close", undefined);
    },
    set: (module) => (moved = module),
  });

  if (bridge.page) {
    // The page of its own is always open; an app that puts it aside says so, and is told of what comes meanwhile.
    let shown = true;
    const call = window.Parlor!;
    bridge.open = () => shown;
    window.Parlor = (command, ...rest) => {
      const to = command === "open" ? true : command === "close" ? false : command === "toggle" ? !shown : undefined;
      if (to === undefined) return call(command, ...rest);
      if (to !== shown) {
        shown = to;
        bridge.moved!();
      }
    };
  }
};
