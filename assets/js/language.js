// The reader's language is the address's: "/es/tickets" is "/tickets" in Spanish.
import { useEffect } from "react";
import { useLocation } from "react-router";
import { DEFAULT, TRANSLATED } from "$/utils/catalogues/locales";

export const localeOf = (path) => {
  const code = path.split("/")[1];
  return TRANSLATED.includes(code) ? code : DEFAULT;
};
export const bare = (path) => (localeOf(path) === DEFAULT ? path : path.slice(3) || "/");
export const localized = (code, path) => (code === DEFAULT ? path : path === "/" ? `/${code}` : `/${code}${path}`);

export const useHtmlLang = () => {
  const code = localeOf(useLocation().pathname);
  useEffect(() => {
    document.documentElement.lang = code;
  }, [code]);
  return code;
};

// A language that was chosen by hand is remembered for "/", which chooses by itself.
if (typeof document !== "undefined") {
  document.addEventListener("click", (event) => {
    const link = event.target instanceof Element ? event.target.closest("a[data-language]") : null;
    if (link)
      document.cookie = `portal_language=${link.dataset.language}; path=/; max-age=31536000; samesite=lax${window.location.protocol === "https:" ? "; secure" : ""}`;
  });
}
