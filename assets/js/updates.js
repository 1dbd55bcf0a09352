// Where a new day begins in a list of what happened; which day it is depends on the reader's zone.
import { useMemo } from "react";

const day = (row) => row && new Date(row.at).toDateString();
export const useDays = (rows, more) =>
  useMemo(() => [...rows, ...more].map((row, i, all) => ({ ...row, new_day: day(row) !== day(all[i - 1]) })), [rows, more]);
