// A guest's page whose session ended while it was open.
import { useEffect, useRef, useState } from "react";

export const useEndedSession = (stage, over, load) => {
  const wasOpen = useRef(false);
  const [ended, setEnded] = useState(false);
  const tell = useRef(load);
  tell.current = load;
  useEffect(() => {
    if (stage === "open") wasOpen.current = true;
    else if (stage === "verify" && wasOpen.current) setEnded(true);
  }, [stage]);
  useEffect(() => {
    if (over) tell.current(null); // ask again what this link leads to now
  }, [over]);
  return ended || over;
};
