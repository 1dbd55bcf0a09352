// What forms do by themselves. They all work without it: the browser submits them, the server checks them.
import { useEffect, useState } from "react";
import { now } from "$/public/js/clock.js";

const name = (field) => `portal:typed:${field.name}`;
const session = (use) => {
  try {
    return use(window.sessionStorage);
  } catch {
    return undefined; // refused: the person types it again
  }
};
const kept = () => document.querySelectorAll("input[data-keep]");

// After a refused try what was typed is there again (never a password); after that it is forgotten.
export const useTyped = () =>
  useEffect(() => {
    const refused = new URLSearchParams(window.location.search).has("problem");
    kept().forEach((field) => {
      const typed = session((storage) => storage.getItem(name(field)));
      if (refused && typed && !field.value) field.value = typed;
      session((storage) => storage.removeItem(name(field)));
    });
  }, []);

// The focus goes to what is to be done: the wrong field, or else the words that say what went wrong.
export const useProblemFocus = ({ problem, again }) =>
  useEffect(() => {
    if (!problem) return;
    const words = document.querySelector('[data-testid="form-error"]');
    (words?.closest(".field")?.querySelector("[aria-invalid=true]") ?? words)?.focus();
  }, [problem, again]);

// "0:58" until a moment of the server's clock; "" from then on.
export const useCountdown = ({ until }) => {
  const [left, setLeft] = useState(0);
  useEffect(() => {
    const end = Date.parse(until);
    const look = () => setLeft(Math.max(0, Math.ceil((end - now()) / 1000)) || 0);
    look();
    const timer = setInterval(look, 500);
    return () => clearInterval(timer);
  }, [until]);
  return left ? `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}` : "";
};

const reveal = (button) => {
  const field = document.getElementById(button.getAttribute("aria-controls"));
  if (!field) return;
  const hidden = field.type === "password";
  field.type = hidden ? "text" : "password";
  button.setAttribute("aria-pressed", String(hidden));
};
const onClick = (event) => {
  const button = event.target instanceof Element ? event.target.closest("button[data-reveal]") : null;
  if (button) reveal(button);
};
// A whole sentence may be pasted, in any script's digits: what is left are so many digits.
const onInput = (event) => {
  const field = event.target;
  if (event.isComposing || !field.matches("input[data-digits]")) return;
  const digits = field.value.normalize("NFKC").replace(/\D/g, "").slice(0, Number(field.dataset.digits));
  if (digits !== field.value) field.value = digits;
};
const onSubmit = (event) => {
  if (!event.target.matches("form[data-native]")) return;
  kept().forEach(
    (field) => field.form === event.target && session((storage) => storage.setItem(name(field), field.value)),
  );
  // A shown password would otherwise be offered as a text for the browser's form history.
  event.target.querySelectorAll("[data-reveal][aria-pressed=true]").forEach(reveal);
};

if (typeof document !== "undefined") {
  document.addEventListener("click", onClick);
  document.addEventListener("input", onInput);
  document.addEventListener("compositionend", onInput);
  document.addEventListener("submit", onSubmit);
}
