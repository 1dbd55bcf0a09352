"""Texts in the reader's language, from gettext catalogues (`locales/<code>/LC_MESSAGES/<domain>.po`).

Two domains, so that browsers are not sent what only e-mails say:

- `pages`: what the browser shows. Marked in the sources by `t`, `tn` (components/words.py) and `msg`.
- `server`: what the server writes (e-mails, error texts). Marked by `_` and `_n`; turned into a language by
  `translate` and `ntranslate` when the reader is known.

The English text is the message id; placeholders are written `{name}`. Where one English text has two meanings or two
grammars in another language ("Closed", of one ticket and of a list of them), a mark takes a `context`: gettext's
`msgctxt`. In memory, and in the browser's catalogues, context and text are one id, joined as in gettext's .mo files.
"""

import gettext
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po, unescape

from ticket_portal.i18n.locales import DEFAULT, TRANSLATED, fold

LOCALE_DIR = Path(__file__).parent / "locales"
DOMAINS = ("pages", "server")

ENGLISH_PLURAL = "(n != 1)"
_GLUE = "\x04"

Id = str | tuple[str, str]
"""What a text is found by: its English, before it the context if it has one; of a counted text both forms."""


def in_context(text: str, context: str) -> str:
    """Return the id of a text in a context; the text itself where there is none."""
    return f"{context}{_GLUE}{text}" if context else text


def without_context(text: str) -> str:
    """Return the English text of an id."""
    return text.rpartition(_GLUE)[2]


def context_of(text: str) -> str:
    """Return the context of an id; "" where it has none."""
    return text.rpartition(_GLUE)[0]


def id_of(message: Message) -> Id:
    """Return the id of a catalogue's message."""
    context = message.context or ""
    if isinstance(message.id, str):
        return in_context(message.id, context)
    return in_context(message.id[0], context), message.id[1]


def msg(text: str, *, context: str = "") -> str:
    """Mark a text for the `pages` domain where `t` cannot stand (titles, texts of the build); returns its id."""
    return in_context(text, context)


def _(text: str, *, context: str = "") -> str:
    """Mark a text for the `server` domain; returns its id, for `translate` to take later."""
    return in_context(text, context)


def _n(one: str, many: str) -> tuple[str, str]:  # pyright: ignore[reportUnusedFunction]
    """Mark a counted text for the `server` domain; returns both forms, for `ntranslate` to take later."""
    return one, many


@dataclass(frozen=True)
class Texts:
    """One domain in one language."""

    singles: dict[str, str]
    plurals: dict[str, tuple[str, ...]]
    plural_rule: str
    """gettext's plural expression in n: C syntax, which is also valid JavaScript."""
    form_of: Callable[[int], int]


def po_path(locale: str, domain: str) -> Path:
    """Where the translations of a domain into a language are kept."""
    return LOCALE_DIR / locale / "LC_MESSAGES" / f"{domain}.po"


def read_catalogue(locale: str, domain: str) -> Catalog:
    """The .po file of a language as Babel's catalogue."""
    with po_path(locale, domain).open("rb") as file:
        catalogue = read_po(file, locale=locale, domain=domain)
    for message in catalogue:
        _take_previous_id(message)
    return catalogue


def _take_previous_id(message: Message) -> None:
    """Read `#| msgid "…"`, which Babel writes and wraps as a comment, and reads as a translator's comment."""
    lines = [line.removeprefix("|").strip() for line in message.user_comments if line.startswith("|")]
    message.user_comments = [line for line in message.user_comments if not line.startswith("|")]
    unwrapped = _HYPHENATED.sub("", "\n".join(lines))
    texts = re.split(r"^msgid(?:_plural)? ", unwrapped, flags=re.MULTILINE)[1:]
    message.previous_id = ["".join(map(unescape, _QUOTED.findall(text.replace("\n", " ")))) for text in texts]


_HYPHENATED = re.compile(r"(?<=\w-)\n(?=\w)")
_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"')


def read_texts(locale: str, domain: str) -> Texts:
    """The finished translations of one domain; what is missing there is shown in English."""
    if locale == DEFAULT:
        return Texts({}, {}, ENGLISH_PLURAL, lambda n: int(n != 1))
    catalogue = read_catalogue(locale, domain)
    singles: dict[str, str] = {}
    plurals: dict[str, tuple[str, ...]] = {}
    for message in catalogue:
        if not message.id or message.fuzzy:
            continue
        forms = forms_of(message)
        if not all(forms):
            continue
        found = id_of(message)
        if isinstance(found, str):
            singles[found] = forms[0]
        else:
            plurals[found[0]] = forms
    rule = catalogue.plural_expr
    form_of: Callable[[int], int] = gettext.c2py(rule)
    return Texts(singles, plurals, rule, form_of)


def forms_of(message: Message) -> tuple[str, ...]:
    """The translations of a text: one, or one per plural form; "" where one is missing."""
    string = message.string
    if isinstance(string, (tuple, list)):
        return tuple(form or "" for form in string)
    return (string or "",)


@cache
def texts(locale: str, domain: str) -> Texts:
    """As `read_texts`, read once per process."""
    return read_texts(locale, domain)


def translate(locale: str, message: str, /, **values: object) -> str:
    """A text of the `server` domain in a language, its placeholders filled."""
    return _single(locale, "server", message, values)


def ntranslate(locale: str, one: str, many: str, n: int, /, **values: object) -> str:
    """A counted text of the `server` domain in a language; `{n}` is the number."""
    found = texts(known(locale), "server")
    forms = found.plurals.get(one)
    chosen = forms[found.form_of(n)] if forms else (one if n == 1 else many)
    return fill(chosen, {"n": n, **values})


def page_text(locale: str, message: str, /, **values: object) -> str:
    """A text of the `pages` domain, for what is fixed when the front end is built (titles, descriptions)."""
    return _single(locale, "pages", message, values)


def _single(locale: str, domain: str, message: str, values: dict[str, object]) -> str:
    found = texts(known(locale), domain).singles.get(message)
    return fill(without_context(message) if found is None else found, values)


def known(locale: str) -> str:
    """The portal's code for a stored or received language; English where it has none."""
    return fold(locale) or DEFAULT


def fill(text: str, values: dict[str, object]) -> str:
    """Put values in the place of `{name}`.

    Not `str.format`: a translation is data from outside and must not reach into objects (`{x.__class__}`),
    and a stray brace in it must not stop an e-mail.
    """
    for name, value in values.items():
        text = text.replace("{" + name + "}", str(value))
    return text


def all_catalogues() -> list[tuple[str, str]]:
    """Every (language, domain) that has a .po file."""
    return [(locale, domain) for locale in TRANSLATED for domain in DOMAINS]
