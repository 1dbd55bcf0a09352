// The box in which a message is written.
import { useEffect, useState } from "react";
import { clearDraft, draftName, keepDraft, onRestored, readDraft } from "$/public/js/drafts.js";
import { prepare, secretIn } from "$/public/js/guard.js";
import { newId, put } from "$/public/js/outbox.js";
import { goodFiles, takeFiles } from "$/public/js/uploads.js";

// The second half of a double click is no attempt to send nothing.
const SECOND_CLICK = 700;
// The composer's form: keeps the draft, hands what is sent to the outbox, and never waits for the server to type.
// `guarded`: whoever writes is kept from sending a secret.
export const useComposer = ({ viewer, number, guarded }) => {
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
