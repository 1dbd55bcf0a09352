// The form for a new ticket: what is typed stays on the device until the server has it, and one form is one ticket,
// however often it is sent.
import { useEffect, useRef, useState } from "react";
import { get, remove, set } from "$/public/js/keep.js";
import { newId } from "$/public/js/outbox.js";
import { goodFiles, takeFiles, useUploads } from "$/public/js/uploads.js";

const AGAIN_AFTER = 5000;
const PLACE = "new"; // where uploads.js keeps this form's files
const FIELDS = ["email", "name", "subject", "body"];
const read = (name) => {
  try {
    return JSON.parse(get(name)) ?? {};
  } catch {
    return {}; // not ours any more
  }
};
const typedIn = (form) => Object.fromEntries(FIELDS.map((name) => [name, form.elements.namedItem(name)?.value ?? ""]));

export const useNewTicket = (viewer, live, sent, refusals, dispatch) => {
  const [form, setForm] = useState(null);
  const [busy, setBusy] = useState("");
  const [length, setLength] = useState(0);
  const [id, setId] = useState("");
  useUploads();
  const whole = goodFiles(viewer, PLACE).every((file) => file.id);
  const tell = useRef(dispatch);
  tell.current = dispatch;
  const name = viewer ? `portal:draft:${viewer}:new` : "";

  useEffect(() => {
    if (!form || !name) return undefined;
    const draft = read(name);
    const id = draft.client_id ?? goodFiles(viewer, PLACE)[0]?.target.split("=")[1] ?? newId();
    setId(id);
    const keep = (more) => {
      const typed = typedIn(form);
      setLength(typed.body.length);
      if (FIELDS.some((field) => typed[field])) set(name, JSON.stringify({ client_id: id, ...typed, ...more }));
      else remove(name);
    };
    FIELDS.forEach((field) => {
      const input = form.elements.namedItem(field);
      if (input && !input.value && draft[field]) input.value = draft[field];
    });
    keep({ sending: draft.sending });
    if (draft.sending) setBusy(id); // reloaded before the answer came
    const typed = () => keep({});
    const submit = (event) => {
      event.preventDefault();
      keep({ sending: true });
      setBusy(id);
    };
    form.addEventListener("input", typed);
    form.addEventListener("submit", submit);
    return () => {
      form.removeEventListener("input", typed);
      form.removeEventListener("submit", submit);
    };
  }, [form, name]);

  // Sent again until it is answered: an event that meets a dying connection is lost without a word.
  useEffect(() => {
    if (!busy || !live || !form || !whole) return undefined;
    const post = () => tell.current({ client_id: busy, ...typedIn(form), files: goodFiles(viewer, PLACE).map((file) => file.id) });
    post();
    const timer = setInterval(post, AGAIN_AFTER);
    return () => clearInterval(timer);
  }, [busy, live, form, whole]);

  useEffect(() => {
    if (!refusals || !name) return;
    setBusy("");
    const { sending, ...draft } = read(name);
    if (sending) set(name, JSON.stringify(draft));
  }, [refusals]);

  useEffect(() => {
    if (!sent || !name) return;
    if (read(name).client_id === sent) {
      remove(name);
      takeFiles(viewer, PLACE);
    }
    setBusy("");
  }, [sent, name]);

  return { ref: setForm, target: id && `form=${id}`, busy: Boolean(busy), length, ready: Boolean(live && form && name) };
};

// The news of what was done is where the reader's place is now.
export const useHeadingFocus = (shown) =>
  useEffect(() => {
    if (!shown) return;
    const heading = document.querySelector("main h1");
    heading?.setAttribute("tabindex", "-1");
    heading?.focus();
  }, [shown]);
