"""What an address may say of a refusal, and what of it is believed."""

import pytest

from ticket_portal.states.session import problem_in, say


@pytest.mark.parametrize("until", ["", "soon", "0001-01-01T00:00:00+00:00", "9999-12-31T23:59:59+00:00"])
def test_a_wait_until_no_moment_is_no_refusal(until: str):
    assert problem_in({"problem": "too_many", "until": until}) is None


@pytest.mark.parametrize("zone", ["UTC", "Pacific/Kiritimati", "Pacific/Niue"])
def test_a_wait_is_told_in_every_zone(zone: str):
    for until in ("0002-01-01T00:00:00+00:00", "2026-11-22T12:00:00", "9998-12-31T23:59:59+00:00"):
        refusal = problem_in({"problem": "too_many", "until": until})

        assert refusal
        assert "Too many" in say(refusal, "en", zone)
