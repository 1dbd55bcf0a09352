// What the reader has read, told to the server, and what came in meanwhile, told to screen readers.
import { useEffect, useRef, useState } from "react";

// Tells how far the reader has read: only what stood in a visible page counts.
export const useSeen = ({ number, last_seq: lastSeq, live, dispatch }) => {
  useEffect(() => {
    if (!live || !number || !lastSeq) return undefined;
    let told = false;
    const tell = () => {
      if (told || document.visibilityState !== "visible") return;
      told = true;
      dispatch(lastSeq);
      navigator.serviceWorker?.controller?.postMessage({ read: number }); // its notification has told enough
    };
    tell();
    document.addEventListener("visibilitychange", tell);
    return () => document.removeEventListener("visibilitychange", tell);
  }, [number, lastSeq, live]);
};

// Who wrote last, for a polite announcement: only what came in while the page was open.
const NO_NEWS = { role: "" };
const SILENCE = 100; // between two announcements: the same words are no news to a screen reader
export const useNews = ({ number, lines }) => {
  const [news, setNews] = useState(NO_NEWS);
  const known = useRef({ number: 0, seq: 0 });
  const last = lines.findLast((line) => line.kind !== "event" && line.seq > 0);
  useEffect(() => {
    if (!number || !last) return undefined;
    const before = known.current;
    known.current = { number, seq: last.seq };
    if (before.number !== number || last.seq <= before.seq || last.mine) return undefined;
    setNews(NO_NEWS);
    const timer = setTimeout(() => setNews(last), SILENCE);
    return () => clearTimeout(timer);
  }, [number, last?.seq]);
  return news;
};
