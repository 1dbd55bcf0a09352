// Beside a ticket: the offer to be told on this device. It stands there from the beginning: one that came later would
// move what somebody is about to press. What it takes is loaded when the page is at rest.
import { useEffect, useMemo, useRef, useState } from "react";
import { get, set } from "$/public/js/keep.js";

const REST = 1500;
// As push.js sees it, without asking the service worker.
const couldHave = (viewer) => {
  const permission =
    window.isSecureContext && navigator.serviceWorker && window.PushManager && window.Notification?.permission;
  return permission === "default" || (permission === "granted" && get(`portal:push:${viewer}`) === null);
};
const load = async () => {
  const push = await import("$/public/js/push.js");
  return { push, key: await push.keyOfPortal() };
};
// `state`: "" for nothing to say, else "offered", "busy", "on" or "trouble". `able`: the portal sends notifications.
export const usePushOffer = ({ viewer, able, add }) => {
  const [state, setState] = useState("offered");
  const later = `portal:later:${viewer}:push`;
  const offered = useMemo(() => able && viewer && !get(later) && couldHave(viewer), [viewer, able]);
  const loaded = useRef();
  useEffect(() => {
    if (!able || !viewer || get(later)) return undefined;
    const begin = async () => {
      if (offered) loaded.current = await load();
      else {
        const push = await import("$/public/js/push.js");
        if ((await push.look(viewer)) === "renew") await push.renew(viewer, await push.keyOfPortal(), add);
      }
    };
    const timer = setTimeout(() => begin().catch(() => {}), REST);
    return () => clearTimeout(timer);
  }, [viewer, able]);
  const turnOn = async () => {
    const { push, key } = loaded.current ?? (await load());
    return push.turnOn(viewer, key, add);
  };
  const on = async () => {
    setState("busy");
    const done = await turnOn().catch(() => "trouble");
    setState(done === "trouble" ? done : done ? "on" : ""); // refused: the settings say how to allow it later
  };
  const putOff = () => {
    set(later, "1");
    setState("");
  };
  return { state: offered ? state : "", on, putOff };
};
