"""The REST API, as the company's own systems meet it."""

import asyncio
import json
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import httpx
import pytest
from sqlmodel import func, select
from starlette.applications import Starlette

from tests.cast import ANA, LINH, PASSWORD, reads
from tests.conftest import advance
from ticket_portal import wiring
from ticket_portal.delivery import outbox
from ticket_portal.domain import accounts, api, messages, notifications, tickets
from ticket_portal.domain.messages import AnswersForm
from ticket_portal.routes import api as doors
from ticket_portal.routes.openapi import CODES
from ticket_portal.store.tables import ApiAnswer, ApiToken, Ticket
from ticket_portal.store.unit_of_work import Store

DEPOSIT = {"email": "noor@example.com", "name": "Noor", "subject": "Deposit missing", "body": "Since Monday."}


class System:
    """A system of the company that calls the API."""

    def __init__(self, store: Store, token: str) -> None:
        self.app = Starlette(routes=doors.routes)
        self.token = token
        self.store = store

    def calls(self, method: str, path: str, sent: Any = None, **headers: str) -> httpx.Response:
        """One request; `sent` goes as JSON, or as it is when it is bytes."""
        return asyncio.run(self._call(method, path, sent, headers))

    def calls_at_once(
        self, times: int, method: str, path: str, sent: Any, **headers: str
    ) -> list[httpx.Response]:
        """The same request several times at the same moment."""

        async def together() -> list[httpx.Response]:
            return await asyncio.gather(*(self._call(method, path, sent, headers) for _ in range(times)))

        return asyncio.run(together())

    async def _call(self, method: str, path: str, sent: Any, headers: dict[str, str]) -> httpx.Response:
        named: dict[str, Any] = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        named |= {"Content-Type": "application/json"} if sent is not None else {}
        named |= {name.replace("_", "-"): value.encode() for name, value in headers.items()}
        content = sent if isinstance(sent, bytes) or sent is None else json.dumps(sent).encode()
        transport = httpx.ASGITransport(self.app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://portal") as client:
            return await client.request(method, path, content=content, headers=named)


@pytest.fixture
def system(store: Store, monkeypatch: pytest.MonkeyPatch) -> System:
    """A system with a token that acts as Linh."""

    async def in_a_thread(call: Callable[..., Any], *args: Any) -> Any:
        return await asyncio.to_thread(call, *args)

    portal = SimpleNamespace(
        settings=store.settings,
        ask=lambda *args: in_a_thread(store.read, *args),
        tell=lambda *args: in_a_thread(store.write, *args),
    )
    monkeypatch.setattr(wiring, "portal", lambda: portal)
    return System(store, store.write(api.new_token, LINH.address))


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
    [mail] = store.write(notifications.take_due)
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
    number = _opened(system, ANA.address)

    replied = system.calls("POST", f"/api/v1/tickets/{number}/replies", {"body": "We are looking into it."})
    assert (replied.status_code, replied.json()["author"]) == (201, "Linh")
    assert system.calls("POST", f"/api/v1/tickets/{number}/notes", {"body": "VIP."}).status_code == 201
    asked = system.calls("POST", f"/api/v1/tickets/{number}/detail-requests", {"body": "Which network?"})
    assert (asked.status_code, asked.json()["kind"]) == (201, "details")
    assert _read(system, number)["status"] == "waiting_customer"
    resolved = system.calls("POST", f"/api/v1/tickets/{number}/resolve")
    assert (resolved.status_code, resolved.json()["status"]) == (200, "resolved")
    for act, status in (("close", "closed"), ("reopen", "open")):
        done = system.calls("POST", f"/api/v1/tickets/{number}/{act}")
        assert (done.status_code, done.json()["status"]) == (200, status)

    told = [m["body"] for m in _read(system, number)["messages"]]
    assert told == ["Since Monday.", "We are looking into it.", "VIP.", "Which network?"]
    assert "VIP." not in store.read(reads, ana, number)
    assert "VIP." in store.read(reads, linh, number)


def test_details_are_asked_for_as_typed_items_over_the_api(system, store, ana):
    number = _opened(system, ANA.address)
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
    request, answers = _read(system, number)["messages"][-2:]
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
    number = _opened(system, ANA.address)
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
    assert _count(store, Ticket) == 1


def test_an_answer_is_known_for_a_week(system, store):
    """It may hold what somebody wrote, and outlives the ticket."""
    system.calls("POST", "/api/v1/tickets", DEPOSIT, Idempotency_Key="order-1")
    for days, kept in ((6, 1), (2, 0)):
        advance(store, days=days)
        store.write(outbox.sweep)
        assert _count(store, ApiAnswer) == kept


def test_of_requests_that_come_at_once_with_one_key_one_has_an_effect(system, store):
    number = _opened(system, ANA.address)

    opened = system.calls_at_once(6, "POST", "/api/v1/tickets", DEPOSIT, Idempotency_Key="k")
    said = {"body": "Once."}
    replies = system.calls_at_once(6, "POST", f"/api/v1/tickets/{number}/replies", said, Idempotency_Key="r")

    assert {a.status_code for a in [*opened, *replies]} == {201}
    assert len({a.json()["number"] for a in opened}) == 1
    assert len({a.json()["seq"] for a in replies}) == 1
    assert [m["body"] for m in _read(system, number)["messages"]].count("Once.") == 1
    assert _count(store, Ticket) == 2


def test_a_key_belongs_to_one_request_and_one_token(system, store):
    system.calls("POST", "/api/v1/tickets", DEPOSIT, Idempotency_Key="order-1")

    other = system.calls(
        "POST", "/api/v1/tickets", {**DEPOSIT, "subject": "Other"}, Idempotency_Key="order-1"
    )
    assert _problem(other) == (422, "idempotency_key_reused")
    elsewhere = System(store, store.write(api.new_token, LINH.address))
    assert elsewhere.calls("POST", "/api/v1/tickets", DEPOSIT, Idempotency_Key="order-1").status_code == 201
    assert _count(store, Ticket) == 2


def test_a_refused_request_can_be_sent_again_with_its_key(system):
    refused = system.calls("POST", "/api/v1/tickets/99999/replies", {"body": "Hi"}, Idempotency_Key="k")
    assert _problem(refused) == (404, "not_found")
    assert system.calls("POST", "/api/v1/tickets", DEPOSIT, Idempotency_Key="k").status_code == 201


@pytest.mark.parametrize("key", ["x" * 256, "tab\there", "é"])
def test_a_key_that_is_none_is_refused(system, key):
    refused = system.calls("POST", "/api/v1/tickets", DEPOSIT, Idempotency_Key=key)
    assert _problem(refused) == (400, "bad_idempotency_key")


def test_nobody_comes_in_without_a_token_that_holds(system, store):
    number = _opened(system, ANA.address)
    revoked = store.write(api.new_token, LINH.address)
    store.write(_revoke, revoked)

    for token in ("", "nonsense", revoked, "' OR 1=1 --"):
        answer = System(store, token).calls("GET", f"/api/v1/tickets/{number}")
        assert _problem(answer) == (401, "unauthorized")
        assert answer.headers["www-authenticate"].startswith("Bearer")
    for header in ("Basic abc", "Bearer", "Bearer  "):
        answer = System(store, "").calls("GET", f"/api/v1/tickets/{number}", Authorization=header)
        assert _problem(answer) == (401, "unauthorized")


def test_a_token_ends_with_its_agents_rights(system, store):
    number = _opened(system, ANA.address)
    assert system.calls("GET", f"/api/v1/tickets/{number}").status_code == 200
    store.write(_becomes, LINH.address, "customer")
    try:
        assert system.calls("GET", f"/api/v1/tickets/{number}").status_code == 401
    finally:
        store.write(_becomes, LINH.address, "agent")


def test_a_token_is_for_the_team_alone_and_kept_as_a_hash(store):
    for address in (ANA.address, "unknown@example.com"):
        with pytest.raises(tickets.NotFound):
            store.write(api.new_token, address)
    token = store.write(api.new_token, "LINH@example.com")
    kept = store.read(lambda work: work.session.exec(select(ApiToken.token_hash)).all())
    assert kept
    assert token not in kept


def test_a_cookie_opens_nothing(system, store, monkeypatch):
    number = _opened(system, ANA.address)
    session = accounts.sign_in(store, LINH.address, PASSWORD, "192.0.2.1")

    answer = System(store, "").calls("GET", f"/api/v1/tickets/{number}", Cookie=f"portal_session={session}")

    assert answer.status_code == 401


@pytest.mark.parametrize(
    ("sent", "status", "code"),
    [
        (b"{", 400, "bad_json"),
        (b'{"email": "\xff"}', 400, "bad_json"),
        (b"[" * 50_000, 400, "bad_json"),
        ([], 422, "invalid"),
        ({}, 422, "invalid"),
        ({**DEPOSIT, "role": "admin"}, 422, "invalid"),
        ({**DEPOSIT, "subject": 5}, 422, "invalid"),
        ({**DEPOSIT, "subject": None}, 422, "invalid"),
        ({**DEPOSIT, "subject": " "}, 422, "missing"),
        ({**DEPOSIT, "subject": "x" * 151}, 422, "invalid"),
        ({**DEPOSIT, "subject": "a\0b"}, 422, "invalid"),
        ({**DEPOSIT, "body": ""}, 422, "empty_message"),
        ({**DEPOSIT, "body": "x" * 10_001}, 422, "invalid"),
        ({**DEPOSIT, "email": "not an address"}, 422, "bad_address"),
        ({**DEPOSIT, "language": "de"}, 422, "invalid"),
        (b'{"email": "a@example.com", "subject": "\\ud800", "body": "x"}', 400, "bad_json"),
        (b" " * 70_000, 413, "too_large"),
    ],
)
def test_what_cannot_be_used_is_refused_with_a_stable_code(system, store, sent, status, code):
    answer = system.calls("POST", "/api/v1/tickets", sent)

    assert _problem(answer) == (status, code)
    assert _count(store, Ticket) == 0


def test_an_agents_limits_of_the_web_form_do_not_hold_for_systems(system):
    assert {system.calls("POST", "/api/v1/tickets", DEPOSIT).status_code for _ in range(8)} == {201}


@pytest.mark.parametrize(
    "number", ["99999", "0", "-1", "abc", "１２３４５", "99999999999999999999", "2147483648", "1e3"]
)
def test_what_is_no_tickets_number_is_not_found(system, number):
    assert _problem(system.calls("GET", f"/api/v1/tickets/{number}")) == (404, "not_found")
    assert _problem(system.calls("POST", f"/api/v1/tickets/{number}/notes", {"body": "x"})) == (
        404,
        "not_found",
    )


def test_other_methods_types_and_addresses_are_refused_as_problems(system):
    wrong_method = system.calls("DELETE", "/api/v1/tickets")
    assert _problem(wrong_method) == (405, "method_not_allowed")
    assert wrong_method.headers["allow"] == "POST"
    assert _problem(system.calls("GET", "/api/v1/nothing")) == (404, "not_found")
    form = system.calls("POST", "/api/v1/tickets", b"a=b", Content_Type="application/x-www-form-urlencoded")
    assert _problem(form) == (415, "unsupported_media_type")


def test_a_defect_of_ours_tells_nothing_of_itself(system, monkeypatch):
    def breaks(*_args: object) -> None:
        raise RuntimeError("secret of the house")

    monkeypatch.setattr(api, "full", breaks)

    answer = system.calls("GET", "/api/v1/tickets/12345")

    assert _problem(answer) == (500, "internal")
    assert "secret" not in answer.text


def test_a_ticket_closed_too_long_ago_is_a_conflict(system, store, monkeypatch):
    number = _opened(system, ANA.address)
    store.write(_close_long_ago, number)
    answer = system.calls("POST", f"/api/v1/tickets/{number}/replies", {"body": "Hello?"})
    assert _problem(answer) == (409, "cannot_reopen")


def test_the_docs_name_every_operation_and_every_code(system):
    document = System(system.store, "").calls("GET", "/api/openapi.json").json()
    page = System(system.store, "").calls("GET", "/api/docs")

    assert {p.removeprefix("/api") for p in document["paths"]} == {o.path for o in doors.OPERATIONS}
    for path in document["paths"]:
        assert path in page.text
    for code in CODES:
        assert f'id="{code}"' in page.text
    assert "<script" not in page.text
    assert "default-src 'none'" in page.headers["content-security-policy"]


def test_a_problem_points_into_the_docs(system):
    problem = system.calls("GET", "/api/v1/tickets/1").json()

    assert problem["type"].endswith("/api/docs#not_found")
    assert problem["status"] == 404


def _opened(system: System, address: str) -> int:
    return system.calls("POST", "/api/v1/tickets", {**DEPOSIT, "email": address}).json()["number"]


def _read(system: System, number: int) -> dict[str, Any]:
    answer = system.calls("GET", f"/api/v1/tickets/{number}")
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    return answer.json()


def _problem(answer: httpx.Response) -> tuple[int, str]:
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert problem["status"] == answer.status_code
    assert problem["code"] in CODES
    return answer.status_code, problem["code"]


def _count(store: Store, table: type) -> int:
    return store.read(lambda work: work.session.exec(select(func.count()).select_from(table)).one())


def _revoke(work, token: str) -> None:
    work.session.get_one(ApiToken, api.keys.token_hash(token)).revoked_at = work.now


def _becomes(work, address: str, role: str) -> None:
    accounts.find(work, address).role = role


def _close_long_ago(work, number: int) -> None:
    ticket = work.session.exec(select(Ticket).where(Ticket.number == number)).one()
    tickets.move(work, ticket, "closed")
    ticket.closed_at = work.now - tickets.timedelta(days=60)
