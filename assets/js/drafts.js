// What somebody is writing: kept in this browser at every letter, told to the server when they pause. Of two copies the
// newer one counts; `told` says that the server has this one, `at` is then the server's own time of it.
import { useEffect, useRef, useState } from "react";
import { now } from "$/public/js/clock.js";
import { get, remove, set } from "$/public/js/keep.js";

const PAUSE = 2000;
const OPEN = "portal:open";
const listeners = new Set();
const tell = (name, from) => listeners.forEach((listener) => listener(name, from));
const empty = (draft) => !draft.body && !draft.subject;

export const draftName = (writer, place) => (writer && place ? `portal:draft:${writer}:${place}` : "");
export const readDraft = (name) => {
  try {
    return JSON.parse(get(name)) ?? {};
  } catch {
    return {}; // not ours any more
  }
};
export const keepDraft = (name, fields) => {
  set(name, JSON.stringify({ ...fields, at: now(), told: false }));
  tell(name, "form");
};
// What is gone here is gone on the server too, as soon as it hears of it.
export const clearDraft = (name) => {
  if (get(name)) keepDraft(name, {});
};
// Calls back when a copy from elsewhere takes the place of this browser's.
export const onRestored = (name, show) => {
  const listener = (changed, from) => changed === name && from === "server" && show(readDraft(name));
  listeners.add(listener);
  return () => listeners.delete(listener);
};
const session = (use) => {
  try {
    return use(window.sessionStorage);
  } catch {
    return null; // refused
  }
};

// Remembers which ticket this tab has open: what was typed in it is still shown when the session ends.
export const useOpened = ({ writer, number }) =>
  useEffect(() => {
    const name = draftName(writer, number);
    if (name) session((storage) => storage.setItem(OPEN, name));
  }, [writer, number]);
const lastOpen = (number) => {
  const name = session((storage) => storage.getItem(OPEN)) ?? "";
  return number && name.endsWith(`:${number}`) ? name : "";
};
export const wasOpen = (number) => lastOpen(number) !== "";

// Stands once beside a form. Returns when the draft was last saved, "" while there is nothing to say.
export const useDraft = ({ writer, place, live, server, kept, saved_at: savedAt, dispatch }) => {
  const name = draftName(writer, place);
  const able = Boolean(name) && server === place; // the server keeps drafts of people whom it knows
  const [saved, setSaved] = useState("");
  const asked = useRef(0);
  const save = useRef(() => {});
  save.current = () => {
    const own = readDraft(name);
    if (!name || !own.at || own.told || own.sending) return;
    if (!able || !live) {
      if (!able && live && empty(own)) remove(name);
      setSaved(empty(own) ? "" : new Date(own.at).toISOString());
      return;
    }
    if (asked.current === own.at) return;
    asked.current = own.at;
    const { subject = "", body = "", mode = "", at } = own;
    dispatch({ place, subject, body, mode, age: Math.max(0, now() - at) });
  };

  useEffect(() => {
    if (!name) return undefined;
    let timer;
    const wait = (changed, from) => {
      if (changed !== name || from !== "form") return;
      setSaved("");
      clearTimeout(timer);
      timer = setTimeout(() => save.current(), PAUSE);
    };
    const hurry = () => save.current();
    listeners.add(wait);
    document.addEventListener("focusout", hurry);
    document.addEventListener("visibilitychange", hurry);
    return () => {
      clearTimeout(timer);
      listeners.delete(wait);
      document.removeEventListener("focusout", hurry);
      document.removeEventListener("visibilitychange", hurry);
    };
  }, [name]);

  useEffect(() => {
    asked.current = 0; // what was asked on a connection that broke is asked again
    save.current();
  }, [name, able, live]);

  useEffect(() => {
    if (!able) return;
    const own = readDraft(name);
    const at = Date.parse(kept.saved_at) || 0;
    if (at > (own.at ?? 0) && !(empty(kept) && own.at && !own.told)) {
      set(name, JSON.stringify({ ...own, subject: kept.subject, body: kept.body, mode: kept.mode, at, told: true }));
      if (empty(kept)) remove(name);
      tell(name, "server");
    }
    const shown = readDraft(name);
    setSaved(shown.told && !empty(shown) ? kept.saved_at : "");
  }, [name, able, kept]);

  useEffect(() => {
    const own = readDraft(name);
    if (!able || !savedAt || !asked.current || own.at !== asked.current) return;
    asked.current = 0;
    if (empty(own)) remove(name);
    else set(name, JSON.stringify({ ...own, at: Date.parse(savedAt), told: true }));
    setSaved(empty(own) ? "" : savedAt);
  }, [savedAt]);

  return saved;
};

// The box of a ticket whose session ended while it was open in this tab: what was typed stays, and can be gone on with.
export const useEndedDraft = ({ number, over }) => {
  const [field, setField] = useState(null);
  const [text, setText] = useState("");
  useEffect(() => {
    const name = over ? lastOpen(number) : "";
    if (!name) return undefined;
    const look = () => setText(readDraft(name).body ?? "");
    look();
    window.addEventListener("storage", look); // signing out takes it off the device, in every tab
    return () => window.removeEventListener("storage", look);
  }, [number, over]);
  useEffect(() => {
    if (!field) return undefined;
    const name = lastOpen(number);
    field.value = text;
    const typed = () => keepDraft(name, { ...readDraft(name), body: field.value });
    field.addEventListener("input", typed);
    return () => field.removeEventListener("input", typed);
  }, [field, text]);
  return { ref: setField, text };
};
