"""The help articles: Markdown files `ticket_portal/help/<language>/<slug>.md`, read and checked.

An article begins with its front matter (`name: value` lines between two `---`). Besides Markdown (no HTML) it may say:

- `{label:Send}`: the name of a control or the words of a page, by their English text, shown as the catalogues have
  them. An article can't name a button that isn't there, and follows when a label changes.
- `{#an-id}` at the end of a heading: the same in all languages, so that links into an article keep working.
- `{tip}`, `{safety}` at the begin of a quotation: that kind of a callout.
- `{company}` and the other values of the build.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline
from markdown_it.tree import SyntaxTreeNode

from ticket_portal.i18n.catalogues import context_of, fill, msg, texts, without_context
from ticket_portal.i18n.extract import FoundText, find_texts
from ticket_portal.i18n.locales import DEFAULT

FOLDER = Path(__file__).parents[1] / "help"

TOPICS = {
    "tickets": msg("Your tickets"),
    "asking": msg("Asking for help"),
    "safety": msg("Alerts and safety"),
}
"""What articles are about, in the order in which they are shown."""

EXAMPLE_NUMBER = 12345
# Vietnamese writes its syllables apart: more "words" for as much to read.
WORDS_PER_MINUTE = {"vi": 280}
USUAL_WORDS_PER_MINUTE = 200

_NAMES = ("title", "description", "keywords", "topic", "order", "published", "updated", "related")
_FRONT = re.compile(r"---\n(.*?)\n---\n(.*)", re.DOTALL)
_REFERENCE = re.compile(r"\{(?:label:((?:[^{}]|\{\w+\})+)|#([a-z0-9-]+)|(tip|safety))\}")
_SPECIAL = re.compile(r"([\\`*_\[\]<>{}])")
# French sets these apart by a space at which no line ends.
_FRENCH_SPACE = re.compile(r" (?=[:;?!»])|(?<=«) ")


class ArticleBroken(Exception):
    """An article can't be published; the text says which one and why."""


@dataclass(frozen=True)
class Section:
    """What stands under one heading (the first has none), as plain text."""

    id: str
    heading: str
    level: int
    text: str


@dataclass(frozen=True)
class Article:
    """One article in one language."""

    slug: str
    locale: str
    title: str
    description: str
    keywords: str
    topic: str
    order: int
    published: date
    updated: date
    related: tuple[str, ...]
    body: SyntaxTreeNode

    @property
    def path(self) -> str:
        """Where it stands, without the language."""
        return path_of(self.slug)

    @property
    def minutes(self) -> int:
        """How long it takes to read."""
        words = sum(len(f"{section.heading} {section.text}".split()) for section in self.sections)
        return max(1, round(words / WORDS_PER_MINUTE.get(self.locale, USUAL_WORDS_PER_MINUTE)))

    @property
    def sections(self) -> list[Section]:
        """Its parts, in their order."""
        parts: list[tuple[str, str, int, list[str]]] = [("", "", 1, [])]
        for block in self.body.children:
            if block.type == "heading":
                parts.append((anchor(block), plain(block), int(block.tag[1:]), []))
            else:
                parts[-1][3].append(plain(block))
        return [
            Section(name, heading, level, " ".join(said))
            for name, heading, level, said in parts
            if said or heading
        ]


def path_of(slug: str) -> str:
    """Where an article stands, without the language."""
    return f"/help/{slug}"


@cache
def slugs() -> tuple[str, ...]:
    """The names of all articles, the same in every language."""
    return tuple(sorted(file.stem for file in (FOLDER / DEFAULT).glob("*.md")))


def articles(locale: str, values: Mapping[str, object]) -> list[Article]:
    """All articles in a language, in the order of their topics. Raises ArticleBroken."""
    found = [read(locale, slug, values) for slug in slugs()]
    return sorted(found, key=lambda article: (list(TOPICS).index(article.topic), article.order))


def read(locale: str, slug: str, values: Mapping[str, object]) -> Article:
    """One article, its labels and values filled in. Raises ArticleBroken."""
    file = FOLDER / locale / f"{slug}.md"
    where = f"{locale}/{slug}"
    if not file.is_file():
        raise ArticleBroken(f"{where}: there is no such file")
    parts = _FRONT.fullmatch(file.read_text(encoding="utf-8"))
    if not parts:
        raise ArticleBroken(f"{where}: does not begin with its front matter")
    front = _front(parts[1], where)
    text = fill(parts[2], {name: _SPECIAL.sub(r"\\\1", str(value)) for name, value in values.items()})
    try:
        return Article(
            slug=slug,
            locale=locale,
            title=_typeset(fill(front["title"], dict(values)), locale),
            description=_typeset(fill(front["description"], dict(values)), locale),
            keywords=front["keywords"],
            topic=front["topic"],
            order=int(front["order"]),
            published=date.fromisoformat(front["published"]),
            updated=date.fromisoformat(front["updated"]),
            related=tuple(front["related"].split()),
            body=SyntaxTreeNode(_reader(locale).parse(_typeset(text, locale))),
        )
    except (ArticleBroken, ValueError) as error:
        raise ArticleBroken(f"{where}: {error}") from None


def card_texts(locale: str, values: Mapping[str, object]) -> dict[str, str]:
    """What lists of articles say, as texts of a page: titles and descriptions by `title_id` and `about_id`."""
    found = articles(locale, values)
    return {
        **{title_id(article.slug): article.title for article in found},
        **{about_id(article.slug): article.description for article in found},
    }


def title_id(slug: str) -> str:
    """By which name a page's texts have an article's title."""
    return f"article:{slug}"


def about_id(slug: str) -> str:
    """By which name a page's texts have an article's description."""
    return f"article:{slug}:about"


def plain(node: SyntaxTreeNode) -> str:
    """What a part of an article says, without its form."""
    return re.sub(r"\s+", " ", "".join(_said(node))).strip()


def anchor(heading: SyntaxTreeNode) -> str:
    """The id of a heading."""
    return next((node.content for node in heading.walk() if node.type == "anchor"), "")


def labels(node: SyntaxTreeNode) -> list[str]:
    """The labels that a part of an article names, as the reader sees them."""
    return [found.content for found in node.walk() if found.type == "label"]


def label(locale: str, english: str) -> str:
    """What a reader sees where the English page says this. Raises ArticleBroken where no page or mail says so."""
    found = _said_in().get(english)
    if not found:
        raise ArticleBroken(f"no page and no email says “{english}”")
    return fill(texts(locale, found.domain).singles.get(str(found.id), english), {"number": EXAMPLE_NUMBER})


@cache
def _said_in() -> dict[str, FoundText]:
    """Texts by their English: what a page says before what a mail says, one without a context before others."""
    single = [found for found in find_texts() if isinstance(found.id, str)]
    least_first = sorted(single, key=lambda found: (found.domain == "pages", not context_of(str(found.id))))
    return {without_context(str(found.id)): found for found in least_first}


def _front(text: str, where: str) -> dict[str, str]:
    lines = (line.partition(":") for line in text.splitlines())
    front = {name.strip(): value.strip() for name, _colon, value in lines}
    if tuple(front) != _NAMES or not all(front.values()):
        raise ArticleBroken(f"{where}: the front matter must say {', '.join(_NAMES)}, each with a value")
    if front["topic"] not in TOPICS:
        raise ArticleBroken(f"{where}: no topic {front['topic']!r}; there are {', '.join(TOPICS)}")
    return front


def _typeset(text: str, locale: str) -> str:
    return _FRENCH_SPACE.sub("\u00a0", text) if locale == "fr" else text


def _said(node: SyntaxTreeNode) -> Iterator[str]:
    if node.type in ("text", "label"):
        yield node.content
    elif node.type in ("softbreak", "hardbreak"):
        yield " "
    for child in node.children:
        yield from _said(child)
    if node.type in ("paragraph", "list_item", "heading"):
        yield " "


def _reader(locale: str) -> MarkdownIt:
    # Only what components/help/article.py shows; pictures and HTML would need more than words.
    reader = MarkdownIt("zero").enable(["list", "blockquote", "heading", "emphasis", "link", "escape"])
    reader.options["maxNesting"] = 20

    def reference(state: StateInline, silent: bool) -> bool:
        found = _REFERENCE.match(state.src, state.pos)
        if not found:
            return False
        if not silent:
            said, name, tone = found.groups()
            token = state.push("label" if said else "anchor" if name else "tone", "", 0)
            token.content = label(locale, said) if said else name or tone
        state.pos = found.end()
        return True

    reader.inline.ruler.before("emphasis", "reference", reference)
    return reader
