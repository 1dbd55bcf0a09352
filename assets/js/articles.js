// Searching the help articles, and offering those that fit what somebody writes. The search itself and the words of
// the articles (in the reader's language) are loaded when somebody begins to type.
import { useCallback, useEffect, useRef, useState } from "react";

const OFFER_AFTER = 700;
const OFFER_FROM = 12; // letters; fewer say too little
const MOST_OFFERED = 3;
const SEARCH_AFTER = 120;
const WRITTEN = ["topic", "subject", "body"];

let engine;
const ready = () =>
  (engine ??= import("$/public/js/article_search.js").catch((lost) => {
    engine = undefined; // tried again with the next letter
    throw lost;
  }));

const NOTHING = { query: "", state: "idle", hits: [] };
const isLink = (element) => element instanceof HTMLAnchorElement;

export const useArticleSearch = ({ language: code }) => {
  const [form, ref] = useState(null);
  const [found, show] = useState(NOTHING);
  const newest = useRef("");
  useEffect(() => {
    if (!form) return undefined;
    const input = form.elements.namedItem("articles");
    let timer;
    const look = async () => {
      const query = input.value.trim();
      newest.current = query;
      if (!query) return show(NOTHING);
      try {
        const hits = await (await ready()).search(code, query);
        if (newest.current === query) show({ query, state: hits.length ? "found" : "none", hits });
      } catch {
        if (newest.current === query) show({ query, state: "failed", hits: [] });
      }
      return undefined;
    };
    const typed = () => {
      clearTimeout(timer);
      timer = setTimeout(look, SEARCH_AFTER);
    };
    const links = () => [...form.querySelectorAll("a")];
    const submit = async (event) => {
      event.preventDefault();
      clearTimeout(timer);
      await look();
      // The list is drawn by then.
      requestAnimationFrame(() => links()[0]?.focus());
    };
    const key = (event) => {
      if (event.key === "Escape" && newest.current) {
        event.preventDefault();
        input.value = "";
        newest.current = "";
        show(NOTHING);
        input.focus();
      } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        const places = [input, ...links()];
        const at = places.indexOf(document.activeElement) + (event.key === "ArrowDown" ? 1 : -1);
        if (at < 0 || at >= places.length) return;
        event.preventDefault();
        places[at].focus();
      }
    };
    const back = (event) => isLink(event.target) && event.key.length === 1 && input.focus(); // typing goes on
    form.addEventListener("input", typed);
    form.addEventListener("submit", submit);
    form.addEventListener("keydown", key);
    form.addEventListener("keydown", back);
    input.addEventListener(
      "focus",
      () =>
        ready().then(
          (it) => it.prepare(code),
          () => undefined,
        ),
      { once: true },
    );
    if (input.value) typed(); // typed before the script was there
    return () => {
      clearTimeout(timer);
      form.removeEventListener("input", typed);
      form.removeEventListener("submit", submit);
      form.removeEventListener("keydown", key);
      form.removeEventListener("keydown", back);
    };
  }, [form, code]);
  return { ref, ...found };
};

// What is written in the form beside it never leaves the browser for this.
export const useOffers = ({ language: code }) => {
  const [offers, setOffers] = useState([]);
  const look = useCallback(async () => {
    const said = (name) => {
      const input = document.querySelector(`form [name=${name}]`);
      return input instanceof HTMLSelectElement ? input.value && input.selectedOptions[0].text : (input?.value ?? "");
    };
    const text = WRITTEN.map(said).join(" ");
    if (text.trim().length < OFFER_FROM) return setOffers([]);
    try {
      const hits = await (await ready()).offer(code, text, MOST_OFFERED);
      setOffers((before) => (before.map((it) => it.href).join() === hits.map((it) => it.href).join() ? before : hits));
    } catch {
      // an offer less
    }
    return undefined;
  }, [code]);
  useEffect(() => {
    let timer;
    const typed = (event) => {
      if (!WRITTEN.includes(event.target.name)) return;
      clearTimeout(timer);
      timer = setTimeout(look, OFFER_AFTER);
    };
    document.addEventListener("input", typed);
    timer = setTimeout(look, OFFER_AFTER); // a draft that came back
    return () => {
      clearTimeout(timer);
      document.removeEventListener("input", typed);
    };
  }, [look]);
  return offers;
};
