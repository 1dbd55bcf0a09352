// On which day something was, in the reader's zone: where a new day begins in a list.
import { useMemo } from "react";
import { useClock, zoneName } from "$/public/js/clock.js";

export const useDayOf = () => {
  useClock(); // tells, too, that another zone was chosen
  const zone = zoneName();
  return useMemo(() => {
    const written = new Intl.DateTimeFormat("en", { timeZone: zone });
    return (at) => (Date.parse(at) ? written.format(new Date(at)) : "");
  }, [zone]);
};
