// What must not be sent to anybody: recovery phrases, private keys, card numbers, by the rules of domain/text/secrets.py
// (frontend/rules.py writes them for here). The server looks again, and for more.
import {
  BARE_KEY,
  BASE58,
  CARD,
  CARD_STARTS,
  CHECKED_KEYS,
  CODES,
  EXPANDING,
  LONGEST,
  LONGEST_CONTEXT,
  MOST_MARKS,
  MOST_REPEATED,
  PEM,
  SAID_BEFORE,
  SHORTEST_PHRASE,
  WORD,
  WORD_LENGTHS,
} from "$/utils/rules/shield";

const PATIENCE = 3000;
const MARKS = new RegExp(`(\\p{M}{${MOST_MARKS}})\\p{M}+`, "gu"); // marks in a row are sorted by insertion
const fold = (typed) => typed.replace(MARKS, "$1").replace(EXPANDING, " ").normalize("NFKC");

const luhn = (digits) =>
  [...digits].reverse().reduce((sum, d, at) => {
    const n = d * (1 + (at % 2));
    return sum + (n > 9 ? n - 9 : n);
  }, 0) %
    10 ===
  0;
const hasCard = (text) =>
  (text.match(CARD) ?? []).some((found) =>
    ((card) => CARD_STARTS.test(card) && luhn(card))(found.replace(/[ -]/g, "")),
  );
const hasCalledKey = (text) =>
  PEM.test(text) ||
  [...text.matchAll(BARE_KEY)].some(
    ({ index }) =>
      [...text.slice(Math.max(0, index - LONGEST_CONTEXT), index).matchAll(SAID_BEFORE)].at(-1)?.groups.key !==
      undefined,
  );

const base58 = (text) => {
  let number = 0n;
  for (const letter of text) number = number * 58n + BigInt(BASE58.indexOf(letter));
  const hex = number.toString(16);
  const bytes = (hex.length % 2 ? `0${hex}` : hex).match(/../g).map((pair) => parseInt(pair, 16));
  return new Uint8Array([...text.match(/^1*/)[0]].map(() => 0).concat(bytes));
};
const isChecked = async (key) => {
  const found = base58(key);
  const once = await crypto.subtle.digest("SHA-256", found.slice(0, -4));
  const twice = new Uint8Array(await crypto.subtle.digest("SHA-256", once));
  return found.slice(-4).every((byte, at) => byte === twice[at]);
};

// Only texts with so many words in a row that a list may hold need the lists: 20 KB that hardly anybody loads.
const mayHoldPhrase = (words) => {
  let run = 0;
  return words.some((word) => {
    run = word.length >= WORD_LENGTHS[0] && word.length <= WORD_LENGTHS[1] ? run + 1 : 0;
    return run >= SHORTEST_PHRASE;
  });
};
let lists;
const wordLists = () =>
  (lists ??= import("$/utils/recovery_words").then(
    ({ default: all }) => all.map((words) => new Set(words.split(" "))),
    () => {
      lists = undefined; // asked again at the next text
      return [];
    },
  ));
const plain = (word) => word.toLowerCase().normalize("NFKD").replace(/\p{M}/gu, "");
const isPhrase = (words, list) => {
  let length = 0;
  const counts = new Map();
  return words.some((word, at) => {
    if (!list.has(word)) {
      length = 0;
      counts.clear();
      return false;
    }
    length += 1;
    counts.set(word, (counts.get(word) ?? 0) + 1);
    const left = length > SHORTEST_PHRASE ? words[at - SHORTEST_PHRASE] : undefined;
    if (left !== undefined && counts.set(left, counts.get(left) - 1).get(left) === 0) counts.delete(left);
    return length >= SHORTEST_PHRASE && counts.size > SHORTEST_PHRASE - MOST_REPEATED;
  });
};
const hasPhrase = async (words) => {
  const said = words.map(plain);
  return (await wordLists()).some((list) => isPhrase(said, list));
};

// The code of what was found, "" for nothing; a promise of it where that needs the lists or a checksum.
export const secretIn = (typed) => {
  if (typed.length > LONGEST) return "";
  const text = fold(typed);
  if (hasCalledKey(text)) return CODES.key;
  if (hasCard(text)) return CODES.card;
  const words = text.match(WORD) ?? [];
  const keys = globalThis.crypto?.subtle ? CHECKED_KEYS.flatMap((pattern) => text.match(pattern) ?? []) : [];
  const phrase = mayHoldPhrase(words);
  if (!phrase && !keys.length) return "";
  const looks = [
    ...keys.map(async (key) => (await isChecked(key)) && CODES.key),
    phrase && hasPhrase(words).then((is) => is && CODES.phrase),
  ];
  const late = new Promise((resolve) => setTimeout(resolve, PATIENCE, []));
  // Without an answer in time the text goes on: the server decides.
  return Promise.race([Promise.all(looks), late])
    .catch(() => [])
    .then((found) => found.find(Boolean) || "");
};
// While it is typed: have the lists at hand by the time it is sent.
export const prepare = (typed) =>
  void (typed.length <= LONGEST && mayHoldPhrase(typed.match(WORD) ?? []) && wordLists());
