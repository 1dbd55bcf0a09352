"""A code is the same code however people type it: from a mail, by hand, with their own digits."""

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from ticket_portal.domain.accounts import codes

CODES = st.text("0123456789", min_size=6, max_size=6)
# Zeros of the world: the nine digits behind each are its other digits (Unicode keeps them in a row).
ZEROS = [chr(c) for c in range(0x110000) if unicodedata.decimal(chr(c), None) == 0]
BETWEEN = st.text(" \t\n\r-–—‑.·_/\u00a0\u2009\u200b\u200e\u202f\u2060\ufeff", max_size=3)


@given(code=CODES, zero=st.sampled_from(ZEROS), between=st.lists(BETWEEN, min_size=7, max_size=7))
def test_blanks_dashes_and_the_digits_of_any_script_are_the_same_code(
    code: str, zero: str, between: list[str]
):
    typed = (
        "".join(gap + chr(ord(zero) + int(digit)) for gap, digit in zip(between, code, strict=False))
        + between[6]
    )
    assert codes.digits(typed) == code


@given(typed=st.text(max_size=100))
def test_of_whatever_is_typed_digits_of_ours_remain(typed: str):
    found = codes.digits(typed)
    assert found == "" or (found.isascii() and found.isdecimal())
    assert codes.digits(found) == found or len(found) > 64
    assert len(typed) <= 64 or found == ""


@given(text=st.text(max_size=200), code=CODES, gap=st.sampled_from(["", " ", "-"]))
def test_a_code_in_a_message_is_found_whatever_is_around_it(text: str, code: str, gap: str):
    before = "".join(c for c in text if not unicodedata.normalize("NFKC", c).isnumeric())
    said = codes.mentioned(f"{before} {code[:3]}{gap}{code[3:]} {before}")
    assert code in map(codes.digits, said)


@given(text=st.text(max_size=300))
def test_what_is_mentioned_is_six_digits_and_little(text: str):
    found = codes.mentioned(text)
    assert len(found) <= codes.MOST_MENTIONED
    assert all(len(codes.digits(one)) == 6 for one in found)
