"""What people write, as HTML that is safe to put into a page."""

import html
import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import islice

from linkify_it import LinkifyIt

from ticket_portal.domain import identifiers

_links = LinkifyIt(options={"fuzzy_email": False, "fuzzy_link": False})
# The library's own `match` looks at each "http://" up to the text's end, also inside an address that it found before,
# and at each open bracket: 10,000 characters, of a stranger's choice, took 100 ms. So addresses are looked for between
# blanks, of which they have none, after the end of the one before, and at so many places between two blanks.
LONGEST_ADDRESS = 1_000
MOST_STARTS = 20
_START = re.compile(_links.re["schema_search"], re.IGNORECASE)
_SOLID = re.compile(r"\S+")


@lru_cache(maxsize=2_000)  # a conversation is read again at each change, and only its end is new
def as_html(body: str) -> str:
    """Return a text as safe HTML: everything escaped, web addresses made into links that tell nothing of us.

    Transaction IDs and addresses become buttons; what they do is the page's matter (assets/js/conversation.js).
    """
    parts: list[str] = []
    end = 0
    for start, stop, address in _addresses(body):
        url, shown = html.escape(address, quote=True), html.escape(body[start:stop])
        parts += [
            _with_chips(body[end:start]),
            f'<a href="{url}" target="_blank" rel="noopener noreferrer nofollow">{shown}</a>',
        ]
        end = stop
    return "".join([*parts, _with_chips(body[end:])])


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


def _with_chips(text: str) -> str:
    parts: list[str] = []
    end = 0
    for start, stop in identifiers.find(text):
        chip = f'<button type="button" class="chip" aria-describedby="copy-hint">{text[start:stop]}</button>'
        parts += [html.escape(text[end:start]), chip]
        end = stop
    return "".join([*parts, html.escape(text[end:])])
