// Where a new day begins in a list of what happened.
import { useMemo } from "react";
import { useDayOf } from "$/public/js/days.js";

export const useDays = ({ rows, more }) => {
  const day = useDayOf();
  return useMemo(
    () => [...rows, ...more].map((row, i, all) => ({ ...row, new_day: day(row.at) !== day(all[i - 1]?.at) })),
    [rows, more, day],
  );
};
