// Beside a ticket: the offer to be told on this device. What it takes is loaded when the page is at rest.
import { useEffect, useLayoutEffect, useRef, useState } from "react";
import { calm } from "$/public/js/conversation.js";
import { get, set } from "$/public/js/keep.js";

const REST = 1500;
const NEAR = 16;
const edges = () => [".push-offer", ".dock"].map((part) => document.querySelector(part).getBoundingClientRect());
// `state`: "" for nothing to say, then "offered", "busy", "on" or "trouble".
export const usePushOffer = (viewer, add) => {
  const [state, setState] = useState("");
  const known = useRef({});
  // Whoever sees the end of the conversation sees it come, as a message comes; nobody else's place moves.
  const follows = useRef(false);
  const come = () => {
    const [box, dock] = edges();
    follows.current = box.top <= dock.top; // else the end is behind the box that sticks to the bottom
    setState("offered");
  };
  useLayoutEffect(() => {
    if (state !== "offered" || !follows.current) return;
    const [box, dock] = edges();
    if (box.bottom > dock.top - NEAR) window.scrollBy({ top: box.bottom - dock.top + NEAR, behavior: calm() });
  }, [state]);
  const later = `portal:later:${viewer}:push`;
  useEffect(() => {
    if (!viewer || get(later)) return undefined;
    const begin = async () => {
      const push = await import("$/public/js/push.js");
      const found = await push.look(viewer);
      const key = found && (await push.keyOfPortal());
      known.current = { push, key };
      if (found === "renew" && key) await push.renew(viewer, key, add);
      else if (found && key) come();
    };
    const timer = setTimeout(() => begin().catch(() => {}), REST);
    return () => clearTimeout(timer);
  }, [viewer]);
  const on = async () => {
    setState("busy");
    const { push, key } = known.current;
    const done = await push.turnOn(viewer, key, add).catch(() => "trouble");
    setState(done === "trouble" ? done : done ? "on" : ""); // refused: the settings say how to allow it later
  };
  const putOff = () => {
    set(later, "1");
    setState("");
  };
  return { state, on, putOff };
};
