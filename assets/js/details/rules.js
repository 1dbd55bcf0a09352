// Whether what was given for a detail can be right; the words for each problem are in components/ticket/detail_requests.py.
// The server checks again (domain/tickets/detail_requests.py).
import { now } from "$/public/js/clock.js";

const HEX = /^[0-9a-f]{64}$/i;
const EVM = /^0x[0-9a-f]{64}$/i;
const SIGNATURE = /^[1-9A-HJ-NP-Za-km-z]{86,88}$/;
const SHAPES = { bitcoin: (id) => HEX.test(id), tron: (id) => HEX.test(id), ethereum: (id) => EVM.test(id), solana: (id) => SIGNATURE.test(id) };
const NAMES = { bitcoin: "Bitcoin", tron: "TRON", ethereum: "Ethereum", solana: "Solana" };
const ADDRESS = /^(?:0x[0-9a-f]{40}|bc1[0-9a-z]{20,71}|[1-9A-HJ-NP-Za-km-z]{26,44})$/i;
const AMOUNT = /^(?=.*[1-9])(?:\D{1,12}\d[\d.,’' ]*|\d[\d.,’' ]*\s*\p{L}{1,12}|\d[\d.,’' ]*\s*[^\p{L}\d_\s]{1,3})$/u;

const problemOfId = (value, chain) => {
  const ids = [...new Set(value.match(/[0-9A-Za-z]+/g) ?? [])].filter((word) => Object.values(SHAPES).some((fits) => fits(word)));
  const fitting = chain ? ids.filter(SHAPES[chain]) : ids;
  const values = { network: NAMES[chain] ?? "", n: value.replace(/\s/g, "").length };
  if (fitting.length === 1) return undefined;
  if (fitting.length) return ["several"];
  if (ids.length) return ["other_network", values];
  if (ADDRESS.test(value)) return ["address"];
  return [{ bitcoin: "hex", tron: "hex", ethereum: "evm", solana: "signature" }[chain] ?? "txid", values];
};
// When a wall clock in that zone shows this.
const instant = (local, zone) => {
  const utc = Date.parse(`${local}Z`);
  const there = Date.parse(`${new Date(utc).toLocaleString("sv-SE", { timeZone: zone }).replace(" ", "T")}Z`);
  return 2 * utc - there;
};
const CHECKS = {
  txid: ({ value, chain }) => problemOfId(value, chain),
  amount: ({ value }) => (value.length <= 80 && AMOUNT.test(value) ? undefined : ["amount"]),
  moment: ({ value, zone }) => (instant(value, zone) > now() + 6e4 ? ["future"] : undefined),
};

// A problem's name and what its words need; undefined without one.
export const problemOf = (entry) => {
  if (entry.declined) return entry.reason ? undefined : ["reason"];
  return entry.value ? CHECKS[entry.kind]?.(entry) : undefined;
};
