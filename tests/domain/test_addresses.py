"""Addresses: one form for each, and masked for strangers."""

import pytest

from ticket_portal.domain.addresses import canonical, masked
from ticket_portal.domain.errors import BadAddress


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
