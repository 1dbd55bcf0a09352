// Files that go with a message: on their way as soon as they are chosen, shown with their progress, kept until sent.
// What is uploaded survives a reload by its id; what is not waits in the browser's own database and is begun again.
import { useEffect, useMemo, useRef, useState, useSyncExternalStore } from "react";
import { localeOf } from "$/public/js/language.js";
import { get, remove, set } from "$/public/js/keep.js";
import { discard, items, newId, patch as patchItem } from "$/public/js/outbox.js";
import { FILE_SORTS, MEGABYTE } from "$/utils/rules/files";

export const running = new Map(); // key → the request and how far it is
const listeners = new Set();
let version = 0;
export const changed = () => {
  version += 1;
  listeners.forEach((listener) => listener());
};
const subscribe = (listener) => {
  listeners.add(listener);
  window.addEventListener("storage", changed); // another tab of the same person
  return () => {
    listeners.delete(listener);
    if (!listeners.size) window.removeEventListener("storage", changed);
  };
};

export const fill = (text, values) => text.replace(/\{(\w+)\}/g, (whole, word) => values[word] ?? whole);
export const entryOf = (file, target) => ({
  key: newId(),
  target,
  id: "",
  name: file.name,
  kind: file.type,
  size: file.size,
  state: "sending",
  width: 0,
  height: 0,
  code: "",
  problem: "",
});

const name = (viewer, place) => `portal:files:${viewer}:${place}`;
export const listed = (viewer, place) => {
  try {
    const found = JSON.parse(get(name(viewer, place)) ?? "[]");
    return Array.isArray(found) ? found : [];
  } catch {
    return []; // not ours any more
  }
};
export const save = (viewer, place, files) => {
  if (files.length) set(name(viewer, place), JSON.stringify(files));
  else remove(name(viewer, place));
  changed();
};
// A file is in the list of its composer, or already in a message of the outbox.
export const patch = (viewer, place, key, change) => {
  const files = listed(viewer, place);
  if (files.some((file) => file.key === key))
    save(
      viewer,
      place,
      files.map((file) => (file.key === key ? { ...file, ...change } : file)),
    );
  else {
    const item = items(viewer).find((it) => it.files?.some((file) => file.key === key));
    if (item)
      patchItem(viewer, item.client_id, {
        files: item.files.map((file) => (file.key === key ? { ...file, ...change } : file)),
      });
    changed();
  }
};

// What sends them is loaded when there is something to send.
const loadSending = () => import("$/public/js/sending.js");
const unshelve = (viewer, key) =>
  void loadSending().then(
    (sending) => sending.unshelve(viewer, key),
    () => {},
  );
const halt = (file) => {
  const at = running.get(file.key);
  running.delete(file.key);
  clearTimeout(at?.again);
  at?.request?.abort();
  at?.done?.();
};
const stop = (viewer, file) => {
  halt(file);
  unshelve(viewer, file.key);
  if (file.id) void fetch(`/files/${file.id}`, { method: "DELETE", keepalive: true }).catch(() => {});
};
export const dropFile = ({ viewer, place, key }) => {
  const files = listed(viewer, place);
  files.filter((file) => file.key === key).forEach((file) => stop(viewer, file));
  save(
    viewer,
    place,
    files.filter((file) => file.key !== key),
  );
};
// Out of a message that waits in the outbox; without text and files nothing is left of it.
export const dropUnsent = ({ viewer, id, key }) => {
  const item = items(viewer).find((it) => it.client_id === id);
  if (!item) return;
  item.files.filter((file) => file.key === key).forEach((file) => stop(viewer, file));
  const files = item.files.filter((file) => file.key !== key);
  if (files.length || item.body) patchItem(viewer, id, { files });
  else discard(viewer, id);
  changed();
};
export const goodFiles = (viewer, place) => listed(viewer, place).filter((file) => file.state !== "failed");
// Hand the files over to a message; what was refused is forgotten with it.
export const takeFiles = (viewer, place) => {
  const files = goodFiles(viewer, place);
  save(viewer, place, []);
  return files;
};
// Into another composer: what is uploaded by its id, what is not yet is begun again there.
export const moveFiles = (viewer, place, to, target) => {
  const files = takeFiles(viewer, place).map((file) => ({ ...file, target }));
  files.filter((file) => !file.id).forEach(halt);
  save(viewer, to, [...listed(viewer, to), ...files]);
  return files;
};

const sizeOf = (bytes) => {
  const [unit, size] =
    bytes < MEGABYTE ? ["kilobyte", Math.max(1, Math.round(bytes / 1000))] : ["megabyte", bytes / MEGABYTE];
  return new Intl.NumberFormat(localeOf(window.location.pathname), {
    style: "unit",
    unit,
    maximumFractionDigits: 1,
  }).format(size);
};
export const shown = (file) => {
  const at = running.get(file.key);
  const sent = at?.sent ?? (file.id ? 1 : 0);
  return {
    key: file.id,
    problem: "",
    code: "",
    ...file,
    width: Math.ceil(file.width / 2), // made for the sharpest screens
    height: Math.ceil(file.height / 2),
    state: file.state === "sending" && sent === 1 ? "checking" : file.state,
    percent: Math.round(sent * 100),
    size_text: sizeOf(file.size),
    sort: FILE_SORTS[file.kind] ?? (file.kind.startsWith("image/") ? "picture" : "document"),
  };
};
// The connection went away before what sends could be loaded.
const lost = (file, target, texts) => ({
  ...entryOf(file, target),
  state: "failed",
  code: "file_gone",
  problem: fill(texts.lost, { name: file.name }),
});
export const addFiles = (viewer, place, target, texts, chosen) =>
  void loadSending().then(
    (sending) => sending.add(viewer, place, target, texts, chosen),
    () => save(viewer, place, [...listed(viewer, place), ...chosen.map((file) => lost(file, target, texts))]),
  );
// Begin again what a reload interrupted.
export const resumeFiles = (viewer, place, target, texts, files) => {
  if (files.some((file) => !file.id))
    void loadSending().then(
      (sending) => sending.resume(viewer, place, target, texts, files),
      () => {},
    );
};

// What was uploaded hours ago may be deleted by now: the file says so itself, and the message can go without it.
let words = { lost: "" };
export const checkFiles = (viewer, place) =>
  listed(viewer, place)
    .filter((file) => file.id && file.state === "ready")
    .forEach(async (file) => {
      const answer = await fetch(`/files/${file.id}`, { method: "HEAD" }).catch(() => undefined);
      if (answer?.status !== 404) return;
      patch(viewer, place, file.key, {
        id: "",
        state: "failed",
        code: "file_gone",
        problem: fill(words.lost, { name: file.name }),
      });
    });

export const useUploads = () =>
  useSyncExternalStore(
    subscribe,
    () => version,
    () => 0,
  );

// Stands in a form: its input, what is dropped on it or pasted into it, and the list of what was chosen.
export const useFiles = ({ viewer, place, target, live, texts }) => {
  const [box, setBox] = useState(null);
  const [over, setOver] = useState(false);
  const now = useRef({});
  now.current = { viewer, place, target, texts };
  words = texts;
  const at = useUploads();
  const ready = Boolean(viewer && place && target);
  const list = useMemo(() => (ready ? listed(viewer, place).map(shown) : []), [viewer, place, ready, at]);

  useEffect(() => {
    if (!ready || !live) return;
    const unsent = items(viewer).filter((item) => String(item.number) === place);
    resumeFiles(viewer, place, target, texts, [
      ...listed(viewer, place),
      ...unsent.flatMap((item) => item.files ?? []),
    ]);
  }, [viewer, place, target, live]);

  useEffect(() => {
    const form = box?.closest("form");
    if (!form || !ready) return undefined;
    const input = box.querySelector("input[type=file]");
    const take = (files) => {
      const { viewer: who, place: where, target: to, texts: by } = now.current;
      addFiles(who, where, to, by, files);
    };
    const choose = () => {
      take([...input.files]);
      input.value = "";
    };
    const paste = (event) => {
      const files = [...(event.clipboardData?.files ?? [])];
      if (!files.length || event.clipboardData.types.includes("text/plain")) return;
      event.preventDefault();
      take(files);
    };
    const holdsFiles = (event) => event.dataTransfer?.types.includes("Files");
    const drag = (event) => {
      if (!holdsFiles(event)) return;
      event.preventDefault();
      setOver(true);
    };
    const leave = (event) => {
      if (!form.contains(event.relatedTarget)) setOver(false);
    };
    const drop = (event) => {
      setOver(false);
      if (!holdsFiles(event)) return;
      event.preventDefault();
      take([...event.dataTransfer.files]);
    };
    const events = [
      [input, "change", choose],
      [form, "paste", paste],
      [form, "dragenter", drag],
      [form, "dragover", drag],
      [form, "dragleave", leave],
      [form, "drop", drop],
    ];
    events.forEach(([element, event, act]) => element.addEventListener(event, act));
    return () => events.forEach(([element, event, act]) => element.removeEventListener(event, act));
  }, [box, ready]);

  return { ref: setBox, list, over, ready, open: () => box?.querySelector("input[type=file]").click() };
};

const onClick = (event) => {
  const link = event.target instanceof Element ? event.target.closest("a[data-large]") : null;
  const dialog = link && document.getElementById("large-file");
  if (!dialog || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  // Without what shows it large the link does what links do.
  import("$/public/js/large_file.js").then(
    ({ show }) => show(dialog, link),
    () => window.location.assign(link.href),
  );
};
if (typeof document !== "undefined") document.addEventListener("click", onClick);
