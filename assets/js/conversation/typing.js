// That somebody is typing: told to the others, and shown of them.
import { useEffect, useRef, useState } from "react";

const TYPING = 6000;
const TELL_EVERY = 3000;
// Tells that a public reply is being typed, now and then, never what; internal notes are nobody's business.
export const useTells = ({ mode, live, dispatch }) => {
  const told = useRef(0);
  useEffect(() => {
    if (!live || mode === "note") return undefined;
    const typed = (event) => {
      const field = event.target;
      if (field.id !== "reply" || !field.value.trim() || Date.now() - told.current < TELL_EVERY) return;
      told.current = Date.now();
      dispatch(null);
    };
    document.addEventListener("input", typed);
    return () => document.removeEventListener("input", typed);
  }, [mode, live]);
};
// Whether somebody else is typing: until they send, or have been silent for a moment.
export const useTyping = ({ beat, lines }) => {
  const [typing, setTyping] = useState(false);
  const last = lines.at(-1)?.id;
  useEffect(() => {
    if (!beat) return undefined;
    setTyping(true);
    const timer = setTimeout(() => setTyping(false), TYPING);
    return () => clearTimeout(timer);
  }, [beat]);
  useEffect(() => setTyping(false), [last]);
  return typing;
};
