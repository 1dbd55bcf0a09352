// What was pressed may be gone with what it did. Then the reader's place is the part of the page where it stood.
import { useEffect, useState } from "react";

export const useKeptFocus = () => {
  const [part, setPart] = useState(null);
  useEffect(() => {
    if (!part) return undefined;
    let inside = false;
    const moved = ({ target }) => {
      inside = part.contains(target);
    };
    const watch = new MutationObserver(
      () => inside && document.activeElement === document.body && part.focus({ preventScroll: true }),
    );
    watch.observe(part, { childList: true, subtree: true });
    document.addEventListener("focusin", moved);
    return () => {
      watch.disconnect();
      document.removeEventListener("focusin", moved);
    };
  }, [part]);
  return setPart;
};
