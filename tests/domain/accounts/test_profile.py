"""The name and the time zone that people choose for themselves."""

import pytest

from ticket_portal.domain import keys, sessions
from ticket_portal.domain.accounts import accounts
from ticket_portal.domain.errors import Invalid, Missing, TooLong


def introduced(work, viewer, name="Ana María", zone="", device="Asia/Tokyo"):
    """The viewer after their choice."""
    session = keys.token_hash(sessions.begin(work, accounts.find(work, viewer.address)))
    accounts.update_profile(work, viewer.account_id, name, zone, device)
    assert f"viewer:{session}" in work.topics, "what is known of them is asked anew"
    assert f"session:{session}" not in work.topics, "which would end their sockets"
    return sessions.viewer(work, session)


def test_a_zone_chosen_by_hand_is_that_of_pages_and_mails(work, ana):
    found = introduced(work, ana, zone="Europe/Kyiv")
    assert (found.name, found.time_zone, found.zone_is_chosen) == ("Ana María", "Europe/Kyiv", True)


def test_else_pages_follow_the_device_and_mails_its_last_zone(work, ana):
    introduced(work, ana, zone="Europe/Kyiv")
    found = introduced(work, ana, zone="", device="Asia/Tokyo")
    assert (found.time_zone, found.zone_is_chosen) == ("Asia/Tokyo", False)
    assert introduced(work, ana, zone="", device="No/Zone").time_zone == "Asia/Tokyo"


@pytest.mark.parametrize(
    ("name", "zone", "refusal", "field"),
    [
        ("", "", Missing, "name"),
        (" \0 ", "", Missing, "name"),
        (None, "", Missing, "name"),
        ("x" * 81, "", TooLong, "name"),
        ("Ana", "Mars/Olympus", Invalid, "time_zone"),
        ("Ana", "../../etc/passwd", Invalid, "time_zone"),
        ("Ana", {"a": 1}, Invalid, "time_zone"),
    ],
)
def test_what_is_no_name_or_zone_is_refused(work, ana, name, zone, refusal, field):
    with pytest.raises(refusal) as found:
        accounts.update_profile(work, ana.account_id, name, zone, "")
    assert found.value.field == field
