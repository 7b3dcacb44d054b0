// What the module asks of the browser, where JavaScript says it in fewer bytes than bindings would. No decisions are taken
// here. Nothing in here rejects or throws: where a browser refuses (storage blocked, no Web Locks, no audio) it answers with
// the nearest thing that works.
//
// Whatever happens is told to one listener, `ear(what, value)`. `Heard` in `src/platform.rs` has the same numbers.
import { attach, chooses, make } from "./files.js";

const KEPT = 0, LOCKED = 1, ANSWERED = 2, FRAME = 3, CLOSED = 4, TICK = 5, WAKE = 6, OFFLINE = 7, SUSPEND = 8, HIDDEN = 9, MOVED = 10, SCROLLED = 11, TYPED = 12, UPLOADED = 13, RENEW = 14;
let ear, log, field, page, session, shown, words, turns = 0;
/** Whether the log stood at its end when it was last looked at. */
let low = true;

/** The field of a parsed value; `null` counts as absent. */
export const member = (value, key) => value?.[key] ?? undefined;
export const items = (value) => (Array.isArray(value) ? value : undefined);
export const millis = (value) => Date.parse(value);
export const parse = (text) => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

export const now = () => Date.now();
/** Random bytes; `crypto.randomUUID` exists in secure contexts only, and host pages may be plain http. */
export const random = () => crypto.getRandomValues(new Uint8Array(16));
let timer;
/** Sets the one timer anew, or clears it. */
export const wakeIn = (ms) => {
  clearTimeout(timer);
  if (ms >= 0) timer = setTimeout(() => ear(TICK), ms);
};

export const pageFacts = () => [location.href, document.title, document.referrer, navigator.language];
export const hidden = () => document.hidden;

/** A request; status 0 when no answer came. `about` comes back with the answer. */
export const request = async (url, method, token, body, about) => {
  const headers = {};
  if (token) headers.authorization = "Bearer " + token;
  if (body) headers["content-type"] = "application/json";
  let status = 0;
  let found;
  try {
    // On a connection that died unnoticed a request would hang for minutes, and with it the lock that all tabs share.
    const signal = AbortSignal.timeout?.(15e3);
    // With who the visitor is, where the page's own script has said so.
    const answer = await fetch(url, { method, headers, body: await (page.who?.(body) ?? body), credentials: "omit", signal });
    found = parse(await answer.text());
    status = answer.status;
    if (found?.ticket) session = found;
  } catch {}
  ear(ANSWERED, { status, body: found, about });
};

/** Waits for the lock of this name, which all tabs share. `call` comes back with it, and is given to `release`. */
export const lock = (name, call) => {
  const have = (release) => ear(LOCKED, { call, release });
  // Plain-http pages have no locks. Never answered at once: the listener is what is asking.
  const alone = () => queueMicrotask(() => have(() => {}));
  if (navigator.locks) navigator.locks.request(name, () => new Promise(have)).catch(alone);
  else alone();
};
export const release = ({ release }) => release();

let open;
/** Closes the socket; nothing more is reported of it. */
export const hangUp = () => {
  open?.close();
  open = undefined;
};
/** Opens the socket. */
export const dial = (url) => {
  hangUp();
  const mine = (open = new WebSocket(url));
  mine.onmessage = ({ data }) => mine === open && ear(FRAME, parse(data));
  mine.onclose = ({ code }) => {
    if (mine !== open) return;
    open = undefined;
    ear(CLOSED, code);
  };
};
export const say = (text) => open?.readyState === 1 && open.send(text);

// The outbox: one row per message, so that a reload, a crash or a closed tab loses nothing that was written.
const rows = "outbox";
let database;
const drop = () => {
  database?.then((db) => db.close(), () => {});
  database = undefined;
};
const connect = () =>
  (database ??= new Promise((have, lack) => {
    const opening = indexedDB.open("parlor-widget", 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore(rows, { keyPath: "nonce" });
    opening.onsuccess = () => {
      const db = opening.result;
      // A tab that sits on the old shape would hold up every tab with a new one; and the browser throws connections away
      // when it clears the data of the page.
      db.onversionchange = db.onclose = drop;
      have(db);
    };
    opening.onerror = opening.onblocked = lack;
  }));
const attempt = async (mode, work) => {
  const db = await connect();
  return new Promise((done, fail) => {
    const asked = work(db.transaction(rows, mode).objectStore(rows));
    asked.onsuccess = () => done(asked.result);
    asked.onerror = fail;
  });
};
/** A connection that broke is made anew, once. */
const store = (mode, work) =>
  attempt(mode, work).catch(() => {
    drop();
    return attempt(mode, work).catch(drop);
  });
const kept = async (key) => ((await store("readonly", (outbox) => outbox.getAll())) ?? []).filter((row) => row.key === key);
let mine;
// The loader of a later page must know whether something waits without opening the database.
const note = async () => page.out((await kept(mine)).some((row) => !row.failed) ? "1" : "");
/** Tells what is kept, or that nothing is after two seconds: a store that never answers must not hold up the chat. */
export const takeUp = async (key) => {
  mine = key;
  ear(KEPT, await Promise.race([kept(key), new Promise((late) => setTimeout(late, 2e3))]));
  note();
};
export const keep = (key, nonce, at, text, failed, file) =>
  store("readwrite", (outbox) => outbox.put({ key, nonce, at, text, failed, file: file && parse(file) })).then(note);
export const forget = (nonce) => store("readwrite", (outbox) => outbox.delete(nonce)).then(note);

const grow = () => {
  field.style.height = "auto";
  field.style.height = Math.min(field.scrollHeight, 132) + "px";
};
/** What stands in the field: kept for the next page, which most shops have behind every link. With a value, keeps it. */
const draft = (value) => {
  try {
    const slot = "parlor:" + page.config.k + ":draft";
    if (value !== undefined) sessionStorage.setItem(slot, value);
    return sessionStorage.getItem(slot);
  } catch {}
};

/** Listens to the page and to what was drawn into the panel. `lacking` is said of a form that cannot be drawn. */
export const listen = (bridge, listener, lacking) => {
  page = bridge;
  words = lacking;
  // The page's own script may hear along, speak to the chat, and end one that has become somebody else's (`api/api.ts`).
  bridge.ear = listener;
  ear = (what, value) => bridge.heard?.(listener, what, value) || listener(what, value);
  const { panel } = bridge;
  const on = (target, name, run) => target.addEventListener(name, run);
  bridge.moved = () => ear(MOVED);
  on(window, "online", () => ear(WAKE));
  on(window, "offline", () => ear(OFFLINE));
  on(window, "pagehide", () => ear(SUSPEND));
  on(window, "pageshow", ({ persisted }) => persisted && ear(WAKE));
  on(document, "visibilitychange", () => ear(document.hidden ? HIDDEN : WAKE));

  log = panel.querySelector(".log");
  field = panel.querySelector("textarea");
  let height;
  const look = () => {
    // A scroll of before, heard once the height has changed: where the log stands now, nobody has chosen. The observer hears next.
    if (log.clientHeight !== height) return;
    low = fromEnd() < 48;
    ear(SCROLLED);
  };
  on(log, "scroll", look);
  // A keyboard that comes up or a draft that grows takes from the log's height, and the browser keeps its upper edge in place.
  new ResizeObserver(() => {
    height = log.clientHeight;
    // The closed panel has no height, and nothing to look at.
    if (!height) return;
    if (low) goEnd();
    look();
  }).observe(log);
  // What leads to the newest message, and what acts on a message, goes by being clicked; the focus must not go with it. Heard
  // before the button hears it: afterwards it may be gone.
  panel.addEventListener("click", ({ target }) => target.closest(".log button,.jump") && log.focus({ preventScroll: true }), true);
  const typed = () => {
    grow();
    draft(field.value);
    ear(TYPED, field.value);
  };
  on(field, "input", typed);
  field.value = draft() ?? "";
  if (field.value) typed();
  chooses(bridge, on, (said) => ear(UPLOADED, said));
  on(field, "paste", (event) => {
    const { files } = event.clipboardData;
    // What office programs copy is text and a picture of it: the text is meant.
    if (!files.length || event.clipboardData.getData("text/plain")) return;
    event.preventDefault();
    attach([...files]);
  });
  // A click on an emoji puts it at the caret, as typing would. The field has no focus meanwhile, and Chromium 148 forgets where its
  // caret stood once the field changes its height.
  let caret;
  const stand = () => caret && field.setSelectionRange(caret, caret);
  on(field, "focus", () => (caret = stand()));
  on(panel.querySelector(".picker"), "click", ({ target }) => {
    if (target.tagName !== "BUTTON") return;
    stand();
    field.setRangeText(target.textContent, field.selectionStart, field.selectionEnd, "end");
    caret = field.selectionStart;
    field.dispatchEvent(new Event("input"));
  });

  const larger = panel.querySelector(".grow");
  on(larger, "click", () => larger.setAttribute("aria-pressed", bridge.root.host.classList.toggle("large")));

  // On phones the chat covers the page, and a screen reader leaves out what is behind it.
  const phone = matchMedia("(max-width:480px)");
  const cover = () => bridge.page || panel.setAttribute("aria-modal", phone.matches);
  on(phone, "change", cover);
  cover();
  // A full-screen panel stays above the on-screen keyboard, which shrinks only the visual viewport.
  const view = window.visualViewport;
  const fit = () => {
    panel.style.setProperty("--vh", view.height + "px");
    panel.style.setProperty("--vt", view.offsetTop + "px");
  };
  if (view) {
    on(view, "resize", fit);
    on(view, "scroll", fit);
    fit();
  }
};

// A browser remembers what could not be fetched, so every attempt has an address of its own.
const bring = () => import(page.config.j + "-form.js?" + turns);
/** What stands where a form would that could not be drawn. */
let lack = [];
const put = (chat, next) => {
  for (const one of lack) one.remove();
  bring()
    // After a deployment an old page has addresses that are no longer there. The loader brings the new ones.
    .catch(() => import(`${page.config.o}/w/${page.config.k}.js?${++turns}`).catch(() => {}).then(bring))
    .then(({ draw }) => next === shown && draw(page, chat, next, () => ear(RENEW)))
    .catch(() => {
      if (!next || next !== shown) return;
      lack = [make(chat, "p", "", words), make(chat, "button", "", chat.querySelector(".tray").dataset.retry)];
      lack[0].setAttribute("role", "alert");
      lack[1].onclick = () => {
        page.panel.focus();
        put(chat, next);
      };
      chat.querySelector("header").after(...lack);
    });
};
/** Shows the form that the newest session asks for in the place of the text field, or takes it away: drawn by a script of its own. */
export const ask = (now) => {
  const chat = field.closest(".chat");
  chat.classList.toggle("asks", now);
  const next = now ? session : undefined;
  if (next !== shown) put(chat, (shown = next));
};
export const focusField = () => field.focus();
/** Like `focusField`, but only for who opened the chat by hand and has not gone back to the page, and not on phones, where it
 * would pull up the keyboard over the messages. */
export const offerField = () => {
  const { activeElement: active, body } = document;
  const free = !active || active === body || active === page.root.host;
  if (page.asked && free && !matchMedia("(pointer:coarse)").matches) (page.panel.querySelector("form input,form select") ?? field).focus();
};
/** Takes the text out of the field. */
export const takeText = () => {
  const { value } = field;
  field.value = "";
  grow();
  draft("");
  ear(TYPED, "");
  return value;
};
/** Moves the keyboard to an emoji, once they are shown. */
export const standOn = (index) =>
  requestAnimationFrame(() => field.getRootNode().querySelector(".picker").children[index]?.focus());

export const adopt = (root, css) => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
};

/** How far the log is from its end, and from its start. */
export const fromEnd = () => log.scrollHeight - log.scrollTop - log.clientHeight;
export const fromStart = () => log.scrollTop;
let quiet;
const goEnd = () => ((low = true), (log.scrollTop = log.scrollHeight));
/** Goes to the end, once what was drawn is there. */
export const toEnd = () => void requestAnimationFrame(goEnd);
/**
 * Call before the rows change: once they have, the log stands where it stood. At the end it stays at the end; rows that came
 * in above leave what is being read in its place.
 */
export const anchor = (above) => {
  if (!log) return;
  if (above) {
    // What was said long ago is not to be read out as news.
    log.setAttribute("aria-live", "off");
    clearTimeout(quiet);
    quiet = setTimeout(() => log.removeAttribute("aria-live"), 1e3);
  }
  const end = log.scrollHeight - log.scrollTop;
  const sticks = end - log.clientHeight < 48;
  requestAnimationFrame(() => {
    if (sticks) goEnd();
    else if (above) log.scrollTop = log.scrollHeight - end;
  });
};

const formats = {};
let relative;
const format = (lang, kind, options) => (formats[lang + kind] ??= new Intl.DateTimeFormat(lang, options));
export const clock = (lang, at) => format(lang, 0, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" }).format(at);
/** The day as its number since 1970, by the visitor's own clock. */
export const day = (at) => {
  const date = new Date(at);
  return Math.floor((at - date.getTimezoneOffset() * 6e4) / 864e5);
};
export const dayName = (lang, at) => {
  const ago = day(at) - day(Date.now());
  if (ago === 0 || ago === -1) {
    relative ??= new Intl.RelativeTimeFormat(lang, { numeric: "auto" });
    const name = relative.format(ago, "day");
    return name[0].toUpperCase() + name.slice(1);
  }
  const year = new Date(at).getFullYear() !== new Date().getFullYear();
  return format(lang, year ? 2 : 1, { month: "long", day: "numeric", weekday: year ? undefined : "short", year: year ? "numeric" : undefined }).format(at);
};

// Sound needs a gesture first, so the audio is made at the first one.
let audio;
for (const name of ["pointerdown", "keydown"])
  addEventListener(
    name,
    () => {
      try {
        audio ??= new AudioContext();
        audio.resume();
      } catch {}
    },
    { capture: true, once: true, passive: true },
  );
/** Two short soft tones. */
export const chime = () => {
  if (audio?.state !== "running") return;
  [660, 880].forEach((pitch, index) => {
    const tone = audio.createOscillator();
    const gain = audio.createGain();
    const at = audio.currentTime + index * 0.12;
    tone.frequency.value = pitch;
    gain.gain.setValueAtTime(0, at);
    gain.gain.linearRampToValueAtTime(0.08, at + 0.02);
    gain.gain.exponentialRampToValueAtTime(0.0001, at + 0.3);
    tone.connect(gain).connect(audio.destination);
    tone.start(at);
    tone.stop(at + 0.32);
  });
};

/** Whether the sound is off, which is remembered; with a value, sets it. */
let mute = false;
export const muted = (key, value) => {
  try {
    const slot = "parlor:" + key + ":mute";
    if (value !== undefined) localStorage.setItem(slot, value ? "1" : "");
    mute = localStorage.getItem(slot) === "1";
  } catch {
    mute = value ?? mute;
  }
  return mute;
};
