// Messages that the person sent and the server has not confirmed: shown at once, kept across reloads, sent again
// until the server's own list holds them. The client id makes a second arrival harmless.
import { useEffect, useSyncExternalStore } from "react";
import { get, remove, set } from "$/public/js/keep.js";

const AGAIN_AFTER = 5000;
const NONE = [];
const listeners = new Set();
const name = (viewer) => `portal:outbox:${viewer}`;

let seen = { raw: "[]", items: NONE };
export const items = (viewer) => {
  const raw = (viewer && get(name(viewer))) || "[]";
  if (seen.raw !== raw || seen.viewer !== viewer) {
    let parsed = NONE;
    try {
      parsed = JSON.parse(raw);
    } catch {
      // not ours any more
    }
    seen = { raw, viewer, items: Array.isArray(parsed) ? parsed : NONE };
  }
  return seen.items;
};
const changed = () => listeners.forEach((listener) => listener());
const save = (viewer, next) => {
  if (next.length) set(name(viewer), JSON.stringify(next));
  else remove(name(viewer));
  changed();
};
const subscribe = (listener) => {
  listeners.add(listener);
  window.addEventListener("storage", listener); // another tab of the same person
  return () => {
    listeners.delete(listener);
    window.removeEventListener("storage", listener);
  };
};

// crypto.randomUUID is missing on plain http hosts other than localhost.
export const newId = () => {
  if (crypto.randomUUID) return crypto.randomUUID();
  const b = crypto.getRandomValues(new Uint8Array(16));
  b[6] = (b[6] & 0x0f) | 0x40;
  b[8] = (b[8] & 0x3f) | 0x80;
  const hex = [...b].map((x) => x.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
};

export const patch = (viewer, id, change) =>
  save(
    viewer,
    items(viewer).map((item) => (item.client_id === id ? { ...item, ...change } : item)),
  );
export const put = (viewer, item) => save(viewer, [...items(viewer), item]);
export const discard = (viewer, id) =>
  save(
    viewer,
    items(viewer).filter((item) => item.client_id !== id),
  );
export const unsent = (viewer) => items(viewer);
export const useOutbox = (viewer) =>
  useSyncExternalStore(
    subscribe,
    () => items(viewer),
    () => NONE,
  );

// What was refused, and which refusals the person already answered with "Retry".
let answered = {};
export const isRefused = (refused, retried, id) => refused[id] !== undefined && retried[id] !== refused;
export const retry = (id, refused) => {
  answered = { ...answered, [id]: refused };
  changed();
};
export const useRetried = () =>
  useSyncExternalStore(
    subscribe,
    () => answered,
    () => answered,
  );

// Stands once on a page: hands the outbox of one ticket to the server while there is a connection.
export const useSender = ({ viewer, number, live, confirmed, refused, dispatch }) => {
  const all = useOutbox(viewer);
  const retried = useRetried();
  const own = all.filter((item) => item.number === number);
  const done = confirmed.filter((id) => own.some((item) => item.client_id === id)).join(" ");
  useEffect(() => {
    if (done)
      save(
        viewer,
        items(viewer).filter((item) => !done.split(" ").includes(item.client_id)),
      );
  }, [viewer, done]);
  // A message with files waits until the server has them all.
  const whole = (item) => (item.files ?? []).every((file) => file.id);
  const waiting = own.filter(
    (item) => whole(item) && !isRefused(refused, retried, item.client_id) && !confirmed.includes(item.client_id),
  );
  const ids = waiting.map((item) => item.client_id).join(" ");
  useEffect(() => {
    if (!live || !viewer || !ids) return undefined;
    const post = () =>
      items(viewer)
        .filter((item) => ids.split(" ").includes(item.client_id))
        .forEach((item) => dispatch({ ...item, files: (item.files ?? []).map((file) => file.id) }));
    post();
    const timer = setInterval(post, AGAIN_AFTER);
    return () => clearInterval(timer);
  }, [viewer, number, live, ids]);
};
