"""The languages of the portal, and which of them a reader gets."""

from collections.abc import Iterable

from babel.core import negotiate_locale

DEFAULT = "en"
"""The language at the plain path; the others stand under a prefix."""

LOCALES = {
    "en": "English",
    "es": "Español",
    "fr": "Français",
    "id": "Bahasa Indonesia",
    "uk": "Українська",
    "vi": "Tiếng Việt",
}

TRANSLATED = tuple(code for code in LOCALES if code != DEFAULT)

ALIASES = {"in": "id", "ua": "uk"}
"""Codes that people and old systems write: Indonesian before 1989, and the country for the language."""


def fold(tag: str) -> str | None:
    """The portal's language for a tag such as "es-419", "uk_UA" or "in"; None where it has none."""
    code = tag.strip().replace("_", "-").split("-")[0].lower()
    code = ALIASES.get(code, code)
    return code if code in LOCALES else None


def negotiate(accept_language: str) -> str:
    """The best of the portal's languages for an Accept-Language header; English where none fits."""
    wanted = [code for tag in _by_preference(accept_language) if (code := fold(tag))]
    return negotiate_locale(wanted, list(LOCALES)) or DEFAULT


def _by_preference(header: str) -> Iterable[str]:
    """Language tags of an Accept-Language header, the most wanted first, refused ones (q=0) left out."""
    weighed: list[tuple[float, int, str]] = []
    # A header is the sender's text: the first few entries say enough, the rest only costs time.
    for place, part in enumerate(header.split(",")[:20]):
        tag, _, rest = part.partition(";")
        try:
            quality = float(rest.strip().removeprefix("q=")) if rest.strip() else 1.0
        except ValueError:
            continue
        if tag.strip() and quality > 0:
            weighed.append((-quality, place, tag))
    return [tag for _, _, tag in sorted(weighed)]


def locale_of(path: str) -> str:
    """The language that an address names: "/es/tickets" → "es", "/tickets" → "en"."""
    first = path.split("/", 2)[1] if path.startswith("/") else ""
    return first if first in TRANSLATED else DEFAULT


def bare(path: str) -> str:
    """The address without its language: "/es/tickets" → "/tickets"."""
    locale = locale_of(path)
    if locale == DEFAULT:
        return path
    return path[len(locale) + 1 :] or "/"


def localized(locale: str, path: str) -> str:
    """The address of a page in a language: ("es", "/tickets") → "/es/tickets"."""
    if locale == DEFAULT:
        return path
    return f"/{locale}" + ("" if path == "/" else path)


def own_address(path: str) -> str:
    r"""The address if it surely is one of this portal's, "" for any other: "//evil.example", "/\\evil.example"."""
    # Browsers read a backslash as a slash, and skip tabs and line ends wherever they stand.
    own = path.startswith("/") and not path.startswith("//") and "\\" not in path and path.isprintable()
    return path if own else ""
