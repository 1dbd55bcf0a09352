// Notifications on this device: what the browser allows, and putting the device on the person's list by their click.
import { useCallback, useEffect, useState } from "react";
import { get, remove, set } from "$/public/js/keep.js";

const MARK = 16;
const PATIENCE = 4000;
const WORKER = "/sw.js";
const name = (viewer) => `portal:push:${viewer}`; // that this person wants to be told here
const isApple = () =>
  /iP(hone|ad|od)/.test(navigator.userAgent) || (navigator.platform === "MacIntel" && navigator.maxTouchPoints > 1);
const allowed = () => {
  if (!window.isSecureContext || !("serviceWorker" in navigator)) return "unsupported";
  if ("PushManager" in window && "Notification" in window) return Notification.permission;
  return isApple() && !navigator.standalone ? "home_screen" : "unsupported";
};
const bytes = (key) =>
  Uint8Array.from(atob(key.replace(/-/g, "+").replace(/_/g, "/")), (letter) => letter.charCodeAt(0));
const markOf = async (endpoint) => {
  const hash = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(endpoint));
  return [...new Uint8Array(hash)]
    .map((byte) => byte.toString(16).padStart(2, "0"))
    .join("")
    .slice(0, MARK);
};
const registration = async () => (await navigator.serviceWorker.register(WORKER)) && navigator.serviceWorker.ready;
const subscription = async () =>
  (await (await navigator.serviceWorker.getRegistration())?.pushManager?.getSubscription()) ?? null;
const subscribe = async (key) => {
  const { pushManager } = await registration();
  await (await pushManager.getSubscription())?.unsubscribe(); // made with another key, or for somebody before
  return pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: bytes(key) });
};
// Called by a click: browsers show the question only as the answer to one, so that nothing comes before it.
const turnOn = async (viewer, key, add) => {
  if ((await Notification.requestPermission()) !== "granted") return false;
  const own = await subscribe(key);
  set(name(viewer), "");
  add(own.toJSON());
  return true;
};

// Beside a ticket (push_offer.js), where the list of devices is not known.
export const keyOfPortal = async () => (await fetch("/devices/key")).text();
export const look = async (viewer) => {
  const permission = allowed();
  const wanted = get(name(viewer)) !== null;
  const own = permission === "granted" && (await subscription());
  if (permission === "granted" && wanted && !own) return "renew";
  return permission === "default" || (permission === "granted" && !wanted) ? "offer" : "";
};
export const renew = async (_viewer, key, add) => add((await subscribe(key)).toJSON());
export { turnOn };

// `state`: "" until it is known; no_key, unsupported, home_screen, default (not asked), denied, off, on, lost.
export const usePush = ({ viewer, key, devices, listed, add, drop }) => {
  const [state, setState] = useState("");
  const [mark, setMark] = useState("");
  const [busy, setBusy] = useState(false);
  const [trouble, setTrouble] = useState(false);
  const see = useCallback(async () => {
    if (!viewer || !listed) return;
    const permission = key ? allowed() : "no_key";
    if (permission !== "granted") {
      setMark("");
      setState(permission);
      return;
    }
    const wanted = get(name(viewer)) !== null;
    let own = await subscription();
    // The browser or its push service gave the address up; the person did not: there is no need to ask again.
    if (!own && wanted) {
      own = await subscribe(key).catch(() => null);
      if (own) add(own.toJSON());
    }
    const is = own ? await markOf(own.endpoint) : "";
    const known = devices.some((device) => device.mark === is);
    if (known) set(name(viewer), is);
    setMark(is);
    setState(known ? "on" : wanted && own && get(name(viewer)) === is ? "lost" : "off");
  }, [viewer, key, devices, listed]);
  useEffect(() => setBusy(false), [devices]);
  useEffect(() => {
    const again = () =>
      see().catch(() => {
        setState("off");
        setTrouble(true);
      });
    again();
    let status;
    document.addEventListener("visibilitychange", again); // back from the browser's settings
    navigator.permissions?.query({ name: "notifications" }).then(
      (it) => {
        status = it;
        status.addEventListener("change", again);
      },
      () => {},
    );
    return () => {
      document.removeEventListener("visibilitychange", again);
      status?.removeEventListener("change", again);
    };
  }, [see]);
  const on = async () => {
    setBusy(true);
    setTrouble(false);
    try {
      if (await turnOn(viewer, key, add)) {
        setTimeout(() => setBusy(false), PATIENCE); // the answer is the list that comes back
        return;
      }
    } catch {
      setTrouble(true);
    }
    setBusy(false);
    see();
  };
  const off = async (device) => {
    if (device.mark === mark) {
      remove(name(viewer));
      // What counts is our list: a device that is not on it is told nothing.
      await subscription()
        .then((own) => own?.unsubscribe())
        .catch(() => {});
    }
    drop(device.id);
  };
  return { state, mark, busy, trouble, on, off };
};
