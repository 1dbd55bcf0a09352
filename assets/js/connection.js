// Whether this page hears the server: one truth for the pill, the strip and the controls that need the connection.
import { useEffect, useSyncExternalStore } from "react";

const CALM = 900; // a moment without the connection is not worth a word
const LOST = 6000;
const listeners = new Set();
const tell = () => listeners.forEach((listener) => listener());
const subscribe = (listener) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};

let connected = false;
if (typeof window !== "undefined") {
  const at = (up) => () => {
    connected = up;
    tell();
  };
  // The client's own instrumentation hook: it calls these when the socket opens and closes.
  window.__reflex_otel = { ...window.__reflex_otel, onSocketConnect: at(true), onSocketDisconnect: at(false) };
  window.addEventListener("online", tell);
  window.addEventListener("offline", tell);
}

let words = { shown: "connecting", lost: false };
let timers = [];
const settle = (next) => {
  if (next.shown === words.shown && next.lost === words.lost) return;
  words = next;
  tell();
};
const follow = (state) => {
  timers.forEach(clearTimeout);
  timers = [];
  if (state === "connecting") {
    timers = [
      setTimeout(() => settle({ ...words, shown: state }), CALM),
      setTimeout(() => settle({ shown: state, lost: true }), LOST),
    ];
  } else settle({ shown: state, lost: state === "offline" });
};

const read = () => (navigator.onLine === false ? "offline" : connected ? "live" : "connecting");
const first = { shown: "connecting", lost: false };

// `state` is true to the moment; `shown` and `lost` leave out what passes by itself, such as a change of page.
export const useConnection = ({ hydrated, errors }) => {
  const socket = useSyncExternalStore(subscribe, read, () => "connecting");
  const state = socket === "live" && (!hydrated || errors > 0) ? "connecting" : socket;
  const calm = useSyncExternalStore(
    subscribe,
    () => words,
    () => first,
  );
  useEffect(() => follow(state), [state]);
  return { state, ...calm };
};
