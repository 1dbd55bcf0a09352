"""Addresses, and who somebody is."""

import pytest

from ticket_portal.domain.errors import BadAddress
from ticket_portal.domain.people import Viewer, canonical, language, masked, one_line


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (" Ana@Example.COM ", "ana@example.com"),
        ("ana+shop@example.com", "ana+shop@example.com"),
        ("ana@bücher.example", "ana@xn--bcher-kva.example"),
        ("ANA@xn--bcher-kva.example", "ana@xn--bcher-kva.example"),
        ("a@b.test", "a@b.test"),
    ],
)
def test_an_address_is_kept_in_one_form(typed, kept):
    assert canonical(typed) == kept == canonical(kept)


@pytest.mark.parametrize(
    "typed",
    ["", " ", "ana", "ana@", "@example.com", "a b@example.com", "ana@example", "ana@-x.com", "<ana@example.com>",
     "Ana <ana@example.com>", "ana@example.com\r\nBcc: x@example.com", "ana@exa\0mple.com", "\ud800@example.com",
     "a@" + "x." * 130 + "com", "ana@example..com", "ana@[127.0.0.1]", '"a b"@example.com'],
)  # fmt: skip
def test_what_is_no_address(typed):
    with pytest.raises(BadAddress):
        canonical(typed)


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("john@example.com", "j•••@e•••.com"),
        ("j@e.co", "j•••@e•••.co"),
        ("john@mail.example.co.uk", "j•••@m•••.uk"),
    ],
)
def test_a_masked_address_is_known_to_its_owner_only(address, shown):
    assert masked(address) == shown


def test_the_portal_speaks_english_where_it_speaks_nothing_else():
    assert [language(c) for c in ("es", "uk", "ua", "", "tlh", "../etc")] == [
        "es",
        "uk",
        "en",
        "en",
        "en",
        "en",
    ]


def test_a_line_is_one_line():
    assert one_line(" a\r\n\tb\0 \ud800") == "a b ?"
    assert one_line(None) == ""


def test_what_the_browser_keeps_is_kept_per_person():
    people = [
        Viewer(),
        Viewer(role="customer", account_id=1, address="a@example.com"),
        Viewer(role="customer", account_id=2, address="b@example.com"),
        Viewer(role="guest", address="a@example.com"),
    ]
    assert len({p.key for p in people}) == len(people)
    assert not any("example" in p.key for p in people)
