// What is unread, outside the page too: in the tab's title and on the icon of the installed app.
import { useEffect } from "react";

let count = 0;
const title = () => {
  const bare = document.title.replace(/^\(\d+\) /, "");
  const wanted = count ? `(${count}) ${bare}` : bare;
  if (document.title !== wanted) document.title = wanted;
};
// Each page brings a title of its own, by way of the router.
if (typeof document !== "undefined")
  new MutationObserver(() => count && title()).observe(document.head, {
    childList: true,
    subtree: true,
    characterData: true,
  });

export const useBadge = ({ unread, known }) => {
  useEffect(() => {
    if (!known) return;
    count = unread;
    title();
    const done = unread ? navigator.setAppBadge?.(unread) : navigator.clearAppBadge?.();
    done?.catch(() => {}); // not installed, or not allowed: the title says it too
  }, [unread, known]);
};
