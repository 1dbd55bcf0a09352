// My tickets in the browser: the address says what is shown, and nothing moves under the pointer or the finger.
import { useCallback, useEffect, useMemo, useRef, useState, useSyncExternalStore } from "react";
import { useLocation, useNavigate, useNavigationType } from "react-router";

const WAIT = 300;
const never = () => () => {};
const without = (search, changes) => {
  const query = new URLSearchParams(search);
  query.delete("page");
  for (const [name, value] of Object.entries(changes)) {
    if (value) query.set(name, value);
    else query.delete(name);
  }
  return query.size ? `?${query}` : "";
};

// The list's address and those next to it. While it is prerendered and hydrated, there is nothing behind the "?".
export const useListAddress = () => {
  const location = useLocation();
  const navigate = useNavigate();
  const search = useSyncExternalStore(
    never,
    () => location.search,
    () => "",
  );
  return useMemo(() => {
    const query = new URLSearchParams(search);
    const go = (to) => navigate({ search: to }, { replace: true, preventScrollReset: true });
    return {
      search,
      show: query.get("show") || "all",
      q: query.get("q") ?? "",
      part: (show) => without(search, { show: show === "all" ? "" : show }),
      find: (q) => go(without(window.location.search, { q })), // a part may have been chosen since this was drawn
      clear: () => go(without(search, { q: "" })),
      more: () => go(without(search, { page: String((Number(query.get("page")) || 1) + 1) })),
    };
  }, [search, navigate]);
};

// The field belongs to the person: it is written to only when the address changed by something else, such as "Back".
export const useSearchBox = ({ address }) => {
  const [form, setForm] = useState(null);
  const told = useRef(null);
  const latest = useRef(address);
  useEffect(() => {
    latest.current = address;
  }, [address]);
  useEffect(() => {
    if (!form) return undefined;
    const field = form.elements.namedItem("q");
    let timer;
    const find = () => {
      clearTimeout(timer);
      const typed = field.value.trim();
      if (typed === told.current) return;
      told.current = typed;
      latest.current.find(typed);
    };
    const typed = (event) => {
      if (event.isComposing) return;
      clearTimeout(timer);
      timer = setTimeout(find, WAIT);
    };
    const submit = (event) => {
      event.preventDefault();
      find();
    };
    told.current = latest.current.q;
    if (field.value && field.value.trim() !== told.current)
      typed({}); // typed before this script was there
    else field.value = told.current;
    field.addEventListener("input", typed);
    field.addEventListener("compositionend", typed);
    form.addEventListener("submit", submit);
    return () => {
      clearTimeout(timer);
      field.removeEventListener("input", typed);
      field.removeEventListener("compositionend", typed);
      form.removeEventListener("submit", submit);
    };
  }, [form]);
  useEffect(() => {
    if (!form || told.current === address.q) return;
    told.current = address.q;
    form.elements.namedItem("q").value = address.q;
  }, [form, address.q]);
  return setForm;
};

const TOUCH = 4000;
const mouse = () => window.matchMedia("(hover: hover)").matches;
const NONE = [];

// Rows in the order in which they stand still: what comes while they are pointed at, touched or walked through with
// the keyboard changes what they say, but not where they are, until the person asks for it or goes away.
export const useCalmRows = ({ rows, more, view }) => {
  const all = useMemo(() => [...rows, ...more], [rows, more]);
  const [shown, setShown] = useState({ view: "", rows: NONE });
  const [list, setList] = useState(null);
  const touched = useRef(0);
  const newest = useRef({ view, rows: all });
  const settle = useCallback(() => setShown(newest.current), []);
  const busy = useCallback(
    () =>
      Boolean(list) &&
      ((mouse() && list.matches(":hover")) ||
        list.contains(document.activeElement) ||
        Date.now() - touched.current < TOUCH),
    [list],
  );
  useEffect(() => {
    newest.current = { view, rows: all };
    if (shown.view !== view || !shown.rows.length || !busy()) settle();
  }, [all, view]);
  useEffect(() => {
    if (!list) return undefined;
    let timer;
    const left = () => setTimeout(() => !busy() && settle());
    const touch = () => {
      touched.current = Date.now();
      clearTimeout(timer);
      timer = setTimeout(left, TOUCH + 50);
    };
    list.addEventListener("pointerleave", left);
    list.addEventListener("focusout", left);
    window.addEventListener("touchstart", touch, { passive: true });
    window.addEventListener("touchmove", touch, { passive: true });
    return () => {
      clearTimeout(timer);
      list.removeEventListener("pointerleave", left);
      list.removeEventListener("focusout", left);
      window.removeEventListener("touchstart", touch);
      window.removeEventListener("touchmove", touch);
    };
  }, [list, busy, settle]);
  return useMemo(() => {
    const held = shown.view === view && shown.rows.length ? shown.rows : all;
    const known = new Map(all.map((row) => [row.number, row]));
    const before = new Map(held.map((row) => [row.number, row]));
    const moved = held.length !== all.length || held.some((row, i) => row.number !== all[i].number);
    const news = all.filter((row) => before.get(row.number)?.updated_at !== row.updated_at).length;
    return {
      rows: held.map((row) => known.get(row.number) ?? row),
      waiting: moved ? Math.max(1, news) : 0,
      settle,
      ref: setList,
    };
  }, [all, shown, view, settle]);
};

// "Back" leads to the place in the list from where the person left.
export const useKeptPlace = ({ search, loaded }) => {
  const back = useNavigationType() === "POP";
  const done = useRef(false);
  const name = `portal:place:${search}`;
  useEffect(() => {
    const keep = () => {
      try {
        window.sessionStorage.setItem(name, String(window.scrollY));
      } catch {
        // refused: the list begins at its top
      }
    };
    window.addEventListener("scrollend", keep);
    return () => window.removeEventListener("scrollend", keep);
  }, [name]);
  useEffect(() => {
    if (!loaded || done.current) return;
    done.current = true;
    if (!back) return;
    try {
      window.scrollTo({ top: Number(window.sessionStorage.getItem(name)) || 0, behavior: "instant" });
    } catch {
      // nothing was kept
    }
  }, [loaded]);
};
