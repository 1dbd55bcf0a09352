"""Muting a ticket, by its requester and by the link in an alert."""

import pytest

from tests.cast import mails, opens, reads, says
from tests.domain.alerts.rows import HOLD, seconds, states, told
from ticket_portal.domain.errors import LinkInvalid
from ticket_portal.domain.tickets import messages, muting

pytestmark = pytest.mark.usefixtures("confirmations_are_out")


def test_a_muted_ticket_is_quiet_for_that_address_only(work, clock, ana, budi, linh):
    quiet, loud = opens(work, ana), opens(work, budi)
    mails(work)
    for _ in range(2):
        muting.mute_address(work, quiet.id, ana.address)
    for ticket in (quiet, loud):
        messages.reply(work, linh, ticket.number, says("Hello"))
    clock.advance(seconds=HOLD)
    assert [m.number for m in mails(work)] == [loud.number]
    assert "Hello" in reads(work, ana, quiet.number)

    muting.unmute_address(work, quiet.id, ana.address)
    messages.reply(work, linh, quiet.number, says("Hello"))
    clock.advance(seconds=HOLD)
    assert [m.number for m in mails(work)] == [quiet.number]


def test_muting_during_the_hold_is_in_time(work, clock, ana, linh, ticket):
    messages.reply(work, linh, ticket.number, says("Hello"))
    muting.mute_address(work, ticket.id, ana.address)
    clock.advance(seconds=HOLD)
    assert told(work) == []
    assert states(work, "reply") == ["dropped"]


def test_the_link_in_an_alert_mutes_its_ticket_and_needs_no_more_proof(work, clock, linh, ticket):
    messages.reply(work, linh, ticket.number, says("Hello"))
    clock.advance(seconds=HOLD)
    [mail] = mails(work)
    assert not muting.preview(work, mail.mute_token).muted
    muting.mute_by_link(work, mail.mute_token)
    assert muting.preview(work, mail.mute_token).muted
    muting.unmute_by_link(work, mail.mute_token)
    assert not muting.preview(work, mail.mute_token).muted


def test_a_mute_link_for_another_ticket_cannot_be_made_up(work, ana, linh, ticket):
    messages.reply(work, linh, ticket.number, says("Hello"))
    work.now += seconds(HOLD)
    [mail] = mails(work)
    signed = mail.mute_token.partition("-")[2]
    other = opens(work, ana)
    for token in (
        "", "-", "x", f"{other.id}-{signed}", f"{ticket.id}-", f"{ticket.id}-{signed}0", f"-{signed}",
        f"{10**14}-{signed}", f"{2**31}-{signed}", f"{10**30}-{signed}", f"²-{signed}", f"{ticket.id}-\ud800",
    ):  # fmt: skip
        for act in (muting.preview, muting.mute_by_link, muting.unmute_by_link):
            with pytest.raises(LinkInvalid):
                act(work, token)
