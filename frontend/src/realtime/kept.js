// Messages on their way, kept in IndexedDB so that they survive a reload. Where the browser refuses a database, they live
// as long as the page: every function then does nothing.
const STORE = "outgoing";
let opening;

function open() {
  opening ??= new Promise((resolve, reject) => {
    const request = indexedDB.open("parlor-console", 1);
    request.onupgradeneeded = () => {
      request.result.createObjectStore(STORE, { keyPath: "nonce" }).createIndex("owner", "owner");
    };
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  return opening;
}

async function run(mode, work) {
  try {
    const database = await open();
    return await new Promise((resolve, reject) => {
      const transaction = database.transaction(STORE, mode);
      const request = work(transaction.objectStore(STORE));
      transaction.oncomplete = () => resolve(request.result);
      transaction.onabort = () => reject(transaction.error);
    });
  } catch (error) {
    console.warn("parlor: messages on their way cannot be kept", error);
    return undefined;
  }
}

// The kept messages of an agent, as JSON texts.
export async function load(owner) {
  const rows = await run("readonly", (store) => store.index("owner").getAll(owner));
  return (rows ?? []).map((row) => row.message);
}

export function keep(owner, nonce, message) {
  run("readwrite", (store) => store.put({ owner, nonce, message }));
}

export function forget(nonce) {
  run("readwrite", (store) => store.delete(nonce));
}
