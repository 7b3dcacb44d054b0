// The loader: all that a host page pays until somebody opens the chat. It draws the launcher and the empty panel, remembers
// whether the chat is open, asks for unread messages, queues API calls, and fetches the WebAssembly when it is needed.
//
// It must work wherever the tag was pasted: in <head> before there is a <body>, twice, under a strict CSP (no inline style,
// no eval), under hostile CSS, and where storage is blocked. It touches nothing of the page but `window.Parlor` and one
// element of its own.
import type { Bridge, Call, Config } from "./bridge";
import { adopt, element, icon, set } from "./dom";
import { css } from "./style";
import { texts } from "./texts";

const config = "__PARLOR_CONFIG__" as unknown as Config;

const start = (tag: HTMLScriptElement | null, queue: Parameters<Call>[]) => {
  const page = tag?.dataset.mode === "page";
  const wanted = tag?.dataset.lang || (page && new URLSearchParams(location.search).get("lang")) || config.l;
  const languages = wanted ? [wanted] : navigator.languages;
  const lang = /^en/i.test(languages.find((name) => /^(zh|en)\b/i.test(name))!) ? "en" : "zh-CN";
  const text = texts[lang];

  // Storage throws where it is blocked; the chat then lives as long as the page.
  const memory: Record<string, string | null> = {};
  const slot = "parlor:" + config.k;
  const stored = (place: "localStorage" | "sessionStorage", name: string, value?: string) => {
    if (value != null) memory[name] = value;
    try {
      if (value != null) window[place].setItem(name, value);
      else memory[name] = window[place].getItem(name);
    } catch {}
    return memory[name];
  };

  const host = element("parlor-chat", { lang, class: page ? "page" : "" });
  const root = host.attachShadow({ mode: "open" });
  const restyle = adopt(root);

  const badge = element("b", { role: "status" });
  const launcher = element("button", {}, icon("chat"), icon("down"));
  // Its own language: the host has lost its own with everything else that the page could have set (`all`).
  const panel = element("section", { role: page ? "main" : "dialog", tabindex: "-1", lang });
  // What comes later is painted above: no `z-index` is needed.
  root.append(panel);
  if (!page) root.append(launcher, badge);

  let opened = false;
  // What is read out begins with what is seen.
  const name = () => set(launcher, { "aria-expanded": "" + opened, "aria-label": opened ? text.close : config.t || text.open });
  const dress = (title: string, look: string, words: string) => {
    // In this order: the look has the host's place, which nothing after it may take back, and phones and whole pages go beyond it.
    restyle(":host{all:initial!important}" + look + css);
    config.t = words;
    set(launcher, { "data-t": words && "\u2002" + words });
    set(panel, { "aria-label": title });
    name();
  };
  dress(config.n, config.s, config.t);

  let mounted: Promise<void> | undefined;
  let attempts = 0;
  let shown = 0;

  const bridge: Bridge = {
    config,
    lang,
    page,
    root,
    panel,
    token: () => stored("localStorage", slot),
    keep: (token) => stored("localStorage", slot, token),
    active: () => stored("localStorage", slot + ":at", "" + Date.now()),
    out: (waits) => stored("localStorage", slot + ":out", waits),
    asked: page,
    open: () => opened,
    close: () => show(false),
    dress,
    unread: (count) => {
      // Said again, it would be read out again.
      if (count === shown) return;
      shown = count;
      badge.textContent = count ? (count > 99 ? "99+" : "" + count) : "";
      set(badge, { "aria-label": count ? count + text.unread : "" });
    },
  };

  const load = () => {
    // A browser may remember that a module could not be fetched, so every new attempt has an address of its own.
    mounted ??= import(config.j + ".js" + (attempts ? "?" + attempts : ""))
      .then(async (module) => {
        await module.default({ module_or_path: config.j + ".wasm" });
        panel.replaceChildren();
        module.mount(bridge);
      })
      .catch(() => {
        mounted = undefined;
        attempts++;
        const retry = element("button", {}, text.retry);
        retry.onclick = () => {
          waiting();
          again();
        };
        frame("alert", text.failed, retry);
      });
  };

  // After a deployment an old page has addresses that are no longer there. Fetching the loader again brings the new ones: a
  // loader that finds `Parlor` hands its own configuration over.
  const again = () =>
    import(`${config.o}/w/${config.k}.js?${attempts}`)
      .catch(() => {})
      .then(load);

  const frame = (role: string, message: string, ...more: Node[]) => {
    const close = element("button", { class: "x", "aria-label": text.close }, icon("down"));
    close.onclick = bridge.close;
    panel.replaceChildren(element("header", {}, element("h2", {}, config.n), close), element("p", { role }, message), ...more);
  };
  const waiting = () => frame("status", text.connecting);

  const show = (open: boolean) => {
    if (page ? !open : open === opened) return;
    // The focus stays in the chat if it was there, and is never taken from the page.
    const held = root.activeElement;
    opened = open;
    host.classList.toggle("open", open);
    name();
    stored("sessionStorage", slot + ":open", open ? "1" : "");
    if (open) load();
    // On phones the open chat has no launcher.
    if (held) (launcher.offsetWidth ? launcher : panel).focus({ preventScroll: true });
    bridge.moved?.();
  };

  const ask = () => {
    const token = bridge.token();
    if (!token || mounted || document.hidden) return;
    fetch(config.o + "/widget/v1/unread", { headers: { authorization: "Bearer " + token } })
      .then((answer) => answer.json())
      .then(({ unread }) => {
        // An identity that is no longer good is answered by a problem, which counts nothing. From here on the messages come
        // by themselves.
        if (unread) bridge.unread(unread), load();
      })
      .catch(() => {});
  };

  launcher.onclick = () => {
    bridge.asked = true;
    // Safari does not focus what is clicked.
    launcher.focus();
    show(!opened);
  };

  const commands: Record<string, () => void> = {
    open: () => show(true),
    close: () => show(false),
    toggle: () => show(!opened),
  };
  // Whatever the page calls, it must hold up neither the page nor what waits here: what makes no sense is nothing. What only some
  // pages call comes with a script of its own.
  const run = (call: Parameters<Call>) => {
    try {
      const [command] = call;
      if (typeof command === "string")
        if (commands[command]) commands[command]();
        else return import(config.j + "-api.js").then((api) => api.run(bridge, call), console.error);
      // A second tag: the same channel brings fresh addresses, another channel has no room.
      else if (command.k === config.k) Object.assign(config, command);
    } catch {}
  };
  window.Parlor = (...call) => run(call);

  waiting();

  // Outside <body>, so that neither a page that swaps its body nor a transform on it carries the chat along.
  const attach = () => host.isConnected || document.documentElement.append(host);
  const begin = () => {
    attach();
    new MutationObserver(attach).observe(document.documentElement, { childList: true });
    if (page || stored("sessionStorage", slot + ":open")) show(true);
    queue.forEach(run);
    if (bridge.out()) load();
    setTimeout(ask, 500);
    // A tab that was opened in the background asks when it is looked at.
    document.addEventListener("visibilitychange", ask, { once: true });
    setInterval(() => {
      // Only who chatted lately waits for an answer.
      if (Date.now() - Number(stored("localStorage", slot + ":at")) < 18e5) ask();
    }, 6e4);
  };
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", begin);
  else begin();
};

if (window.Parlor && !window.Parlor.q) window.Parlor(config);
else start(document.currentScript as HTMLScriptElement | null, window.Parlor?.q ?? []);
