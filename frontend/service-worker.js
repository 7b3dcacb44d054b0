// The console's service worker: it hears what the server pushes while no console is open, shows it, and leads there.
//
// It answers no request: the console comes from the server as without it.

/** Where the console keeps what a subscription is renewed with: the server's key, and how the person wants to be told. */
const KEPT = ["parlor.push", "/kept"];

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
self.addEventListener("push", (event) => event.waitUntil(show(event.data)));
self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(lead(event.notification.data));
});
self.addEventListener("pushsubscriptionchange", (event) => event.waitUntil(renew(event.newSubscription)));

/** Every push is shown: browsers take the permission away from whoever is silent. */
async function show(data) {
  let said = {};
  try {
    said = data.json();
  } catch {
    // Of a newer server, or nothing at all: that there is something is still worth saying.
  }
  const { title = "Parlor", body = "", conversation_id: id, mention } = said;
  // The tag is that of the console's own notifications: a newer one takes the place of an older one.
  const tag = `parlor.${id}${mention ? ".notes" : ""}`;
  // Where it cannot be read, as while the console writes it, a sound is better than silence.
  const silent = (await kept().catch(() => undefined))?.sound === false;
  await self.registration.showNotification(title, { body, data: id, tag, renotify: true, icon: "__PARLOR_ICON__", silent });
}

/** What the console has left here, if it has. */
async function kept() {
  const [cache, name] = KEPT;
  return (await (await caches.open(cache)).match(name))?.json();
}

/** Goes to the conversation: in a console that is open, or in a new one. */
async function lead(id) {
  const path = id ? `/inbox/${id}` : "/inbox";
  const pages = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  // The one before the person, or the one that was before them last: that is the order they come in.
  const order = pages.sort((a, b) => b.focused - a.focused || (b.visibilityState === "visible") - (a.visibilityState === "visible"));
  for (const page of order) {
    if (await takes(page, id)) {
      // Browsers allow it for a click, and not otherwise.
      await page.focus().catch(() => undefined);
      return;
    }
  }
  await self.clients.openWindow(path);
}

/** Whether the page is a console where somebody is signed in: it says so and goes there. */
function takes(page, id) {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => resolve(true);
    setTimeout(() => resolve(false), 500);
    page.postMessage({ open: id }, [port2]);
  });
}

/** The push service has given the browser another address: the server is told under the sign-in that the cookie stands for. */
async function renew(given) {
  const found = await kept();
  if (!found) return;
  const { key, wanted } = found;
  const options = { userVisibleOnly: true, applicationServerKey: key };
  const { endpoint, keys } = (given ?? (await self.registration.pushManager.subscribe(options))).toJSON();
  // In turn with the tabs: refreshing exchanges the cookie.
  const refreshed = await navigator.locks.request("parlor.session", () => fetch("/api/v1/auth/refresh", { method: "POST" }));
  if (!refreshed.ok) return;
  const { access_token } = await refreshed.json();
  await fetch("/api/v1/me/push-subscription", {
    method: "PUT",
    headers: { authorization: `Bearer ${access_token}`, "content-type": "application/json" },
    body: JSON.stringify({ ...wanted, endpoint, p256dh: keys.p256dh, auth: keys.auth }),
  });
}
