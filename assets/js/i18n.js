// Texts in the reader's language. Each page's route module registers its own catalogue (written into utils/catalogues
// by the build), so a browser loads one page's texts in one language only.
import { useMemo, useSyncExternalStore } from "react";
import { useLocation, useParams } from "react-router";
import { written } from "$/public/js/dates.js";
import { bare, localeOf, localized } from "$/public/js/language.js";

const catalogues = {};
const EMPTY = { plural: (n) => Number(n !== 1), messages: {} };
export const register = (code, catalogue) => {
  // Each page brings what it says; what an earlier page brought stays.
  catalogues[code] = { ...catalogue, messages: { ...catalogues[code]?.messages, ...catalogue.messages } };
};

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

const words = (code, path, search) => {
  const t = (id, values) => single(code, id, values);
  return {
    code,
    t,
    tn: (one, many, n, values) => counted(code, one, many, n, values),
    number: (n) => Number(n).toLocaleString(code),
    href: (to) => localized(code, to),
    to: (other) => localized(other, bare(path)) + search,
    ...written(code, t),
  };
};

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
  return useMemo(
    () => words(code, address.split("?")[0], address.includes("?") ? address.slice(address.indexOf("?")) : ""),
    [code, address],
  );
};
