// The portal's service worker: notifications, a page for when there is no connection, files shared by other apps.
//
// It keeps no page and no script of the portal, and nobody's data but what was just shared: only the page that says
// "no connection", which is the same for everybody. So a new version takes over at once (skipWaiting, claim), whatever
// is open: there is nothing of an older version in it that an open page could still need.
const OFFLINE = "portal-offline";
const SHARED = "portal-shared";
// In double underscores: what the build puts in from Python (frontend/rules.py).
const LANGUAGES = __TRANSLATED__;
const A_DAY = 86_400_000;
const MOST_SHARED = { files: 10, bytes: 60_000_000, letters: __LONGEST_BODY__ }; // a message takes less; nobody shares more by hand

const localeOf = (path) => LANGUAGES.find((code) => path === `/${code}` || path.startsWith(`/${code}/`)) ?? __DEFAULT__;
const bare = (path) => path.slice(path.startsWith(`/${localeOf(path)}/`) ? localeOf(path).length + 1 : 0);
const offlinePage = (path) => `/offline/${localeOf(path)}`;
const windows = () => self.clients.matchAll({ type: "window", includeUncontrolled: true });
const pathOf = (it) => new URL(it.url, self.location).pathname;

const prepare = async (path) => {
  const cache = await caches.open(OFFLINE);
  const kept = await cache.match(offlinePage(path));
  if (kept && Date.now() - Date.parse(kept.headers.get("date")) < A_DAY) return;
  await cache.add(offlinePage(path));
};

self.addEventListener("install", (event) => {
  self.skipWaiting();
  event.waitUntil(windows().then((open) => Promise.all([...new Set(open.map((it) => localeOf(pathOf(it))))].map((code) => prepare(`/${code}`)))));
});
self.addEventListener("activate", (event) => {
  // The browser asks the server while this worker starts: navigations wait for nothing.
  event.waitUntil(Promise.all([self.clients.claim(), self.registration.navigationPreload?.enable()]));
});

const page = async (event) => {
  const path = pathOf(event.request);
  try {
    const answer = (await event.preloadResponse) || (await fetch(event.request));
    event.waitUntil(prepare(path).catch(() => {}));
    return answer;
  } catch (problem) {
    const cache = await caches.open(OFFLINE);
    const kept = (await cache.match(offlinePage(path))) ?? (await cache.matchAll())[0]; // in another language, if need be
    if (!kept) throw problem;
    return kept;
  }
};

// A form that another app sent to the portal (manifest: share_target). It waits here until its page has it.
const keepShared = async (form) => {
  const text = ["title", "text", "url"].map((name) => form.get(name)).filter((it) => typeof it === "string" && it).join("\n");
  const files = form.getAll("files").filter((it) => it instanceof File && it.size);
  const bytes = files.reduce((sum, { size }) => sum + size, 0);
  await caches.delete(SHARED);
  if (files.length > MOST_SHARED.files || bytes > MOST_SHARED.bytes) return;
  const shelf = await caches.open(SHARED);
  const put = (name, body, headers) => shelf.put(`/shared/${name}`, new Response(body, { headers }));
  await put("text", JSON.stringify({ text: text.slice(0, MOST_SHARED.letters), at: Date.now() }));
  await Promise.all(files.map((file, i) => put(i, file, { "Content-Type": file.type, "X-Name": encodeURIComponent(file.name.slice(0, 200)) })));
};
// Any web page can post such a form here, and would lay its words ("Send 0.1 BTC to …") into a message to support. The
// system's share sheet is no page: its request has no referrer ("about:client" where a browser calls that so). A page that
// hides its own is found out where it leads (js/share.js): the share sheet opens the installed app's window, a page stays
// in its tab.
const isForeign = ({ referrer }) => Boolean(referrer) && referrer !== "about:client" && new URL(referrer).origin !== self.location.origin;
const share = async ({ request }) => {
  if (!isForeign(request))
    await keepShared(await request.formData()).catch(() => caches.delete(SHARED)); // no room for all of it: the page says that nothing came
  return Response.redirect(pathOf(request), 303);
};

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (url.origin !== self.location.origin || request.mode !== "navigate") return;
  if (request.method === "GET") event.respondWith(page(event));
  else if (url.pathname.endsWith("/share")) event.respondWith(share(event));
});

// A customer's page of a ticket has its number in the address, a guest's may have a link's secret instead.
const isAt = (client, { url, number }) =>
  pathOf(client) === new URL(url, self.location).pathname || [`/tickets/${number}`, `/guest/tickets/${number}`].includes(bare(pathOf(client)));

self.addEventListener("push", (event) => {
  const { title, body, tag, lang, actions, ...data } = event.data?.json() ?? {};
  if (!title) return;
  const show = async () => {
    const open = await windows();
    if (open.some((it) => it.visibilityState === "visible" && data.number && isAt(it, data))) return; // before their eyes
    await self.registration.showNotification(title, { body, tag, lang, data, actions, renotify: true, icon: "/icon-192.png", badge: "/badge.png" });
  };
  event.waitUntil(show());
});

self.addEventListener("notificationclick", (event) => {
  const { data } = event.notification;
  event.notification.close();
  const go = async () => {
    const there = (await windows()).find((it) => isAt(it, data));
    return there ? there.focus() : self.clients.openWindow(data.url);
  };
  // The push brought the proof along that its receiver may do this (routes/forms/mute.py); what fails is asked in a page.
  const mute = async () => {
    const done = await fetch(data.mute, { method: "POST", credentials: "omit" }).catch(() => undefined);
    if (!done?.ok) await self.clients.openWindow(data.mute);
  };
  event.waitUntil(event.action === "mute" ? mute() : go());
});

// The push service gave this browser another address.
self.addEventListener("pushsubscriptionchange", (event) => {
  const renew = async () => {
    const old = event.oldSubscription;
    const subscription = event.newSubscription ?? (old && (await self.registration.pushManager.subscribe(old.options)));
    if (!old || !subscription) return;
    const body = JSON.stringify({ endpoint: old.endpoint, subscription });
    await fetch("/devices/renew", { method: "POST", headers: { "Content-Type": "application/json" }, body });
  };
  event.waitUntil(renew());
});

const closeAll = async (fits) => (await self.registration.getNotifications()).filter(fits).forEach((it) => it.close());
// Whoever signs out takes along what this browser was told and given for them.
const leave = async () => {
  const subscription = await self.registration.pushManager.getSubscription();
  await Promise.all([subscription?.unsubscribe(), closeAll(() => true), caches.delete(SHARED)]);
};
self.addEventListener("message", (event) => {
  const { read, left } = event.data ?? {};
  if (read) event.waitUntil(closeAll((it) => [read].flat().includes(it.data?.number)));
  if (left) event.waitUntil(leave());
});
