"""A new password and a new address, for somebody who is signed in."""

from dataclasses import replace

import pytest
from sqlmodel import select

from tests.cast import PASSWORD, WRONG_CODE, code_for, mails, opens, says
from tests.conftest import advance
from ticket_portal.domain import keys, sessions
from ticket_portal.domain.accounts import accounts, credentials
from ticket_portal.domain.errors import (
    BadAddress,
    CodeExpired,
    LinkInvalid,
    NotAllowed,
    NotFound,
    NotYourPassword,
    PasswordTooCommon,
    PasswordTooShort,
    SameAddress,
    TooMany,
    TooSoon,
    WrongPassword,
)
from ticket_portal.domain.guests import access
from ticket_portal.domain.people import NOBODY, Viewer
from ticket_portal.domain.tickets import messages, muting, tickets
from ticket_portal.store.tables import Account, Alert, GuestLink

IP = "192.0.2.1"
BROWSER = "a browser"
NEW_PASSWORD = "a quiet harbour"
NEW = "ana.new@example.com"


def signs_in(store, viewer, password=PASSWORD) -> Viewer:
    """The viewer of a new session."""
    token = accounts.sign_in(store, viewer.address, password, IP)
    return store.read(sessions.viewer, keys.token_hash(token))


def who(store, viewer: Viewer) -> Viewer:
    """Who that session's browser is now."""
    return store.read(sessions.viewer, viewer.session)


def changes_address(store, viewer, address=NEW, browser=BROWSER) -> Viewer:
    """Ask, and enter the code that was sent; return the viewer of this browser's session from then on."""
    credentials.ask_to_change_address(store, viewer, address, PASSWORD, browser, IP)
    code = store.write(code_for, address)
    token, refusal = store.write(credentials.finish, viewer, browser, IP, code)
    assert refusal is None
    return store.read(sessions.viewer, keys.token_hash(token))


def finishes(store, viewer, browser, code) -> str:
    """Enter a code that is refused; return why."""
    token, refusal = store.write(credentials.finish, viewer, browser, IP, code)
    assert token == ""
    return refusal.code


# The password.


def test_a_new_password_signs_out_everywhere_else(store, ana, budi):
    here, there, his = signs_in(store, ana), signs_in(store, ana), signs_in(store, budi)

    token = credentials.change_password(store, here, PASSWORD, NEW_PASSWORD, IP)

    now = store.read(sessions.viewer, keys.token_hash(token))
    assert replace(now, session="") == replace(here, session="")
    assert who(store, here) == NOBODY, "a token that was known before the new password is worth nothing"
    assert who(store, there) == NOBODY
    assert who(store, his) == his
    assert signs_in(store, ana, NEW_PASSWORD)
    with pytest.raises(WrongPassword):
        signs_in(store, ana)
    [told] = store.write(mails)
    assert (told.kind, told.address, told.data["what"]) == ("security", ana.address, "password_changed")


def test_it_needs_the_password_of_now(store, ana):
    here, there = signs_in(store, ana), signs_in(store, ana)
    with pytest.raises(NotYourPassword):
        credentials.change_password(store, here, "not the password", NEW_PASSWORD, IP)
    assert who(store, there) == there
    assert signs_in(store, ana)
    assert store.write(mails) == []


@pytest.mark.parametrize(
    ("password", "refusal"), [("short", PasswordTooShort), ("1234567890", PasswordTooCommon)]
)
def test_a_weak_one_is_refused(store, ana, password, refusal):
    here = signs_in(store, ana)
    with pytest.raises(refusal):
        credentials.change_password(store, here, PASSWORD, password, IP)


def test_guessing_is_stopped_and_the_right_one_is_not_counted(store, settings, ana, budi):
    settings.limit_sign_ins_per_hour = 3
    here, his = signs_in(store, ana), signs_in(store, budi)
    for _ in range(3):
        assert credentials.prove(store, here, PASSWORD, IP)
    for n in range(3):
        with pytest.raises(NotYourPassword):
            credentials.prove(store, here, "not the password", f"192.0.2.{n}")
    with pytest.raises(TooMany):
        credentials.prove(store, here, PASSWORD, "192.0.2.9")
    assert credentials.prove(store, his, PASSWORD, IP)
    assert signs_in(store, ana), "whoever plays with an open page does not keep its owner out"


def test_guessing_from_one_ip_is_stopped(store, settings, ana, budi):
    settings.limit_sign_ins_per_ip_per_hour = 3
    here, his = signs_in(store, ana), signs_in(store, budi)
    for viewer in (here, his, here):
        with pytest.raises(NotYourPassword):
            credentials.prove(store, viewer, "not the password", IP)
    with pytest.raises(TooMany):
        credentials.prove(store, his, PASSWORD, IP)
    assert credentials.prove(store, his, PASSWORD, "198.51.100.7")


def test_who_has_no_account_has_no_password(store, minh):
    for viewer in (minh, NOBODY):
        with pytest.raises(NotAllowed):
            credentials.change_password(store, viewer, "", NEW_PASSWORD, IP)
        with pytest.raises(NotAllowed):
            credentials.ask_to_change_address(store, viewer, NEW, "", BROWSER, IP)
        for ask in (credentials.ask_again, lambda *given: credentials.finish(*given, "000000")):
            with pytest.raises(NotAllowed):
                store.write(ask, viewer, BROWSER, IP)


def test_a_password_that_was_changed_in_between_proves_nothing(store, ana):
    here, there = signs_in(store, ana), signs_in(store, ana)
    before = credentials.prove(store, there, PASSWORD, IP)
    credentials.change_password(store, here, PASSWORD, NEW_PASSWORD, IP)
    with pytest.raises(NotYourPassword):
        store.write(credentials._change_password, there, before, "a hash")


# The address.


@pytest.fixture
def moved(store, ana):
    """Ana's account is given back its address after the test."""
    yield

    def back(work) -> None:
        account = work.session.get_one(Account, ana.account_id)
        account.address = ana.address
        work.session.add(account)

    store.write(back)


@pytest.mark.usefixtures("moved")
def test_the_code_goes_to_the_new_address_and_the_notice_to_the_old(store, ana):
    here = signs_in(store, ana)
    credentials.ask_to_change_address(store, here, " Ana.New@Example.com ", PASSWORD, BROWSER, IP)
    [code] = store.write(mails)
    assert (code.kind, code.address, code.data["purpose"]) == ("code", NEW, "change_email")
    assert who(store, here).address == ana.address, "nothing changes before the code"

    there = signs_in(store, ana)
    token, refusal = store.write(credentials.finish, here, BROWSER, IP, code.secret["code"])
    assert refusal is None

    assert store.read(sessions.viewer, keys.token_hash(token)).address == NEW
    assert who(store, here) == who(store, there) == NOBODY
    [told] = store.write(mails)
    assert (told.kind, told.address, told.data["what"]) == ("security", ana.address, "address_changed")
    assert NEW not in str(told), "whoever reads the old address need not know the new one"
    with pytest.raises(WrongPassword):
        signs_in(store, ana)
    assert accounts.sign_in(store, NEW, PASSWORD, IP)


@pytest.mark.usefixtures("moved")
def test_tickets_stay_and_the_old_address_leads_to_none(store, ana, linh):
    here = signs_in(store, ana)

    def prepare(work):
        ticket = opens(work, here)
        messages.reply(work, linh, ticket.number, says("An answer"))
        muting.mute_address(work, opens(work, here, "Muted").id, here.address)
        return ticket.number, access.new_link(work, ticket)

    number, link = store.write(prepare)

    now = changes_address(store, here)
    assert store.read(tickets.find, now, number).address == NEW
    with pytest.raises(NotFound):
        store.read(tickets.find, Viewer(role="guest", address=ana.address), number)
    with pytest.raises(LinkInvalid):
        store.read(access.open_link, link)

    def waiting(work):
        found = work.session.exec(select(Alert.address).where(Alert.kind == "reply")).all()
        return found, work.session.exec(select(GuestLink).where(GuestLink.revoked_at == None)).all()  # noqa: E711

    assert store.read(waiting) == ([NEW], []), "what waits goes to the new address"


@pytest.mark.usefixtures("moved")
def test_what_was_muted_stays_muted_also_for_a_page_that_knows_an_older_address(store, ana, linh):
    here = signs_in(store, ana)
    number = store.write(lambda work: opens(work, here).number)
    store.write(muting.mute, here, number)
    for address in (NEW, "third@example.com"):
        here = changes_address(store, here, address)

    store.write(messages.reply, linh, number, says("An answer"))
    advance(store, minutes=5)
    assert [m.kind for m in store.write(mails) if m.number == number] == []


def test_a_taken_address_looks_like_a_free_one_until_the_code(store, ana, budi):
    here = signs_in(store, ana)
    for address in (budi.address, NEW):
        browser = f"browser of {address}"
        credentials.ask_to_change_address(store, here, address, PASSWORD, browser, IP)
        status = store.read(codes_status, here, address, browser)
        assert (status.sent, status.refusal) == (True, None)
        assert finishes(store, here, browser, WRONG_CODE) == "code_wrong"
    assert [m.address for m in store.write(mails)] == [NEW]
    assert who(store, here).address == ana.address


def codes_status(work, viewer, address, browser):
    """What the page of the code shows."""
    return credentials.codes.status(work, credentials.code_scope(viewer, address, browser))


def test_an_address_that_is_taken_in_the_meantime_is_not_given_away(store, ana):
    here = signs_in(store, ana)
    credentials.ask_to_change_address(store, here, NEW, PASSWORD, BROWSER, IP)
    code = store.write(code_for, NEW)
    store.write(lambda work: accounts.create(work, NEW, "Somebody", "-").id)
    assert finishes(store, here, BROWSER, code) == "code_expired"
    assert who(store, here).address == ana.address


def test_a_code_is_of_one_account_and_one_browser(store, ana, budi):
    hers, his = signs_in(store, ana), signs_in(store, budi)
    credentials.ask_to_change_address(store, hers, NEW, PASSWORD, BROWSER, IP)
    code = store.write(code_for, NEW)
    assert finishes(store, his, BROWSER, code) == "code_expired"
    assert finishes(store, hers, "another browser", code) == "code_expired"
    assert (who(store, hers), who(store, his)) == (hers, his)


@pytest.mark.parametrize(
    ("address", "password", "refusal"),
    [
        ("ana@example.com", PASSWORD, SameAddress),
        ("ANA@example.com ", PASSWORD, SameAddress),
        ("no address", PASSWORD, BadAddress),
        (NEW, "not the password", NotYourPassword),
        (NEW, "", NotYourPassword),
    ],
)
def test_what_sends_no_code(store, ana, address, password, refusal):
    with pytest.raises(refusal):
        credentials.ask_to_change_address(store, signs_in(store, ana), address, password, BROWSER, IP)
    assert store.write(mails) == []


def test_another_code_can_be_had_in_a_minute_and_only_after_a_first(store, ana, settings):
    here = signs_in(store, ana)
    with pytest.raises(CodeExpired):
        store.write(credentials.ask_again, here, BROWSER, IP)
    credentials.ask_to_change_address(store, here, NEW, PASSWORD, BROWSER, IP)
    with pytest.raises(TooSoon):
        store.write(credentials.ask_again, here, BROWSER, IP)
    settings.code_resend_seconds = 0
    store.write(credentials.ask_again, here, BROWSER, IP)
    assert [m.address for m in store.write(mails) if m.kind == "code"] == [NEW, NEW]


def test_nobody_mails_codes_around(store, ana, settings):
    settings.limit_address_changes_per_hour = 2
    here = signs_in(store, ana)
    for n in range(2):
        credentials.ask_to_change_address(store, here, f"{n}@example.org", PASSWORD, BROWSER, IP)
    with pytest.raises(TooMany):
        credentials.ask_to_change_address(store, here, "third@example.org", PASSWORD, BROWSER, IP)
