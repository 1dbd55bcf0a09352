// The team's dialog for requests for details. The composer's text goes in when it opens and comes back when it closes.
import { useEffect, useState } from "react";
import { newId, put } from "$/public/js/outbox.js";
import { LONGEST_LABEL, MOST_ITEMS } from "$/utils/rules/requests";

const composer = () => document.getElementById("reply");
const write = (text) => {
  const field = composer();
  if (!field) return;
  field.value = text;
  field.dispatchEvent(new Event("input", { bubbles: true }));
};
const picked = (form) => {
  const chain = form.elements.namedItem("chain").value;
  const typed = [...form.querySelectorAll("[name=kind]:checked")].map(({ value }) => ({
    kind: value,
    label: "",
    chain: value === "txid" ? chain : "",
  }));
  const lines = form.elements
    .namedItem("questions")
    .value.split("\n")
    .map((line) => line.trim());
  return [
    ...typed,
    ...lines.filter(Boolean).map((label) => ({ kind: "text", label: label.slice(0, LONGEST_LABEL), chain: "" })),
  ];
};

export const useAsking = ({ viewer, number }) => {
  const [dialog, setDialog] = useState(null);
  const [problem, setProblem] = useState("");
  useEffect(() => {
    if (!dialog || !viewer || !number) return undefined;
    const form = dialog.querySelector("form");
    const message = form.elements.namedItem("message");
    const open = (event) => {
      if (event.type === "click" && !(event.target instanceof Element && event.target.closest("[data-asks]"))) return;
      if (dialog.open) return;
      form.reset();
      setProblem("");
      message.value = composer()?.value ?? "";
      dialog.showModal();
    };
    const submit = (event) => {
      event.preventDefault();
      const items = picked(form);
      const body = message.value.trim();
      if (!items.length && !body) return setProblem("nothing");
      if (items.length > MOST_ITEMS) return setProblem("many");
      put(viewer, { client_id: newId(), number, kind: "details", body, items, at: new Date().toISOString() });
      message.value = "";
      return dialog.close();
    };
    const click = (event) => {
      if (event.target === dialog || event.target.closest("[data-cancel]")) dialog.close();
    };
    const closed = () => write(message.value);
    const clear = () => setProblem("");
    document.addEventListener("click", open);
    document.addEventListener("portal:ask", open);
    form.addEventListener("submit", submit);
    form.addEventListener("input", clear);
    dialog.addEventListener("click", click);
    dialog.addEventListener("close", closed);
    return () => {
      document.removeEventListener("click", open);
      document.removeEventListener("portal:ask", open);
      form.removeEventListener("submit", submit);
      form.removeEventListener("input", clear);
      dialog.removeEventListener("click", click);
      dialog.removeEventListener("close", closed);
    };
  }, [dialog, viewer, number]);
  return { ref: setDialog, problem };
};
