// Texts, addresses and times in the reader's language. The language is the address's; each page's route module
// registers its own catalogue (written into utils/catalogues by the build), so a browser loads one page's texts in one
// language only.
import { useEffect, useMemo, useSyncExternalStore } from "react";
import { useLocation, useParams } from "react-router";
import { DEFAULT, TRANSLATED } from "$/utils/catalogues/locales";

const catalogues = {};
const EMPTY = { plural: (n) => Number(n !== 1), messages: {} };
export const register = (code, catalogue) => {
  // Each page brings what it says; what an earlier page brought stays.
  catalogues[code] = { ...catalogue, messages: { ...catalogues[code]?.messages, ...catalogue.messages } };
};

export const localeOf = (path) => {
  const code = path.split("/")[1];
  return TRANSLATED.includes(code) ? code : DEFAULT;
};
const bare = (path) => (localeOf(path) === DEFAULT ? path : path.slice(3) || "/");
const localized = (code, path) => (code === DEFAULT ? path : path === "/" ? `/${code}` : `/${code}${path}`);

// A text's short name in the catalogues (FNV-1a, as frontend/plugins.py has it): English would stand there twice.
const names = new Map();
const nameOf = (text) => {
  let name = names.get(text);
  if (!name) {
    let hash = 0x811c9dc5;
    for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
    name = ((hash >>> 0) % 36 ** 5).toString(36);
    names.set(text, name);
  }
  return name;
};
const fill = (text, values) => (values ? text.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole) : text);
// A text may have a context before it (gettext's msgctxt): one English word with two meanings has two translations.
const english = (id) => id.slice(id.indexOf("\u0004") + 1);
const single = (code, id, values) => fill((catalogues[code] ?? EMPTY).messages[nameOf(id)] ?? english(id), values);
const counted = (code, one, many, n, values) => {
  const { plural, messages } = catalogues[code] ?? EMPTY;
  const told = messages[nameOf(one)];
  const forms = told ?? [english(one), many];
  const count = Number(n);
  const form = told ? Number(plural(count)) : Number(count !== 1);
  return fill(forms[form] ?? many, { n: count.toLocaleString(code), ...values });
};
// For modules that are no React components, such as the new-version notice.
export const say = (id, values) => single(localeOf(window.location.pathname), id, values);

// The clock: the server's idea of now (it may run ahead, in tests), ticking once a minute for relative times.
let offset = 0;
let ticks = 1;
let timer;
const listeners = new Set();
const tick = () => {
  ticks += 1;
  listeners.forEach((listener) => listener());
};
const subscribe = (listener) => {
  listeners.add(listener);
  timer ??= setInterval(tick, 60_000);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) timer = void clearInterval(timer);
  };
};
export const now = () => Date.now() + offset;
export const setClockOffset = (seconds) => {
  const wanted = (Number(seconds) || 0) * 1000;
  if (wanted === offset) return;
  offset = wanted;
  tick();
};
let zone; // undefined: the browser's own
export const setTimeZone = (name) => {
  const wanted = name || undefined;
  if (wanted === zone) return;
  try {
    new Intl.DateTimeFormat("en", { timeZone: wanted });
  } catch {
    return; // an unknown name must not take the page down
  }
  zone = wanted;
  tick();
};
export const zoneName = () => zone ?? new Intl.DateTimeFormat().resolvedOptions().timeZone;
export const useClockOffset = (seconds) => useEffect(() => setClockOffset(seconds), [seconds]);
export const useTimeZone = (name) => useEffect(() => setTimeZone(name), [name]);
// 0 while the page is prerendered and hydrated: the builder's clock and zone are not the reader's.
export const useClock = () =>
  useSyncExternalStore(
    subscribe,
    () => ticks,
    () => 0,
  );

const formats = {};
const format = (code, options) => (formats[`${code}${zone}${JSON.stringify(options)}`] ??= new Intl.DateTimeFormat(code, { timeZone: zone, ...options }));
const shown = (iso, clock, write) => {
  const moment = clock && iso ? new Date(iso) : undefined;
  return moment && !Number.isNaN(moment.getTime()) ? write(moment) : "";
};
const MINUTE = 6e4;
const HOUR = 36e5;
const DAY = 864e5;
const LONGEST_COUNT = 30; // days; after that a date says more than a count
const dayNumber = (moment) => Date.parse(format("en", { dateStyle: "short" }).format(moment)) / DAY;
const daysAway = (moment) => Math.round(dayNumber(moment) - dayNumber(now()));
const ago = (code, n, unit) => {
  const said = new Intl.RelativeTimeFormat(code, { numeric: "auto" }).format(n, unit);
  return said[0].toLocaleLowerCase(code) + said.slice(1); // it goes into sentences; Vietnamese has "Hôm qua"
};
// Within a day the time that passed is counted; from then on the days of the reader's calendar, so that "yesterday" is
// the day before and nothing else. `dated` writes what is too long ago to be counted.
const relative = (code, moment, dated) => {
  const gap = moment - now();
  const away = Math.abs(gap);
  if (away < MINUTE) return single(code, "just now"); // a few seconds ahead is only a clock that differs
  if (away < HOUR) return ago(code, Math.trunc(gap / MINUTE), "minute");
  if (away < DAY) return ago(code, Math.trunc(gap / HOUR), "hour");
  const days = daysAway(moment) || Math.sign(gap); // 0 only where the clocks went back: 24 hours within one day
  return Math.abs(days) > LONGEST_COUNT ? dated() : ago(code, days, "day");
};
// The styles of Intl for dates, where they are not what people write: in Vietnamese "2 thg 5, 2020" for 02/05/2020.
const NUMERIC = { day: "2-digit", month: "2-digit", year: "numeric" };
const STYLES = { vi: { medium: NUMERIC, long: NUMERIC, full: { weekday: "long", ...NUMERIC } } };
const dated = (code, style, moment) => format(code, STYLES[code]?.[style] ?? { dateStyle: style }).format(moment);
const datedWithTime = (code, moment, more) => {
  const own = STYLES[code]?.medium;
  const style = own ? { ...own, hour: "2-digit", minute: "2-digit" } : { dateStyle: "medium", timeStyle: "short" };
  return format(code, { ...style, ...more }).format(moment);
};
// It stands alone above the messages of its day, so that it begins with a capital.
const day = (code, moment) => {
  const away = daysAway(moment);
  const word = away === 0 || away === -1 ? ago(code, away, "day") : dated(code, "full", moment);
  return word[0].toLocaleUpperCase(code) + word.slice(1);
};

const words = (code, path, search) => ({
  code,
  t: (id, values) => single(code, id, values),
  tn: (one, many, n, values) => counted(code, one, many, n, values),
  number: (n) => Number(n).toLocaleString(code),
  href: (to) => localized(code, to),
  to: (other) => localized(other, bare(path)) + search,
  rel: (iso, clock) => shown(iso, clock, (moment) => relative(code, moment, () => dated(code, "medium", moment))),
  // In a sentence a date needs its preposition: "Closed on May 2, 2020", "Fermé le 2 mai 2020".
  relIn: (iso, clock) => shown(iso, clock, (moment) => relative(code, moment, () => single(code, "on {date}", { date: dated(code, "long", moment) }))),
  dateTime: (iso, clock) => shown(iso, clock, (moment) => datedWithTime(code, moment)),
  date: (iso, clock) => shown(iso, clock, (moment) => dated(code, "long", moment)),
  time: (iso, clock) => shown(iso, clock, (moment) => format(code, { timeStyle: "short" }).format(moment)),
  utc: (iso, clock) => shown(iso, clock, (moment) => `${datedWithTime(code, moment, { timeZone: "UTC" })} UTC`),
  day: (iso, clock) => shown(iso, clock, (moment) => day(code, moment)),
});

const never = () => () => {};
export const useI18n = () => {
  const location = useLocation();
  const path = location.pathname.replace(/(.)\/$/, "$1"); // prerendered with a trailing slash, visited without
  const inShell = Object.keys(useParams()).length > 0; // that page was rendered for a sample address
  const code = localeOf(path);
  const address = useSyncExternalStore(
    never,
    () => path + location.search,
    () => (inShell ? localized(code, "/") : path),
  );
  return useMemo(() => words(code, address.split("?")[0], address.includes("?") ? address.slice(address.indexOf("?")) : ""), [code, address]);
};

export const useHtmlLang = () => {
  const code = localeOf(useLocation().pathname);
  useEffect(() => {
    document.documentElement.lang = code;
  }, [code]);
  return code;
};

// After a client navigation the reader's place is the new page's heading, as it would be after a full load.
export const useRouteFocus = () => {
  const { pathname } = useLocation();
  useEffect(() => {
    if (useRouteFocus.last !== undefined && useRouteFocus.last !== pathname) {
      const heading = document.querySelector("h1");
      if (heading && !heading.hasAttribute("tabindex")) heading.tabIndex = -1;
      heading?.focus({ preventScroll: true });
    }
    useRouteFocus.last = pathname;
  }, [pathname]);
};

// A language that was chosen by hand is remembered for "/", which chooses by itself.
if (typeof document !== "undefined") {
  document.addEventListener("click", (event) => {
    const link = event.target instanceof Element ? event.target.closest("a[data-language]") : null;
    if (link) document.cookie = `portal_language=${link.dataset.language}; path=/; max-age=31536000; samesite=lax${window.location.protocol === "https:" ? "; secure" : ""}`;
  });
}
