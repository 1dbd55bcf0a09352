"""What a guest's page begins with: for whoever proved the address, and for everybody else who has the link."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import event

from tests.cast import BROWSER, mails, opens
from ticket_portal.domain import keys, sessions
from ticket_portal.domain.errors import LinkInvalid, LinkMoved, NotFound
from ticket_portal.domain.guests import page
from ticket_portal.domain.guests.opening import Opening
from ticket_portal.domain.people import NOBODY
from ticket_portal.domain.tickets import drafts, resolution
from ticket_portal.domain.tickets.drafts import DraftForm


@pytest.fixture
def link(work, guest_ticket) -> str:
    """The token of the link in Minh's confirmation."""
    return mails(work)[0].guest_token


def begins(work, link: str, viewer=NOBODY, guest=NOBODY, *, original: bool = False) -> Opening:
    """Return how the conversation of a link's page begins, or raise why it doesn't."""
    found = page.arrive(work, link, BROWSER, viewer, guest, original=original).opening
    if isinstance(found, NotFound):
        raise found
    return found


def test_a_link_opens_its_ticket_for_who_proved_the_address(work, minh, budi, linh, guest_ticket, link):
    opened = begins(work, link, guest=minh)
    assert (opened.id, opened.came_from) == (guest_ticket.id, 0)
    stranger = replace(minh, address="other@example.com")
    for viewer, guest in (
        (NOBODY, NOBODY),
        (budi, NOBODY),
        (linh, NOBODY),
        (NOBODY, stranger),
        (budi, stranger),
    ):
        found = page.arrive(work, link, BROWSER, viewer, guest)
        assert not found.proved
        assert isinstance(found.opening, NotFound)
        assert (found.others, found.devices) == (0, [])
    for wrong in (link[:-1], f"{'x' * len(link)}", ""):
        with pytest.raises(LinkInvalid):
            page.arrive(work, wrong, BROWSER, guest=minh)


def test_a_link_leads_to_where_its_ticket_goes_on(work, minh, linh, guest_ticket, link):
    other = opens(work, minh)
    resolution.merge(work, linh, guest_ticket.number, other.number)
    opened = begins(work, link, guest=minh)
    assert (opened.number, opened.came_from) == (other.number, guest_ticket.number)
    opened = begins(work, link, guest=minh, original=True)
    assert (opened.number, opened.came_from) == (guest_ticket.number, 0)


def test_who_is_signed_in_as_another_person_is_told_so(work, minh, budi, guest_ticket, link):
    assert page.arrive(work, link, BROWSER, budi).signed_in_as == "b•••@e•••.com"
    assert page.arrive(work, link, BROWSER, budi, minh).signed_in_as == ""
    of_minh = replace(budi, address=minh.address)
    assert page.arrive(work, link, BROWSER, of_minh).proved, "the account has the ticket's address"


def test_it_brings_the_draft_and_how_many_other_tickets_there_are(work, minh, guest_ticket, link):
    opens(work, minh)
    typed = DraftForm(str(guest_ticket.number), "", "I tried it twice", "public", timedelta())
    drafts.save(work, minh, typed)
    found = page.arrive(work, link, BROWSER, guest=minh)
    assert found.others == 1
    assert begins(work, link, guest=minh).draft.body == "I tried it twice"
    stranger = replace(minh, address="other@example.com")
    assert "tried" not in str(page.arrive(work, link, BROWSER, guest=stranger))


def test_a_ticket_of_the_own_list_opens_like_its_link(work, minh, guest_ticket, link):
    by_link = page.arrive(work, link, BROWSER, guest=minh)
    own = page.arrive_at_own(work, guest_ticket.number, BROWSER, NOBODY, minh, minh.session)
    assert own == by_link
    for wrong in (0, -1, 99_999, 10**30):
        found = page.arrive_at_own(work, wrong, BROWSER, NOBODY, minh, minh.session)
        assert isinstance(found.opening, NotFound)


def test_after_the_session_ran_out_the_own_page_asks_for_a_code(work, clock, minh, guest_ticket):
    session = keys.token_hash(sessions.begin_guest(work, minh.address))
    clock.advance(minutes=work.settings.guest_idle_minutes + 1)
    found = page.arrive_at_own(work, guest_ticket.number, BROWSER, NOBODY, NOBODY, session)
    assert (found.proved, found.masked_address) == (False, "m•••@e•••.com")
    assert isinstance(found.opening, NotFound)
    with pytest.raises(LinkInvalid):
        page.arrive_at_own(work, guest_ticket.number, BROWSER, NOBODY, NOBODY, "")


def test_a_ticket_that_is_in_an_account_leads_there(work, ana, guest_ticket, link):
    guest_ticket.account_id = ana.account_id
    work.session.add(guest_ticket)
    with pytest.raises(LinkMoved) as moved:
        page.arrive(work, link, BROWSER)
    assert moved.value.values["number"] == guest_ticket.number
    guest_ticket.guest_until = work.now + timedelta(days=1)
    work.session.add(guest_ticket)
    assert page.arrive(work, link, BROWSER).number == guest_ticket.number


def test_a_link_is_looked_up_once(store, minh):
    """One statement each: link, code, reading, draft, bounced address, other tickets, devices; and the test's clock."""
    store.write(opens, minh)
    link = store.write(mails)[0].guest_token
    asked: list[str] = []

    def note(_connection, _cursor, statement, *_more) -> None:
        asked.append(statement)

    event.listen(store.engine, "before_cursor_execute", note)
    try:
        assert store.read(page.arrive, link, BROWSER, guest=minh).proved
    finally:
        event.remove(store.engine, "before_cursor_execute", note)
    assert sum("guestlink" in statement for statement in asked) == 1
    assert len([statement for statement in asked if statement.startswith("SELECT")]) == 8
