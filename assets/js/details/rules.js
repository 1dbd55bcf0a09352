// Whether what was given for a detail can be right, by the rules of domain/tickets/detail_requests.py (frontend/rules.py
// writes them for here); the words for each problem are in components/ticket/detail_requests.py. The server checks again.
import { now } from "$/public/js/clock.js";
import { ADDRESS, AMOUNT, CHAINS, CLOCKS_DIFFER, IDS, LONGEST_LINE, SHAPES, SHAPE_OF } from "$/utils/rules/details";

const LONGEST_HEX = 66; // in longer ones capitals count
const idsIn = (value) => [
  ...new Set(
    IDS.flatMap((shape) => value.match(shape) ?? []).map((id) => (id.length > LONGEST_HEX ? id : id.toLowerCase())),
  ),
];
const problemOfId = (value, chain) => {
  const ids = idsIn(value);
  const fitting = chain ? ids.filter((id) => SHAPES[SHAPE_OF[chain]].test(id)) : ids;
  const values = { network: CHAINS[chain] ?? "", n: value.replace(/\s/g, "").length };
  if (fitting.length === 1) return undefined;
  if (fitting.length) return ["several"];
  if (ids.length) return ["other_network", values];
  if (ADDRESS.test(value)) return ["address"];
  return [SHAPE_OF[chain] ?? "txid", values];
};
// When a wall clock in that zone shows this.
const instant = (local, zone) => {
  const utc = Date.parse(`${local}Z`);
  const there = Date.parse(`${new Date(utc).toLocaleString("sv-SE", { timeZone: zone }).replace(" ", "T")}Z`);
  return 2 * utc - there;
};
const CHECKS = {
  txid: ({ value, chain }) => problemOfId(value, chain),
  amount: ({ value }) => (value.length <= LONGEST_LINE && AMOUNT.test(value) ? undefined : ["amount"]),
  moment: ({ value, zone }) => (instant(value, zone) > now() + CLOCKS_DIFFER ? ["future"] : undefined),
};

// A problem's name and what its words need; undefined without one.
export const problemOf = (entry) => {
  if (entry.declined) return entry.reason ? undefined : ["reason"];
  return entry.value ? CHECKS[entry.kind]?.(entry) : undefined;
};
