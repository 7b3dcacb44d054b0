// What the chat keeps in the browser, and forgetting it.
import type { Bridge } from "../loader/bridge";

const attempt = <T>(run: () => T): T | undefined => {
  try {
    return run();
  } catch {
    // Storage is blocked: nothing is kept either.
    return undefined;
  }
};

/** Whose this device's chat is: the account that was identified last. */
export const owner = (bridge: Bridge, account?: string): string | null | undefined => {
  const slot = `parlor:${bridge.config.k}:who`;
  return attempt(() => (account === undefined ? localStorage.getItem(slot) : void localStorage.setItem(slot, account)));
};

/** Takes the messages of this channel that were not sent out of the outbox. */
const empty = (key: string) =>
  new Promise<void>((done) => {
    // A store that never answers must not hold up what comes after it.
    setTimeout(done, 2e3);
    const end = () => done();
    attempt(() => {
      const opening = indexedDB.open("parlor-widget");
      opening.onerror = opening.onblocked = end;
      opening.onupgradeneeded = () => opening.transaction?.abort();
      opening.onsuccess = () => {
        const database = opening.result;
        const work = attempt(() => database.transaction("outbox", "readwrite"));
        if (!work) return end();
        const rows = work.objectStore("outbox").openCursor();
        rows.onsuccess = () => {
          const cursor = rows.result;
          if (!cursor) return;
          if ((cursor.value as { key: string }).key === key) cursor.delete();
          cursor.continue();
        };
        work.oncomplete = work.onabort = () => {
          database.close();
          end();
        };
      };
    });
  });

/** Forgets the visitor on this device: their token, what they wrote and have not sent. Whether the sound is off stays. */
export const forget = async (bridge: Bridge): Promise<void> => {
  const slot = "parlor:" + bridge.config.k;
  // The loader remembers both where storage is blocked.
  bridge.keep("");
  bridge.out("");
  for (const part of ["", ":at", ":out", ":who"]) attempt(() => localStorage.removeItem(slot + part));
  for (const part of [":draft", ":form"]) attempt(() => sessionStorage.removeItem(slot + part));
  await empty(bridge.config.k);
};
