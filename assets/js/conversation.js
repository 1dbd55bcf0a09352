// The open conversation in the browser: its lines in order, what is unsent among them, where the reader is.
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { clearDraft, draftName, keepDraft, onRestored, readDraft } from "$/public/js/drafts.js";
import { discard, isRefused, newId, put, retry, useOutbox, useRetried, useSender } from "$/public/js/outbox.js";

const day = (at) => new Date(at).toDateString();
const TEAM = ["agent", "admin", "system"];
const sideOf = (m, team) => {
  if (m.kind === "note") return "note";
  return (team ? TEAM.includes(m.role) : m.mine) ? "mine" : "theirs";
};

// One list of what the server told (three parts, so that a new message sends only itself) and what is unsent.
export const useLines = (viewer, number, team, earlier, messages, recent, refused, seenByTeam) => {
  const outbox = useOutbox(viewer);
  const retried = useRetried();
  return useMemo(() => {
    const told = [...earlier, ...messages, ...recent];
    const keys = new Set(told.map((m) => m.key).filter(Boolean));
    const unsent = outbox
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
      }));
    const lines = told.map((m) => ({ ...m, id: m.key || String(m.seq), body: "", side: sideOf(m, team), state: "sent", problem: "", mark: "" }));
    const last = lines.findLast((line) => line.mine && line.kind !== "event");
    if (last && !team && !unsent.length) last.mark = seenByTeam >= last.seq ? "seen" : "sent";
    return [...lines, ...unsent].map((line, i, all) => ({ ...line, new_day: i === 0 || day(all[i - 1].at) !== day(line.at) }));
  }, [outbox, retried, viewer, number, team, earlier, messages, recent, refused, seenByTeam]);
};

export const useConversationSender = (viewer, number, live, messages, recent, refused, dispatch) => {
  const confirmed = useMemo(() => [...messages, ...recent].map((m) => m.key).filter(Boolean), [messages, recent]);
  useSender(viewer, number, live, confirmed, refused, dispatch);
};
export const retryLine = retry;
export const discardLine = (viewer, id) => discard(viewer, id);

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
export const useComposer = (viewer, number) => {
  const [form, setForm] = useState(null);
  const [mode, setMode] = useState("public");
  const [empty, setEmpty] = useState(false);
  const [length, setLength] = useState(0);
  useEffect(() => {
    if (!form) return undefined;
    const field = form.elements.namedItem("body");
    const draft = draftName(viewer, number);
    const modes = form.elements.namedItem("mode");
    const show = ({ body = "", mode: kept }) => {
      field.value = body;
      setLength(body.length);
      // What was written for the team alone must not come back as a reply to the customer.
      if (modes && kept) setMode((modes.value = kept));
    };
    const typed = () => {
      setEmpty(false);
      setLength(field.value.length);
      if (!draft) return;
      if (field.value) keepDraft(draft, { body: field.value, mode: modes?.value ?? "" });
      else clearDraft(draft);
    };
    const typedBefore = field.value !== "" && field.value !== readDraft(draft).body; // it wasn't known who types
    if (draft && typedBefore) typed();
    else if (draft) show(readDraft(draft));
    const forgetShow = draft ? onRestored(draft, show) : () => {};
    const submit = (event) => {
      event.preventDefault();
      if (!draft) return;
      const body = field.value.trim();
      if (!body) {
        setEmpty(true);
        field.focus();
        return;
      }
      put(viewer, { client_id: newId(), number, kind: event.submitter?.value || "reply", body, at: new Date().toISOString() });
      field.value = "";
      clearDraft(draft);
      setEmpty(false);
      setLength(0);
      field.focus();
    };
    const key = (event) => {
      if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
      event.preventDefault();
      const main = form.querySelector("[data-main]:not(:disabled)");
      if (main) form.requestSubmit(main);
    };
    const choose = (event) => {
      if (event.target.name !== "mode") return;
      setMode(event.target.value);
      if (field.value) typed();
    };
    field.addEventListener("input", typed);
    field.addEventListener("keydown", key);
    form.addEventListener("submit", submit);
    form.addEventListener("change", choose);
    return () => {
      forgetShow();
      field.removeEventListener("input", typed);
      field.removeEventListener("keydown", key);
      form.removeEventListener("submit", submit);
      form.removeEventListener("change", choose);
    };
  }, [form, viewer, number]);
  return { ref: setForm, mode, empty, length, ready: Boolean(form && viewer && number) };
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
