// What must not be sent to anybody: recovery phrases, private keys, card numbers. The server looks again and for more
// (domain/text/secrets.py); what is found here must be found there too.
const PATIENCE = 3000;
// More is refused by its length (domain/tickets/messages.py), and is not looked through here: it would freeze a phone.
const LONGEST = 20000;
const LETTERS = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
const WORDS = /\p{L}+/gu;
const PEM = /-----BEGIN [A-Z ]*PRIVATE KEY/;
const CHECKED_KEY = /(?<![0-9A-Za-z])(?:[5KL9c][1-9A-HJ-NP-Za-km-z]{50,51}|[xyztuv]prv[1-9A-HJ-NP-Za-km-z]{107,108})(?![0-9A-Za-z])/g;
const BARE_KEY = /(?<![0-9A-Za-z])(?:(?:0x)?[0-9A-Fa-f]{64}|[1-9A-HJ-NP-Za-km-z]{87,88})(?![0-9A-Za-z])/g;
const CALLED =
  /(?<![\p{L}\d_])(?:(private[ _-]?keys?|priv[ _-]?keys?|secret[ _-]?keys?|seeds?|clave(?: privada| secreta)|llave privada|cl[eé]s?(?: priv[eé]es?| secr[eè]tes?)|kunci(?: privat| pribadi| rahasia)|(?:приватн|закрит|секретн|особист)\p{L}* ключ\p{L}*|kh[oó]a (?:riêng tư|bí mật|cá nhân)|khoá (?:riêng tư|bí mật))|tx(?:id|hash| ?id)?|transactions?|hash|transacci[oó]n(?:es)?|transaksi|транзакц\p{L}*|giao dịch|retir\p{L}+|withdrawal\p{L}*|deposit\p{L}*|penarikan|виведен\p{L}*|rút tiền)(?![\p{L}\d_])/giu;
const CARD = /(?<![\p{L}\d_.,:/+-])\d(?:[ -]?\d){12,18}(?![\p{L}\d_:/-])(?![.,]\d)/gu;
const CARD_START =
  /^(?:4\d{12}(?:\d{3}){0,2}|5[1-5]\d{14}|2(?:22[1-9]|2[3-9]\d|[3-6]\d\d|7[01]\d|720)\d{12}|220[0-4]\d{12,15}|3[47]\d{13}|3(?:0[0-5]|[68]\d)\d{11}|6(?:011|5\d\d|4[4-9]\d)\d{12}|35(?:2[89]|[3-8]\d)\d{12}|62\d{14,17}|(?:50|5[6-8]|6[37])\d{10,17})$/;

// As in i18n/folding.py: marks in a row are sorted by insertion, and one sign of Arabic or Japanese becomes many letters.
const MARKS = /(\p{M}{30})\p{M}+/gu;
const EXPANDING = /[\u2057\u2152\u2167\u2177\u247d-\u2487\u2a0c\u321d\u321e\u3300-\u3357\u337f\u3389\u33a8\u33ae\u33af\u33c2\u33c6\u33d8\ufdf2-\ufdf8\ufdfa-\ufdfc]/g;
const fold = (typed) => typed.replace(MARKS, "$1").replace(EXPANDING, " ").normalize("NFKC");

const luhn = (digits) =>
  [...digits].reverse().reduce((sum, d, at) => {
    const n = d * (1 + (at % 2));
    return sum + (n > 9 ? n - 9 : n);
  }, 0) % 10 === 0;
const hasCard = (text) => (text.match(CARD) ?? []).some((found) => ((card) => CARD_START.test(card) && luhn(card))(found.replace(/[ -]/g, "")));
const hasCalledKey = (text) =>
  PEM.test(text) || [...text.matchAll(BARE_KEY)].some(({ index }) => [...text.slice(Math.max(0, index - 80), index).matchAll(CALLED)].at(-1)?.[1] !== undefined);

const base58 = (text) => {
  let number = 0n;
  for (const letter of text) number = number * 58n + BigInt(LETTERS.indexOf(letter));
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

// Only texts with twelve words in a row that a list may hold need the lists: 20 KB that hardly anybody loads.
const mayHoldPhrase = (words) => {
  let run = 0;
  return words.some((word) => {
    run = word.length > 2 && word.length < 10 ? run + 1 : 0;
    return run >= 12;
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
    const left = length > 12 ? words[at - 12] : undefined;
    if (left !== undefined && counts.set(left, counts.get(left) - 1).get(left) === 0) counts.delete(left);
    return length >= 12 && counts.size > 8;
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
  if (hasCalledKey(text)) return "secret_key";
  if (hasCard(text)) return "secret_card";
  const words = text.match(WORDS) ?? [];
  const keys = globalThis.crypto?.subtle ? (text.match(CHECKED_KEY) ?? []) : [];
  const phrase = mayHoldPhrase(words);
  if (!phrase && !keys.length) return "";
  const looks = [...keys.map(async (key) => (await isChecked(key)) && "secret_key"), phrase && hasPhrase(words).then((is) => is && "secret_phrase")];
  const late = new Promise((resolve) => setTimeout(resolve, PATIENCE, []));
  // Without an answer in time the text goes on: the server decides.
  return Promise.race([Promise.all(looks), late])
    .catch(() => [])
    .then((found) => found.find(Boolean) || "");
};
// While it is typed: have the lists at hand by the time it is sent.
export const prepare = (typed) => void (typed.length <= LONGEST && mayHoldPhrase(typed.match(WORDS) ?? []) && wordLists());
