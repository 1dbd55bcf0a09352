// Times as people write and say them in the reader's language and zone; "" until the page is the reader's own.
import { now, zone } from "$/public/js/clock.js";

const formats = {};
const format = (code, options) =>
  (formats[`${code}${zone}${JSON.stringify(options)}`] ??= new Intl.DateTimeFormat(code, {
    timeZone: zone,
    ...options,
  }));
const shown = (iso, clock, write) => {
  const moment = clock && iso ? new Date(iso) : undefined;
  return moment && !Number.isNaN(moment.getTime()) ? write(moment) : "";
};
const MINUTE = 6e4;
const HOUR = 36e5;
const DAY = 864e5;
const LONGEST_COUNT = 30; // days; after that a date says more than a count
const dayNumber = (moment) => Date.parse(format("en", { dateStyle: "short" }).format(moment)) / DAY;
const daysAway = (moment) => Math.round(dayNumber(moment) - dayNumber(now()));
const ago = (code, n, unit) => {
  const said = new Intl.RelativeTimeFormat(code, { numeric: "auto" }).format(n, unit);
  return said[0].toLocaleLowerCase(code) + said.slice(1); // it goes into sentences; Vietnamese has "Hôm qua"
};
// Within a day the time that passed is counted; from then on the days of the reader's calendar, so that "yesterday" is
// the day before and nothing else. `dated` writes what is too long ago to be counted.
const relative = (code, t, moment, dated) => {
  const gap = moment - now();
  const away = Math.abs(gap);
  if (away < MINUTE) return t("just now"); // a few seconds ahead is only a clock that differs
  if (away < HOUR) return ago(code, Math.trunc(gap / MINUTE), "minute");
  if (away < DAY) return ago(code, Math.trunc(gap / HOUR), "hour");
  const days = daysAway(moment) || Math.sign(gap); // 0 only where the clocks went back: 24 hours within one day
  return Math.abs(days) > LONGEST_COUNT ? dated() : ago(code, days, "day");
};
// The styles of Intl for dates, where they are not what people write: in Vietnamese "2 thg 5, 2020" for 02/05/2020.
const NUMERIC = { day: "2-digit", month: "2-digit", year: "numeric" };
const STYLES = { vi: { medium: NUMERIC, long: NUMERIC, full: { weekday: "long", ...NUMERIC } } };
const dated = (code, style, moment) => format(code, STYLES[code]?.[style] ?? { dateStyle: style }).format(moment);
const datedWithTime = (code, moment, more) => {
  const own = STYLES[code]?.medium;
  const style = own ? { ...own, hour: "2-digit", minute: "2-digit" } : { dateStyle: "medium", timeStyle: "short" };
  return format(code, { ...style, ...more }).format(moment);
};
// It stands alone above the messages of its day, so that it begins with a capital.
const day = (code, moment) => {
  const away = daysAway(moment);
  const word = away === 0 || away === -1 ? ago(code, away, "day") : dated(code, "full", moment);
  return word[0].toLocaleUpperCase(code) + word.slice(1);
};

// `t`: the texts of that language.
export const written = (code, t) => ({
  rel: (iso, clock) => shown(iso, clock, (moment) => relative(code, t, moment, () => dated(code, "medium", moment))),
  // In a sentence a date needs its preposition: "Closed on May 2, 2020", "Fermé le 2 mai 2020".
  relIn: (iso, clock) =>
    shown(iso, clock, (moment) =>
      relative(code, t, moment, () => t("on {date}", { date: dated(code, "long", moment) })),
    ),
  dateTime: (iso, clock) => shown(iso, clock, (moment) => datedWithTime(code, moment)),
  date: (iso, clock) => shown(iso, clock, (moment) => dated(code, "long", moment)),
  time: (iso, clock) => shown(iso, clock, (moment) => format(code, { timeStyle: "short" }).format(moment)),
  utc: (iso, clock) => shown(iso, clock, (moment) => `${datedWithTime(code, moment, { timeZone: "UTC" })} UTC`),
  day: (iso, clock) => shown(iso, clock, (moment) => day(code, moment)),
});
