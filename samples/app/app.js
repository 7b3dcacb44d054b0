// The shell of an app: it shows the chat's page, hears from it how many messages wait, and tells it when it is put aside. What a native
// shell does with its web view is the same; docs/apps.md has it for iOS, Android and React Native.

const at = (id) => document.getElementById(id);
const frame = at("chat");

// The company's own server says who is signed in, with the proof. The secret stays there.
const { chat_url, ...identity } = await (await fetch("me")).json();
const chat = new URL(chat_url);
// Behind the `#`, so that no server's log has it. `host` is who may talk with the chat: us.
chat.hash = new URLSearchParams({ ...identity, host: location.origin }).toString();

let calls = 0;
const waiting = new Map();
/** Calls `Parlor(…)` in the chat's page; answers with what became of it. */
const parlor = (...call) =>
  new Promise((done) => {
    waiting.set(++calls, done);
    frame.contentWindow.postMessage({ source: "parlor-app", id: calls, call }, chat.origin);
  });

const events = {
  // While the chat is in the background, what comes is counted.
  ready: () => parlor(frame.hidden ? "close" : "open"),
  unread: (count) => {
    at("badge").textContent = count > 99 ? "99+" : String(count);
    at("badge").hidden = !count;
  },
  identity: ({ verified, error }) => {
    at("who").textContent = verified ? `已登录：${identity.name}` : `未能识别身份：${error}`;
    at("sign-out").hidden = !verified;
  },
};
addEventListener("message", ({ origin, source, data }) => {
  // Anybody can send messages to a page: only what the chat says counts.
  if (origin !== chat.origin || source !== frame.contentWindow || data?.source !== "parlor") return;
  if (data.event === "answer") {
    waiting.get(data.id)?.(data.value);
    waiting.delete(data.id);
  } else events[data.event]?.(data.value);
});
frame.src = chat.href;

const show = (isChat) => {
  frame.hidden = !isChat;
  at("home").hidden = isChat;
  at("to-chat").setAttribute("aria-pressed", String(isChat));
  at("to-home").setAttribute("aria-pressed", String(!isChat));
  parlor(isChat ? "open" : "close");
};
at("to-home").onclick = () => show(false);
at("to-chat").onclick = () => show(true);
at("sign-out").onclick = async () => {
  // Before anybody else can look: the chat forgets who was here.
  await parlor("logout");
  at("who").textContent = "已退出登录";
  at("sign-out").hidden = true;
};
