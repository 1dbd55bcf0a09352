"""A guest becomes a customer: the tickets of the proved address, for its account and nobody else."""

import pytest

from tests.cast import BROWSER, IP, code_for, mails, opens, reads, says, sees
from ticket_portal.domain import sessions
from ticket_portal.domain.accounts import accounts, codes
from ticket_portal.domain.accounts.accounts import SIGN_UP, SignUp
from ticket_portal.domain.accounts.codes import CodeScope
from ticket_portal.domain.errors import CodeWrong, LinkMoved, NotAllowed, NotFound, ProofNeeded, TooMany
from ticket_portal.domain.guests import access, claims
from ticket_portal.domain.people import NOBODY, Viewer
from ticket_portal.domain.sessions import of_account
from ticket_portal.domain.tickets import conversation, drafts, messages, tickets
from ticket_portal.domain.tickets.drafts import DraftForm
from ticket_portal.store.tables import Ticket
from ticket_portal.store.unit_of_work import Work


def signs_up(work: Work, address: str, browser: str = BROWSER) -> Viewer:
    """Somebody makes an account and enters the code, at this browser."""
    form = SignUp.parse("Minh", address, "a longer sentence of mine", "id", "Asia/Jakarta")
    scope = CodeScope(SIGN_UP, form.address, browser, IP)
    accounts._ask_to_sign_up(work, form, "-", scope)
    token, refusal = accounts.finish_sign_up(work, scope, code_for(work, address))
    assert refusal is None
    return sessions.viewer(work, sessions_hash(token))


def sessions_hash(token: str) -> str:
    from ticket_portal.domain.keys import token_hash

    return token_hash(token)


def as_guest(work: Work, address: str) -> Viewer:
    """Whoever proved this address as a guest, now."""
    return sessions.viewer(work, sessions_hash(sessions.begin_guest(work, address)))


def test_signing_up_is_proof_enough(work, minh, linh, guest_ticket):
    other = opens(work, minh, "Another matter")
    account = signs_up(work, minh.address)
    assert claims.preview(work, account).found == 2
    assert tickets.mine(work, account).rows == []

    assert claims.add(work, account, BROWSER) == 2
    assert {r.number for r in tickets.mine(work, account).rows} == {guest_ticket.number, other.number}
    assert claims.preview(work, account).found == 0
    assert [m.mine for m in sees(work, account, other.number)] == [True]
    assert "claimed" in [m.event for m in sees(work, linh, other.number)]
    assert "claimed" not in [m.event for m in sees(work, account, other.number)]
    [told] = [m for m in mails(work) if m.kind == "security"]
    assert (told.address, told.language, told.data["count"]) == (minh.address, "id", 2)
    messages.reply(work, linh, other.number, says("Hello"))
    work.now += access.AGAIN_WITHIN
    [alert] = [m for m in mails(work) if m.kind == "reply"]
    assert (alert.language, alert.time_zone, alert.guest_token) == ("id", "Asia/Jakarta", "")


@pytest.mark.parametrize(
    "address", ["minh+a@example.com", "minh@example.net", "m.inh@example.com", "other@example.com"]
)
def test_another_address_gets_nothing(work, minh, guest_ticket, address):
    account = signs_up(work, address)
    assert claims.preview(work, account).found == 0
    assert claims.add(work, account, BROWSER) == 0
    assert guest_ticket.account_id is None


def test_an_account_alone_is_no_proof(work, clock, minh, guest_ticket):
    account = signs_up(work, minh.address)
    for browser in ("another browser", ""):
        with pytest.raises(ProofNeeded):
            claims.add(work, account, browser)
    clock.advance(hours=24)
    with pytest.raises(ProofNeeded):
        claims.add(work, account, BROWSER)
    assert guest_ticket.account_id is None

    claims.send_code(work, account, BROWSER, IP)
    assert claims.code(work, account, BROWSER).sent
    code = code_for(work, minh.address)
    wrong = "000000" if code != "000000" else "111111"
    assert isinstance(claims.verify(work, account, BROWSER, IP, wrong), CodeWrong)
    assert guest_ticket.account_id is None
    assert claims.verify(work, account, BROWSER, IP, code) is None
    assert guest_ticket.account_id == account.account_id


def test_a_proof_lasts_as_long_as_the_setting_says(work, clock, minh, guest_ticket, settings):
    settings.claim_proof_hours = 72
    account = signs_up(work, minh.address)
    clock.advance(hours=70)
    codes.sweep(work)
    assert claims.add(work, account, BROWSER) == 1


def test_only_customers_claim(work, minh, linh, guest_ticket):
    for viewer in (minh, linh, NOBODY):
        assert claims.preview(work, viewer).found == 0
        for ask in (
            lambda: claims.add(work, viewer, BROWSER),  # noqa: B023
            lambda: claims.undo(work, viewer),  # noqa: B023
            lambda: claims.send_code(work, viewer, BROWSER, IP),  # noqa: B023
            lambda: claims.verify(work, viewer, BROWSER, IP, "123456"),  # noqa: B023
        ):
            with pytest.raises(NotAllowed):
                ask()


def test_old_links_work_for_seven_days_and_then_lead_to_the_account(work, clock, minh, guest_ticket):
    link = mails(work)[0].guest_token
    account = signs_up(work, minh.address)
    claims.add(work, account, BROWSER)
    clock.advance(days=6, hours=23)
    assert access.open_link(work, link).ticket is guest_ticket
    guest = as_guest(work, minh.address)
    assert reads(work, guest, guest_ticket.number) == ["Since Monday."]
    assert [r.number for r in tickets.mine(work, guest).rows] == [guest_ticket.number]
    assert guest_ticket.number
    stranger = as_guest(work, "other@example.com")
    with pytest.raises(NotFound):
        tickets.find(work, stranger, guest_ticket.number)

    clock.advance(hours=1)
    with pytest.raises(LinkMoved) as moved:
        access.open_link(work, link)
    assert moved.value.values["number"] == guest_ticket.number
    late = as_guest(work, minh.address)
    with pytest.raises(NotFound):
        tickets.find(work, late, guest_ticket.number)
    assert tickets.mine(work, late).rows == []
    assert reads(work, account, guest_ticket.number) == ["Since Monday."]


def test_it_can_be_undone_for_seven_days(work, clock, minh, linh, guest_ticket):
    own = signs_up(work, minh.address)
    claims.add(work, own, BROWSER)
    later = opens(work, own, "Sent from the account")
    clock.advance(days=6)
    assert claims.preview(work, own).added == 1
    assert claims.undo(work, own) == 1
    assert reads(work, as_guest(work, minh.address), guest_ticket.number) == ["Since Monday."]
    assert later.account_id == own.account_id
    assert [m.event for m in sees(work, linh, guest_ticket.number) if m.event] == ["claimed", "unclaimed"]

    claims.send_code(work, own, BROWSER, IP)
    claims.verify(work, own, BROWSER, IP, code_for(work, minh.address))
    clock.advance(days=7)
    assert claims.preview(work, own).added == 0
    assert claims.undo(work, own) == 0
    assert guest_ticket.account_id == own.account_id


def test_to_and_fro_has_an_end(work, clock, minh, guest_ticket, settings):
    settings.limit_claims_per_hour = 4
    own = signs_up(work, minh.address)
    for _ in range(2):
        assert claims.add(work, own, BROWSER) == 1
        assert claims.undo(work, own) == 1
        clock.advance(minutes=1)
    with pytest.raises(TooMany):
        claims.add(work, own, BROWSER)
    assert guest_ticket.account_id is None
    clock.advance(hours=1)
    assert claims.add(work, own, BROWSER) == 1


def test_what_was_read_and_what_was_being_written_goes_along(work, minh, linh, guest_ticket):
    messages.reply(work, linh, guest_ticket.number, says("Which network?"))
    conversation.seen(work, minh, guest_ticket.number, guest_ticket.last_seq)
    typed = {"place": str(guest_ticket.number), "body": "It was", "age": 0}
    drafts.save(work, minh, DraftForm.parse(typed))
    account = signs_up(work, minh.address)
    claims.add(work, account, BROWSER)
    assert [r.unread for r in tickets.mine(work, account).rows] == [False]
    assert drafts.load(work, account, str(guest_ticket.number)).body == "It was"
    assert drafts.load(work, minh, str(guest_ticket.number)).body == ""


def test_another_accounts_tickets_are_never_offered(work, ana, ticket):
    namesake = of_account(accounts.create(work, "somebody@example.com", "Somebody", "-"))
    ticket.address = namesake.address  # an address may pass to somebody else
    work.session.add(ticket)
    codes.send(work, CodeScope("claim", namesake.address, BROWSER, IP), "en")
    claims.verify(work, namesake, BROWSER, IP, code_for(work, namesake.address))
    assert isinstance(ticket, Ticket)
    assert ticket.account_id == ana.account_id
