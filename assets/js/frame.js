// The frame's panels and what every page does by itself. One listener each on the document, so that it works for
// whatever part of the page is there.
import { useEffect } from "react";
import { forget, ownOnly } from "$/public/js/keep.js";

const NO_WAY_BACK = ["/", "/sign-in", "/sign-up", "/sign-up/code", "/forgot-password", "/reset-password"];
// Where signing in leads back to. A guest's link is a secret and never stands in another page's address.
export const signInPath = ({ page, here, english }) => {
  const path = english.split("?")[0];
  if (NO_WAY_BACK.includes(path) || path.startsWith("/guest/")) return page;
  return withNext({ page, next: here });
};
export const withNext = ({ page, next }) => (next ? `${page}?next=${encodeURIComponent(next)}` : page);

const openers = (panel) => document.querySelectorAll(`[popovertarget="${panel.id}"]`);
const expanded = (panel, open) =>
  openers(panel).forEach((button) => button.setAttribute("aria-expanded", String(open)));
export const usePanels = () => {
  useEffect(() => {
    document.querySelectorAll("[popover]").forEach((panel) => expanded(panel, panel.matches(":popover-open")));
  }, []);
};

// "Get help" in the phone menu: a link to the page of that name until this script is there, then a disclosure.
const disclose = (event, opener) => {
  const list = document.getElementById(opener.getAttribute("aria-controls"));
  if (!list) return;
  event.preventDefault();
  list.hidden = !list.hidden;
  opener.setAttribute("aria-expanded", String(!list.hidden));
};

const onClick = (event) => {
  if (!(event.target instanceof Element)) return;
  const opener = event.target.closest("a[role=button][aria-controls]");
  if (opener) {
    disclose(event, opener);
    return;
  }
  if (event.target.closest("[popover] a[href]")) event.target.closest("[popover]").hidePopover();
};
const onKey = (event) => {
  if (event.key === " " && event.target instanceof Element && event.target.matches("a[role=button]")) {
    event.preventDefault();
    event.target.click();
  }
};

// A form that the browser submits: once, however often it is pressed; signing out takes what was kept along.
const onSubmit = (event) => {
  const form = event.target;
  if (!form.matches("form[data-native]")) return;
  if (form.dataset.busy) {
    event.preventDefault();
    return;
  }
  form.dataset.busy = "true";
  event.submitter?.setAttribute("data-busy", "true");
  form.dataset.forget?.split(" ").forEach(forget);
};
// Coming back by the "back" button shows the page as it was left.
export const release = () =>
  document
    .querySelectorAll("form[data-busy], form[data-native] [data-busy]")
    .forEach((it) => it.removeAttribute("data-busy"));

const rememberZone = () => {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (!zone || document.cookie.split("; ").includes(`portal_zone=${zone}`)) return;
  const secure = window.location.protocol === "https:" ? "; secure" : "";
  document.cookie = `portal_zone=${zone}; path=/; max-age=31536000; samesite=lax${secure}`;
};

// What was kept to be seen without a connection is one person's: another one, or nobody, finds nothing of it.
export const useOwnOnly = ({ known, viewer }) =>
  useEffect(() => void (known && ownOnly("portal:seen:", viewer)), [known, viewer]);

const IDLE = 2000;
const work = () => setTimeout(() => navigator.serviceWorker?.register("/sw.js").catch(() => {}), IDLE);

if (typeof document !== "undefined") {
  // After all that the page itself needs: it is for later.
  if (document.readyState === "complete") work();
  else window.addEventListener("load", work);
  rememberZone();
  document.addEventListener(
    "toggle",
    (event) => event.target.id && expanded(event.target, event.newState === "open"),
    true,
  );
  document.addEventListener("click", onClick);
  document.addEventListener("keydown", onKey);
  document.addEventListener("submit", onSubmit);
  window.addEventListener("pageshow", release);
}
