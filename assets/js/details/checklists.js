// A request for details, on the side of whoever answers it: what is filled in stays on the device until the server has
// it, what can't be right is said at once, and what is sent goes through the outbox like every message.
import { useEffect, useSyncExternalStore } from "react";
import { zoneName } from "$/public/js/clock.js";
import { draftName } from "$/public/js/drafts.js";
import { get, remove, set } from "$/public/js/keep.js";
import { addFiles, listed, resumeFiles, shown as shownFile } from "$/public/js/uploads.js";

const name = (viewer, number) => `${draftName(viewer, number)}:details`;
export const read = (viewer, number) => {
  try {
    return JSON.parse(get(name(viewer, number))) ?? {};
  } catch {
    return {}; // not ours any more
  }
};
export const keep = (viewer, number, drafts) =>
  Object.keys(drafts).length ? set(name(viewer, number), JSON.stringify(drafts)) : remove(name(viewer, number));

// What a card shows beside the server's words: problems, and how much of it is filled in.
export const problems = { now: {} };
let version = 0;
const listeners = new Set();
export const changed = () => {
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

// Where uploads.js keeps the files that were chosen for an item.
export const boxOf = (number, request, place) => `${number}/${request}.${place}`;

export const isFilled = (entry) => Boolean(entry && (entry.declined ? entry.reason : entry.value));
export const key = (request, place) => `${request}.${place}`;

// A request's line with its items as its reader's page shows them.
export const withItems = (line, details, viewer, number, outbox, isRefused) => {
  if (line.kind === "answers")
    return { ...line, wanted: details.filter((item) => item.answered === line.seq).map(shown) };
  if (line.kind !== "details") return line;
  const drafts = read(viewer, number)[line.seq] ?? {};
  const wanted = details
    .filter((item) => item.request === line.seq)
    .map((item) => ({
      ...shown(item, drafts[item.place], problems.now[key(line.seq, item.place)]),
      ...filesOf(viewer, number, item),
    }));
  const open = wanted.filter((item) => item.state === "open");
  return {
    ...line,
    wanted,
    open: open.length,
    settled: wanted.length - open.length,
    filled: open.filter(
      (item) => isFilled(drafts[item.place]) || (!item.declined && item.files.some((file) => file.state !== "failed")),
    ).length,
    busy: outbox.some(
      (sent) =>
        sent.kind === "answers" && sent.number === number && sent.request === line.seq && !isRefused(sent.client_id),
    ),
    problem: problems.now[key(line.seq, "all")] ?? line.problem,
  };
};
const filesOf = (viewer, number, item) => {
  if (item.kind !== "screenshot" || item.state !== "open") return { files: [] };
  const box = boxOf(number, item.request, item.place);
  return { owner: viewer, box, files: listed(viewer, box).map(shownFile) };
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
  owner: "",
  box: "",
  files: [],
});
// What is not told yet: a request that leaves, or answers to one.
export const unsentItems = (item, details) => {
  if (item.kind === "details")
    return (item.items ?? []).map((one, place) =>
      shown({ request: 0, place, state: "open", answer: "", zone: "", answered: 0, ...one }),
    );
  return (item.given ?? []).map((one) => {
    const asked = details.find((other) => other.request === item.request && other.place === one.place) ?? {
      request: 0,
      place: one.place,
      kind: "text",
      label: "",
      chain: "",
    };
    return shown({
      ...asked,
      state: one.declined ? "declined" : "answered",
      answer: asked.kind === "moment" && !one.declined ? "" : one.value,
      zone: one.zone ?? "",
    });
  });
};

// What looks through them and sends them is loaded where there are any.
let checking;
const loadChecking = () => {
  checking ??= import("$/public/js/details/validate.js").catch((problem) => {
    checking = undefined;
    throw problem;
  });
  return checking;
};

// Once on a page; `texts` are the words for each problem, `details` what the server told.
export const useChecklists = ({ viewer, number, details, texts, file_texts: fileTexts }) => {
  useEffect(() => {
    if (!viewer || !number || !details.length) return undefined;
    loadChecking().catch(() => {}); // it is tried again with the first letter
    const happened = (event) => {
      const form = event.target instanceof Element ? event.target.closest("form[data-request]") : null;
      if (!form) return;
      if (event.type === "submit") event.preventDefault();
      loadChecking().then(
        ({ submitted, typed }) => (event.type === "submit" ? submitted : typed)(form, event, viewer, number, texts),
        () => {},
      );
    };
    const picks = (event) =>
      event.target instanceof Element &&
      event.target.closest("form[data-request] [data-picks]")?.parentElement.querySelector("[type=file]").click();
    const chose = (event) => {
      const item = event.target.type === "file" ? event.target.closest("form[data-request] [data-place]") : null;
      if (!item) return;
      const request = item.closest("form").dataset.request;
      addFiles(viewer, boxOf(number, request, item.dataset.place), `ticket=${number}`, fileTexts, [
        ...event.target.files,
      ]);
      event.target.value = "";
    };
    const events = [
      ["input", happened],
      ["change", happened],
      ["submit", happened],
      ["click", picks],
      ["change", chose],
    ];
    events.forEach(([name, act]) => document.addEventListener(name, act));
    return () => events.forEach(([name, act]) => document.removeEventListener(name, act));
  }, [viewer, number, details.length > 0]);
  // Begin again what a reload interrupted.
  useEffect(() => {
    if (!viewer || !number) return;
    for (const item of details) {
      const box = boxOf(number, item.request, item.place);
      if (item.kind === "screenshot" && item.state === "open")
        resumeFiles(viewer, box, `ticket=${number}`, fileTexts, listed(viewer, box));
    }
  }, [viewer, number, details]);
  // What was answered needs no draft any more.
  useEffect(() => {
    if (!viewer || !number || !details.length) return;
    const drafts = read(viewer, number);
    const open = Object.entries(drafts).map(([request, kept]) => [
      request,
      Object.fromEntries(
        Object.entries(kept).filter(([place]) =>
          details.some(
            (item) => String(item.request) === request && String(item.place) === place && item.state === "open",
          ),
        ),
      ),
    ]);
    keep(viewer, number, Object.fromEntries(open.filter(([, kept]) => Object.keys(kept).length)));
  }, [viewer, number, details]);
};
