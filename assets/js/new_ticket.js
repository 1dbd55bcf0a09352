// The form for a new ticket: what is typed stays on the device until the server has it, and one form is one ticket,
// however often it is sent.
import { useEffect, useRef, useState } from "react";
import { clearDraft, draftName, keepDraft, onRestored, readDraft } from "$/public/js/drafts.js";
import { prepare, secretIn } from "$/public/js/guard.js";
import { newId } from "$/public/js/outbox.js";
import { checkFiles, goodFiles, moveFiles, takeFiles, useUploads } from "$/public/js/uploads.js";

const AGAIN_AFTER = 5000;
const PLACE = "new"; // where uploads.js keeps this form's files
const LOOK_AFTER = 700;
const FIELDS = ["email", "name", "topic", "subject", "body"];
// What was written before it was known by whom is theirs then.
const adopt = (name, nobodys) => {
  const before = readDraft(nobodys);
  if (name === nobodys || readDraft(name).body || !before.body || before.sending) return;
  keepDraft(name, before);
  clearDraft(nobodys);
};
const typedIn = (form) => Object.fromEntries(FIELDS.map((name) => [name, form.elements.namedItem(name)?.value ?? ""]));

// `known`: whoever writes has tickets that may be about the same; `look` asks the server for them, `go_there` leads there.
export const useNewTicket = ({ viewer, nobody, live, known, sent, refusals, dispatch, look, go_there: goThere }) => {
  const [form, setForm] = useState(null);
  const [busy, setBusy] = useState("");
  const [length, setLength] = useState(0);
  const [id, setId] = useState("");
  useUploads();
  const whole = goodFiles(viewer, PLACE).every((file) => file.id);
  const [topic, setTopic] = useState("");
  const [secret, setSecret] = useState("");
  const tell = useRef(dispatch);
  tell.current = dispatch;
  const ask = useRef(look);
  ask.current = look;
  const name = draftName(viewer, "new");

  useEffect(() => {
    if (!form || !name) return undefined;
    adopt(name, draftName(nobody, "new"));
    const draft = readDraft(name);
    const id = draft.client_id ?? goodFiles(viewer, PLACE)[0]?.target.split("=")[1] ?? newId();
    setId(id);
    const keep = (more) => {
      const typed = typedIn(form);
      setLength(typed.body.length);
      setTopic(typed.topic);
      if (FIELDS.some((field) => typed[field])) keepDraft(name, { client_id: id, ...typed, ...more });
      else clearDraft(name);
    };
    FIELDS.forEach((field) => {
      const input = form.elements.namedItem(field);
      if (input && !input.value && draft[field]) input.value = draft[field];
    });
    if (FIELDS.some((field) => typedIn(form)[field] !== (draft[field] ?? ""))) keep({ sending: draft.sending });
    setLength(typedIn(form).body.length);
    setTopic(typedIn(form).topic);
    const forgetShow = onRestored(name, (kept) => {
      for (const field of ["subject", "body"]) form.elements.namedItem(field).value = kept[field] ?? "";
      setLength(typedIn(form).body.length);
    });
    if (draft.sending) setBusy(id); // reloaded before the answer came
    const typed = () => {
      keep({});
      setSecret("");
      prepare(form.elements.namedItem("body").value);
    };
    const submit = async (event) => {
      event.preventDefault();
      const { subject, body } = typedIn(form);
      const found = (await secretIn(subject)) || (await secretIn(body));
      setSecret(found);
      if (found) return form.elements.namedItem("body").focus();
      keep({ sending: true });
      return setBusy(id);
    };
    form.addEventListener("input", typed);
    form.addEventListener("submit", submit);
    return () => {
      forgetShow();
      form.removeEventListener("input", typed);
      form.removeEventListener("submit", submit);
    };
  }, [form, name]);

  // What one writes about may be in a ticket already: looked for when the typing pauses.
  useEffect(() => {
    if (!form || !live || !known) return undefined;
    let timer;
    let before = "";
    const later = () => {
      clearTimeout(timer);
      timer = setTimeout(() => {
        const { subject, body } = typedIn(form);
        const now = `${subject}\n${body}`;
        if (now === before || now.length < 5) return;
        before = now;
        ask.current({ subject, body });
      }, LOOK_AFTER);
    };
    later();
    form.addEventListener("input", later);
    return () => {
      clearTimeout(timer);
      form.removeEventListener("input", later);
    };
  }, [form, live, known]);

  const carry = (number) => {
    const { subject, body } = typedIn(form);
    const there = draftName(viewer, number);
    keepDraft(there, { body: [readDraft(there).body, subject, body].filter(Boolean).join("\n\n") });
    clearDraft(name);
    const files = moveFiles(viewer, PLACE, String(number), `ticket=${number}`);
    goThere({ number, form: id, files: files.map((file) => file.id).filter(Boolean) });
  };

  // Sent again until it is answered: an event that meets a dying connection is lost without a word.
  useEffect(() => {
    if (!busy || !live || !form || !whole) return undefined;
    const post = () =>
      tell.current({ client_id: busy, ...typedIn(form), files: goodFiles(viewer, PLACE).map((file) => file.id) });
    post();
    const timer = setInterval(post, AGAIN_AFTER);
    return () => clearInterval(timer);
  }, [busy, live, form, whole]);

  useEffect(() => {
    if (!refusals || !name) return;
    setBusy("");
    const { sending, ...draft } = readDraft(name);
    if (sending) keepDraft(name, draft);
    checkFiles(viewer, PLACE); // what strangers don't send is deleted after hours
  }, [refusals]);

  useEffect(() => {
    if (live && name) checkFiles(viewer, PLACE);
  }, [live, name]);

  useEffect(() => {
    if (!sent || !name) return;
    if (readDraft(name).client_id === sent) {
      clearDraft(name);
      takeFiles(viewer, PLACE);
    }
    setBusy("");
  }, [sent, name]);

  return {
    ref: setForm,
    target: id && `form=${id}`,
    busy: Boolean(busy),
    length,
    topic,
    secret,
    carry,
    ready: Boolean(live && form && name),
  };
};

// The news of what was done is where the reader's place is now, and so is the new form that takes its place.
export const useHeadingFocus = ({ shown }) => {
  const before = useRef("");
  useEffect(() => {
    if (before.current === shown) return;
    before.current = shown;
    const heading = document.querySelector("main h1");
    heading?.setAttribute("tabindex", "-1");
    heading?.focus();
  }, [shown]);
};
