"""Deleting an account: the waiting time, thinking better of it, and that nothing of the person stays."""

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlmodel import SQLModel, select

from tests.cast import PASSWORD, asks_about, mails, opens, says
from tests.conftest import advance
from ticket_portal.domain import keys, sessions
from ticket_portal.domain.accounts import accounts
from ticket_portal.domain.addresses import ERASED
from ticket_portal.domain.alerts import notifications, phrases
from ticket_portal.domain.errors import CannotReopen, NotAllowed, NotYourPassword, WrongPassword
from ticket_portal.domain.guests import access, disown
from ticket_portal.domain.operations import pushbox
from ticket_portal.domain.people import NOBODY, Viewer
from ticket_portal.domain.privacy import erasure
from ticket_portal.domain.tickets import conversation, drafts, messages, new_ticket, tickets, uploads
from ticket_portal.domain.tickets.drafts import DraftForm
from ticket_portal.domain.tickets.messages import MessageForm
from ticket_portal.store.tables import Account, Alert, Attachment, CapturedPush, Ticket

IP = "192.0.2.1"
ADDRESS = "quyen@example.com"
CANARY = "canary"


@pytest.fixture
def quyen(store) -> Viewer:
    """A customer with an account of her own, signed in."""

    def sign_up(work) -> None:
        accounts.create(work, ADDRESS, f"{CANARY} Quyên", accounts.hasher.hash(PASSWORD))

    store.write(sign_up)
    return signs_in(store)


def signs_in(store) -> Viewer:
    """The viewer of a new session."""
    return store.read(sessions.viewer, keys.token_hash(accounts.sign_in(store, ADDRESS, PASSWORD, IP)))


@pytest.fixture
def numbers(store, quyen, linh) -> tuple[int, int]:
    """Her ticket with all that can be in one, and one that she sent as a guest before."""

    def happen(work) -> tuple[int, int]:
        ticket = new_ticket.submit(work, quyen, asks_about(quyen, f"{CANARY} subject", f"{CANARY} body"), IP)
        message = messages.reply(work, linh, ticket.number, says(f"{CANARY}, thank you"))
        messages.note(work, linh, ticket.number, says(f"{CANARY} note"))
        asked = {"items": [{"kind": "text", "label": f"{CANARY}?"}], "client_id": str(uuid4())}
        messages.request_details(work, linh, ticket.number, MessageForm.parse_request(asked))
        file = Attachment(
            id=keys.new_token(), ticket_id=ticket.id, message_id=message.id, name=f"{CANARY}.png",
            kind="image/png", size=1, key=keys.new_token(), state="ready", created_at=work.now,
        )  # fmt: skip
        work.session.add(file)
        for viewer in (quyen, linh):
            typed = {"place": str(ticket.number), "body": f"{CANARY} draft", "age": 0}
            drafts.save(work, viewer, DraftForm.parse(typed))
        phrases.keep(work, quyen.account_id, CANARY)
        guest = Viewer(role="guest", address=ADDRESS, name=CANARY)
        sent = new_ticket.submit(work, NOBODY, asks_about(guest, f"{CANARY} as a guest", CANARY), IP)
        access.new_link(work, sent)
        sessions.begin_guest(work, ADDRESS)
        return ticket.number, sent.number

    return store.write(happen)


def everything(store) -> str:
    """All that the database holds, but for what is still to be told to the person."""

    def read(work) -> str:
        rows = []
        for table in SQLModel.metadata.sorted_tables:
            if table.name not in ("signal", "alert"):
                rows += [str(row) for row in work.session.execute(select(table)).all()]
        return "\n".join(rows)

    return store.read(read)


def test_it_is_told_at_once_and_done_after_the_days(store, quyen, numbers):
    erasure.ask(store, quyen, PASSWORD, IP)
    assert [m.data["what"] for m in store.write(mails) if m.kind == "security"] == ["deletion_asked"]

    advance(store, days=13, hours=23)
    assert store.write(erasure.run_due) == 0
    assert CANARY in everything(store)
    advance(store, hours=1)
    assert store.write(erasure.run_due) == 1
    assert store.write(erasure.run_due) == 0

    assert CANARY not in everything(store)
    assert ADDRESS not in everything(store)
    [told] = [m for m in store.write(mails) if m.address == ADDRESS]
    assert told.data["what"] == "account_deleted"
    assert store.read(sessions.viewer, quyen.session) == NOBODY
    with pytest.raises(WrongPassword):
        accounts.sign_in(store, ADDRESS, PASSWORD, IP)


def test_the_team_sees_shells_that_nobody_can_reopen(store, quyen, numbers, linh):
    erases(store, quyen)
    for number in numbers:
        shell = store.read(tickets.find, linh, number)
        assert (shell.address, shell.requester, shell.status) == (ERASED, "", "closed")
        with pytest.raises(CannotReopen):
            store.write(messages.reply, linh, number, says("Hello?"))
    thread = store.read(lambda work: conversation.thread(work, shell.id, team=True))
    assert [entry.view.event for entry in thread.entries] == ["erased"]


def erases(store, viewer) -> None:
    """Ask, wait, and let it happen."""
    erasure.ask(store, viewer, PASSWORD, IP)
    advance(store, days=14)
    while store.write(erasure.run_due):
        pass


def test_the_bytes_of_files_go_to_the_sweeper(store, quyen, numbers):
    keys_of_files = set(store.read(lambda work: work.session.exec(select(Attachment.key)).all()))
    erases(store, quyen)
    assert keys_of_files <= set(store.write(uploads.give_up_unsent))


def test_of_its_mails_only_the_last_is_known_and_for_months_only(store, quyen, numbers):
    """What went to an address that the account had before is about the person too."""

    def moves(work) -> None:
        account = work.session.get_one(Account, quyen.account_id)
        notifications.about_security(work, account, "address_changed", to="n•••@e•••.com")
        account.address = "new@example.com"
        pushbox.keep(
            work, CapturedPush(key="k", address=account.address, endpoint="e", kind="reply", language="en")
        )

    store.write(moves)
    store.write(mails)
    erases(store, replace(quyen, address="new@example.com"))
    store.write(mails)
    assert [(a.address, a.data["what"]) for a in told_of_security(store)] == [
        ("new@example.com", "account_deleted")
    ]
    assert "new@example.com" not in everything(store)
    advance(store, days=80)
    store.write(notifications.sweep)
    assert len(told_of_security(store)) == 1
    advance(store, days=11)
    store.write(notifications.sweep)
    assert told_of_security(store) == []


def told_of_security(store) -> list[Alert]:
    return store.read(
        lambda work: list(work.session.exec(select(Alert).where(Alert.kind == "security")).all())
    )


def test_the_team_does_not_unlock_a_shell(store, quyen, numbers, linh):
    """It would be told of what happens in it, at an address that nobody has."""
    erases(store, quyen)
    for number in numbers:
        with pytest.raises(NotAllowed):
            store.write(disown.unlock, linh, number)
        assert store.read(tickets.find, linh, number).locked_at


def test_what_is_of_others_stays(store, quyen, numbers, budi, ana):
    def happen(work) -> int:
        ticket = opens(work, budi, "Budi's own")
        messages.reply(work, budi, ticket.number, says("Budi's words"))
        return ticket.number

    number = store.write(happen)
    erases(store, quyen)
    found = store.read(tickets.find, budi, number)
    assert (found.subject, found.locked_at, found.account_id) == ("Budi's own", None, budi.account_id)
    assert "Budi's words" in everything(store)
    assert store.read(accounts.find, ana.address)


def test_one_thinks_better_of_it(store, quyen, numbers):
    erasure.ask(store, quyen, PASSWORD, IP)
    erasure.ask(store, quyen, PASSWORD, IP)
    assert store.read(erasure.planned, quyen)
    store.write(erasure.cancel, signs_in(store))
    store.write(erasure.cancel, quyen)
    advance(store, days=30)
    assert store.write(erasure.run_due) == 0
    assert store.read(erasure.planned, quyen) is None
    told = [m.data["what"] for m in store.write(mails) if m.kind == "security"]
    assert told == ["deletion_asked", "deletion_cancelled"]


def test_asking_again_does_not_put_it_off(store, quyen):
    erasure.ask(store, quyen, PASSWORD, IP)
    first = store.read(erasure.planned, quyen)
    advance(store, days=5)
    erasure.ask(store, quyen, PASSWORD, IP)
    assert store.read(erasure.planned, quyen) == first
    assert store.read(erasure.next_due_at) == first


def test_it_needs_the_password_of_a_customer(store, quyen, linh, minh):
    with pytest.raises(NotYourPassword):
        erasure.ask(store, quyen, "not the password", IP)
    for viewer in (linh, minh, NOBODY):
        with pytest.raises(NotAllowed):
            erasure.ask(store, viewer, PASSWORD, IP)
    for viewer in (minh, NOBODY):
        with pytest.raises(NotAllowed):
            store.write(erasure.cancel, viewer)
        assert store.read(erasure.planned, viewer) is None
    assert store.read(erasure.next_due_at) is None


def test_the_address_is_free_again_and_leads_to_nothing_old(store, quyen, numbers):
    erases(store, quyen)
    store.write(lambda work: accounts.create(work, ADDRESS, "Somebody else", "-").id)
    newcomer = store.read(lambda work: sessions.of_account(accounts.find(work, ADDRESS)))
    assert store.read(tickets.mine, newcomer).rows == []
    shells = store.read(lambda work: work.session.exec(select(Ticket).where(Ticket.address == ERASED)).all())
    assert len(shells) == len(numbers)


def test_it_follows_the_setting(store, settings, quyen):
    settings.deletion_days = 3
    erasure.ask(store, quyen, PASSWORD, IP)
    asked_at = store.read(lambda work: work.now)
    assert abs(store.read(erasure.planned, quyen) - asked_at - timedelta(days=3)) < timedelta(seconds=5)
