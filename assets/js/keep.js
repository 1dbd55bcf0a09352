// What this browser keeps for one person: drafts and unsent messages, under the key of that person.
// Where storage is refused (private windows), memory has to do.
const memory = new Map();
const store = () => {
  try {
    return window.localStorage;
  } catch {
    return undefined;
  }
};
export const get = (name) => {
  try {
    return store()?.getItem(name) ?? memory.get(name) ?? null;
  } catch {
    return memory.get(name) ?? null;
  }
};
export const set = (name, value) => {
  memory.set(name, value);
  try {
    store()?.setItem(name, value);
  } catch {
    // full or refused: memory still has it
  }
};
export const remove = (name) => {
  memory.delete(name);
  try {
    store()?.removeItem(name);
  } catch {
    // nothing was kept there
  }
};
// What another tab takes off the device is not kept in this one's memory either.
if (typeof window !== "undefined") {
  window.addEventListener("storage", ({ key, newValue }) => {
    if (key === null) memory.clear();
    else if (newValue === null) memory.delete(key);
  });
}
// Takes off the device what is kept under such names for others than this person.
export const ownOnly = (prefix, viewer) => {
  try {
    for (const name of named(store())) if (name.startsWith(prefix) && name !== prefix + viewer) remove(name);
  } catch {
    // storage is refused: nothing was kept
  }
};
const named = (storage) => Array.from({ length: storage?.length ?? 0 }, (_, i) => storage.key(i));
// At sign-out nothing of the person stays on the device.
export const forget = (viewer) => {
  try {
    window.indexedDB.deleteDatabase(`portal-files:${viewer}`); // what was on its way
  } catch {
    // storage is refused
  }
  void window.caches?.delete("portal-shared"); // what another app shared
  // The service worker gives its address up: nobody is told here any more.
  if (viewer && get(`portal:push:${viewer}`) !== null)
    void navigator.serviceWorker?.ready.then(({ active }) => active.postMessage({ left: true }));
  let kept = [];
  try {
    kept = named(store());
  } catch {
    // storage is refused
  }
  try {
    if (viewer && window.sessionStorage.getItem("portal:open")?.includes(`:${viewer}:`))
      window.sessionStorage.removeItem("portal:open");
  } catch {
    // refused too
  }
  for (const name of [...kept, ...memory.keys()])
    if (viewer && name.startsWith("portal:") && name.includes(`:${viewer}`)) remove(name);
};
