"""Guests: the link, what it shows, and how an address is proved."""

import pytest
from sqlmodel import func, select

from tests.cast import BROWSER, IP, code_for, mails, opens, reads, says
from ticket_portal.domain import keys, sessions
from ticket_portal.domain.accounts import accounts
from ticket_portal.domain.errors import BadAddress, CodeWrong, LinkInvalid, NotFound, TooMany
from ticket_portal.domain.guests import access, page
from ticket_portal.domain.people import NOBODY, Viewer
from ticket_portal.domain.permissions import can_read
from ticket_portal.domain.tickets import conversation, messages, tickets
from ticket_portal.store.tables import Alert, Challenge, GuestLink, LimitHit
from ticket_portal.store.unit_of_work import Work


@pytest.fixture
def link(work, guest_ticket) -> str:
    """The token of the link in Minh's confirmation."""
    return mails(work)[0].guest_token


def enters(work, link: str, browser: str = BROWSER) -> Viewer:
    """Asks for a code, enters it, and is somebody then."""
    access.send_code(work, link, browser, IP, "en")
    token, refusal = access.verify(work, link, browser, IP, code_for(work, "minh@example.com"))
    assert refusal is None
    return sessions.viewer(work, keys.token_hash(token))


def test_from_the_link_to_the_conversation(work, minh, linh, guest_ticket, link):
    messages.reply(work, linh, guest_ticket.number, says("Try again now."))
    viewer = enters(work, link)

    assert (viewer.role, viewer.address) == ("guest", minh.address)
    assert reads(work, viewer, guest_ticket.number) == ["Since Monday.", "Try again now."]
    assert guest_ticket.proved_by == "code"


def test_the_link_alone_shows_number_and_masked_address(work, guest_ticket, link):
    view = page.arrive(work, link, BROWSER)
    assert (view.number, view.masked_address) == (guest_ticket.number, "m•••@e•••.com")
    shown = str(view)
    for secret in (guest_ticket.subject, guest_ticket.address, "Minh", "'new'", "Monday"):
        assert secret not in shown


def test_looking_has_no_effect(work, link):
    before = [
        work.session.exec(select(func.count()).select_from(t)).one() for t in (Alert, Challenge, LimitHit)
    ]
    work.topics.clear()
    for _ in range(5):
        page.arrive(work, link, BROWSER)
    after = [
        work.session.exec(select(func.count()).select_from(t)).one() for t in (Alert, Challenge, LimitHit)
    ]
    assert after == before
    assert not work.topics
    assert not work.session.dirty


def test_every_link_that_does_not_open_gets_the_same_answer(work, clock, minh, guest_ticket, link):
    revoked = access.new_link(work, guest_ticket)
    access.revoke_links(work, guest_ticket)
    old_ticket = opens(work, minh)
    too_old = access.new_link(work, old_ticket)
    tickets.move(work, old_ticket, "closed")
    clock.advance(days=90, seconds=1)

    answers = set()
    for token in (
        revoked,
        link,
        too_old,
        "x",
        "",
        "x" * 43,
        "x" * 44,
        "\ud800" * 43,
        "é" * 43,
        "' OR 1=1 --",
    ):
        for ask in (
            lambda: page.arrive(work, token, BROWSER),  # noqa: B023
            lambda: access.send_code(work, token, BROWSER, IP, "en"),  # noqa: B023
            lambda: access.verify(work, token, BROWSER, IP, "123456"),  # noqa: B023
        ):
            with pytest.raises(LinkInvalid) as refused:
                ask()
            answers.add((refused.value.code, refused.value.text, str(refused.value.values)))
    assert len(answers) == 1


def test_a_link_works_until_ninety_days_after_closing_to_the_second(
    work, clock, minh, linh, guest_ticket, link
):
    clock.advance(days=1000)
    assert page.arrive(work, link, BROWSER), "an open ticket's link does not age"
    tickets.resolve(work, linh, guest_ticket.number)
    tickets.confirm_solved(work, minh, guest_ticket.number)
    clock.advance(days=90)
    assert page.arrive(work, link, BROWSER)
    clock.advance(seconds=1)
    with pytest.raises(LinkInvalid):
        page.arrive(work, link, BROWSER)


def test_each_mail_has_its_own_link_and_the_earlier_ones_stay_valid(work, clock, linh, guest_ticket, link):
    messages.reply(work, linh, guest_ticket.number, says("Hello"))
    clock.advance(minutes=1)
    newer = mails(work)[0].guest_token
    assert newer != link
    assert page.arrive(work, newer, BROWSER).number == page.arrive(work, link, BROWSER).number
    assert all(token not in str(work.session.exec(select(GuestLink)).all()) for token in (link, newer))


def test_revoking_is_for_one_ticket(work, minh, guest_ticket, link):
    other = access.new_link(work, opens(work, minh))
    access.revoke_links(work, guest_ticket)
    work.session.expire_all()
    with pytest.raises(LinkInvalid):
        page.arrive(work, link, BROWSER)
    assert page.arrive(work, other, BROWSER)


def test_the_code_goes_to_the_links_address_and_in_the_pages_language(work, link):
    access.send_code(work, link, BROWSER, IP, "uk")
    [mail] = mails(work)
    assert (mail.kind, mail.address, mail.language) == ("code", "minh@example.com", "uk")
    assert mail.guest_token == ""


def test_the_session_covers_the_addresss_tickets_and_nobody_elses(work, ana, minh, link):
    second, of_ana = opens(work, minh), opens(work, ana)
    viewer = enters(work, link)

    assert second.number in [r.number for r in tickets.mine(work, viewer).rows]
    assert reads(work, viewer, second.number)
    with pytest.raises(NotFound):
        reads(work, viewer, of_ana.number)


def test_a_wrong_code_proves_nothing(work, guest_ticket, link):
    access.send_code(work, link, BROWSER, IP, "en")
    code = code_for(work, "minh@example.com")
    token, refusal = access.verify(work, link, BROWSER, IP, f"{(int(code) + 1) % 10**6:06d}")
    assert token == ""
    assert isinstance(refusal, CodeWrong)
    assert guest_ticket.proved_by == ""
    assert page.arrive(work, link, BROWSER).code.refusal.code == "code_wrong"
    assert page.arrive(work, link, "another browser").code.sent is False


def test_a_wrong_try_is_counted_for_good(store, minh):
    """The refusal is returned, not raised: an exception would roll the count back."""
    store.write(opens, minh)
    link = store.write(mails)[0].guest_token
    store.write(access.send_code, link, BROWSER, IP, "en")
    code = store.write(code_for, minh.address)
    wrong = f"{(int(code) + 1) % 10**6:06d}"
    seen = [store.write(access.verify, link, BROWSER, IP, wrong)[1].code for _ in range(5)]
    assert seen == ["code_wrong", *["code_wrong"] * 3, "code_ended"]


def test_who_proved_the_address_before_needs_no_code(work, ana, minh, link):
    opened = access.open_link(work, link)
    account = sessions.of_account(accounts.create(work, minh.address, "Minh", "-"))

    assert can_read(minh, opened.ticket)
    assert can_read(account, opened.ticket)
    for viewer in (ana, NOBODY, Viewer(role="guest", address="other@example.com")):
        assert not can_read(viewer, opened.ticket)


def test_what_an_account_reads_of_a_guests_ticket_is_read(work, clock, minh, linh, guest_ticket, link):
    """The mail about it is dropped then: whoever has the address has read it."""
    account = sessions.of_account(accounts.create(work, minh.address, "Minh", "-"))
    reply = messages.reply(work, linh, guest_ticket.number, says("Hello"))
    conversation.seen(work, account, guest_ticket.number, reply.seq)
    clock.advance(minutes=1)

    assert mails(work) == []
    assert not tickets.mine(work, minh).rows[0].unread


# Lost links.


def test_lost_links_come_by_mail_for_open_and_lately_closed_tickets(work, clock, ana, minh, linh):
    old, open_one, lately = opens(work, minh), opens(work, minh), opens(work, minh)
    tickets.move(work, old, "closed")
    clock.advance(days=80)
    tickets.move(work, lately, "closed")
    clock.advance(days=11)
    opens(work, ana)
    mails(work)

    access.send_links_again(work, " Minh@Example.com ", None, IP, "vi")
    [mail] = mails(work)
    assert (mail.kind, mail.address, mail.language) == ("security", minh.address, "vi")
    assert sorted(mail.data["numbers"]) == sorted([open_one.number, lately.number])
    tokens = mail.secret["tokens"]
    assert page.arrive(work, tokens[str(open_one.number)], BROWSER).number == open_one.number


def test_a_number_picks_one_ticket(work, clock, minh):
    first, second = opens(work, minh), opens(work, minh)
    mails(work)
    access.send_links_again(work, minh.address, second.number, IP, "en")
    assert mails(work)[0].data["numbers"] == [second.number]
    for number in (first.number + 10_000, 10**30, -(10**30)):
        clock.advance(minutes=15)
        access.send_links_again(work, minh.address, number, IP, "en")
        assert mails(work) == []


def test_whether_an_address_has_tickets_does_not_show(work: Work, minh, guest_ticket):
    mails(work)
    answers = [access.send_links_again(work, a, None, IP, "en") for a in (minh.address, "nobody@example.com")]
    assert answers == [None, None]
    assert len(work.session.exec(select(Alert).where(Alert.kind == "security")).all()) == 2
    assert [m.address for m in mails(work)] == [minh.address]


def test_an_accounts_own_ticket_gets_no_guest_link(work, ana, ticket):
    mails(work)
    access.send_links_again(work, ana.address, None, IP, "en")
    [mail] = mails(work)
    assert mail.data["numbers"] == [ticket.number]
    assert not any(mail.secret.get("tokens", {}).values())


def test_asking_for_links_is_limited(work, clock, settings, minh):
    settings.limit_links_per_hour, settings.limit_links_per_ip_per_hour = 2, 3
    for _ in range(2):
        access.send_links_again(work, minh.address, None, IP, "en")
        clock.advance(seconds=1)
    with pytest.raises(TooMany):
        access.send_links_again(work, minh.address, None, IP, "en")
    access.send_links_again(work, "a@example.com", None, IP, "en")
    with pytest.raises(TooMany):
        access.send_links_again(work, "b@example.com", None, IP, "en")
    with pytest.raises(BadAddress):
        access.send_links_again(work, "not an address", None, IP, "en")


def test_a_session_that_ran_out_is_proved_again_without_a_link(work, clock, minh, guest_ticket):
    token = sessions.begin_guest(work, minh.address)
    session = keys.token_hash(token)
    clock.advance(minutes=31)
    assert sessions.viewer(work, session) is NOBODY
    assert access.look_again(work, session, BROWSER).masked_address == "m•••@e•••.com"

    access.send_code_again(work, session, BROWSER, IP, "en")
    code = code_for(work, minh.address)
    _token, refusal = access.verify_again(work, session, "another browser", IP, code)
    assert refusal is not None
    fresh, refusal = access.verify_again(work, session, BROWSER, IP, code)
    assert refusal is None
    assert sessions.viewer(work, keys.token_hash(fresh)).address == minh.address


def test_a_session_that_was_left_or_never_was_is_not_proved_again(work, clock, ana):
    left = keys.token_hash(sessions.begin_guest(work, "minh@example.com"))
    sessions.end(work, left)
    account = accounts.find(work, ana.address)
    assert account is not None
    customers = keys.token_hash(sessions.begin(work, account))
    old = keys.token_hash(sessions.begin_guest(work, "minh@example.com"))
    clock.advance(days=1, minutes=1)
    for session in (left, customers, old, "", "x" * 64):
        for ask in (
            lambda: access.look_again(work, session, BROWSER),  # noqa: B023
            lambda: access.send_code_again(work, session, BROWSER, IP, "en"),  # noqa: B023
            lambda: access.verify_again(work, session, BROWSER, IP, "123456"),  # noqa: B023
        ):
            with pytest.raises(LinkInvalid):
                ask()


def test_lost_links_come_in_the_recipients_language(work, ana, minh, ticket, guest_ticket):
    access.send_links_again(work, minh.address, None, IP, "fr")
    access.send_links_again(work, ana.address, ticket.number, IP, "fr")
    spoken = {m.address: m.language for m in mails(work) if m.data.get("what") == "links"}
    assert spoken == {minh.address: "vi", ana.address: "es"}
