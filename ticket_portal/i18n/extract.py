"""Finds the texts in the sources and keeps the catalogues in step with them.

Reads the syntax tree, so that nothing is imported or built: under a second for the whole project. The words that mark
a text: `t`, `msg` (one text) and `tn` (two: one, many) for `pages`; `_` and `_n` for `server`.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import write_po

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


def find_texts(package: Path = PACKAGE) -> list[FoundText]:
    """Every marked text of the package, in the order of files and lines. Raises NotExtractable."""
    found: list[FoundText] = []
    for file in sorted(package.rglob("*.py")):
        found += texts_in(file.read_text(encoding="utf-8"), file.relative_to(package.parent).as_posix())
    return found


def texts_in(source: str, name: str) -> Iterator[FoundText]:
    """The marked texts of one module."""
    tree = ast.parse(source, name)
    for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
        marker = call.func.id if isinstance(call.func, ast.Name) else ""
        if marker not in MARKERS:
            continue
        domain, count = MARKERS[marker]
        place = f"{name}:{call.lineno}"
        values = [_text(argument, marker, place) for argument in call.args[:count]]
        if len(values) != count:
            raise NotExtractable(f"{place}: {marker}() needs {count} text(s)")
        first = in_context(values[0], _context(call, marker, place))
        yield FoundText(domain, first if count == 1 else (first, values[1]), place)


def _context(call: ast.Call, marker: str, place: str) -> str:
    given = next((word.value for word in call.keywords if word.arg == "context"), None)
    return "" if given is None else _text(given, marker, place)


def _text(node: ast.expr, marker: str, place: str) -> str:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    raise NotExtractable(
        f"{place}: {marker}() takes a text as it is, with {{placeholders}}; not a computed one"
    )


def template(domain: str, found: list[FoundText]) -> Catalog:
    """The texts of a domain as an empty catalogue, sorted; a plural stands once, also where its singular does."""
    catalogue = Catalog(project="Ticket Portal", domain=domain, charset="utf-8", fuzzy=False)
    mine = sorted({text.id for text in found if text.domain == domain}, key=str)
    for identity in mine:
        places = sorted(
            {text.place.rsplit(":", 1)[0] for text in found if (text.domain, text.id) == (domain, identity)}
        )
        first = identity if isinstance(identity, str) else identity[0]
        bare = without_context(first)
        catalogue.add(
            bare if isinstance(identity, str) else (bare, identity[1]),
            locations=[(place, 0) for place in places],
            context=context_of(first) or None,
        )
    return catalogue


def update() -> None:
    """Bring the catalogues in step with the sources: new texts come in empty, gone ones leave, translations stay."""
    found = find_texts()
    for domain in DOMAINS:
        fresh = template(domain, found)
        for locale in TRANSLATED:
            old = read_catalogue(locale, domain) if po_path(locale, domain).exists() else Catalog(locale)
            _write(locale, domain, fresh, old)


_PLURALS = {"id": "nplurals=1; plural=0;"}
"""Languages whose rule Babel does not know: Indonesian has one form for every number."""


def _write(locale: str, domain: str, fresh: Catalog, old: Catalog) -> None:
    catalogue = Catalog(
        locale, domain, project="Ticket Portal", charset="utf-8", fuzzy=False, header_comment=""
    )
    if locale in _PLURALS:
        catalogue.mime_headers = [("Plural-Forms", _PLURALS[locale])]
    for message in fresh:
        if not message.id:
            continue
        kept = old.get(message.id, message.context)
        empty = ("",) * catalogue.num_plurals if isinstance(message.id, tuple) else ""
        same_kind = kept is not None and not kept.fuzzy and isinstance(kept.id, type(message.id))
        catalogue.add(
            message.id,
            (kept.string if kept and same_kind else "") or empty,
            locations=message.locations,
            user_comments=kept.user_comments if kept else (),
            context=message.context,
        )
    path = po_path(locale, domain)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        write_po(file, catalogue, width=110, omit_header=False, include_lineno=False, sort_output=True)
    # Dates of a run are no change: two people who extract get the same file.
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join(line for line in lines if not line.startswith(_VOLATILE)), encoding="utf-8")


_VOLATILE = ('"POT-Creation-Date', '"PO-Revision-Date', '"Last-Translator', '"Generated-By', '"Report-Msgid')


def counts() -> dict[tuple[str, str], tuple[int, int]]:
    """Per catalogue: how many texts it has, and how many of them are translated."""
    result: dict[tuple[str, str], tuple[int, int]] = {}
    for locale, domain in all_catalogues():
        messages = [message for message in read_catalogue(locale, domain) if message.id]
        done = [message for message in messages if all(forms_of(message))]
        result[locale, domain] = (len(messages), len(done))
    return result
