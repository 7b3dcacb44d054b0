// Web Push in this browser: its service worker, and the subscription that its push service gives.

const KEPT = ["parlor.push", "/kept"];

/** Whether this browser has it, here: browsers give it to pages that come over https or from this machine. */
export const supported = () => "serviceWorker" in navigator && "PushManager" in window && "Notification" in window;

const keyOf = (subscription) => {
  const bytes = new Uint8Array(subscription.options.applicationServerKey ?? []);
  return btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
};

/**
 * Subscribes under the server's key, or finds the subscription that there is: its address and its two keys. `wanted` is what the
 * server is told besides, as JSON: the service worker has it too, for when the push service gives another address. It also has
 * whether what it shows may be heard.
 */
export const subscribe = async (key, wanted, sound) => {
  await navigator.serviceWorker.register("/service-worker.js");
  const { pushManager } = await navigator.serviceWorker.ready;
  let subscription = await pushManager.getSubscription();
  if (subscription && keyOf(subscription) !== key) {
    // The server has another secret than it had.
    await subscription.unsubscribe();
    subscription = null;
  }
  subscription ??= await pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key });
  const [cache, name] = KEPT;
  await (await caches.open(cache)).put(name, new Response(JSON.stringify({ key, sound, wanted: JSON.parse(wanted) })));
  const { endpoint, keys } = subscription.toJSON();
  return [endpoint, keys.p256dh, keys.auth];
};

/** Ends the subscription. */
export const unsubscribe = async () => {
  await caches.delete(KEPT[0]);
  const registration = await navigator.serviceWorker.getRegistration("/");
  await (await registration?.pushManager.getSubscription())?.unsubscribe();
};

/** Calls back with the conversation of a notification that was clicked. What was shown while no console was open has done its work. */
export const listen = async (open) => {
  // Phones' browsers show what an open console tells by it, too, those without pushes included.
  if (!("serviceWorker" in navigator)) return;
  navigator.serviceWorker.addEventListener("message", ({ data, ports: [port] }) => {
    if (!port || !data || !("open" in data)) return;
    port.postMessage(true);
    open(data.open ?? "");
  });
  const registration = await navigator.serviceWorker.getRegistration("/");
  for (const shown of (await registration?.getNotifications()) ?? []) shown.close();
};
