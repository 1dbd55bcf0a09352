// How a ticket ends, in the browser: small forms that the server answers, one line to the outbox, a dialog.
import { useEffect, useRef, useState } from "react";
import { newId, put } from "$/public/js/outbox.js";

const useSubmit = (send) => {
  const [form, setForm] = useState(null);
  const latest = useRef(send);
  latest.current = send;
  useEffect(() => {
    if (!form) return undefined;
    const submit = (event) => {
      event.preventDefault();
      latest.current(Object.fromEntries(new FormData(form)), form);
    };
    form.addEventListener("submit", submit);
    return () => form.removeEventListener("submit", submit);
  }, [form]);
  return [form, setForm];
};

// A form that stays as it was typed until the server's answer takes it away.
export const useAnswer = (dispatch) => useSubmit((typed) => dispatch(typed))[1];

// "What is still missing?": one line that goes the way of every reply, and the place where the reader is now.
export const useWhy = (viewer, number, done) => {
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

export const openDialog = (id) => document.getElementById(id)?.showModal();
export const closeDialog = (id) => document.getElementById(id)?.close();
