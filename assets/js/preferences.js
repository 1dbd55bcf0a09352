// Choices that show at once. What the server answered is what counts then; one that was on its way when the
// connection was lost is made again.
import { useCallback, useEffect, useMemo, useRef, useState } from "react";

let last = 0;
const next = () => (last = Math.max(last + 1, Date.now()));

export const useChoices = ({ saved, answered, live, dispatch }) => {
  const [wanted, setWanted] = useState({});
  const open = useMemo(() => Object.entries(wanted).filter(([, one]) => one.n > answered), [wanted, answered]);
  const latest = useRef(open);
  latest.current = open;
  useEffect(() => {
    if (answered) setWanted(Object.fromEntries(latest.current));
  }, [answered]);
  useEffect(() => {
    if (live) latest.current.forEach(([name, one]) => dispatch({ name, ...one }));
  }, [live]);
  const choose = useCallback(
    ({ target }) => {
      const value = target.type === "checkbox" ? (target.checked ? "on" : "off") : target.value;
      if (!value) return; // a time that is half typed
      const one = { value, n: next() };
      setWanted((all) => ({ ...all, [target.name]: one }));
      dispatch({ name: target.name, ...one });
    },
    [dispatch],
  );
  const values = useMemo(
    () => ({ ...saved, ...Object.fromEntries(open.map(([name, one]) => [name, one.value])) }),
    [saved, open],
  );
  return { values, saving: open.length > 0, choose };
};
