// The clock and the time zone of the page.
import { useEffect, useSyncExternalStore } from "react";

// The clock: the server's idea of now (it may run ahead, in tests), ticking once a minute for relative times.
let offset = 0;
let ticks = 1;
let timer;
const listeners = new Set();
const tick = () => {
  ticks += 1;
  listeners.forEach((listener) => listener());
};
const subscribe = (listener) => {
  listeners.add(listener);
  timer ??= setInterval(tick, 60_000);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) timer = void clearInterval(timer);
  };
};
export const now = () => Date.now() + offset;
export const setClockOffset = (seconds) => {
  const wanted = (Number(seconds) || 0) * 1000;
  if (wanted === offset) return;
  offset = wanted;
  tick();
};
export let zone; // undefined: the browser's own
export const setTimeZone = (name) => {
  const wanted = name || undefined;
  if (wanted === zone) return;
  try {
    new Intl.DateTimeFormat("en", { timeZone: wanted });
  } catch {
    return; // an unknown name must not take the page down
  }
  zone = wanted;
  tick();
};
export const zoneName = () => zone ?? new Intl.DateTimeFormat().resolvedOptions().timeZone;
export const useClockOffset = ({ seconds }) => useEffect(() => setClockOffset(seconds), [seconds]);
export const useTimeZone = ({ name }) => useEffect(() => setTimeZone(name), [name]);
// 0 while the page is prerendered and hydrated: the builder's clock and zone are not the reader's.
export const useClock = () =>
  useSyncExternalStore(
    subscribe,
    () => ticks,
    () => 0,
  );
