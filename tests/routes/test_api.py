"""The REST API, as the company's own systems meet it."""

from uuid import uuid4

import pytest

from tests.cast import ANA, LINH, reads
from tests.conftest import advance
from tests.routes.system import DEPOSIT, System, opens_ticket, problem_of, reads_ticket, rows_of
from ticket_portal.delivery import outbox
from ticket_portal.domain.accounts import api_tokens
from ticket_portal.domain.alerts.outbox import take_due
from ticket_portal.domain.tickets import messages, tickets
from ticket_portal.domain.tickets.messages import AnswersForm
from ticket_portal.store.tables import ApiAnswer, Ticket


def test_a_ticket_is_opened_in_somebodys_name(system, store, linh):
    answer = system.calls("POST", "/api/v1/tickets", DEPOSIT)

    assert answer.status_code == 201
    number = answer.json()["number"]
    assert answer.json() == {
        "number": number,
        "status": "new",
        "url": f"{store.settings.public_url}/tickets/{number}",
    }
    assert store.read(reads, linh, number) == ["Since Monday."]
    [mail] = store.write(take_due)
    assert (mail.kind, mail.address, mail.number) == ("confirmation", "noor@example.com", number)


def test_a_ticket_for_a_customers_address_is_the_customers(system, store, ana, budi):
    answer = system.calls(
        "POST", "/api/v1/tickets", {**DEPOSIT, "email": "ANA@example.com", "language": "es"}
    )

    number = answer.json()["number"]
    assert store.read(reads, ana, number) == ["Since Monday."]
    with pytest.raises(tickets.NotFound):
        store.read(reads, budi, number)


def test_the_whole_conversation_over_the_api(system, store, ana, linh):
    number = opens_ticket(system, ANA.address)

    replied = system.calls("POST", f"/api/v1/tickets/{number}/replies", {"body": "We are looking into it."})
    assert (replied.status_code, replied.json()["author"]) == (201, "Linh")
    assert system.calls("POST", f"/api/v1/tickets/{number}/notes", {"body": "VIP."}).status_code == 201
    asked = system.calls("POST", f"/api/v1/tickets/{number}/detail-requests", {"body": "Which network?"})
    assert (asked.status_code, asked.json()["kind"]) == (201, "details")
    assert reads_ticket(system, number)["status"] == "waiting_customer"
    resolved = system.calls("POST", f"/api/v1/tickets/{number}/resolve")
    assert (resolved.status_code, resolved.json()["status"]) == (200, "resolved")
    for act, status in (("close", "closed"), ("reopen", "open")):
        done = system.calls("POST", f"/api/v1/tickets/{number}/{act}")
        assert (done.status_code, done.json()["status"]) == (200, status)

    told = [m["body"] for m in reads_ticket(system, number)["messages"]]
    assert told == ["Since Monday.", "We are looking into it.", "VIP.", "Which network?"]
    assert "VIP." not in store.read(reads, ana, number)
    assert "VIP." in store.read(reads, linh, number)


def test_details_are_asked_for_as_typed_items_over_the_api(system, store, ana):
    number = opens_ticket(system, ANA.address)
    path = f"/api/v1/tickets/{number}/detail-requests"
    wanted = [{"kind": "txid", "chain": "tron"}, {"kind": "text", "label": "Which wallet?"}]

    asked = system.calls("POST", path, {"items": wanted}, Idempotency_Key="ask-1")
    assert asked.status_code == 201
    assert system.calls("POST", path, {"items": wanted}, Idempotency_Key="ask-1").json() == asked.json()
    assert [(i["kind"], i["chain"], i["state"]) for i in asked.json()["items"]] == [
        ("txid", "tron", "open"),
        ("text", "", "open"),
    ]

    given = {
        "request": asked.json()["seq"],
        "given": [{"place": 1, "value": "Blue"}],
        "client_id": str(uuid4()),
    }
    store.write(messages.answer_details, ana, number, AnswersForm.parse(given))
    request, answers = reads_ticket(system, number)["messages"][-2:]
    assert [i["answer"] for i in request["items"]] == ["", "Blue"]
    assert (answers["kind"], answers["body"], answers["items"]) == ("answers", "Blue", [])


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        ({}, "empty_message"),
        ({"items": [{"kind": "text"}]}, "missing"),
        ({"items": [{"kind": "password"}]}, "invalid"),
        ({"items": [{"kind": "txid", "chain": "dogecoin"}]}, "invalid"),
        ({"items": [{"kind": "network", "more": 1}]}, "invalid"),
        ({"items": [{"kind": "network"}] * 11}, "invalid"),
        ({"items": "network"}, "invalid"),
    ],
)
def test_a_request_for_details_that_makes_no_sense(system, sent, code):
    number = opens_ticket(system, ANA.address)
    answer = system.calls("POST", f"/api/v1/tickets/{number}/detail-requests", sent)
    assert (answer.status_code, answer.json()["code"]) == (422, code)


def test_a_repeated_request_with_its_key_is_answered_again_and_done_once(system, store):
    first = system.calls("POST", "/api/v1/tickets", DEPOSIT, Idempotency_Key="order-1")
    again = system.calls("POST", "/api/v1/tickets", DEPOSIT, Idempotency_Key="order-1")

    assert (again.status_code, again.json()) == (first.status_code, first.json())
    assert (first.headers.get("idempotency-replayed"), again.headers["idempotency-replayed"]) == (
        None,
        "true",
    )
    assert rows_of(store, Ticket) == 1


def test_an_answer_is_known_for_a_week(system, store):
    """It may hold what somebody wrote, and outlives the ticket."""
    system.calls("POST", "/api/v1/tickets", DEPOSIT, Idempotency_Key="order-1")
    for days, kept in ((6, 1), (2, 0)):
        advance(store, days=days)
        store.write(outbox.sweep)
        assert rows_of(store, ApiAnswer) == kept


def test_of_requests_that_come_at_once_with_one_key_one_has_an_effect(system, store):
    number = opens_ticket(system, ANA.address)

    opened = system.calls_at_once(6, "POST", "/api/v1/tickets", DEPOSIT, Idempotency_Key="k")
    said = {"body": "Once."}
    replies = system.calls_at_once(6, "POST", f"/api/v1/tickets/{number}/replies", said, Idempotency_Key="r")

    assert {a.status_code for a in [*opened, *replies]} == {201}
    assert len({a.json()["number"] for a in opened}) == 1
    assert len({a.json()["seq"] for a in replies}) == 1
    assert [m["body"] for m in reads_ticket(system, number)["messages"]].count("Once.") == 1
    assert rows_of(store, Ticket) == 2


def test_a_key_belongs_to_one_request_and_one_token(system, store):
    system.calls("POST", "/api/v1/tickets", DEPOSIT, Idempotency_Key="order-1")

    other = system.calls(
        "POST", "/api/v1/tickets", {**DEPOSIT, "subject": "Other"}, Idempotency_Key="order-1"
    )
    assert problem_of(other) == (422, "idempotency_key_reused")
    elsewhere = System(store, store.write(api_tokens.new_token, LINH.address))
    assert elsewhere.calls("POST", "/api/v1/tickets", DEPOSIT, Idempotency_Key="order-1").status_code == 201
    assert rows_of(store, Ticket) == 2


def test_a_refused_request_can_be_sent_again_with_its_key(system):
    refused = system.calls("POST", "/api/v1/tickets/99999/replies", {"body": "Hi"}, Idempotency_Key="k")
    assert problem_of(refused) == (404, "not_found")
    assert system.calls("POST", "/api/v1/tickets", DEPOSIT, Idempotency_Key="k").status_code == 201


@pytest.mark.parametrize("key", ["x" * 256, "tab\there", "é"])
def test_a_key_that_is_none_is_refused(system, key):
    refused = system.calls("POST", "/api/v1/tickets", DEPOSIT, Idempotency_Key=key)
    assert problem_of(refused) == (400, "bad_idempotency_key")
