"""Requests for details as lists of items: asked for, answered in part, declined, on both databases."""

from typing import Any
from uuid import uuid4

import pytest
from sqlmodel import select

from tests.cast import IP, mails, opens, sees
from ticket_portal.domain.errors import (
    AlreadyAnswered,
    BadDetail,
    CannotReopen,
    CardFound,
    EmptyMessage,
    FileGone,
    Invalid,
    Missing,
    NotAllowed,
    NotFound,
)
from ticket_portal.domain.files.types import Content
from ticket_portal.domain.people import Viewer
from ticket_portal.domain.text.blockchains import transaction_id, transaction_ids
from ticket_portal.domain.tickets import conversation, detail_requests, messages, tickets, uploads
from ticket_portal.domain.tickets.detail_requests import DetailView
from ticket_portal.domain.tickets.messages import AnswersForm, MessageForm
from ticket_portal.domain.tickets.uploads import Sender
from ticket_portal.store.tables import DetailItem, Message, Ticket
from ticket_portal.store.unit_of_work import Work

BITCOIN = "4a5e1e4baab89f3a32518a88c31bc87f618f76673e2cc77ab2127b7afdeda33b"
ETHEREUM = "0x5c504ed432cb51138bcf09aa5e8a410dd4a1e204ef84bfed1be16dfba1b22060"
SOLANA = "5VERv8NMvzbJMEkV8xnrLkEaWRtSz9CosKDYjCJjBRnbJLgp8uirBgmQpjKhoR4tjF3ZpRzrFmBV6UjKdiSZkQUW"
ITEMS = [
    {"kind": "txid", "chain": "bitcoin"},
    {"kind": "moment"},
    {"kind": "text", "label": "Which wallet?"},
]


def asks(*items: dict[str, Any], body: str = "", client_id: str = "") -> MessageForm:
    """A request as the dialog sends it."""
    typed = {"items": list(items), "body": body, "client_id": client_id or str(uuid4())}
    return MessageForm.parse_request(typed)


def gives(request: int, *given: dict[str, Any], client_id: str = "") -> AnswersForm:
    """Answers as the checklist sends them."""
    typed = {"request": request, "given": list(given), "client_id": client_id or str(uuid4())}
    return AnswersForm.parse(typed)


def answers(work: Work, viewer: Viewer, ticket: Ticket, request: int, *given: dict[str, Any]) -> Message:
    """Somebody answers in a ticket."""
    return messages.answer_details(work, viewer, ticket.number or 0, gives(request, *given))


def items(work: Work, ticket: Ticket) -> list[DetailView]:
    """The items of a ticket as both sides see them."""
    return conversation.thread(work, ticket.id, team=False).details


@pytest.fixture
def request_seq(work, linh, ticket) -> int:
    return messages.request_details(work, linh, ticket.number, asks(*ITEMS, body="Please send us these.")).seq


def test_a_request_waits_for_the_customer_and_says_how_many(work, clock, linh, ticket, request_seq):
    assert ticket.status == "waiting_customer"
    assert [(i.kind, i.label, i.chain, i.state) for i in items(work, ticket)] == [
        ("txid", "", "bitcoin", "open"),
        ("moment", "", "", "open"),
        ("text", "Which wallet?", "", "open"),
    ]
    clock.advance(seconds=60)
    alerts = [m for m in mails(work) if m.kind == "details_requested"]
    assert [m.data["count"] for m in alerts] == [3]


def test_the_alert_counts_what_was_asked_for_before(work, clock, linh, ticket, request_seq):
    messages.request_details(work, linh, ticket.number, asks({"kind": "network"}))
    clock.advance(seconds=60)
    assert [m.data["count"] for m in mails(work) if m.kind == "details_requested"] == [4]


def test_a_text_alone_is_a_request_without_items(work, linh, ticket):
    message = messages.request_details(work, linh, ticket.number, asks(body="Which network?"))
    assert (message.kind, message.body) == ("details", "Which network?")
    assert items(work, ticket) == []


def test_a_part_leaves_the_turn_with_the_customer_and_the_rest_takes_it(work, ana, ticket, request_seq):
    answers(
        work, ana, ticket, request_seq,
        {"place": 0, "value": f" https://mempool.space/tx/{BITCOIN} "},
        {"place": 1, "value": "2026-01-05T10:30", "zone": "America/Bogota"},
    )  # fmt: skip
    assert ticket.status == "waiting_customer"
    assert ticket.requester_seq == ticket.last_seq  # unread in the queue
    done = items(work, ticket)
    assert [(i.state, i.answer, i.zone) for i in done] == [
        ("answered", BITCOIN, ""),
        ("answered", "2026-01-05T15:30:00+00:00", "America/Bogota"),
        ("open", "", ""),
    ]
    answers(work, ana, ticket, request_seq, {"place": 2, "value": "I have lost it.", "declined": True})
    assert (ticket.status, ticket.queue_rank) == ("open", 0)
    assert items(work, ticket)[2].state == "declined"
    assert [m.kind for m in sees(work, ana, ticket.number)] == ["reply", "details", "answers", "answers"]


def test_the_guest_whose_ticket_it_is_answers_too(work, linh, minh, guest_ticket):
    seq = messages.request_details(work, linh, guest_ticket.number, asks({"kind": "network"})).seq
    answers(work, minh, guest_ticket, seq, {"place": 0, "value": "TRON"})
    assert guest_ticket.status == "open"


def test_nobody_else_answers(work, ana, budi, minh, linh, ticket, request_seq):
    given = {"place": 2, "value": "Mine"}
    for stranger in (budi, minh, Viewer()):
        with pytest.raises(NotFound):
            answers(work, stranger, ticket, request_seq, given)
    with pytest.raises(NotAllowed):
        answers(work, linh, ticket, request_seq, given)
    for stranger in (ana, minh):
        with pytest.raises((NotAllowed, NotFound)):
            messages.request_details(work, stranger, ticket.number, asks({"kind": "network"}))


def test_a_request_of_another_ticket_is_not_found(work, ana, ticket, request_seq):
    other = opens(work, ana)
    with pytest.raises(NotFound):
        answers(work, ana, other, request_seq, {"place": 2, "value": "Mine"})
    with pytest.raises(NotFound):
        answers(work, ana, ticket, 1, {"place": 2, "value": "Mine"})  # a reply, not a request


def test_the_same_client_id_is_the_same_message(work, ana, linh, ticket):
    form = asks(*ITEMS, client_id=str(uuid4()))
    request = messages.request_details(work, linh, ticket.number, form)
    assert messages.request_details(work, linh, ticket.number, form) == request
    given = gives(request.seq, {"place": 2, "value": "Blue"}, client_id=str(uuid4()))
    message = messages.answer_details(work, ana, ticket.number, given)
    assert messages.answer_details(work, ana, ticket.number, given) == message
    assert len(work.session.exec(select(DetailItem)).all()) == 3


def test_what_was_answered_stays(work, ana, ticket, request_seq):
    answers(work, ana, ticket, request_seq, {"place": 2, "value": "Blue"})
    answers(
        work, ana, ticket, request_seq, {"place": 2, "value": "Red"}, {"place": 0, "value": BITCOIN}
    )  # another tab
    assert [i.answer for i in items(work, ticket)] == [BITCOIN, "", "Blue"]
    with pytest.raises(AlreadyAnswered):
        answers(work, ana, ticket, request_seq, {"place": 2, "value": "Green"})


BAD = [
    ({"kind": "txid", "chain": "bitcoin"}, {"value": BITCOIN[:-1]}),
    ({"kind": "txid", "chain": "bitcoin"}, {"value": ETHEREUM}),
    ({"kind": "txid", "chain": "solana"}, {"value": SOLANA[:-4] + "0OIl"}),
    ({"kind": "txid"}, {"value": "0x52908400098527886E0F7030069857D2E4169EE7"}),
    ({"kind": "txid"}, {"value": f"{BITCOIN} {ETHEREUM}"}),
    ({"kind": "amount"}, {"value": "12"}),
    ({"kind": "amount"}, {"value": "BTC"}),
    ({"kind": "amount"}, {"value": "0.00 BTC"}),
    ({"kind": "amount"}, {"value": "1 BTC and something else"}),
    ({"kind": "moment"}, {"value": "yesterday", "zone": "UTC"}),
    ({"kind": "moment"}, {"value": "2026-01-05T10:30", "zone": "Atlantis/Capital"}),
    ({"kind": "moment"}, {"value": "2026-01-05T10:30", "zone": "../../etc/passwd"}),
    ({"kind": "moment"}, {"value": "2999-01-05T10:30", "zone": "UTC"}),
    ({"kind": "moment"}, {"value": "0001-01-01T00:00", "zone": "Asia/Tokyo"}),
    ({"kind": "network"}, {"value": "x" * 81}),
    ({"kind": "network"}, {"value": "TRON", "place": 7}),
]


@pytest.mark.parametrize(("item", "given"), BAD)
def test_an_answer_of_another_kind_is_refused(work, ana, linh, ticket, item, given):
    seq = messages.request_details(work, linh, ticket.number, asks(item)).seq
    with pytest.raises(BadDetail):
        answers(work, ana, ticket, seq, {"place": 0, **given})
    assert items(work, ticket)[0].state == "open"


@pytest.mark.parametrize(
    ("item", "value", "kept"),
    [
        ({"kind": "txid"}, ETHEREUM.upper().replace("0X", "0x"), ETHEREUM),
        ({"kind": "txid", "chain": "ethereum"}, ETHEREUM, ETHEREUM),
        ({"kind": "txid", "chain": "tron"}, BITCOIN, BITCOIN),
        ({"kind": "txid", "chain": "solana"}, SOLANA, SOLANA),
        ({"kind": "amount"}, " 0,5   BTC ", "0,5 BTC"),
        ({"kind": "amount"}, "€ 1.250,00", "€ 1.250,00"),
        ({"kind": "amount"}, "250₫", "250₫"),
        ({"kind": "screenshot"}, "Error 42:\nTry again.", "Error 42:\nTry again."),
    ],
)
def test_an_answer_is_kept_in_its_form(work, ana, linh, ticket, item, value, kept):
    seq = messages.request_details(work, linh, ticket.number, asks(item)).seq
    answers(work, ana, ticket, seq, {"place": 0, "value": value})
    assert items(work, ticket)[0].answer == kept


def test_a_screenshot_is_answered_by_ones_own_file(work, ana, linh, ticket):
    seq = messages.request_details(work, linh, ticket.number, asks({"kind": "screenshot"})).seq
    own = uploads.begin_for_ticket(work, Sender(ana, IP), ticket.number, "error.png")
    uploads.finish(work, own, Content("error.png", "image/png", 8, 8), 1_000, clean=True)
    with pytest.raises(FileGone):
        answers(work, ana, ticket, seq, {"place": 0, "files": [own.id, "unknown"]})
    with pytest.raises(BadDetail):
        answers(work, ana, ticket, seq, {"place": 0, "value": "", "files": []})
    answers(work, ana, ticket, seq, {"place": 0, "value": "made up", "files": [own.id]})
    assert items(work, ticket)[0].answer == "error.png"
    assert [file.id for file in sees(work, linh, ticket.number)[-1].files] == [own.id]


def test_somebody_elses_file_is_no_answer(work, ana, linh, ticket):
    seq = messages.request_details(work, linh, ticket.number, asks({"kind": "screenshot"})).seq
    theirs = uploads.begin_for_ticket(work, Sender(linh, IP), ticket.number, "error.png")
    uploads.finish(work, theirs, Content("error.png", "image/png", 8, 8), 1_000, clean=True)
    with pytest.raises(FileGone):
        answers(work, ana, ticket, seq, {"place": 0, "files": [theirs.id]})


def test_a_secret_is_no_answer_and_no_reason(work, ana, ticket, request_seq):
    for declined in (False, True):
        with pytest.raises(CardFound):
            answers(
                work, ana, ticket, request_seq,
                {"place": 2, "value": "4111 1111 1111 1111", "declined": declined},
            )  # fmt: skip


def test_a_reply_in_words_takes_the_turn_and_the_items_stay_open(work, ana, ticket, request_seq):
    messages.reply(work, ana, ticket.number, MessageForm("I'll look for it.", str(uuid4())))
    assert ticket.status == "open"
    answers(work, ana, ticket, request_seq, {"place": 2, "value": "Blue"})
    assert ticket.status == "open"
    assert detail_requests.still_open(work, ticket.id) == 2


def test_answers_reopen_like_a_reply(work, clock, ana, linh, ticket, request_seq, settings):
    tickets.resolve(work, linh, ticket.number)
    answers(work, ana, ticket, request_seq, {"place": 2, "value": "Blue"})
    assert ticket.status == "open"
    tickets.resolve(work, linh, ticket.number)
    tickets.confirm_solved(work, ana, ticket.number)
    clock.advance(days=settings.reopen_days + 1)
    with pytest.raises(CannotReopen):
        answers(work, ana, ticket, request_seq, {"place": 0, "value": BITCOIN})


@pytest.mark.parametrize(
    ("typed", "refusal"),
    [
        ({}, EmptyMessage),
        ({"items": []}, EmptyMessage),
        ({"items": [{"kind": "text"}]}, Missing),
        ({"items": [{"kind": "password"}]}, Invalid),
        ({"items": [{"kind": "txid", "chain": "dogecoin"}]}, Invalid),
        ({"items": [{"kind": "amount", "chain": "bitcoin"}]}, Invalid),
        ({"items": [{"kind": "network", "label": "x" * 201}]}, Invalid),
        ({"items": [{"kind": "network"}] * 11}, Invalid),
        ({"items": "network"}, Invalid),
        ({"items": {"kind": "network"}}, Invalid),
        ({"items": ["network"]}, Invalid),
    ],
)
def test_a_request_that_makes_no_sense_is_refused(typed, refusal):
    with pytest.raises(refusal):
        MessageForm.parse_request({"client_id": str(uuid4()), **typed})


@pytest.mark.parametrize(
    "typed",
    [
        {},
        {"request": "2", "given": [{"place": 0, "value": "x"}]},
        {"request": 2**70, "given": [{"place": 0, "value": "x"}]},
        {"request": 2, "given": []},
        {"request": 2, "given": ["x"]},
        {"request": 2, "given": [{"place": "0", "value": "x"}]},
        {"request": 2, "given": [{"place": True, "value": "x"}]},
        {"request": 2, "given": [{"place": 0, "value": "  "}]},
        {"request": 2, "given": [{"place": 0, "value": "x" * 2001}]},
        {"request": 2, "given": [{"place": 0, "value": "x", "chain": "dogecoin"}]},
        {"request": 2, "given": [{"place": 0, "value": "x"}] * 11},
        {"request": 2, "given": [{"place": 0, "value": "x"}, {"place": 0, "value": "y", "declined": True}]},
    ],
)
def test_answers_that_make_no_sense_are_refused(typed):
    with pytest.raises(Invalid):
        AnswersForm.parse({"client_id": str(uuid4()), **typed})


def test_transactions_are_found_in_texts():
    text = f"{BITCOIN}, {ETHEREUM.upper()}; https://solscan.io/tx/{SOLANA}?x=1 {BITCOIN.upper()} {'a' * 65}"
    assert transaction_ids(text.replace("0X", "0x")) == [BITCOIN, ETHEREUM, SOLANA]
    assert transaction_id(f"a {BITCOIN} and {ETHEREUM}", "ethereum") == ETHEREUM
    assert transaction_id("nothing") == ""
