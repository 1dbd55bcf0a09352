// What the person last saw of their tickets, for the page that stands in when there is no connection (offline.js).
// Kept for one person at a time, and taken off the device with the rest of theirs (keep.js).
import { useEffect } from "react";
import { get, set } from "$/public/js/keep.js";

const MOST = 30;
const name = (viewer) => `portal:seen:${viewer}`;
const kept = (viewer) => {
  try {
    return JSON.parse(get(name(viewer))).rows;
  } catch {
    return []; // nothing yet
  }
};
export const useSeenRows = ({ viewer, rows }) =>
  useEffect(() => {
    if (!viewer || !rows.length) return;
    const now = rows.map(({ number, subject, status, updated_at: at, unread }) => ({
      number,
      subject,
      status,
      at,
      unread,
    }));
    const others = kept(viewer).filter((row) => !now.some(({ number }) => number === row.number));
    const all = [...now, ...others].sort((a, b) => (a.at < b.at ? 1 : -1)).slice(0, MOST);
    set(name(viewer), JSON.stringify({ at: Date.now(), rows: all }));
    // A notification about what was read meanwhile, here or elsewhere, has told enough.
    navigator.serviceWorker?.controller?.postMessage({
      read: now.filter((row) => !row.unread).map((row) => row.number),
    });
  }, [viewer, rows]);
