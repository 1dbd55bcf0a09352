"""Whatever people write: it is kept, cleaned and shown, nothing of it becomes markup, and no secret passes."""

import html
import re
from html.parser import HTMLParser

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from ticket_portal.domain.addresses import LONGEST_ADDRESS, canonical, masked
from ticket_portal.domain.alerts import phrases
from ticket_portal.domain.errors import BadAddress, CardFound, DomainError, PhraseFound
from ticket_portal.domain.files import types
from ticket_portal.domain.text import identifiers, markup, secrets
from ticket_portal.domain.text.cleaning import LONGEST_LOOKED_AT, one_line, storable
from ticket_portal.domain.tickets import search
from ticket_portal.i18n import folding
from ticket_portal.i18n.catalogues import fill
from ticket_portal.i18n.recovery_words import words
from ticket_portal.templates import render

ANY = st.text(st.characters(), max_size=200)  # lone surrogates, controls and unassigned signs too
# What has a meaning somewhere between here and a screen, joined with anything.
PIECES = st.sampled_from(
    ["<", ">", "&", '"', "'", "</p>", "<script>", "<a href=", " onclick=", "javascript:", "data:text/html,", "&lt;",
     "&#x3c;", "]]>", "<!--", "-->", "http://", "https://", "http://a.example/", "https://ex\u0430mple.com/x", "://",
     "@", "http://a@b.example", "https://b.example/?q=<b>&x='\"", "//", "(", ")", "[", "`",
     "https://c.example/?a=1&lt=2&amp;b='3'", "\u202e", "\u2066", "\u200b",
     "\0", "\ud800", "\n", " ", "a", "é", "１", "{name}", "{{ x }}", "{% x %}",
     "0x" + "a1" * 20, "1BoatSLRHtKNngkdXEeobR76b53LETtpyT", "ﷺ", "\u0300" * 40]
)  # fmt: skip
HOSTILE = st.one_of(ANY, st.lists(st.one_of(PIECES, ANY), max_size=12).map("".join))


class Seen(HTMLParser):
    """The elements and the text of some HTML, as a browser reads it."""

    def __init__(self, source: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(source)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data

    def handle_comment(self, data: str) -> None:
        self.tags.append(("!--", {}))

    def handle_decl(self, decl: str) -> None:
        self.tags.append(("!", {}))


SHAPES = {
    "a": {"href", "target", "rel"},
    "button": {"type", "class", "aria-describedby"},
    "bdi": set[str](),
}


@settings(max_examples=300)
@given(body=HOSTILE)
def test_a_message_becomes_links_and_chips_and_no_markup_of_its_writer(body: str):
    seen = Seen(markup.as_html(body))
    for tag, attributes in seen.tags:
        assert set(attributes) == SHAPES[tag]
        if tag == "a":
            assert (attributes["href"] or "").startswith(("http://", "https://"))
            assert "noopener" in (attributes["rel"] or "")
            assert not body.isascii() or (attributes["href"] or "") in body
    if "://" not in body or body.isascii():  # a link's host may be shown in its ASCII spelling
        assert seen.text == body
    assert {tag for tag, _ in seen.tags} <= set(SHAPES)


@given(
    text=HOSTILE, looked_for=st.lists(st.text(max_size=5), max_size=3), longest=st.sampled_from([0, 20, 100])
)
def test_a_found_text_is_marked_and_says_the_same(text: str, looked_for: list[str], longest: int):
    seen = Seen(search.marked(text, looked_for, longest))
    assert all(tag == ("mark", {}) for tag in seen.tags)
    if longest == 0:
        assert seen.text == folding.nfc(text)


@given(text=HOSTILE)
def test_a_template_says_what_it_is_given_and_nothing_else(text: str):
    page = render("notes/link_invalid.html", language="en", home="/", text=text)
    told = re.search(r"<h1>[^<]*</h1><p>(.*?)</p><p><a", page, re.DOTALL)
    assert told
    assert "<" not in told[1]
    assert html.unescape(told[1]) == html.unescape(html.escape(text))


@given(text=HOSTILE, other=HOSTILE)
def test_a_placeholder_takes_any_value_as_it_is(text: str, other: str):
    assert fill("{a}", {"a": text}) == text
    assert fill(f"x {other}", {}) == f"x {other}"


@settings(max_examples=200)
@given(text=HOSTILE)
def test_a_line_is_cleaned_once_and_can_be_kept(text: str):
    line = one_line(text)
    assert one_line(line) == line
    assert len(line) <= LONGEST_LOOKED_AT
    assert not re.search(r"[\0\r\n\t]|^ | $|  ", line)
    line.encode()  # any database can
    assert storable(storable(text)) == storable(text)
    storable(text).encode()


@given(typed=st.one_of(HOSTILE, st.none(), st.integers(), st.lists(st.integers()), st.floats()))
def test_a_line_can_be_made_of_whatever_a_browser_sends(typed: object):
    assert isinstance(one_line(typed), str)


@given(
    typed=st.one_of(
        HOSTILE, st.emails(), st.tuples(HOSTILE, st.sampled_from(["@", "@example.com"])).map("".join)
    )
)
def test_an_address_has_one_form_or_is_none(typed: str):
    try:
        kept = canonical(typed)
    except BadAddress:
        return
    assert canonical(kept) == kept
    assert len(kept) <= LONGEST_ADDRESS
    assert kept.count("@") == 1
    assert not re.search(r'[\s<>"\0]', kept)


@given(address=st.emails())
def test_a_masked_address_tells_its_first_letters_and_its_ending_alone(address: str):
    local, _at, domain = address.rpartition("@")
    hidden = masked(f"{local}@{domain}") if "@" not in local else ""
    assume(hidden)
    assert len(hidden.replace("•", "")) <= 4 + len(domain.rpartition(".")[2])


@settings(max_examples=200)
@given(name=HOSTILE)
def test_a_files_name_is_one_name(name: str):
    clean = types.clean_name(name)
    assert 0 < len(clean) <= types.LONGEST_NAME + 1
    assert not re.search(r"[/\\\0\r\n\u202e]", clean)
    assert clean not in (".", "..")
    clean.encode()


@given(typed=HOSTILE)
def test_a_safety_phrase_is_words_or_is_refused(typed: str):
    try:
        phrase = phrases.cleaned(typed)
    except DomainError:
        return
    assert phrase == "" or phrases.SHORTEST <= len(phrase) <= phrases.LONGEST
    assert not re.search(r"[<>/@\0\n]", phrase)
    assert phrases.cleaned(phrase) == phrase


@given(text=HOSTILE)
def test_folding_ends_where_it_began(text: str):
    assert folding.nfc(folding.nfc(text)) == folding.nfc(text)
    assert len(folding.nfkc(text)) <= 3 * len(text)


@given(text=HOSTILE)
def test_what_is_recognised_lies_in_the_text(text: str):
    end = 0
    for start, stop in identifiers.find(text):
        assert end <= start < stop <= len(text)
        assert text[start:stop].isascii()
        assert text[start:stop].isalnum()
        end = stop


@settings(max_examples=200)
@given(text=HOSTILE)
def test_looking_for_secrets_never_falls(text: str):
    found = secrets.secret_in(text)
    assert found is None or issubclass(found, DomainError)
    assert secrets.secret_in("", text) == found


AROUND = st.text(st.characters(categories=["Lu", "Ll", "Lo", "Zs", "Po"]), max_size=40)
SEPARATORS = st.sampled_from([" ", "\n", ", ", "  ", " - ", "\t", ". ", ";"])


@pytest.mark.parametrize("language", ["english", "french", "spanish"])
@settings(max_examples=60)
@given(data=st.data())
def test_a_recovery_phrase_is_found_however_it_is_written(language: str, data: st.DataObject):
    listed = sorted(words(language))
    chosen = data.draw(st.lists(st.sampled_from(listed), min_size=12, max_size=24, unique=True))
    separator, before, after = data.draw(SEPARATORS), data.draw(AROUND), data.draw(AROUND)
    spelled = data.draw(st.sampled_from([str, str.upper, str.title, lambda w: f"{w}"]))
    numbered = data.draw(st.booleans())
    said = [f"{n}. {spelled(word)}" if numbered else spelled(word) for n, word in enumerate(chosen, 1)]
    assert secrets.secret_in(f"{before} . {separator.join(said)} . {after}") is PhraseFound


def _with_check_digit(digits: str) -> str:
    return next(f"{digits}{last}" for last in range(10) if secrets._luhn(f"{digits}{last}"))


@given(
    digits=st.text("0123456789", min_size=14, max_size=14).map(lambda more: _with_check_digit(f"4{more}")),
    gap=st.sampled_from(["", " ", "-"]),
    zero=st.sampled_from("0０𝟎"),
    before=AROUND,
)
def test_a_cards_number_is_found_however_it_is_written(digits: str, gap: str, zero: str, before: str):
    written = gap.join(digits[at : at + 4] for at in range(0, 16, 4))
    typed = "".join(chr(ord(zero) + int(c)) if c.isdigit() else c for c in written)
    assert secrets.secret_in(f"{before} \n{typed} ok") is CardFound
