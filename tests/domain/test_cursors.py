"""Where a page of a list begins, as browsers and systems name it: what we gave is read back, all else is none."""

import base64
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ticket_portal.addresses import LARGEST
from ticket_portal.domain.operations import api
from ticket_portal.domain.tickets import listing

RANKS = st.one_of(st.sampled_from([0, 1, LARGEST]), st.integers(0, LARGEST))
IDS = st.one_of(st.sampled_from([1, LARGEST]), st.integers(1, LARGEST))
MOMENTS = st.datetimes(timezones=st.just(UTC))
# Pieces of a cursor, and what parsers are known to take though no cursor has it.
PIECES = st.sampled_from(
    ["~", "0", "1", "-1", "+1", "1_0", " 1", "1.0", "1e3", "٥", "１", "²", str(LARGEST), str(LARGEST + 1), "9" * 5_000,
     "2026-11-30T12:00:00+00:00", "2026-11-30T12:00:00.000001+00:00", "2026-11-30T12:00:00", "2026-11-30", "20261130",
     "2026-11-30T12:00:00Z", "2026-11-30T14:00:00+02:00", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00",
     "2026-W49-1", "\0", "\ud800", "' OR 1=1 --", "\n", ""]
)  # fmt: skip
JUNK = st.one_of(
    st.text(max_size=80),
    st.lists(PIECES, max_size=7).map("".join),
    st.tuples(PIECES, PIECES, PIECES).map("~".join),
    st.tuples(PIECES, PIECES).map("~".join),
)
ENCODED = JUNK.map(lambda text: base64.urlsafe_b64encode(text.encode("utf-8", "replace")).decode())


@given(rank=RANKS, at=MOMENTS, last=IDS)
def test_a_place_in_a_list_is_read_as_it_was_given(rank: int, at: datetime, last: int):
    assert listing.parse_cursor(listing.place(rank, at, last)) == (rank, at, last)


@given(junk=JUNK)
def test_what_is_no_place_in_a_list_is_its_beginning(junk: str):
    """And what is one has one spelling: other digits, signs, blanks and zones are none of ours."""
    found = listing.parse_cursor(junk)
    assert found is None or listing.place(*found) == junk


@given(at=MOMENTS, last=IDS)
def test_a_cursor_of_the_api_is_read_as_it_was_given(at: datetime, last: int):
    cursor = api._cursor(at, last)
    assert api._parse_cursor(cursor) == (at, last)
    assert cursor.isascii()
    assert len(cursor) <= 200, "as much as the filter takes"


@given(junk=st.one_of(JUNK, ENCODED, ENCODED.map(lambda text: text.rstrip("="))))
def test_what_is_no_cursor_of_the_api_is_refused_as_that(junk: str):
    try:
        found = api._parse_cursor(junk)
    except api.BadCursor:
        return
    assert api._cursor(*found) == junk


@pytest.mark.parametrize("hours", [-14, -1, 1, 14])
def test_a_moment_in_another_zone_is_no_place(hours: int):
    elsewhere = datetime(2026, 11, 30, 12, tzinfo=timezone(timedelta(hours=hours)))
    assert listing.parse_cursor(listing.place(1, elsewhere, 5)) is None
