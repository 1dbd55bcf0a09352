// Where the reader's place is after a change of page.
import { useEffect } from "react";
import { useLocation } from "react-router";

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
