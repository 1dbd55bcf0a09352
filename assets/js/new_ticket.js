// The form for a new ticket: what is typed stays on the device until the server has it, and one form is one ticket,
// however often it is sent.
import { useEffect, useRef, useState } from "react";
import { clearDraft, draftName, keepDraft, onRestored, readDraft } from "$/public/js/drafts.js";
import { newId } from "$/public/js/outbox.js";

const AGAIN_AFTER = 5000;
const FIELDS = ["email", "name", "subject", "body"];
// What was written before it was known by whom is theirs then.
const adopt = (name, nobodys) => {
  const before = readDraft(nobodys);
  if (name === nobodys || readDraft(name).body || !before.body || before.sending) return;
  keepDraft(name, before);
  clearDraft(nobodys);
};
const typedIn = (form) => Object.fromEntries(FIELDS.map((name) => [name, form.elements.namedItem(name)?.value ?? ""]));

export const useNewTicket = (viewer, nobody, live, sent, refusals, dispatch) => {
  const [form, setForm] = useState(null);
  const [busy, setBusy] = useState("");
  const [length, setLength] = useState(0);
  const tell = useRef(dispatch);
  tell.current = dispatch;
  const name = draftName(viewer, "new");

  useEffect(() => {
    if (!form || !name) return undefined;
    adopt(name, draftName(nobody, "new"));
    const draft = readDraft(name);
    const id = draft.client_id ?? newId();
    const keep = (more) => {
      const typed = typedIn(form);
      setLength(typed.body.length);
      if (FIELDS.some((field) => typed[field])) keepDraft(name, { client_id: id, ...typed, ...more });
      else clearDraft(name);
    };
    FIELDS.forEach((field) => {
      const input = form.elements.namedItem(field);
      if (input && !input.value && draft[field]) input.value = draft[field];
    });
    if (FIELDS.some((field) => typedIn(form)[field] !== (draft[field] ?? ""))) keep({ sending: draft.sending });
    setLength(typedIn(form).body.length);
    const forgetShow = onRestored(name, (kept) => {
      for (const field of ["subject", "body"]) form.elements.namedItem(field).value = kept[field] ?? "";
      setLength(typedIn(form).body.length);
    });
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
      forgetShow();
      form.removeEventListener("input", typed);
      form.removeEventListener("submit", submit);
    };
  }, [form, name]);

  // Sent again until it is answered: an event that meets a dying connection is lost without a word.
  useEffect(() => {
    if (!busy || !live || !form) return undefined;
    const post = () => tell.current({ client_id: busy, ...typedIn(form) });
    post();
    const timer = setInterval(post, AGAIN_AFTER);
    return () => clearInterval(timer);
  }, [busy, live, form]);

  useEffect(() => {
    if (!refusals || !name) return;
    setBusy("");
    const { sending, ...draft } = readDraft(name);
    if (sending) keepDraft(name, draft);
  }, [refusals]);

  useEffect(() => {
    if (!sent || !name) return;
    if (readDraft(name).client_id === sent) clearDraft(name);
    setBusy("");
  }, [sent, name]);

  return { ref: setForm, busy: Boolean(busy), length, ready: Boolean(live && form && name) };
};

// The news of what was done is where the reader's place is now.
export const useHeadingFocus = (shown) =>
  useEffect(() => {
    if (!shown) return;
    const heading = document.querySelector("main h1");
    heading?.setAttribute("tabindex", "-1");
    heading?.focus();
  }, [shown]);
