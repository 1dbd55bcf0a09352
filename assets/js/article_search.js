// The search over the help articles of one language: words are compared without accents and case, the beginning of a
// word is enough, and the hit is shown. Loaded by articles.js when somebody types.
import { load } from "$/utils/articles/load";

const WORD = /[\p{L}\p{N}]+(?:['’ʼ][\p{L}\p{N}]+)*/gu;
const LONGEST_QUERY = 2000;
const MOST_TERMS = 60;
const AROUND = 150; // letters of a shown piece
const FIELDS = { title: 8, words: 5, heading: 4, about: 3, text: 1 };
const ENOUGH = 7; // what an offer must at least weigh

export const fold = (text) =>
  text.normalize("NFKD").replace(/\p{M}/gu, "").replace(/[đĐ]/g, "d").replace(/[’ʼ]/g, "'").toLowerCase();
const wordsOf = (text) =>
  [...text.matchAll(WORD)].map((found) => ({
    at: found.index,
    end: found.index + found[0].length,
    word: fold(found[0]),
  }));

const indexes = {};
export const prepare = (code) =>
  (indexes[code] ??= load[code]().then(
    (module) => module.default.map(prepared),
    (lost) => {
      indexes[code] = undefined;
      throw lost;
    },
  ));
const prepared = (article) => ({
  ...article,
  fields: [
    ["title", wordsOf(article.title)],
    ["words", wordsOf(article.words)],
    ["about", wordsOf(article.about)],
    ...article.parts.flatMap(([, heading, text]) => [
      ["heading", wordsOf(heading)],
      ["text", wordsOf(text)],
    ]),
  ],
});

// How well a word of an article answers a word of the query: 0 not at all.
const begins = (word, term) => (word === term ? 1.5 : word.startsWith(term) ? 1 : 0);
const related = (word, term) => {
  const exact = begins(word, term);
  if (exact || term.length < 4) return exact;
  let same = 0;
  while (same < word.length && word[same] === term[same]) same += 1;
  return same >= 4 && same >= 0.7 * Math.max(word.length, term.length) ? 0.6 : 0;
};

// The weight of each term in an article: its best field, and a little for every other place.
const weights = (article, terms, matches) =>
  terms.map((term) => {
    let best = 0;
    let places = 0;
    for (const [field, words] of article.fields) {
      for (const { word } of words) {
        const fit = matches(word, term);
        if (fit) {
          places += 1;
          best = Math.max(best, fit * FIELDS[field]);
        }
      }
    }
    return best && best + Math.log2(1 + places) / 4;
  });
// A term that all articles have says nothing of any of them.
const rarity = (table, at) => {
  const having = table.filter((row) => row[at] > 0).length;
  return having ? Math.log((table.length + 1) / having) : 0;
};

const termsOf = (text) =>
  [...new Set(wordsOf(text.slice(0, LONGEST_QUERY)).map(({ word }) => word))].slice(0, MOST_TERMS);

export const search = async (code, query) => {
  const articles = await prepare(code);
  const terms = termsOf(query);
  if (!terms.length) return [];
  return ranked(articles, terms, begins) ?? ranked(articles, terms, related) ?? [];
};
const ranked = (articles, terms, matches) => {
  const table = articles.map((article) => weights(article, terms, matches));
  const rare = terms.map((_, at) => 0.2 + rarity(table, at));
  const hits = articles
    .map((article, row) => ({
      article,
      all: table[row].every(Boolean),
      score: table[row].reduce((sum, weight, at) => sum + weight * rare[at], 0),
    }))
    .filter(({ all }) => all)
    .sort((a, b) => b.score - a.score);
  return hits.length ? hits.map(({ article }) => shown(article, terms, matches)) : undefined;
};

export const offer = async (code, text, most) => {
  const articles = await prepare(code);
  const terms = termsOf(text).filter((term) => term.length > (code === "vi" ? 1 : 2));
  const table = articles.map((article) => weights(article, terms, related));
  const rare = terms.map((_, at) => rarity(table, at));
  return articles
    .map((article, row) => ({
      href: article.href,
      title: article.title,
      score: table[row].reduce((sum, weight, at) => sum + weight * rare[at], 0),
    }))
    .filter(({ score }) => score >= ENOUGH)
    .sort((a, b) => b.score - a.score)
    .slice(0, most);
};

const ESCAPES = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
const escaped = (text) => text.replace(/[&<>"]/g, (letter) => ESCAPES[letter]);
const marked = (text, terms, matches) => {
  let html = "";
  let done = 0;
  for (const { at, end, word } of wordsOf(text)) {
    if (!terms.some((term) => matches(word, term))) continue;
    html += `${escaped(text.slice(done, at))}<mark>${escaped(text.slice(at, end))}</mark>`;
    done = end;
  }
  return html + escaped(text.slice(done));
};
// The part that answers most of the terms, and of its text the piece around the first of them.
const shown = (article, terms, matches) => {
  const answers = (text) => terms.filter((term) => wordsOf(text).some(({ word }) => matches(word, term))).length;
  const parts = [["", "", article.about], ...article.parts]
    .map(([id, heading, text]) => ({ id, heading, text, score: 2 * answers(`${heading} ${text}`) + answers(text) }))
    .sort((a, b) => b.score - a.score);
  const best = parts[0].score
    ? parts[0]
    : { id: "", text: `${article.about} (${saidOtherwise(article, terms, matches)})` };
  return {
    href: article.href + (best.id ? `#${best.id}` : ""),
    title: marked(article.title, terms, matches),
    piece: marked(best.score ? piece(best.text || article.about, terms, matches) : best.text, terms, matches),
  };
};
// The keywords that were meant, where the article itself says it in other words.
const saidOtherwise = (article, terms, matches) =>
  article.words
    .split(", ")
    .filter((words) => wordsOf(words).some(({ word }) => terms.some((term) => matches(word, term))))
    .join(", ");
const piece = (text, terms, matches) => {
  const words = wordsOf(text);
  const first = words.find(({ word }) => terms.some((term) => matches(word, term)));
  if (text.length <= AROUND) return text;
  const wanted = Math.max(0, (first?.at ?? 0) - AROUND / 3);
  const begin = words.find(({ at }) => at >= wanted)?.at ?? 0;
  const stop = words.findLast(({ end }) => end <= begin + AROUND)?.end ?? text.length;
  return `${wanted ? "… " : ""}${text.slice(wanted ? begin : 0, stop)}${stop < text.length - 1 ? " …" : ""}`;
};
