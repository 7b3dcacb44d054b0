// Messages on their way, kept in IndexedDB so that they survive a reload and the end of the session. Where the browser refuses
// a database, they live as long as the page: every function then does nothing.
const STORE = "outgoing";
let opening;

// A connection that broke is opened anew by whoever needs it next.
function open() {
  opening ??= new Promise((resolve, reject) => {
    const request = indexedDB.open("parlor-console", 1);
    const drop = () => {
      opening = undefined;
    };
    request.onupgradeneeded = () => {
      request.result.createObjectStore(STORE, { keyPath: "nonce" }).createIndex("owner", "owner");
    };
    request.onsuccess = () => {
      const database = request.result;
      database.onclose = drop;
      // A newer page wants to change the database: it cannot while this one holds it.
      database.onversionchange = () => {
        database.close();
        drop();
      };
      resolve(database);
    };
    request.onerror = () => {
      drop();
      reject(request.error);
    };
  });
  return opening;
}

async function attempt(mode, work) {
  const database = await open();
  return new Promise((resolve, reject) => {
    const transaction = database.transaction(STORE, mode);
    const request = work(transaction.objectStore(STORE));
    transaction.oncomplete = () => resolve(request.result);
    transaction.onabort = () => reject(transaction.error);
  });
}

async function run(mode, work) {
  try {
    try {
      return await attempt(mode, work);
    } catch {
      // Browsers close databases behind the page's back (storage cleared, device asleep): once more with a fresh connection.
      opening = undefined;
      return await attempt(mode, work);
    }
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
