// What another app shared with the portal: it waits where the service worker (sw.js) put it until the person said where
// it belongs, then it lies in that form as if it had been chosen there.
import { useEffect, useState } from "react";
import { draftName, keepDraft, readDraft } from "$/public/js/drafts.js";
import { newId } from "$/public/js/outbox.js";
import { layBy } from "$/public/js/sending.js";
import { goodFiles } from "$/public/js/uploads.js";

const SHARED = "portal-shared";
const OLD = 3_600_000; // nobody remembers what it was
// What the share sheet brings opens the installed app (manifest: standalone). In a browser's tab it came from a web page.
const isApp = () => !window.matchMedia("(display-mode: browser)").matches;
const take = async () => {
  if (!isApp()) {
    await window.caches?.delete(SHARED);
    return { files: [], text: "" };
  }
  const shelf = await window.caches?.open(SHARED);
  const note = await (await shelf?.match("/shared/text"))?.json();
  if (!note || Date.now() - note.at > OLD) return { files: [], text: "" };
  const kept = (await shelf.matchAll()).filter((one) => one.headers.has("X-Name"));
  const files = kept.map(
    async (one) =>
      new File([await one.blob()], decodeURIComponent(one.headers.get("X-Name")), {
        type: one.headers.get("Content-Type"),
      }),
  );
  return { files: await Promise.all(files), text: note.text };
};

// `state`: "" until it is known, then "nothing" or "there". `give` brings it to a ticket (its number) or a new one ("new").
export const useShared = ({ viewer, writer }) => {
  const [shared, setShared] = useState(null);
  const [pictures, setPictures] = useState([]);
  useEffect(() => {
    let urls = [];
    take().then(
      (found) => {
        setShared(found);
        urls = found.files.map((file) => ({
          name: file.name,
          url: file.type.startsWith("image/") ? URL.createObjectURL(file) : "",
        }));
        setPictures(urls);
      },
      () => setShared({ files: [], text: "" }),
    );
    return () => urls.forEach(({ url }) => url && URL.revokeObjectURL(url));
  }, []);
  const give = async (place, path) => {
    const name = draftName(writer, place);
    const draft = readDraft(name);
    const id = draft.client_id ?? goodFiles(viewer, place)[0]?.target.split("=")[1] ?? newId();
    await layBy(viewer, place, place === "new" ? `form=${id}` : `ticket=${place}`, shared.files);
    if (shared.text || place === "new")
      keepDraft(name, {
        ...draft,
        ...(place === "new" ? { client_id: id } : {}),
        body: [draft.body, shared.text].filter(Boolean).join("\n\n"),
      });
    await window.caches.delete(SHARED);
    window.location.assign(path);
  };
  const state = shared === null ? "" : shared.files.length || shared.text ? "there" : "nothing";
  return { state, files: pictures, text: shared?.text ?? "", give };
};
