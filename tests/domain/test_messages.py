"""Messages: replies, notes, requests for details, and the conversation as each side sees it."""

import time
from concurrent.futures import ThreadPoolExecutor
from html.parser import HTMLParser
from uuid import uuid4

import pytest
from sqlmodel import func, select

from tests.cast import opens, reads, says, sees
from ticket_portal.domain import messages, tickets
from ticket_portal.domain.errors import (
    CannotReopen,
    EmptyMessage,
    Invalid,
    NotFound,
    TicketMerged,
    TooFast,
    TooLong,
)
from ticket_portal.domain.messages import WINDOW, MessageForm, as_html
from ticket_portal.store.tables import Alert, Event, Message, Ticket


def test_a_reply_is_read_by_both_sides(work, ana, linh, ticket):
    messages.reply(work, linh, ticket.number, says("Try again now."))
    messages.reply(work, ana, ticket.number, says("It works!"))

    assert reads(work, ana, ticket.number) == ["Since Monday.", "Try again now.", "It works!"]
    assert reads(work, linh, ticket.number) == ["Since Monday.", "Try again now.", "It works!"]
    assert [m.mine for m in sees(work, ana, ticket.number)] == [True, False, True]
    assert [m.mine for m in sees(work, linh, ticket.number)] == [False, True, False]


def test_an_internal_note_is_for_the_team_only(work, ana, linh, admin, ticket):
    messages.note(work, linh, ticket.number, says("Called twice already."))

    assert reads(work, admin, ticket.number)[-1] == "Called twice already."
    assert "Called twice already." not in str(messages.thread(work, ticket.id, team=False))
    assert "Called twice already." not in str(messages.earlier(work, ana, ticket.number, 99))
    assert "Called twice already." in str(messages.earlier(work, linh, ticket.number, 99))


def test_an_internal_note_leaves_no_trace_on_the_customers_side(work, clock, ana, linh, ticket):
    before = messages.thread(work, ticket.id, team=False), tickets.mine(work, ana)
    clock.advance(minutes=5)
    messages.note(work, linh, ticket.number, says("Looks like fraud."))
    tickets.assign_to_me(work, linh, ticket.number)

    assert (messages.thread(work, ticket.id, team=False), tickets.mine(work, ana)) == before
    assert ticket.status == "new"
    assert [a.kind for a in work.session.exec(select(Alert)).all()] == ["confirmation"]


def test_the_team_may_note_in_a_ticket_that_is_long_closed(work, clock, ana, linh, ticket):
    tickets.resolve(work, linh, ticket.number)
    tickets.confirm_solved(work, ana, ticket.number)
    clock.advance(days=400)
    messages.note(work, linh, ticket.number, says("For the record."))
    assert ticket.status == "closed"


def test_the_writers_own_id_is_for_the_writer_only(work, ana, linh, ticket):
    own = str(uuid4())
    messages.reply(work, ana, ticket.number, says("Hello", own))

    assert sees(work, ana, ticket.number)[-1].key == own
    assert sees(work, linh, ticket.number)[-1].key == ""


def test_a_guests_messages_are_the_guests_own(work, minh, linh, guest_ticket):
    messages.reply(work, minh, guest_ticket.number, says("Hello"))
    assert [m.mine for m in sees(work, minh, guest_ticket.number)] == [True, True]
    assert [m.mine for m in sees(work, linh, guest_ticket.number)] == [False, False]
    assert [m.author for m in sees(work, linh, guest_ticket.number)] == ["Minh", "Minh"]


# Sent again: a double click, a retry, a reconnect.


def test_the_same_reply_again_is_the_same_message(work, clock, ana, ticket):
    form = says("Once.")
    first = messages.reply(work, ana, ticket.number, form)
    clock.advance(hours=3)

    assert messages.reply(work, ana, ticket.number, form) is first
    assert reads(work, ana, ticket.number).count("Once.") == 1


def test_a_repeated_reply_is_confirmed_even_where_a_new_one_would_be_refused(work, settings, ana, ticket):
    settings.limit_messages_per_10_minutes = 1
    form = says("Once.")
    first = messages.reply(work, ana, ticket.number, form)

    with pytest.raises(TooFast):
        messages.reply(work, ana, ticket.number, says("Twice."))
    assert messages.reply(work, ana, ticket.number, form) is first


def test_somebody_elses_id_is_refused_and_tells_nothing(work, ana, linh, ticket):
    form = says("Mine.")
    messages.reply(work, ana, ticket.number, form)
    for act in (messages.reply, messages.note, messages.request_details):
        with pytest.raises(NotFound):
            act(work, linh, ticket.number, form)
    assert reads(work, linh, ticket.number).count("Mine.") == 1


def test_one_id_in_two_tickets_is_two_messages(work, ana, ticket):
    form = says("Any news?")
    other = opens(work, ana)
    first, second = (messages.reply(work, ana, n, form) for n in (ticket.number, other.number))
    assert first.id != second.id


def test_the_same_reply_from_two_threads_at_once_is_posted_once(store, ana):
    number = store.write(opens, ana).number
    form = says("Double click.")
    with ThreadPoolExecutor(8) as pool:
        posted = list(pool.map(lambda _: store.write(messages.reply, ana, number, form).id, range(16)))

    assert len(set(posted)) == 1
    assert store.read(reads, ana, number) == ["Since Monday.", "Double click."]


def test_the_first_message_sent_again_as_a_reply_is_the_first_message(work, ana):
    ticket = opens(work, ana)
    form = MessageForm("Since Monday.", ticket.client_id)
    assert messages.reply(work, ana, ticket.number, form).seq == 1


def test_replies_at_once_get_numbers_without_gaps_or_doubles(store, settings, ana, linh):
    settings.limit_messages_per_10_minutes = 100
    number = store.write(opens, ana).number

    def write(n: int) -> int:
        return store.write(messages.reply, (ana, linh)[n % 2], number, says(f"Reply {n}")).seq

    with ThreadPoolExecutor(8) as pool:
        seqs = list(pool.map(write, range(24)))

    assert sorted(seqs) == list(range(2, 26))
    assert store.read(lambda work: work.session.exec(select(Ticket)).one().last_seq) == 25
    assert [m.seq for m in store.read(sees, ana, number)] == list(range(1, 26))


def test_a_refused_reply_leaves_nothing(store, ana, budi):
    number = store.write(opens, ana).number
    counted = store.read(_count_rows)
    with pytest.raises(NotFound):
        store.write(messages.reply, budi, number, says("Let me in."))
    assert store.read(_count_rows) == counted


def _count_rows(work) -> list[int]:
    return [
        work.session.exec(select(func.count()).select_from(table)).one() for table in (Message, Event, Alert)
    ]


def test_nobody_writes_faster_than_a_person(work, clock, settings, ana, linh, ticket):
    settings.limit_messages_per_10_minutes = 3
    for n in range(3):
        messages.reply(work, ana, ticket.number, says(f"{n}"))
    with pytest.raises(TooFast) as refused:
        messages.reply(work, ana, ticket.number, says("4"))
    messages.reply(work, linh, ticket.number, says("The team is not counted."))

    work.now = refused.value.values["until"]
    messages.reply(work, ana, ticket.number, says("4"))


# What a reply does to the ticket.


@pytest.mark.parametrize(
    ("before", "after_team", "after_customer"),
    [
        ("new", "open", "new"),
        ("open", "open", "open"),
        ("waiting_customer", "waiting_customer", "open"),
        ("on_hold", "on_hold", "open"),
        ("resolved", "resolved", "open"),
        ("closed", "open", "open"),
    ],
)
def test_what_a_reply_does_to_the_state(work, ana, linh, before, after_team, after_customer):
    for viewer, after in ((linh, after_team), (ana, after_customer)):
        ticket = opens(work, ana)
        tickets.move(work, ticket, before)
        messages.reply(work, viewer, ticket.number, says("Hello"))
        assert ticket.status == after
        reopened = "reopened" in [m.event for m in sees(work, ana, ticket.number)]
        assert reopened == (before == "closed" or (before == "resolved" and viewer is ana))


def test_a_joined_ticket_takes_nothing_any_more(work, ana, linh, ticket):
    tickets.move(work, ticket, "merged")
    for viewer, act in (
        (ana, messages.reply),
        (linh, messages.reply),
        (linh, messages.request_details),
    ):
        with pytest.raises(TicketMerged):
            act(work, viewer, ticket.number, says("Hello"))
    with pytest.raises(TicketMerged):
        tickets.resolve(work, linh, ticket.number)


def test_a_closed_ticket_can_be_reopened_for_fourteen_days_to_the_second(work, clock, ana, linh):
    for viewer in (ana, linh):
        ticket = opens(work, ana)
        tickets.move(work, ticket, "closed")
        assert messages.thread(work, ticket.id, team=False).can_reopen
        clock.advance(days=14, seconds=-1)
        assert messages.thread(work, ticket.id, team=False).can_reopen
        messages.reply(work, viewer, ticket.number, says("Again."))
        assert (ticket.status, ticket.closed_at) == ("open", None)

        tickets.move(work, ticket, "closed")
        clock.advance(days=14)
        assert not messages.thread(work, ticket.id, team=False).can_reopen
        with pytest.raises(CannotReopen):
            messages.reply(work, viewer, ticket.number, says("Again."))
        assert ticket.status == "closed"


def test_a_request_for_details_makes_it_the_customers_turn(work, clock, ana, linh, ticket):
    messages.request_details(work, linh, ticket.number, says("Which network?"))
    assert (ticket.status, ticket.turn_rank) == ("waiting_customer", 0)
    assert sees(work, ana, ticket.number)[-1].kind == "details"

    tickets.move(work, ticket, "closed")
    clock.advance(days=14)
    with pytest.raises(CannotReopen):
        messages.request_details(work, linh, ticket.number, says("Which network?"))


# What was read.


def test_a_reply_is_unread_until_it_is_seen(work, ana, budi, linh, ticket):
    def unread() -> bool:
        return tickets.mine(work, ana).rows[0].unread

    assert not unread()
    reply = messages.reply(work, linh, ticket.number, says("Hello"))
    assert unread()
    messages.seen(work, ana, ticket.number, reply.seq - 1)
    assert unread()
    messages.seen(work, ana, ticket.number, reply.seq)
    assert not unread()
    messages.seen(work, ana, ticket.number, 1)
    assert not unread(), "reading the beginning again takes nothing back"


def test_nobody_reads_ahead(work, ana, linh, ticket):
    for seq in (10**30, -(10**30)):
        messages.seen(work, ana, ticket.number, seq)
    messages.reply(work, linh, ticket.number, says("Hello"))
    assert tickets.mine(work, ana).rows[0].unread


def test_the_team_reads_as_one_and_the_customer_sees_how_far(work, ana, linh, admin, ticket):
    reply = messages.reply(work, ana, ticket.number, says("Anybody there?"))
    assert tickets.queue(work, admin).rows[0].unread
    messages.seen(work, linh, ticket.number, reply.seq)

    assert not tickets.queue(work, admin).rows[0].unread
    assert messages.thread(work, ticket.id, team=False).seen_by_team_seq == reply.seq


def test_two_first_readings_at_once_are_one(store, ana):
    number = store.write(opens, ana).number
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: store.write(messages.seen, ana, number, 1), range(16)))


# The conversation in windows.


def test_a_long_conversation_comes_in_windows_without_gaps(work, ana, linh, ticket):
    for n in range(WINDOW * 2 + 5):
        act = messages.note if n % 3 == 0 else messages.reply
        act(work, linh, ticket.number, says(f"n{n}"))

    for viewer in (ana, linh):
        newest = messages.thread(work, ticket.id, team=viewer.of_team)
        everything, more = messages.views(newest.entries, viewer), newest.has_earlier
        assert len(everything) == WINDOW
        while more:
            older, more = messages.earlier(work, viewer, ticket.number, everything[0].seq)
            everything = older + everything
        seqs = [m.seq for m in everything]
        assert seqs == sorted(set(seqs))
        notes = [m for m in everything if m.kind == "note"]
        assert (len(notes) > 0) == viewer.of_team
        expected = [n for n in range(WINDOW * 2 + 5) if n % 3 or viewer.of_team]
        assert [m.html for m in everything[1:]] == [f"n{n}" for n in expected]


@pytest.mark.parametrize("size", [WINDOW - 1, WINDOW, WINDOW + 1])
def test_the_edge_of_a_window(work, linh, ticket, size):
    for n in range(size - 1):  # the first message is there already
        messages.reply(work, linh, ticket.number, says(f"{n}"))
    thread = messages.thread(work, ticket.id, team=True)
    assert thread.has_earlier == (size > WINDOW)
    assert len(thread.entries) == min(size, WINDOW)
    earlier, more = messages.earlier(work, linh, ticket.number, thread.entries[0].view.seq)
    assert (len(earlier), more) == (max(0, size - WINDOW), False)


@pytest.mark.parametrize("before", [0, -1, -(10**30), 1])
def test_before_the_beginning_there_is_nothing(work, ana, ticket, before):
    assert messages.earlier(work, ana, ticket.number, before) == ([], False)


def test_a_number_from_a_hostile_browser_is_only_a_number(work, ana, ticket):
    assert [m.html for m in messages.earlier(work, ana, ticket.number, 10**30)[0]] == ["Since Monday."]


def test_a_ticket_that_is_not_there_has_no_conversation(work):
    with pytest.raises(NotFound):
        messages.thread(work, 999_999, team=True)


# What may be typed.


@pytest.mark.parametrize("body", ["", "   \n\t", None, "\0", "\0 \0"])
def test_an_empty_message_is_not_sent(body):
    with pytest.raises(EmptyMessage):
        MessageForm.parse({"body": body, "client_id": str(uuid4())})


def test_a_message_has_ten_thousand_characters_at_most():
    assert says("x" * 10_000)
    with pytest.raises(TooLong) as refused:
        says("x" * 10_001)
    assert refused.value.values == {"length": 10_001, "most": 10_000}


@pytest.mark.parametrize("client_id", [None, "", "1", "not-a-uuid", "' OR 1=1", 12, "x" * 10_000, "\ud800"])
def test_a_message_needs_an_id_of_its_own(client_id):
    with pytest.raises(Invalid):
        MessageForm.parse({"body": "Hello", "client_id": client_id})


@pytest.mark.parametrize(
    "body", ["a\0b", "\ud800 x", "🙂 đã nhận ✓ дякую", "x\r\ny", "\u202ereversed", "' OR 1=1 --"]
)
def test_whatever_is_typed_is_kept_and_read_as_typed(work, ana, linh, ticket, body):
    messages.reply(work, ana, ticket.number, says(body))
    work.session.expire_all()
    kept = work.session.exec(select(Message.body).order_by(Message.id.desc())).first()
    assert kept == body.replace("\0", "").replace("\ud800", "?")


# Text as HTML: everything typed is data.

HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "<svg/onload=alert(1)>",
    "</a><script>alert(1)</script>",
    "javascript:alert(1)",
    "JaVaScRiPt://example.com/%0aalert(1)",
    "data:text/html,<script>alert(1)</script>",
    "vbscript:msgbox(1)",
    "//evil.example/x",
    'http://example.com/"onmouseover="alert(1)',
    "http://example.com/'onmouseover='alert(1)",
    "http://example.com/<script>alert(1)</script>",
    "http://example.com/?a=1&b=2&lt;script&gt;",
    "http://user:pass@example.com/",
    "https://example.com\u202e/gpj.exe",
    "&#60;script&#62;",
    "{{7*7}} ${7*7} {alert(1)}",
    "[x](javascript:alert(1))",
    "ftp://example.com/file",
    "mailto:a@example.com",
    "http://",
    "https://\ud800.example",
    "http://xn--80ak6aa92e.com/",
    "http://example.com/\u0000x",
    "<" * 5000,
]


class _Parts(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.mark.parametrize("body", HOSTILE + [f"Look: {one} and" for one in HOSTILE])
def test_hostile_text_stays_text(body):
    parsed = _Parts()
    parsed.feed(as_html(body))
    parsed.close()

    assert parsed.text == body
    for tag, attributes in parsed.tags:
        assert tag == "a"
        assert set(attributes) == {"href", "target", "rel"}
        assert (attributes["href"] or "").startswith(("http://", "https://"))
        assert attributes["rel"] == "noopener noreferrer nofollow"


def test_a_web_address_is_a_link_that_tells_nothing_of_us():
    assert as_html("See https://example.com/a?b=1&c=2, please.") == (
        'See <a href="https://example.com/a?b=1&amp;c=2" target="_blank" rel="noopener noreferrer nofollow">'
        "https://example.com/a?b=1&amp;c=2</a>, please."
    )


@pytest.mark.parametrize(
    "piece",
    ["http://a.", "https://", "http://a/(", "http://a.b/[", "a@", "www.", "//", "http://a-", ":", "&#x", "."],
)
def test_a_long_hostile_text_takes_no_long_time(piece):
    body = (piece * 10_000)[:10_000]
    begun = time.process_time()
    as_html(body)
    assert time.process_time() - begun < 1
