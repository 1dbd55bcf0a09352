// The open conversation in the browser: its lines in order, what is unsent among them, where the reader is.
import { useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from "react";
import { unsentItems, useCards, withItems } from "$/public/js/checklists.js";
import { useDayOf } from "$/public/js/days.js";
import { clearDraft, draftName, keepDraft, onRestored, readDraft } from "$/public/js/drafts.js";
import { prepare, secretIn } from "$/public/js/guard.js";
import { discard, isRefused, newId, put, retry, unsent, useOutbox, useRetried, useSender } from "$/public/js/outbox.js";
import { goodFiles, shown, takeFiles, useUploads } from "$/public/js/uploads.js";
import { TEAM_SIDE } from "$/utils/sets";

const sideOf = (m, team) => {
  if (m.kind === "note") return "note";
  return (team ? TEAM_SIDE.includes(m.role) : m.mine) ? "mine" : "theirs";
};

// A file of it was refused; without it the message can go.
const stuck = (item) => (item.files ?? []).some((file) => file.state === "failed");

// What came after the list that the page was opened with. Each delta brings only what is new, so it is kept here,
// beside the list it belongs to; what a hurried redrawing missed shows as a gap.
const tails = new WeakMap();
const withTail = (messages, recent) => {
  const tail = tails.get(messages) ?? [];
  const last = (tail.at(-1) ?? messages.at(-1))?.seq ?? 0;
  const fresh = recent.filter((m) => m.seq > last);
  if (fresh.length) tails.set(messages, [...tail, ...fresh]);
  return [...messages, ...tail, ...fresh];
};
export const useWhole = (messages, recent, after, dispatch) => {
  const gap = useMemo(() => after > 0 && !withTail(messages, recent).some((m) => m.seq === after), [messages, recent, after]);
  useEffect(() => {
    if (gap) dispatch(null);
  }, [gap]);
};

const OLD = 60; // from the end: what is further up is laid out when it is scrolled to
// One list of what the server told (in parts, so that a new message sends only itself) and what is unsent.
export const useLines = (viewer, number, team, earlier, messages, recent, refused, seenByTeam, firstUnread, details) => {
  const outbox = useOutbox(viewer);
  const retried = useRetried();
  const uploads = useUploads();
  const cards = useCards();
  const day = useDayOf();
  return useMemo(() => {
    const told = [...earlier, ...withTail(messages, recent)];
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
        files: item.kind === "answers" ? [] : (item.files ?? []).map(shown), // their names are among the answers
        state: isRefused(refused, retried, item.client_id) || stuck(item) ? "failed" : "sending",
        problem: refused[item.client_id] ?? "",
        stuck: stuck(item),
        mark: "",
        wanted: unsentItems(item, details),
      }));
    const lines = told
      .map((m) => ({ ...m, id: m.key || String(m.seq), body: "", side: sideOf(m, team), state: "sent", problem: "", stuck: false, mark: "", files: m.files.map(shown), wanted: [] }))
      .map((line) => withItems(line, details, viewer, number, outbox, (id) => isRefused(refused, retried, id)));
    const last = lines.findLast((line) => line.mine && line.kind !== "event");
    if (last && !team && !leaving.length) last.mark = seenByTeam >= last.seq ? "seen" : "sent";
    return [...lines, ...leaving].map((line, i, all) => ({
      ...line,
      new_day: i === 0 || day(all[i - 1].at) !== day(line.at),
      first_unread: i > 0 && line.seq > 0 && line.seq === firstUnread,
      old: all.length - i > OLD,
    }));
  }, [outbox, retried, viewer, number, team, earlier, messages, recent, refused, seenByTeam, firstUnread, uploads, details, cards, day]);
};

export const useConversationSender = (viewer, number, live, messages, recent, refused, dispatch) => {
  const confirmed = useMemo(() => withTail(messages, recent).map((m) => m.key).filter(Boolean), [messages, recent]);
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
      navigator.serviceWorker?.controller?.postMessage({ read: number }); // its notification has told enough
    };
    tell();
    document.addEventListener("visibilitychange", tell);
    return () => document.removeEventListener("visibilitychange", tell);
  }, [number, lastSeq, live]);
};

// The second half of a double click is no attempt to send nothing.
const SECOND_CLICK = 700;
const NEAR = 260;
// The end is that of the conversation with its composer: the footer, and on a phone what stands beside it, come later.
const below = () => {
  const column = document.querySelector(".dock")?.parentElement ?? document.documentElement;
  return column.getBoundingClientRect().bottom - (parseFloat(getComputedStyle(column).paddingBottom) || 0) - window.innerHeight;
};
const toEnd = (behavior) => window.scrollBy({ top: below(), behavior });
const calm = () => (window.matchMedia("(prefers-reduced-motion: reduce)").matches ? "instant" : "smooth");

const place = (line) => line?.getBoundingClientRect().top ?? 0;
const messageAt = (at) => document.querySelectorAll('[data-testid="message"]')[at];

// Opens at the first unread, else at the newest. Later ones never move what is being read, they are counted until the
// reader goes there; nor do earlier ones that are put above it.
export const useFollow = (number, lines, firstUnread) => {
  const [fresh, setFresh] = useState(0);
  const known = useRef({ number: 0, first: "", last: "", near: true, line: undefined, top: 0 });
  const first = lines[0]?.id;
  const last = lines.at(-1)?.id;
  const mine = lines.at(-1)?.mine ?? false;
  const look = useCallback(() => {
    known.current.near = below() < NEAR;
    known.current.line = messageAt(0);
    known.current.top = place(known.current.line);
    if (known.current.near) setFresh(0);
  }, []);
  useEffect(() => {
    window.addEventListener("scroll", look, { passive: true });
    return () => window.removeEventListener("scroll", look);
  }, []);
  useLayoutEffect(() => {
    const before = known.current;
    if (before.number === number && before.first !== first && before.line?.isConnected) {
      window.scrollBy({ top: place(before.line) - before.top, behavior: "instant" });
    }
    before.first = first;
  }, [number, first]);
  useEffect(() => {
    const before = known.current;
    if (!number || !last) return;
    if (before.number !== number) {
      known.current = { ...before, number, first, last };
      const unread = document.querySelector("[data-first-unread]");
      if (unread) unread.scrollIntoView({ block: "start", behavior: "instant" });
      else if (!firstUnread && lines.length > 3) toEnd("instant");
      look();
      return;
    }
    const at = lines.findLastIndex((line) => line.id === before.last);
    before.last = last;
    const added = at < 0 ? 0 : lines.length - 1 - at;
    if (added <= 0) return;
    if (before.near || mine) toEnd(calm());
    else setFresh((n) => n + added);
  }, [number, last]);
  const jump = useCallback(() => {
    setFresh(0);
    toEnd(calm());
  }, []);
  return { fresh, jump };
};

const TYPING = 6000;
const TELL_EVERY = 3000;
// Tells that a public reply is being typed, now and then, never what; internal notes are nobody's business.
export const useTells = (mode, live, dispatch) => {
  const told = useRef(0);
  useEffect(() => {
    if (!live || mode === "note") return undefined;
    const typed = (event) => {
      const field = event.target;
      if (field.id !== "reply" || !field.value.trim() || Date.now() - told.current < TELL_EVERY) return;
      told.current = Date.now();
      dispatch(null);
    };
    document.addEventListener("input", typed);
    return () => document.removeEventListener("input", typed);
  }, [mode, live]);
};
// Whether somebody else is typing: until they send, or have been silent for a moment.
export const useTyping = (beat, lines) => {
  const [typing, setTyping] = useState(false);
  const last = lines.at(-1)?.id;
  useEffect(() => {
    if (!beat) return undefined;
    setTyping(true);
    const timer = setTimeout(() => setTyping(false), TYPING);
    return () => clearTimeout(timer);
  }, [beat]);
  useEffect(() => setTyping(false), [last]);
  return typing;
};

const COPIED = 2000;
const copy = async (text) => {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  // Plain http on a host other than localhost: the old way.
  const field = document.body.appendChild(Object.assign(document.createElement("textarea"), { value: text }));
  field.select();
  document.execCommand("copy");
  return field.remove();
};
// A chip (a transaction ID, an address) copies itself.
export const useCopies = () => {
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    let timer;
    const click = async (event) => {
      const chip = event.target instanceof Element ? event.target.closest("button.chip") : null;
      if (!chip) return;
      try {
        await copy(chip.textContent);
      } catch {
        return; // refused: the text can still be selected
      }
      setCopied(true);
      clearTimeout(timer);
      timer = setTimeout(() => setCopied(false), COPIED);
    };
    document.addEventListener("click", click);
    return () => {
      clearTimeout(timer);
      document.removeEventListener("click", click);
    };
  }, []);
  return copied;
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
    const draft = draftName(viewer, number);
    const modes = form.elements.namedItem("mode");
    const show = ({ body = "", mode: kept }) => {
      field.value = body;
      setLength(body.length);
      // What was written for the team alone must not come back as a reply to the customer.
      if (modes && kept) {
        modes.value = kept;
        setMode(kept);
      }
    };
    const typed = () => {
      setProblem("");
      setLength(field.value.length);
      if (guarded) prepare(field.value);
      if (!draft) return;
      if (field.value) keepDraft(draft, { body: field.value, mode: modes?.value ?? "" });
      else clearDraft(draft);
    };
    const typedBefore = field.value !== "" && field.value !== readDraft(draft).body; // it wasn't known who types
    if (draft && typedBefore) typed();
    else if (draft) show(readDraft(draft));
    const forgetShow = draft ? onRestored(draft, show) : () => {};
    const refuse = (code) => {
      setProblem(code);
      field.focus();
    };
    const send = (kind, body) => {
      const files = takeFiles(viewer, String(number));
      put(viewer, { client_id: newId(), number, kind, body, files, at: new Date().toISOString() });
      field.value = "";
      clearDraft(draft);
      setProblem("");
      setLength(0);
      field.focus();
    };
    let looking = false;
    let sentAt = 0;
    const submit = async (event) => {
      event.preventDefault();
      if (!draft || looking) return;
      const kind = event.submitter?.value || "reply";
      const typed = field.value;
      const body = typed.trim();
      const files = goodFiles(viewer, String(number)).length > 0;
      if (!body && !files && kind === "details") return void document.dispatchEvent(new Event("portal:ask"));
      if (!body && !files && event.timeStamp - sentAt < SECOND_CLICK) return undefined;
      if (!body && !files) return refuse("empty");
      let secret = guarded ? secretIn(body) : "";
      if (secret instanceof Promise) {
        looking = true;
        secret = await secret;
        looking = false;
        if (field.value !== typed) return; // written on meanwhile
      }
      if (secret) return refuse(secret);
      sentAt = event.timeStamp;
      return send(kind, body);
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
  }, [form, viewer, number, guarded]);
  return { ref: setForm, mode, problem, length, ready: Boolean(form && viewer && number) };
};

// Who wrote last, for a polite announcement: only what came in while the page was open.
const NO_NEWS = { role: "" };
const SILENCE = 100; // between two announcements: the same words are no news to a screen reader
export const useNews = (number, lines) => {
  const [news, setNews] = useState(NO_NEWS);
  const known = useRef({ number: 0, seq: 0 });
  const last = lines.findLast((line) => line.kind !== "event" && line.seq > 0);
  useEffect(() => {
    if (!number || !last) return undefined;
    const before = known.current;
    known.current = { number, seq: last.seq };
    if (before.number !== number || last.seq <= before.seq || last.mine) return undefined;
    setNews(NO_NEWS);
    const timer = setTimeout(() => setNews(last), SILENCE);
    return () => clearTimeout(timer);
  }, [number, last?.seq]);
  return news;
};
