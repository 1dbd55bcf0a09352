"""What people write, as HTML that is safe to put into a page."""

import html
from functools import lru_cache

from linkify_it import LinkifyIt

from ticket_portal.domain import identifiers

_links = LinkifyIt(options={"fuzzy_email": False, "fuzzy_link": False})


@lru_cache(maxsize=2_000)  # a conversation is read again at each change, and only its end is new
def as_html(body: str) -> str:
    """Return a text as safe HTML: everything escaped, web addresses made into links that tell nothing of us.

    Transaction IDs and addresses become buttons; what they do is the page's matter (assets/js/conversation.js).
    """
    parts: list[str] = []
    end = 0
    for link in _links.match(body) or ():
        if not link.url.startswith(("http://", "https://")):
            continue
        url = html.escape(link.url, quote=True)
        parts += [
            _with_chips(body[end : link.index]),
            f'<a href="{url}" target="_blank" rel="noopener noreferrer nofollow">{html.escape(link.text)}</a>',
        ]
        end = link.last_index
    return "".join([*parts, _with_chips(body[end:])])


def _with_chips(text: str) -> str:
    parts: list[str] = []
    end = 0
    for start, stop in identifiers.find(text):
        chip = f'<button type="button" class="chip" aria-describedby="copy-hint">{text[start:stop]}</button>'
        parts += [html.escape(text[end:start]), chip]
        end = stop
    return "".join([*parts, html.escape(text[end:])])
