// What sends chosen files (uploads.js keeps the list of them): looked at first, begun again where it was cut off.
import { localeOf } from "$/public/js/language.js";
import { changed, entryOf, fill, listed, patch, running, save } from "$/public/js/uploads.js";
import { MEGABYTE } from "$/utils/rules/files";
import { MOST_FILES, MOST_MB } from "$/utils/rules/limits";

const AGAIN_AFTER = 4000;

// The bytes of what is not uploaded yet, for the case of a reload.
const shelf = (viewer, mode, use) =>
  new Promise((done, fail) => {
    const open = indexedDB.open(`portal-files:${viewer}`, 1);
    open.onupgradeneeded = () => open.result.createObjectStore("files");
    open.onerror = fail;
    open.onsuccess = () => {
      const asked = use(open.result.transaction("files", mode).objectStore("files"));
      asked.onsuccess = () => done(asked.result);
      asked.onerror = fail;
      asked.transaction.oncomplete = () => open.result.close();
    };
  }).catch(() => undefined); // refused (private windows): then a reload loses what was on its way
export const unshelve = (viewer, key) => void shelf(viewer, "readwrite", (files) => files.delete(key));

const endingOf = (file) => file.name.split(".").pop().toLowerCase();
const refusal = (file, count, texts) => {
  const most = MOST_MB[endingOf(file)];
  if (count >= MOST_FILES) return ["too_many_files", fill(texts.too_many_files, { most: MOST_FILES })];
  if (!most) return ["file_kind", fill(texts.file_kind, { name: file.name })];
  if (!file.size) return ["file_empty", fill(texts.file_empty, { name: file.name })];
  if (file.size > most * MEGABYTE) return ["file_too_large", fill(texts.file_too_large, { name: file.name, most })];
  return undefined;
};

// Two tabs may know of the same file; one of them sends it.
const alone = (key, run) =>
  navigator.locks ? navigator.locks.request(`portal:${key}`, { ifAvailable: true }, (lock) => lock && run()) : run();
const answerOf = (request) => {
  try {
    return JSON.parse(request.responseText);
  } catch {
    return {};
  }
};
const send = (viewer, place, target, texts, key, file) =>
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
          const refused = {
            state: "failed",
            code: answer.code ?? "refused",
            problem: answer.detail ?? fill(texts.refused, { name: file.name }),
          };
          running.delete(key);
          unshelve(viewer, key);
          patch(viewer, place, key, request.status === 201 ? answer : refused);
          done();
        };
        begin();
      }),
  );

// Put files by for a form that is opened next: it goes on with them as after a reload.
export const layBy = async (viewer, place, target, files) => {
  for (const file of files) {
    const entry = entryOf(file, target);
    await shelf(viewer, "readwrite", (store) => store.put(file, entry.key));
    save(viewer, place, [...listed(viewer, place), entry]);
  }
};
export const add = (viewer, place, target, texts, chosen) => {
  for (const file of chosen) {
    const files = listed(viewer, place);
    const entry = entryOf(file, target);
    const key = entry.key;
    const refused = refusal(file, files.filter((it) => it.state !== "failed").length, texts);
    if (refused) {
      save(viewer, place, [...files, { ...entry, state: "failed", code: refused[0], problem: refused[1] }]);
      continue;
    }
    save(viewer, place, [...files, entry]);
    void shelf(viewer, "readwrite", (store) => store.put(file, key));
    void send(viewer, place, target, texts, key, file);
  }
};
// Begin again what a reload interrupted.
export const resume = (viewer, place, target, texts, files) =>
  files.forEach(async (entry) => {
    if (entry.id || entry.state === "failed" || running.has(entry.key)) return;
    running.set(entry.key, { sent: 0 });
    const file = await shelf(viewer, "readonly", (store) => store.get(entry.key));
    if (file) void send(viewer, place, target, texts, entry.key, file);
    else {
      running.delete(entry.key);
      patch(viewer, place, entry.key, {
        state: "failed",
        code: "file_gone",
        problem: fill(texts.lost, { name: entry.name }),
      });
    }
  });
