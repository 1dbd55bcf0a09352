// Copying a transaction ID or an address out of a message.
import { useEffect, useState } from "react";

const COPIED = 2000;
const copy = async (text) => {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  // Plain http on a host other than localhost: the old way.
  const field = document.body.appendChild(Object.assign(document.createElement("textarea"), { value: text }));
  field.select();
  document.execCommand("copy");
  return field.remove();
};
// A chip (a transaction ID, an address) copies itself.
export const useCopies = () => {
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    let timer;
    const click = async (event) => {
      const chip = event.target instanceof Element ? event.target.closest("button.chip") : null;
      if (!chip) return;
      try {
        await copy(chip.textContent);
      } catch {
        return; // refused: the text can still be selected
      }
      setCopied(true);
      clearTimeout(timer);
      timer = setTimeout(() => setCopied(false), COPIED);
    };
    document.addEventListener("click", click);
    return () => {
      clearTimeout(timer);
      document.removeEventListener("click", click);
    };
  }, []);
  return copied;
};
