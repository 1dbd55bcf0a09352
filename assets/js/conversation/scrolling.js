// Where the reader is in the conversation, and what may move them.
import { useCallback, useEffect, useLayoutEffect, useRef, useState } from "react";

const NEAR = 260;
// The end is that of the conversation with its composer: the footer, and on a phone what stands beside it, come later.
const below = () => {
  const column = document.querySelector(".dock")?.parentElement ?? document.documentElement;
  return (
    column.getBoundingClientRect().bottom -
    (parseFloat(getComputedStyle(column).paddingBottom) || 0) -
    window.innerHeight
  );
};
const toEnd = (behavior) => window.scrollBy({ top: below(), behavior });
const calm = () => (window.matchMedia("(prefers-reduced-motion: reduce)").matches ? "instant" : "smooth");

const place = (line) => line?.getBoundingClientRect().top ?? 0;
const messageAt = (at) => document.querySelectorAll('[data-testid="message"]')[at];

// Opens at the first unread, else at the newest. Later ones never move what is being read, they are counted until the
// reader goes there; nor do earlier ones that are put above it.
export const useFollow = ({ number, lines, first_unread: firstUnread }) => {
  const [fresh, setFresh] = useState(0);
  const known = useRef({ number: 0, first: "", last: "", near: true, line: undefined, top: 0 });
  const first = lines[0]?.id;
  const last = lines.at(-1)?.id;
  const mine = lines.at(-1)?.mine ?? false;
  const look = useCallback(() => {
    known.current.near = below() < NEAR;
    known.current.line = messageAt(0);
    known.current.top = place(known.current.line);
    if (known.current.near) setFresh(0);
  }, []);
  useEffect(() => {
    window.addEventListener("scroll", look, { passive: true });
    return () => window.removeEventListener("scroll", look);
  }, []);
  useLayoutEffect(() => {
    const before = known.current;
    if (before.number === number && before.first !== first && before.line?.isConnected) {
      window.scrollBy({ top: place(before.line) - before.top, behavior: "instant" });
    }
    before.first = first;
  }, [number, first]);
  useEffect(() => {
    const before = known.current;
    if (!number || !last) return;
    if (before.number !== number) {
      known.current = { ...before, number, first, last };
      const unread = document.querySelector("[data-first-unread]");
      if (unread) unread.scrollIntoView({ block: "start", behavior: "instant" });
      else if (!firstUnread && lines.length > 3) toEnd("instant");
      look();
      return;
    }
    const at = lines.findLastIndex((line) => line.id === before.last);
    before.last = last;
    const added = at < 0 ? 0 : lines.length - 1 - at;
    if (added <= 0) return;
    if (before.near || mine) toEnd(calm());
    else setFresh((n) => n + added);
  }, [number, last]);
  const jump = useCallback(() => {
    setFresh(0);
    toEnd(calm());
  }, []);
  return { fresh, jump };
};
