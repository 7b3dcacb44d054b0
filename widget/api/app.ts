// What the page of its own has for apps: it takes who the visitor is out of its address, and carries events and calls between the
// chat and the app around it. It stands before the loader, and uses nothing but `Parlor`. `docs/apps.md` is its contract.
import type { Call } from "../loader/bridge";

type Message = Record<string, unknown>;
interface Around extends Window {
  webkit?: { messageHandlers?: { parlor?: { postMessage(message: Message): void } } };
  ParlorApp?: { postMessage(message: string): void };
  ReactNativeWebView?: { postMessage(message: string): void };
}
const around = window as Around;

// What is in the address is seen in histories, screenshots and the reports of errors: it is there no longer than it must be. Behind
// the `#` it does not even reach the server.
const here = new URL(location.href);
const behind = new URLSearchParams(here.hash.slice(1));
const take = (name: string) => {
  const said = behind.get(name) || here.searchParams.get(name);
  behind.delete(name);
  here.searchParams.delete(name);
  return said || undefined;
};
const [user_id, user_hash, name, phone, host] = ["user_id", "user_hash", "name", "phone", "host"].map(take);
here.hash = behind.toString();
if (here.href !== location.href) history.replaceState(history.state, "", here);

const queue: Parameters<Call>[] = [];
window.Parlor = Object.assign((...call: Parameters<Call>) => void queue.push(call), { q: queue });
/** Whatever `Parlor` is by now. */
const parlor: Call = (...call) => window.Parlor?.(...call);

/** The page around, where it has said who it is: it hears and says something only if that is true. */
const frame = parent !== window && host && /^https?:\/\/[^/]+$/.test(host) ? { window: parent, origin: host } : undefined;
const native = around.webkit?.messageHandlers?.parlor ?? around.ParlorApp ?? around.ReactNativeWebView;

const tellApp = (message: Message) => {
  try {
    around.webkit?.messageHandlers?.parlor?.postMessage(message);
    const text = JSON.stringify(message);
    around.ParlorApp?.postMessage(text);
    around.ReactNativeWebView?.postMessage(text);
  } catch (error) {
    console.error(error);
  }
};
const tellFrame = (message: Message) => frame?.window.postMessage(message, frame.origin);

if (native || frame) {
  for (const event of ["ready", "unread", "open", "close", "message", "identity"])
    parlor("on", event, (value: unknown) => {
      const said = { source: "parlor", event, value };
      if (native) tellApp(said);
      // What was said is for the app that the visitor has; a page around may be anybody's who may frame the chat.
      tellFrame(event === "message" ? { source: "parlor", event } : said);
    });
  addEventListener("message", ({ source, origin, data }: MessageEvent) => {
    if (!frame || source !== frame.window || origin !== frame.origin) return;
    const said = data as { source?: unknown; call?: unknown; id?: unknown } | null;
    if (said?.source !== "parlor-app" || !Array.isArray(said.call) || typeof said.call[0] !== "string") return;
    const [command, ...rest] = said.call as [string, ...unknown[]];
    void Promise.resolve(parlor(command, ...rest)).then((outcome) =>
      tellFrame({ source: "parlor", event: "answer", id: said.id, value: outcome ?? { ok: true } }),
    );
  });
}

if (user_id || user_hash) parlor("identify", { user_id, user_hash, name, phone });
else if (name || phone) parlor("set", { name, phone });
