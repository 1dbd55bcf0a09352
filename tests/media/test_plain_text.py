"""What may be typed, and what becomes of it: text, whatever it says."""

import time
from html.parser import HTMLParser
from uuid import uuid4

import pytest
from sqlmodel import select

from tests.cast import says
from ticket_portal.domain.errors import (
    EmptyMessage,
    Invalid,
    TooLong,
)
from ticket_portal.domain.text.markup import as_html
from ticket_portal.domain.tickets import messages
from ticket_portal.domain.tickets.messages import MessageForm
from ticket_portal.store.tables import Message


# What may be typed.
@pytest.mark.parametrize("body", ["", "   \n\t", None, "\0", "\0 \0"])
def test_an_empty_message_is_not_sent(body):
    with pytest.raises(EmptyMessage):
        MessageForm.parse({"body": body, "client_id": str(uuid4())})


def test_a_message_has_ten_thousand_characters_at_most():
    assert says("x" * 10_000)
    with pytest.raises(TooLong) as refused:
        says("x" * 10_001)
    assert refused.value.values == {"length": 10_001, "most": 10_000}


@pytest.mark.parametrize("client_id", [None, "", "1", "not-a-uuid", "' OR 1=1", 12, "x" * 10_000, "\ud800"])
def test_a_message_needs_an_id_of_its_own(client_id):
    with pytest.raises(Invalid):
        MessageForm.parse({"body": "Hello", "client_id": client_id})


@pytest.mark.parametrize(
    "body", ["a\0b", "\ud800 x", "🙂 đã nhận ✓ дякую", "x\r\ny", "\u202ereversed", "' OR 1=1 --"]
)
def test_whatever_is_typed_is_kept_and_read_as_typed(work, ana, linh, ticket, body):
    messages.reply(work, ana, ticket.number, says(body))
    work.session.expire_all()
    kept = work.session.exec(select(Message.body).order_by(Message.id.desc())).first()
    assert kept == body.replace("\0", "").replace("\ud800", "?")


# Text as HTML: everything typed is data.
HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "<svg/onload=alert(1)>",
    "</a><script>alert(1)</script>",
    "javascript:alert(1)",
    "JaVaScRiPt://example.com/%0aalert(1)",
    "data:text/html,<script>alert(1)</script>",
    "vbscript:msgbox(1)",
    "//evil.example/x",
    'http://example.com/"onmouseover="alert(1)',
    "http://example.com/'onmouseover='alert(1)",
    "http://example.com/<script>alert(1)</script>",
    "http://example.com/?a=1&b=2&lt;script&gt;",
    "http://user:pass@example.com/",
    "https://example.com\u202e/gpj.exe",
    "&#60;script&#62;",
    "{{7*7}} ${7*7} {alert(1)}",
    "[x](javascript:alert(1))",
    "ftp://example.com/file",
    "mailto:a@example.com",
    "http://",
    "https://\ud800.example",
    "http://xn--80ak6aa92e.com/",
    "http://example.com/\u0000x",
    "<" * 5000,
]


class _Parts(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.mark.parametrize("body", HOSTILE + [f"Look: {one} and" for one in HOSTILE])
def test_hostile_text_stays_text(body):
    parsed = _Parts()
    parsed.feed(as_html(body))
    parsed.close()

    assert parsed.text == body
    for tag, attributes in parsed.tags:
        if tag == "bdi":
            assert attributes == {}
            continue
        assert tag == "a"
        assert set(attributes) == {"href", "target", "rel"}
        assert (attributes["href"] or "").startswith(("http://", "https://"))
        assert attributes["rel"] == "noopener noreferrer nofollow"


def test_a_web_address_is_a_link_that_tells_nothing_of_us():
    assert as_html("See https://example.com/a?b=1&c=2, please.") == (
        'See <a href="https://example.com/a?b=1&amp;c=2" target="_blank" rel="noopener noreferrer nofollow">'
        "https://example.com/a?b=1&amp;c=2</a>, please."
    )


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("https://\u0430pple.com/id", "https://xn--pple-43d.com/id"),  # one Cyrillic letter
        ("https://\u0430\u0440\u0440\u04cf\u0435.com", "https://xn--80ak6aa92e.com"),  # all but the end
        ("https://\u0251pple.com", "https://xn--pple-p5b.com"),  # a phonetic letter
        ("https://g\u03bf\u03bfgle.com:8443/x", "https://xn--ggle-0nda.com:8443/x"),
        ("https://m\u00fcnchen.de/x", "https://m\u00fcnchen.de/x"),
        (
            "https://\u0434\u0456\u044f.\u0443\u043a\u0440/x",
            "https://\u0434\u0456\u044f.\u0443\u043a\u0440/x",
        ),
        ("https://vi\u1ec7t-nam.vn", "https://vi\u1ec7t-nam.vn"),
    ],
)
def test_a_link_shows_where_it_leads(typed, shown):
    """Look-alike letters of another script are shown as ASCII, names of one script as they are."""
    found = as_html(typed)
    assert f">{shown}</a>" in found
    assert f'href="{shown}"' in found


@pytest.mark.parametrize(
    "typed",
    [
        "http://portal@evil.example/",
        "https://support.example.com:443@evil.example/login",
        "https://user:word@evil.example",
        "https://evil.example/\u202egpj.exe",
        "https://evil.example/\u2067x",
    ],
)
def test_an_address_that_says_something_else_is_no_link(typed):
    assert "href" not in as_html(f"Look: {typed} please")


def test_characters_that_turn_text_around_turn_nothing():
    assert as_html("\u202emoc.elppa\u202c ok") == "<bdi>\u202e</bdi>moc.elppa<bdi>\u202c</bdi> ok"


@pytest.mark.parametrize(
    "piece",
    ["http://a.", "https://", "http://a/(", "http://a.b/[", "a@", "www.", "//", "http://a-", ":", "&#x", "."],
)
def test_a_long_hostile_text_takes_no_long_time(piece):
    body = (piece * 10_000)[:10_000]
    begun = time.process_time()
    as_html(body)
    assert time.process_time() - begun < 1
