// A guest's page whose session ended while it was open.
import { useEffect, useRef, useState } from "react";
import { wasOpen } from "$/public/js/drafts.js";

export const useEndedSession = ({ number, stage, over, load }) => {
  const [ended, setEnded] = useState(false);
  const tell = useRef(load);
  tell.current = load;
  useEffect(() => setEnded(stage === "verify" && wasOpen(number)), [number, stage]);
  useEffect(() => {
    if (over) tell.current(null); // ask again what this page shows now
  }, [over]);
  return ended || over;
};
