"""What "this wasn't me" does: the ticket is locked for its address, and the team can undo it."""

import pytest

from tests.cast import BROWSER, IP, code_for, mails, opens, reads, says, sees
from ticket_portal.domain import keys, sessions
from ticket_portal.domain.accounts import accounts
from ticket_portal.domain.alerts import mail_links
from ticket_portal.domain.errors import LinkInvalid, NotFound, TicketLocked
from ticket_portal.domain.guests import access, claims, disown
from ticket_portal.domain.people import Viewer
from ticket_portal.domain.sessions import of_account
from ticket_portal.domain.tickets import messages, tickets
from ticket_portal.store.unit_of_work import Work


@pytest.fixture
def mail(work, guest_ticket):
    """Minh's confirmation."""
    [found] = mails(work)
    return found


def test_looking_changes_nothing(work, guest_ticket, mail):
    looked = disown.preview(work, mail.lock_token)
    assert (looked.number, looked.language, looked.locked) == (guest_ticket.number, "vi", False)
    assert guest_ticket.locked_at is None


def test_locking_takes_links_rights_and_mails(work, clock, minh, linh, guest_ticket, mail):
    other = opens(work, minh, "Really mine")
    messages.reply(work, linh, guest_ticket.number, says("An alert of this waits."))
    disown.lock(work, mail.lock_token)
    disown.lock(work, mail.lock_token)

    with pytest.raises(LinkInvalid):
        access.open_link(work, mail.guest_token)
    with pytest.raises(TicketLocked):
        tickets.find(work, minh, guest_ticket.number)
    account = of_account(accounts.create(work, minh.address, "Minh", "-"))
    with pytest.raises(TicketLocked):
        tickets.find(work, account, guest_ticket.number)
    assert [r.number for r in tickets.mine(work, minh).rows] == [other.number]
    assert claims.preview(work, account).found == 1
    messages.reply(work, linh, guest_ticket.number, says("Hello?"))
    clock.advance(hours=1)
    access.send_links_again(work, minh.address, None, IP, "en")
    left = mails(work)
    assert guest_ticket.number not in [m.number for m in left]
    assert [m.data["numbers"] for m in left if m.data.get("what") == "links"] == [[other.number]]
    assert [m.event for m in sees(work, linh, guest_ticket.number) if m.event] == ["locked"]


def test_others_learn_nothing_of_the_lock(work, ana, guest_ticket, mail):
    disown.lock(work, mail.lock_token)
    for stranger in (ana, Viewer(role="guest", address="other@example.com")):
        with pytest.raises(NotFound) as refused:
            tickets.find(work, stranger, guest_ticket.number)
        assert type(refused.value) is NotFound


def test_the_team_unlocks_and_nobody_else(work, minh, ana, linh, guest_ticket, mail):
    disown.lock(work, mail.lock_token)
    for other in (minh, ana):
        with pytest.raises(NotFound):
            disown.unlock(work, other, guest_ticket.number)
    disown.unlock(work, linh, guest_ticket.number)
    assert reads(work, minh, guest_ticket.number) == ["Since Monday."]
    with pytest.raises(LinkInvalid):
        access.open_link(work, mail.guest_token)
    messages.reply(work, linh, guest_ticket.number, says("Hello again"))
    work.now += access.AGAIN_WITHIN
    [alert] = [m for m in mails(work) if m.number == guest_ticket.number]
    assert access.open_link(work, alert.guest_token).ticket is guest_ticket


def test_a_code_to_the_address_unlocks(work: Work, minh, linh, guest_ticket, mail):
    """A leaked link locked it: its owner reads the address, the thief doesn't."""
    disown.lock(work, mail.lock_token)
    disown.send_code(work, mail.lock_token, BROWSER, IP, "vi")
    code = code_for(work, minh.address)
    wrong = f"{(int(code) + 1) % 10**6:06d}"
    for browser, typed in ((BROWSER, wrong), ("the thief's", code)):
        session, refusal = disown.prove(work, mail.lock_token, browser, IP, typed)
        assert session == ""
        assert refusal is not None
        assert guest_ticket.locked_at

    session, refusal = disown.prove(work, mail.lock_token, BROWSER, IP, code)
    assert refusal is None
    assert sessions.viewer(work, keys.token_hash(session)).address == minh.address
    assert reads(work, minh, guest_ticket.number) == ["Since Monday."]
    with pytest.raises(LinkInvalid):  # one of the links leaked
        access.open_link(work, mail.guest_token)
    assert [m.event for m in sees(work, linh, guest_ticket.number) if m.event] == ["locked", "unlocked"]


def test_no_code_is_sent_for_a_ticket_that_is_not_locked(work: Work, minh, guest_ticket, mail):
    disown.send_code(work, mail.lock_token, BROWSER, IP, "vi")
    assert mails(work) == []
    for ask in (disown.send_code, disown.prove):
        with pytest.raises(LinkInvalid):
            ask(work, mail.lock_token[:-1], BROWSER, IP, "000000")


@pytest.mark.parametrize("token", ["", "1", "1-", "x-y", "9" * 400 + "-x", "١-x", "1-" + "0" * 32, "\ud800"])
def test_a_forged_link_locks_nothing(work: Work, guest_ticket, token):
    for ask in (disown.preview, disown.lock, disown.token_for):
        with pytest.raises(LinkInvalid):
            ask(work, token)
    assert guest_ticket.locked_at is None


def test_a_mute_link_is_no_lock_link(work, guest_ticket, mail):
    with pytest.raises(LinkInvalid):
        disown.lock(work, mail.mute_token)
    assert disown.token_for(work, mail.guest_token) == mail.lock_token


def test_a_customers_mail_has_no_such_link(work, ana, ticket):
    [mail] = mails(work)
    assert mail.lock_token == ""

    with pytest.raises(LinkInvalid):
        disown.lock(work, mail_links.lock_token(work, ticket))
