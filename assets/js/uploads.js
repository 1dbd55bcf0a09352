// Files that go with a message: on their way as soon as they are chosen, shown with their progress, kept until sent.
// What is uploaded survives a reload by its id; what is not waits in the browser's own database and is begun again.
import { useEffect, useMemo, useRef, useState, useSyncExternalStore } from "react";
import { localeOf } from "$/public/js/i18n.js";
import { get, remove, set } from "$/public/js/keep.js";
import { discard, items, newId, patch as patchItem } from "$/public/js/outbox.js";

const AGAIN_AFTER = 4000;
const MEGABYTE = 1_000_000;
const running = new Map(); // key → the request and how far it is
const listeners = new Set();
let version = 0;
const changed = () => {
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

const name = (viewer, place) => `portal:files:${viewer}:${place}`;
export const listed = (viewer, place) => {
  try {
    const found = JSON.parse(get(name(viewer, place)) ?? "[]");
    return Array.isArray(found) ? found : [];
  } catch {
    return []; // not ours any more
  }
};
const save = (viewer, place, files) => {
  if (files.length) set(name(viewer, place), JSON.stringify(files));
  else remove(name(viewer, place));
  changed();
};
// A file is in the list of its composer, or already in a message of the outbox.
const patch = (viewer, place, key, change) => {
  const files = listed(viewer, place);
  if (files.some((file) => file.key === key)) save(viewer, place, files.map((file) => (file.key === key ? { ...file, ...change } : file)));
  else {
    const item = items(viewer).find((it) => it.files?.some((file) => file.key === key));
    if (item) patchItem(viewer, item.client_id, { files: item.files.map((file) => (file.key === key ? { ...file, ...change } : file)) });
    changed();
  }
};

// The bytes of what is not uploaded yet, for the case of a reload.
const shelf = (mode, use) =>
  new Promise((done, fail) => {
    const open = indexedDB.open("portal-files", 1);
    open.onupgradeneeded = () => open.result.createObjectStore("files");
    open.onerror = fail;
    open.onsuccess = () => {
      const asked = use(open.result.transaction("files", mode).objectStore("files"));
      asked.onsuccess = () => done(asked.result);
      asked.onerror = fail;
      asked.transaction.oncomplete = () => open.result.close();
    };
  }).catch(() => undefined); // refused (private windows): then a reload loses what was on its way
const unshelve = (key) => void shelf("readwrite", (files) => files.delete(key));

const fill = (text, values) => text.replace(/\{(\w+)\}/g, (whole, word) => values[word] ?? whole);
const endingOf = (file) => file.name.split(".").pop().toLowerCase();
const refusal = (file, count, rules) => {
  const most = endingOf(file) === "mp4" ? rules.video_mb : rules.file_mb;
  if (count >= rules.most) return ["too_many_files", fill(rules.too_many_files, { most: rules.most })];
  if (!rules.endings.includes(endingOf(file))) return ["file_kind", fill(rules.file_kind, { name: file.name })];
  if (!file.size) return ["file_empty", fill(rules.file_empty, { name: file.name })];
  if (file.size > most * MEGABYTE) return ["file_too_large", fill(rules.file_too_large, { name: file.name, most })];
  return undefined;
};

// Two tabs may know of the same file; one of them sends it.
const alone = (key, run) => (navigator.locks ? navigator.locks.request(`portal:${key}`, { ifAvailable: true }, (lock) => lock && run()) : run());
const answerOf = (request) => {
  try {
    return JSON.parse(request.responseText);
  } catch {
    return {};
  }
};
const send = (viewer, place, target, rules, key, file) =>
  alone(
    key,
    () =>
      new Promise((done) => {
        const request = new XMLHttpRequest();
        const at = (sent, again) => {
          running.set(key, { request, sent, again, done });
          changed();
        };
        const begin = () => {
          const here = window.location.pathname;
          const who = here.includes("/guest/") ? "&as=guest" : ""; // one browser may be an account and a guest
          request.open("POST", `/files?${target}${who}&language=${localeOf(here)}`);
          request.setRequestHeader("X-File-Name", encodeURIComponent(file.name));
          request.setRequestHeader("Content-Type", "application/octet-stream");
          request.send(file);
          at(0);
        };
        request.upload.onprogress = (event) => at(event.loaded / event.total);
        // The connection, not the file: once more, until it is there or taken away.
        request.onerror = () => at(0, setTimeout(begin, AGAIN_AFTER));
        request.onload = () => {
          const answer = answerOf(request);
          const refused = { state: "failed", code: answer.code ?? "refused", problem: answer.detail ?? fill(rules.refused, { name: file.name }) };
          running.delete(key);
          unshelve(key);
          patch(viewer, place, key, request.status === 201 ? answer : refused);
          done();
        };
        begin();
      }),
  );

const entryOf = (key, target, file) => ({ key, target, id: "", name: file.name, kind: file.type, size: file.size, state: "sending", width: 0, height: 0, code: "", problem: "" });
// Put files by for a form that is opened next: it goes on with them as after a reload.
export const layBy = async (viewer, place, target, files) => {
  for (const file of files) {
    const key = newId();
    await shelf("readwrite", (store) => store.put(file, key));
    save(viewer, place, [...listed(viewer, place), entryOf(key, target, file)]);
  }
};
const add = (viewer, place, target, rules, chosen) => {
  for (const file of chosen) {
    const files = listed(viewer, place);
    const key = newId();
    const entry = entryOf(key, target, file);
    const refused = refusal(file, files.filter((it) => it.state !== "failed").length, rules);
    if (refused) {
      save(viewer, place, [...files, { ...entry, state: "failed", code: refused[0], problem: refused[1] }]);
      continue;
    }
    save(viewer, place, [...files, entry]);
    void shelf("readwrite", (store) => store.put(file, key));
    void send(viewer, place, target, rules, key, file);
  }
};
// Begin again what a reload interrupted.
const resume = (viewer, place, target, rules, files) =>
  files.forEach(async (entry) => {
    if (entry.id || entry.state === "failed" || running.has(entry.key)) return;
    running.set(entry.key, { sent: 0 });
    const file = await shelf("readonly", (store) => store.get(entry.key));
    if (file) void send(viewer, place, target, rules, entry.key, file);
    else {
      running.delete(entry.key);
      patch(viewer, place, entry.key, { state: "failed", code: "file_gone", problem: fill(rules.lost, { name: entry.name }) });
    }
  });
const stop = (file) => {
  const at = running.get(file.key);
  running.delete(file.key);
  clearTimeout(at?.again);
  at?.request?.abort();
  at?.done?.();
  unshelve(file.key);
  if (file.id) void fetch(`/files/${file.id}`, { method: "DELETE", keepalive: true }).catch(() => {});
};
export const dropFile = (viewer, place, key) => {
  const files = listed(viewer, place);
  files.filter((file) => file.key === key).forEach(stop);
  save(viewer, place, files.filter((file) => file.key !== key));
};
// Out of a message that waits in the outbox; without text and files nothing is left of it.
export const dropUnsent = (viewer, id, key) => {
  const item = items(viewer).find((it) => it.client_id === id);
  if (!item) return;
  item.files.filter((file) => file.key === key).forEach(stop);
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

const sizeOf = (bytes) => {
  const [unit, size] = bytes < MEGABYTE ? ["kilobyte", Math.max(1, Math.round(bytes / 1000))] : ["megabyte", bytes / MEGABYTE];
  return new Intl.NumberFormat(localeOf(window.location.pathname), { style: "unit", unit, maximumFractionDigits: 1 }).format(size);
};
const PICTURE = /^image\//;
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
    sort: PICTURE.test(file.kind) ? "picture" : file.kind === "video/mp4" ? "film" : "document",
  };
};
export const useUploads = () =>
  useSyncExternalStore(
    subscribe,
    () => version,
    () => 0,
  );

// Stands in a form: its input, what is dropped on it or pasted into it, and the list of what was chosen.
export const useFiles = (viewer, place, target, live, rules) => {
  const [box, setBox] = useState(null);
  const [over, setOver] = useState(false);
  const now = useRef({});
  now.current = { viewer, place, target, rules };
  const at = useUploads();
  const ready = Boolean(viewer && place && target);
  const list = useMemo(() => (ready ? listed(viewer, place).map(shown) : []), [viewer, place, ready, at]);

  useEffect(() => {
    if (!ready || !live) return;
    const unsent = items(viewer).filter((item) => String(item.number) === place);
    resume(viewer, place, target, rules, [...listed(viewer, place), ...unsent.flatMap((item) => item.files ?? [])]);
  }, [viewer, place, target, live]);

  useEffect(() => {
    const form = box?.closest("form");
    if (!form || !ready) return undefined;
    const input = box.querySelector("input[type=file]");
    const take = (files) => {
      const { viewer: who, place: where, target: to, rules: by } = now.current;
      add(who, where, to, by, files);
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

// A picture or a film, large, in the page's own dialog; without it the link opens the file itself.
const onClick = (event) => {
  const link = event.target instanceof Element ? event.target.closest("a[data-large]") : null;
  const dialog = link && document.getElementById("large-file");
  if (!dialog || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  const film = link.dataset.large === "film";
  const [picture, player, title, download] = ["img", "video", "[data-title]", "a[download]"].map((part) => dialog.querySelector(part));
  picture.hidden = film;
  player.hidden = !film;
  picture.alt = link.dataset.name;
  (film ? player : picture).src = link.href;
  title.textContent = link.dataset.name;
  download.href = `${link.href}?download`;
  dialog.showModal();
};
// The toggle of a dialog does not bubble; a closed film must not go on talking.
const onClose = (event) => {
  if (event.target.id !== "large-file") return;
  for (const part of event.target.querySelectorAll("img, video")) part.removeAttribute("src");
  event.target.querySelector("video").load();
};
const onBackdrop = (event) => {
  if (event.target.id === "large-file") event.target.close();
};
if (typeof document !== "undefined") {
  document.addEventListener("click", onClick);
  document.addEventListener("click", onBackdrop);
  document.addEventListener("close", onClose, true);
}
