// What the browser has to tell a person with: the system's notifications, a sound, and a line between its tabs.

/** "granted", "denied", "default" (nobody has asked yet), or "unsupported". */
export const permission = () => ("Notification" in window ? Notification.permission : "unsupported");

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

/** Shows a notification of the system. One of the same tag takes the place of the earlier one. */
export const show = (title, body, tag, clicked) => {
  try {
    const note = new Notification(title, { body, tag, renotify: true, icon: "/favicon.svg" });
    note.onclick = () => {
      window.focus();
      note.close();
      clicked();
    };
  } catch {
    // Android wants a service worker for it; the title, the count and the sound are left.
  }
};

let audio;
// A page may make a sound only after somebody has touched it.
for (const touch of ["pointerdown", "keydown"]) {
  addEventListener(touch, () => (audio ??= "AudioContext" in window ? new AudioContext() : undefined)?.resume(), { capture: true });
}

/** Two soft notes. Nothing where nobody has touched the page yet. */
export const chime = () => {
  if (audio?.state !== "running") return;
  const now = audio.currentTime;
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
};

const line = "BroadcastChannel" in window ? new BroadcastChannel("parlor.alerts") : undefined;
/** How long a tab out of sight waits for one in sight to say that it tells the person. */
const GRACE = 300;
const waiting = new Map();
if (line) {
  line.onmessage = ({ data }) => {
    clearTimeout(waiting.get(data));
    waiting.delete(data);
  };
}

/** This tab is in front of the person and tells them of `id`: the others need not. */
export const taken = (id) => line?.postMessage(id);

/** Runs unless another tab tells the person of `id` meanwhile. */
export const unlessTaken = (id, run) => {
  clearTimeout(waiting.get(id));
  waiting.set(
    id,
    setTimeout(() => {
      waiting.delete(id);
      run();
    }, GRACE),
  );
};
