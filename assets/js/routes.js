// The other languages' routes, which a page begins without (ticket_portal/frontend/own_routes.py).
import { UNSAFE_createClientRoutes as createClientRoutes } from "react-router";
import { localeOf } from "$/public/js/language.js";

const missing = async (manifest) => {
  await import(/* @vite-ignore */ manifest.whole); // it puts itself where the small one stood
  return Object.fromEntries(Object.entries(window.__reactRouterManifest.routes).filter(([id]) => !manifest.routes[id]));
};

// React Router asks before it goes to an address that no route fits, or one with an argument.
export const addOthers =
  (router, manifest, modules) =>
  async ({ path, patch }) => {
    if (!manifest.whole || localeOf(path) === manifest.locale) return;
    try {
      const others = await missing(manifest);
      Object.assign(manifest.routes, others);
      patch("root", createClientRoutes(others, modules, null, false, false, "root"));
      manifest.whole = undefined;
    } catch {
      const to = router().state.navigation.location ?? window.location; // `path` has neither query nor hash
      window.location.assign(to.pathname + to.search + to.hash); // no connection, or a newer build: the browser says so, or loads the newer one
      await new Promise(() => {}); // this page is being left: nothing is to be shown in it any more
    }
  };
