// How a ticket ends, in the browser: small forms that the server answers, one line to the outbox, a dialog.
import { useEffect } from "react";
import { useSubmit } from "$/public/js/answered_form.js";
import { newId, put } from "$/public/js/outbox.js";

// "What is still missing?": one line that goes the way of every reply, and the place where the reader is now.
export const useWhy = ({ viewer, number, done }) => {
  const [form, setForm] = useSubmit(({ why }, line) => {
    const body = why.trim();
    if (!body) {
      line.elements.namedItem("why").focus();
      return;
    }
    put(viewer, { client_id: newId(), number, kind: "reply", body, at: new Date().toISOString() });
    done("");
  });
  useEffect(() => form?.elements.namedItem("why").focus(), [form]);
  return setForm;
};

export const openDialog = ({ id }) => document.getElementById(id)?.showModal();
export const closeDialog = ({ id }) => document.getElementById(id)?.close();
