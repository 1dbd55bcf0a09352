// A form whose answer is a file. The page stays, though its socket closed as for a page that goes, and its button waits.
import { useEffect } from "react";
import { release } from "$/public/js/frame.js";

const SOON = 500;
const AGAIN_AFTER = 4000;

export const useDownload = ({ action }) =>
  useEffect(() => {
    let timers = [];
    const submit = (event) => {
      if (event.target.getAttribute("action") !== action) return;
      timers = [
        setTimeout(() => document.dispatchEvent(new Event("visibilitychange")), SOON), // then the client connects again
        setTimeout(release, AGAIN_AFTER),
      ];
    };
    document.addEventListener("submit", submit);
    return () => {
      timers.forEach(clearTimeout);
      document.removeEventListener("submit", submit);
    };
  }, [action]);
