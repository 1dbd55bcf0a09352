// A request for details, on the side of whoever answers it: what is filled in stays on the device until the server has
// it, what can't be right is said at once, and what is sent goes through the outbox like every message.
import { useEffect, useSyncExternalStore } from "react";
import { secretIn } from "$/public/js/guard.js";
import { say, zoneName } from "$/public/js/i18n.js";
import { draftName } from "$/public/js/drafts.js";
import { get, remove, set } from "$/public/js/keep.js";
import { discard, newId, put, unsent } from "$/public/js/outbox.js";

const name = (viewer, number) => `${draftName(viewer, number)}:details`;
const read = (viewer, number) => {
  try {
    return JSON.parse(get(name(viewer, number))) ?? {};
  } catch {
    return {}; // not ours any more
  }
};
const keep = (viewer, number, drafts) => (Object.keys(drafts).length ? set(name(viewer, number), JSON.stringify(drafts)) : remove(name(viewer, number)));

// What a card shows beside the server's words: problems, and how much of it is filled in.
let problems = {};
let version = 0;
const listeners = new Set();
const changed = () => {
  version += 1;
  listeners.forEach((listener) => listener());
};
const subscribe = (listener) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};
export const useCards = () =>
  useSyncExternalStore(
    subscribe,
    () => version,
    () => 0,
  );

const isFilled = (entry) => Boolean(entry && (entry.declined ? entry.reason : entry.value));
const key = (request, place) => `${request}.${place}`;

// A request's line with its items as its reader's page shows them.
export const withItems = (line, details, viewer, number, outbox, isRefused) => {
  if (line.kind === "answers") return { ...line, wanted: details.filter((item) => item.answered === line.seq).map(shown) };
  if (line.kind !== "details") return line;
  const drafts = read(viewer, number)[line.seq] ?? {};
  const wanted = details.filter((item) => item.request === line.seq).map((item) => shown(item, drafts[item.place], problems[key(line.seq, item.place)]));
  const open = wanted.filter((item) => item.state === "open");
  return {
    ...line,
    wanted,
    open: open.length,
    settled: wanted.length - open.length,
    filled: open.filter((item) => isFilled(drafts[item.place])).length,
    busy: outbox.some((sent) => sent.kind === "answers" && sent.number === number && sent.request === line.seq && !isRefused(sent.client_id)),
    problem: problems[key(line.seq, "all")] ?? line.problem,
  };
};
const shown = (item, draft = {}, problem = "") => ({
  ...item,
  id: `detail-${item.request}-${item.place}`,
  typed: draft.value ?? "",
  reason: draft.reason ?? "",
  declined: draft.declined ?? false,
  chosen_chain: draft.chain ?? "",
  own_zone: zoneName(),
  problem,
});
// What is not told yet: a request that leaves, or answers to one.
export const unsentItems = (item, details) => {
  if (item.kind === "details") return (item.items ?? []).map((one, place) => shown({ request: 0, place, state: "open", answer: "", zone: "", answered: 0, ...one }));
  return (item.given ?? []).map((one) => {
    const asked = details.find((other) => other.request === item.request && other.place === one.place) ?? { request: 0, place: one.place, kind: "text", label: "", chain: "" };
    return shown({ ...asked, state: one.declined ? "declined" : "answered", answer: asked.kind === "moment" && !one.declined ? "" : one.value, zone: one.zone ?? "" });
  });
};

const FIELDS = ["value", "chain", "zone", "reason"];
const entries = (form) =>
  [...form.querySelectorAll("[data-place]:has([name=declined])")].map((item) => {
    const field = (part) => item.querySelector(`[name=${part}]`);
    const typed = Object.fromEntries(FIELDS.map((part) => [part, field(part)?.value.trim() ?? ""]));
    return { ...typed, place: Number(item.dataset.place), kind: item.dataset.kind, chain: item.dataset.chain || typed.chain, declined: field("declined").checked, item };
  });

// Loaded when somebody fills something in. Without it the server alone checks.
const loadChecks = () => import("$/public/js/detail_checks.js").catch(() => ({ problemOf: () => undefined }));

// Once on a page; `texts` are the words for each problem, `details` what the server told.
export const useChecklists = (viewer, number, details, texts) => {
  useEffect(() => {
    if (!viewer || !number) return undefined;
    const card = (event) => (event.target instanceof Element ? event.target.closest("form[data-request]") : null);
    const remember = (form) => {
      const drafts = read(viewer, number);
      const filled = entries(form).filter((entry) => entry.value || entry.reason || entry.declined);
      const before = Object.values(drafts[form.dataset.request] ?? {}).filter(isFilled).length;
      drafts[form.dataset.request] = Object.fromEntries(filled.map(({ place, item, kind, ...entry }) => [place, entry]));
      keep(viewer, number, drafts);
      return before !== filled.filter(isFilled).length;
    };
    let checks;
    const typed = (event) => {
      const form = card(event);
      if (!form) return;
      checks ??= loadChecks();
      const differs = remember(form);
      const own = key(form.dataset.request, event.target.closest("[data-place]")?.dataset.place);
      const { [own]: gone, [key(form.dataset.request, "all")]: all, ...others } = problems;
      if (gone || all) problems = others;
      if (differs || gone || all || event.type === "change") changed();
    };
    const submit = async (event) => {
      const form = card(event);
      if (!form) return;
      event.preventDefault();
      checks ??= loadChecks();
      const request = Number(form.dataset.request);
      const given = entries(form);
      const filled = given.filter(isFilled);
      const found = {};
      const { problemOf } = await checks;
      for (const entry of given) {
        const value = entry.declined ? entry.reason : entry.value;
        const problem = problemOf(entry);
        const secret = value && !problem ? await secretIn(value) : "";
        if (problem || secret) found[key(request, entry.place)] = say(texts[secret || problem[0]], problem?.[1]);
      }
      if (!filled.length && !Object.keys(found).length) found[key(request, "all")] = say(texts.nothing);
      problems = found;
      changed();
      const wrong = given.find((entry) => found[key(request, entry.place)]);
      if (Object.keys(found).length) {
        (wrong ? wrong.item.querySelector(wrong.declined ? "[name=reason]" : "[name=value]") : form.querySelector("[name=value]"))?.focus();
        return;
      }
      unsent(viewer).filter((item) => item.kind === "answers" && item.number === number && item.request === request).forEach((item) => discard(viewer, item.client_id));
      put(viewer, {
        client_id: newId(),
        number,
        kind: "answers",
        request,
        given: filled.map(({ place, value, reason, chain, zone, declined }) => (declined ? { place, value: reason, declined } : { place, value, chain, zone })),
        body: "",
        at: new Date().toISOString(),
      });
    };
    document.addEventListener("input", typed);
    document.addEventListener("change", typed);
    document.addEventListener("submit", submit);
    return () => {
      document.removeEventListener("input", typed);
      document.removeEventListener("change", typed);
      document.removeEventListener("submit", submit);
    };
  }, [viewer, number]);
  // What was answered needs no draft any more.
  useEffect(() => {
    if (!viewer || !number || !details.length) return;
    const drafts = read(viewer, number);
    const open = Object.entries(drafts).map(([request, kept]) => [
      request,
      Object.fromEntries(Object.entries(kept).filter(([place]) => details.some((item) => String(item.request) === request && String(item.place) === place && item.state === "open"))),
    ]);
    keep(viewer, number, Object.fromEntries(open.filter(([, kept]) => Object.keys(kept).length)));
  }, [viewer, number, details]);
};
