// What the browser has to tell a person with: the system's notifications, a sound, and a line between its tabs.

/** "granted", "denied", "default" (nobody has asked yet), "insecure", or "unsupported". */
export const permission = () => {
  // Over plain http browsers say "denied", as if the person had refused.
  if (!isSecureContext) return "insecure";
  return "Notification" in window ? Notification.permission : "unsupported";
};

/** Asks the person; what they say is in `permission` afterwards. */
export const ask = async () => {
  try {
    await Notification.requestPermission();
  } catch {
    // An old Safari, or a frame that may not ask.
  }
};

/** Calls back when the permission changes, also in the browser's own settings. */
export const watch = async (changed) => {
  try {
    const status = await navigator.permissions.query({ name: "notifications" });
    status.onchange = () => changed();
  } catch {
    // It is read anew whenever the settings are opened.
  }
};

const tagOf = (key) => `parlor.${key}`;

/** What this page has on show, by key: its own notification, or the promise of one that the service worker shows. */
const shown = new Map();

/**
 * What the service worker is asked, one after the other: Chromium forgets a notification that it is about to show while it is asked for
 * those on show, and nothing could take it away any more, nor would its click lead anywhere.
 */
let turn = Promise.resolve();
const inTurn = (run) => (turn = turn.then(run, run));

/** What the service worker has on show. */
const shownByWorker = async (filter) => {
  const registration = await navigator.serviceWorker?.getRegistration("/");
  return (await inTurn(() => registration?.getNotifications(filter))) ?? [];
};

/** On phones only a service worker may show one; a click on it comes back by way of `listen` in `web_push.js`. */
const showByWorker = async (title, options) => {
  try {
    await navigator.serviceWorker.register("/service-worker.js");
    const registration = await navigator.serviceWorker.ready;
    await inTurn(() => registration.showNotification(title, options));
  } catch {
    // An old browser; the title, the count and the sound are left.
  }
};

/** Shows a notification of the system about a conversation. A newer one of the same key takes the place of the earlier one. */
export const show = (title, body, id, key, sound, clicked) => {
  // The picture's address has a hash, which the page knows.
  const icon = document.querySelector('link[rel="icon"]')?.href;
  // The page's own sound is the only one, where it can be heard.
  const silent = !sound || audio?.state === "running";
  const options = { body, tag: tagOf(key), data: id, renotify: true, icon, silent };
  try {
    const note = new Notification(title, options);
    note.onclick = () => {
      window.focus();
      note.close();
      clicked();
    };
    note.onclose = () => shown.get(key) === note && shown.delete(key);
    shown.set(key, note);
  } catch {
    shown.set(key, showByWorker(title, options));
  }
};

/** Takes a notification away: the page's, the service worker's, and one that was pushed of the same while this console was silent. */
export const withdraw = async (key) => {
  const note = shown.get(key);
  shown.delete(key);
  try {
    (await note)?.close();
    for (const other of await shownByWorker({ tag: tagOf(key) })) other.close();
  } catch {
    // A browser that does not tell of its service workers here.
  }
};

/** Takes away all that is on show, by whichever page, and what was pushed: whose words they are is signed out. */
export const withdrawAll = async () => {
  [...shown.keys()].forEach(withdraw);
  try {
    for (const note of await shownByWorker()) note.close();
  } catch {
    // A browser that does not tell of its service workers here.
  }
};

// The page's own lead nowhere without the page, and nobody would take them away any more.
addEventListener("pagehide", () => {
  for (const note of shown.values()) note.close?.();
});

let audio;
let rang = -1;
// A page may make a sound only after somebody has touched it.
for (const touch of ["pointerdown", "keydown"]) {
  addEventListener(touch, () => (audio ??= "AudioContext" in window ? new AudioContext() : undefined)?.resume(), { capture: true });
}

/** Two soft notes. Where nobody has touched the page yet the browser allows none: whether it does. */
export const chime = () => {
  if (audio?.state !== "running") return !("AudioContext" in window);
  const now = audio.currentTime;
  // Several conversations at once are one sound.
  if (rang >= 0 && now - rang < 0.6) return true;
  rang = now;
  for (const [at, pitch] of [[0, 660], [0.13, 880]]) {
    const tone = audio.createOscillator();
    const volume = audio.createGain();
    tone.frequency.value = pitch;
    volume.gain.setValueAtTime(0, now + at);
    volume.gain.linearRampToValueAtTime(0.12, now + at + 0.015);
    volume.gain.exponentialRampToValueAtTime(0.0001, now + at + 0.35);
    tone.connect(volume).connect(audio.destination);
    tone.start(now + at);
    tone.stop(now + at + 0.4);
  }
  return true;
};

/** Plays it because somebody wants to hear it; whether it could be. */
export const audition = async () => {
  try {
    audio ??= new AudioContext();
    await audio.resume();
    rang = -1;
    return audio.state === "running" && chime();
  } catch {
    return false;
  }
};

const line = "BroadcastChannel" in window ? new BroadcastChannel("parlor.alerts") : undefined;
/** How long a tab out of sight waits for one in sight to say that it tells the person, where none is known to be in sight. */
const GRACE = 300;
/** And where one is: a busy tab says so late, one whose line is down says nothing. */
const PATIENCE = 5_000;
/** How much longer those wait that are not first: the one that is may be cut off, or broken. */
const BEHIND = 1_500;
/** And up to so much longer, as chance has it, so that one of them is before the others. */
const SPREAD = 1_000;
/** How long it is remembered that one has told: a tab whose line was down hears of the message when that is back. */
const REMEMBERED = 600_000;
const waiting = new Map();
const told = new Map();
if (line) {
  line.onmessage = ({ data: [id, seq] }) => {
    const until = Date.now() + REMEMBERED;
    told.set(id, { seq: Math.max(seq, told.get(id)?.seq ?? 0), until });
    setTimeout(() => told.get(id)?.until === until && told.delete(id), REMEMBERED);
    if (waiting.get(id)?.seq <= seq) {
      clearTimeout(waiting.get(id).timer);
      waiting.delete(id);
    }
  };
}

/** The lock that a tab holds while it is in front of the person. */
const FRONT = "parlor.alerts.front";
let leave;
const stand = () => {
  if (document.visibilityState === "visible" && document.hasFocus()) {
    if (leave) return;
    const gone = new Promise((resolve) => (leave = resolve));
    navigator.locks?.request(FRONT, { mode: "shared" }, () => gone).catch(() => {});
  } else {
    leave?.();
    leave = undefined;
  }
};
for (const change of ["focus", "blur", "visibilitychange"]) addEventListener(change, stand, { capture: true });
stand();

const isOneInFront = async () => {
  try {
    return (await navigator.locks.query()).held.some(({ name }) => name === FRONT);
  } catch {
    // No locks: the page is not served securely.
    return false;
  }
};

/** This tab tells the person of the conversation's message: the others need not. */
export const taken = (id, seq) => line?.postMessage([id, seq]);

/**
 * Runs unless another tab tells the person of that message, or has done so. One of the tabs out of sight is `first`; without locks
 * each of them takes itself for it.
 */
export const unlessTaken = async (id, seq, first, run) => {
  if (told.get(id)?.seq >= seq) return;
  const before = waiting.get(id);
  clearTimeout(before?.timer);
  const place = { seq };
  waiting.set(id, place);
  const patience = (await isOneInFront()) ? PATIENCE : GRACE;
  // Told meanwhile, or a later message waits in its place.
  if (waiting.get(id) !== place) return;
  const alone = first && "locks" in navigator;
  // Whoever writes one line after the other does not put it off with each.
  place.due = before?.due ?? Date.now() + patience + (first ? 0 : BEHIND) + (alone ? 0 : Math.random() * SPREAD);
  place.timer = setTimeout(() => {
    waiting.delete(id);
    taken(id, seq);
    run();
  }, place.due - Date.now());
};
