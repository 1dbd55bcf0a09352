"""Finds the texts in the sources and keeps the catalogues in step with them.

Reads the syntax trees of modules and templates, so that nothing is imported or built: about a second for the whole
project. The words that mark a text: `t`, `msg` (one text) and `tn` (two: one, many) for `pages`; `_` and `_n` for
`server`.
"""

import ast
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import write_po
from jinja2 import Environment, nodes

from ticket_portal.i18n.catalogues import (
    DOMAINS,
    Id,
    all_catalogues,
    context_of,
    forms_of,
    in_context,
    po_path,
    read_catalogue,
    without_context,
)
from ticket_portal.i18n.locales import TRANSLATED

PACKAGE = Path(__file__).parents[1]
TEMPLATES = PACKAGE / "templates"

MARKERS = {
    "t": ("pages", 1),
    "msg": ("pages", 1),
    "tn": ("pages", 2),
    "_": ("server", 1),
    "_n": ("server", 2),
}
"""Function → domain, and how many leading arguments are texts."""


@dataclass(frozen=True)
class FoundText:
    """A text in the sources."""

    domain: str
    id: Id
    place: str


class NotExtractable(Exception):
    """A marked text is computed (an f-string, a variable): no translator would ever see it."""


@dataclass(frozen=True)
class _Call:
    """A call of a name in a source. What is computed there is None here."""

    name: str
    line: int
    arguments: list[object]
    named: dict[str, object]


def find_texts(package: Path = PACKAGE) -> list[FoundText]:
    """Every marked text of the package, in the order of files and lines. Raises NotExtractable."""
    found: list[FoundText] = []
    for file in sorted([*package.rglob("*.py"), *(package / TEMPLATES.name).rglob("*.html")]):
        found += texts_in(file.read_text(encoding="utf-8"), file.relative_to(package.parent).as_posix())
    return found


def texts_in(source: str, name: str) -> Iterator[FoundText]:
    """The marked texts of one module or template."""
    for call in _of_module(source, name) if name.endswith(".py") else _of_template(source, name):
        if call.name not in MARKERS:
            continue
        domain, count = MARKERS[call.name]
        place = f"{name}:{call.line}"
        values = [_text(argument, call.name, place) for argument in call.arguments[:count]]
        if len(values) != count:
            raise NotExtractable(f"{place}: {call.name}() needs {count} text(s)")
        context = _text(call.named["context"], call.name, place) if "context" in call.named else ""
        first = in_context(values[0], context)
        yield FoundText(domain, first if count == 1 else (first, values[1]), place)


def _of_module(source: str, name: str) -> Iterator[_Call]:
    for call in ast.walk(ast.parse(source, name)):
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name):
            named = {word.arg: _constant(word.value) for word in call.keywords if word.arg}
            yield _Call(call.func.id, call.lineno, list(map(_constant, call.args)), named)


def _of_template(source: str, name: str) -> Iterator[_Call]:
    for call in Environment(autoescape=True).parse(source, name).find_all(nodes.Call):
        if isinstance(call.node, nodes.Name):
            named = {word.key: _constant(word.value) for word in call.kwargs}
            yield _Call(call.node.name, call.lineno, list(map(_on_one_line, call.args)), named)


def _constant(node: ast.expr | nodes.Expr) -> object:
    return node.value if isinstance(node, ast.Constant | nodes.Const) else None


def _on_one_line(node: nodes.Expr) -> object:
    """Return a text of a template; None for one with a line break, which is a blank when the template is read."""
    value = _constant(node)
    return None if isinstance(value, str) and "\n" in value else value


def _text(value: object, marker: str, place: str) -> str:
    if isinstance(value, str):
        return value
    raise NotExtractable(
        f"{place}: {marker}() takes a text as it is, with {{placeholders}}; not a computed one"
    )


def template(domain: str, found: list[FoundText]) -> Catalog:
    """The texts of a domain as an empty catalogue, sorted; a plural stands once, also where its singular does."""
    catalogue = Catalog(project=PROJECT, domain=domain, charset="utf-8", fuzzy=False)
    places: dict[Id, set[str]] = defaultdict(set)
    for text in found:
        if text.domain == domain:
            places[text.id].add(text.place.rsplit(":", 1)[0])
    for identity in sorted(places, key=str):
        first = identity if isinstance(identity, str) else identity[0]
        bare = without_context(first)
        catalogue.add(
            bare if isinstance(identity, str) else (bare, identity[1]),
            locations=[(place, 0) for place in sorted(places[identity])],
            context=context_of(first) or None,
        )
    return catalogue


def update(package: Path = PACKAGE) -> None:
    """Bring the catalogues in step with the sources.

    New texts come in empty, gone ones leave. A reworded one keeps its translations, marked as fuzzy and with the text
    that they are of, until a translator has looked at them.
    """
    found = find_texts(package)
    for domain in DOMAINS:
        for locale in TRANSLATED:
            catalogue = (
                read_catalogue(locale, domain) if po_path(locale, domain).exists() else Catalog(locale)
            )
            _merge(catalogue, template(domain, found))
            _write(locale, domain, catalogue)


def _merge(catalogue: Catalog, fresh: Catalog) -> None:
    translated_from = {message.id: message.previous_id for message in catalogue if message.previous_id}
    catalogue.update(fresh)
    for message in catalogue:
        # What waited already, or was reworded again before a translator came by: the first wording is the translated.
        before = message.previous_id[0] if len(message.previous_id) == 1 else tuple(message.previous_id)
        message.previous_id = translated_from.get(before or message.id, message.previous_id)
        if not any(forms_of(message)):
            message.flags.discard("fuzzy")
            message.previous_id = []


PROJECT = "Ticket Portal"
_PLURALS = {"id": "nplurals=1; plural=0;"}
"""Languages whose rule Babel does not know: Indonesian has one form for every number."""


def _write(locale: str, domain: str, catalogue: Catalog) -> None:
    catalogue.domain, catalogue.project, catalogue.header_comment = domain, PROJECT, ""
    catalogue.charset, catalogue.fuzzy = "utf-8", False
    if locale in _PLURALS:
        catalogue.mime_headers = [("Plural-Forms", _PLURALS[locale])]
    path = po_path(locale, domain)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        write_po(
            file,
            catalogue,
            width=110,
            include_lineno=False,
            include_previous=True,
            ignore_obsolete=True,
            sort_output=True,
        )
    # Dates of a run are no change: two people who extract get the same file.
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join(line for line in lines if not line.startswith(_VOLATILE)), encoding="utf-8")


_VOLATILE = ('"POT-Creation-Date', '"PO-Revision-Date', '"Last-Translator', '"Generated-By', '"Report-Msgid')


def counts() -> dict[tuple[str, str], tuple[int, int]]:
    """Per catalogue: how many texts it has, and how many of them are translated."""
    result: dict[tuple[str, str], tuple[int, int]] = {}
    for locale, domain in all_catalogues():
        messages = [message for message in read_catalogue(locale, domain) if message.id]
        done = [message for message in messages if not message.fuzzy and all(forms_of(message))]
        result[locale, domain] = (len(messages), len(done))
    return result
