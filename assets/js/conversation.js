// The open conversation in the browser: its lines in order, what is unsent among them, where the reader is.
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { unsentItems, useCards, withItems } from "$/public/js/checklists.js";
import { prepare, secretIn } from "$/public/js/guard.js";
import { draftName, get, remove, set } from "$/public/js/keep.js";
import { discard, isRefused, newId, put, retry, unsent, useOutbox, useRetried, useSender } from "$/public/js/outbox.js";

const day = (at) => new Date(at).toDateString();
const TEAM = ["agent", "admin", "system"];
const sideOf = (m, team) => {
  if (m.kind === "note") return "note";
  return (team ? TEAM.includes(m.role) : m.mine) ? "mine" : "theirs";
};

// One list of what the server told (three parts, so that a new message sends only itself) and what is unsent.
export const useLines = (viewer, number, team, earlier, messages, recent, refused, seenByTeam, details) => {
  const outbox = useOutbox(viewer);
  const retried = useRetried();
  const cards = useCards();
  return useMemo(() => {
    const told = [...earlier, ...messages, ...recent];
    const keys = new Set(told.map((m) => m.key).filter(Boolean));
    const leaving = outbox
      .filter((item) => number && item.number === number && !keys.has(item.client_id))
      .map((item) => ({
        id: item.client_id,
        seq: 0,
        kind: item.kind,
        role: team ? "agent" : "customer",
        author: "",
        at: item.at,
        html: "",
        body: item.body,
        event: "",
        mine: true,
        side: item.kind === "note" ? "note" : "mine",
        state: isRefused(refused, retried, item.client_id) ? "failed" : "sending",
        problem: refused[item.client_id] ?? "",
        mark: "",
        wanted: unsentItems(item, details),
      }));
    const lines = told
      .map((m) => ({ ...m, id: m.key || String(m.seq), body: "", side: sideOf(m, team), state: "sent", problem: "", mark: "", wanted: [] }))
      .map((line) => withItems(line, details, viewer, number, outbox, (id) => isRefused(refused, retried, id)));
    const last = lines.findLast((line) => line.mine && line.kind !== "event");
    if (last && !team && !leaving.length) last.mark = seenByTeam >= last.seq ? "seen" : "sent";
    return [...lines, ...leaving].map((line, i, all) => ({ ...line, new_day: i === 0 || day(all[i - 1].at) !== day(line.at) }));
  }, [outbox, retried, viewer, number, team, earlier, messages, recent, refused, seenByTeam, details, cards]);
};

export const useConversationSender = (viewer, number, live, messages, recent, refused, dispatch) => {
  const confirmed = useMemo(() => [...messages, ...recent].map((m) => m.key).filter(Boolean), [messages, recent]);
  useSender(viewer, number, live, confirmed, refused, dispatch);
};
export const retryLine = retry;
export const discardLine = (viewer, id) => discard(viewer, id);
// What was refused goes back to where it was written.
export const editLine = (viewer, id) => {
  const field = document.getElementById("reply");
  const item = unsent(viewer).find((one) => one.client_id === id);
  if (!field || !item) return;
  field.value = [field.value, item.body].filter(Boolean).join("\n\n");
  field.dispatchEvent(new Event("input", { bubbles: true }));
  discard(viewer, id);
  field.focus();
};

// Tells how far the reader has read: only what stood in a visible page counts.
export const useSeen = (number, lastSeq, live, dispatch) => {
  useEffect(() => {
    if (!live || !number || !lastSeq) return undefined;
    let told = false;
    const tell = () => {
      if (told || document.visibilityState !== "visible") return;
      told = true;
      dispatch(lastSeq);
    };
    tell();
    document.addEventListener("visibilitychange", tell);
    return () => document.removeEventListener("visibilitychange", tell);
  }, [number, lastSeq, live]);
};

const NEAR = 260;
const below = () => document.documentElement.scrollHeight - window.scrollY - window.innerHeight;
const toEnd = (behavior) => window.scrollTo({ top: document.documentElement.scrollHeight, behavior });
const calm = () => (window.matchMedia("(prefers-reduced-motion: reduce)").matches ? "instant" : "smooth");

// Opens at the newest; later ones never move what is being read, they are counted until the reader goes there.
export const useFollow = (number, lines) => {
  const [fresh, setFresh] = useState(0);
  const known = useRef({ number: 0, count: 0, near: true });
  const count = lines.length;
  const mine = lines.at(-1)?.mine ?? false;
  useEffect(() => {
    const look = () => {
      known.current.near = below() < NEAR;
      if (known.current.near) setFresh(0);
    };
    window.addEventListener("scroll", look, { passive: true });
    return () => window.removeEventListener("scroll", look);
  }, []);
  useEffect(() => {
    const before = known.current;
    if (!number || !count) return;
    if (before.number !== number) {
      known.current = { number, count, near: true };
      if (count > 3) toEnd("instant");
      return;
    }
    const added = count - before.count;
    before.count = count;
    if (added <= 0) return;
    if (before.near || mine) toEnd(calm());
    else setFresh((n) => n + added);
  }, [number, count]);
  const jump = useCallback(() => {
    setFresh(0);
    toEnd(calm());
  }, []);
  return { fresh, jump };
};

// The composer's form: keeps the draft, hands what is sent to the outbox, and never waits for the server to type.
// `guarded`: whoever writes is kept from sending a secret.
export const useComposer = (viewer, number, guarded) => {
  const [form, setForm] = useState(null);
  const [mode, setMode] = useState("public");
  const [problem, setProblem] = useState("");
  const [length, setLength] = useState(0);
  useEffect(() => {
    if (!form) return undefined;
    const field = form.elements.namedItem("body");
    const draft = viewer && number ? draftName(viewer, number) : "";
    if (draft && !field.value) field.value = get(draft) ?? "";
    setLength(field.value.length);
    const typed = () => {
      setProblem("");
      setLength(field.value.length);
      if (guarded) prepare(field.value);
      if (!draft) return;
      if (field.value) set(draft, field.value);
      else remove(draft);
    };
    if (draft && field.value) set(draft, field.value); // typed before it was known who types
    const refuse = (code) => {
      setProblem(code);
      field.focus();
    };
    const send = (kind, body) => {
      put(viewer, { client_id: newId(), number, kind, body, at: new Date().toISOString() });
      field.value = "";
      remove(draft);
      setProblem("");
      setLength(0);
      field.focus();
    };
    let looking = false;
    const submit = async (event) => {
      event.preventDefault();
      if (!draft || looking) return;
      const kind = event.submitter?.value || "reply";
      const typed = field.value;
      const body = typed.trim();
      if (!body && kind === "details") return void document.dispatchEvent(new Event("portal:ask"));
      if (!body) return refuse("empty");
      let secret = guarded ? secretIn(body) : "";
      if (secret instanceof Promise) {
        looking = true;
        secret = await secret;
        looking = false;
        if (field.value !== typed) return; // written on meanwhile
      }
      if (secret) refuse(secret);
      else send(kind, body);
    };
    const key = (event) => {
      if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
      event.preventDefault();
      const main = form.querySelector("[data-main]:not(:disabled)");
      if (main) form.requestSubmit(main);
    };
    const choose = (event) => {
      if (event.target.name === "mode") setMode(event.target.value);
    };
    field.addEventListener("input", typed);
    field.addEventListener("keydown", key);
    form.addEventListener("submit", submit);
    form.addEventListener("change", choose);
    return () => {
      field.removeEventListener("input", typed);
      field.removeEventListener("keydown", key);
      form.removeEventListener("submit", submit);
      form.removeEventListener("change", choose);
    };
  }, [form, viewer, number, guarded]);
  return { ref: setForm, mode, problem, length, ready: Boolean(form && viewer && number) };
};

// Who wrote last, for a polite announcement: only what came in while the page was open.
export const useNews = (number, lines) => {
  const [news, setNews] = useState("");
  const known = useRef({ number: 0, seq: 0 });
  const last = lines.findLast((line) => line.kind !== "event" && line.seq > 0);
  useEffect(() => {
    if (!number || !last) return;
    const before = known.current;
    known.current = { number, seq: last.seq };
    if (before.number === number && last.seq > before.seq && !last.mine) setNews(last.author);
  }, [number, last?.seq]);
  return news;
};
