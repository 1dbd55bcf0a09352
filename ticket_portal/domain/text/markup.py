"""What people write, as HTML that is safe to put into a page."""

import html
import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import islice
from urllib.parse import urlsplit

from linkify_it import LinkifyIt

from ticket_portal.domain.text import identifiers

_links = LinkifyIt(options={"fuzzy_email": False, "fuzzy_link": False})
# The library's own `match` looks at each "http://" up to the text's end, also inside an address that it found before,
# and at each open bracket: 10,000 characters, of a stranger's choice, took 100 ms. So addresses are looked for between
# blanks, of which they have none, after the end of the one before, and at so many places between two blanks.
LONGEST_ADDRESS = 1_000
MOST_STARTS = 20
_START = re.compile(_links.re["schema_search"], re.IGNORECASE)
_SOLID = re.compile(r"\S+")

# Embeddings, overrides and isolates (UAX 9): "moc.elppa" behind one reads as "apple.com". Plain marks only help.
_TURNS_TEXT = re.compile("([\u202a-\u202e\u2066-\u2069])")
# Latin letters that have no ASCII letter inside.
_OWN_LATIN = frozenset("ßæœøđðłþ")


@lru_cache(maxsize=2_000)  # a conversation is read again at each change, and only its end is new
def as_html(body: str) -> str:
    """Return a text as safe HTML: everything escaped, web addresses made into links that tell nothing of us.

    A link says where it leads: an address with a user name in it ("http://bank@evil.example") or with characters that
    turn text around stays text, and a host of look-alike letters is shown as it is written in ASCII (UTS 39, RFC 3492).
    Transaction IDs and addresses become buttons; what they do is the page's matter (assets/js/conversation/copying.js).
    """
    parts: list[str] = []
    end = 0
    for start, stop, address in _addresses(body):
        plain = _plainly(address, body[start:stop])
        if plain is None:
            continue
        url, shown = map(html.escape, plain)
        parts += [
            _with_chips(body[end:start]),
            f'<a href="{url}" target="_blank" rel="noopener noreferrer nofollow">{shown}</a>',
        ]
        end = stop
    return "".join([*parts, _with_chips(body[end:])])


def highlighted(parts: Iterable[tuple[str, bool]]) -> str:
    """Return texts in a row as safe HTML, those that were looked for marked."""
    return "".join(
        f"<mark>{html.escape(text)}</mark>" if found else html.escape(text) for text, found in parts
    )


def _addresses(body: str) -> Iterator[tuple[int, int, str]]:
    """Yield where each web address begins and ends, and the address that a browser is to open."""
    for solid in _SOLID.finditer(body):
        text = solid.group()
        if "://" not in text or len(text) > LONGEST_ADDRESS:
            continue
        end = 0
        for start in islice(_START.finditer(text), MOST_STARTS):
            length = _links.test_schema_at(text, start.group(2), start.end()) if start.end(1) >= end else 0
            if not length:
                continue
            end = start.end() + length
            link = _links._create_match(text, start.group(2), start.end(1), end)
            if link.url.startswith(("http://", "https://")):
                yield solid.start() + link.index, solid.start() + link.last_index, link.url


def _plainly(url: str, text: str) -> tuple[str, str] | None:
    """Return an address and how it is shown; None for one that says something else than where it leads."""
    try:
        netloc = urlsplit(url).netloc
        if "@" in netloc or _TURNS_TEXT.search(text):
            return None
        if _reads_as_it_is(netloc):
            return url, text
        host, colon, port = netloc.partition(":")
        written = host.encode("idna").decode() + colon + port
    except ValueError:  # no host name at all, UnicodeError
        return None
    return url.replace(netloc, written, 1), text.replace(netloc, written, 1)


def _reads_as_it_is(host: str) -> bool:
    """Whether all letters of a host are of one script, and Latin ones are letters that everyone knows."""
    letters = [letter for letter in host.lower() if letter.isalpha() or not letter.isascii()]
    scripts = {unicodedata.name(letter, "").partition(" ")[0] for letter in letters}
    if scripts <= {"LATIN"}:
        return all(_is_known_latin(letter) for letter in letters)
    return len(scripts) == 1 and all(letter.isalpha() for letter in letters)


def _is_known_latin(letter: str) -> bool:
    return letter in _OWN_LATIN or unicodedata.normalize("NFD", letter)[0].isascii()


def _with_chips(text: str) -> str:
    parts: list[str] = []
    end = 0
    for start, stop in identifiers.find(text):
        chip = f'<button type="button" class="chip" aria-describedby="copy-hint">{text[start:stop]}</button>'
        parts += [_escaped(text[end:start]), chip]
        end = stop
    return "".join([*parts, _escaped(text[end:])])


def _escaped(text: str) -> str:
    # Each in an element that isolates: it turns nothing around but itself.
    return _TURNS_TEXT.sub(r"<bdi>\1</bdi>", html.escape(text))
