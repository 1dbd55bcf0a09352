"""What the API refuses, each with its stable code, and what its docs say of it."""

import pytest
from sqlmodel import select

from tests.cast import ANA
from tests.routes.system import DEPOSIT, System, opens_ticket, problem_of, rows_of
from ticket_portal.domain.operations import api
from ticket_portal.domain.tickets import tickets
from ticket_portal.routes.api import routes as doors
from ticket_portal.routes.api.schemas import CODES
from ticket_portal.store.tables import Ticket


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

    assert problem_of(answer) == (status, code)
    assert rows_of(store, Ticket) == 0


def test_an_agents_limits_of_the_web_form_do_not_hold_for_systems(system):
    assert {system.calls("POST", "/api/v1/tickets", DEPOSIT).status_code for _ in range(8)} == {201}


@pytest.mark.parametrize(
    "number", ["99999", "0", "-1", "abc", "１２３４５", "99999999999999999999", "2147483648", "1e3"]
)
def test_what_is_no_tickets_number_is_not_found(system, number):
    assert problem_of(system.calls("GET", f"/api/v1/tickets/{number}")) == (404, "not_found")
    assert problem_of(system.calls("POST", f"/api/v1/tickets/{number}/notes", {"body": "x"})) == (
        404,
        "not_found",
    )


def test_other_methods_types_and_addresses_are_refused_as_problems(system):
    wrong_method = system.calls("DELETE", "/api/v1/tickets")
    assert problem_of(wrong_method) == (405, "method_not_allowed")
    assert set(wrong_method.headers["allow"].split(", ")) == {"GET", "HEAD", "POST"}
    assert problem_of(system.calls("GET", "/api/v1/nothing")) == (404, "not_found")
    form = system.calls("POST", "/api/v1/tickets", b"a=b", Content_Type="application/x-www-form-urlencoded")
    assert problem_of(form) == (415, "unsupported_media_type")


def test_a_defect_of_ours_tells_nothing_of_itself(system, monkeypatch):
    def breaks(*_args: object) -> None:
        raise RuntimeError("secret of the house")

    monkeypatch.setattr(api, "full", breaks)

    answer = system.calls("GET", "/api/v1/tickets/12345")

    assert problem_of(answer) == (500, "internal")
    assert "secret" not in answer.text


def test_a_ticket_closed_too_long_ago_is_a_conflict(system, store, monkeypatch):
    number = opens_ticket(system, ANA.address)
    store.write(_close_long_ago, number)
    answer = system.calls("POST", f"/api/v1/tickets/{number}/replies", {"body": "Hello?"})
    assert problem_of(answer) == (409, "cannot_reopen")


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


def _close_long_ago(work, number: int) -> None:
    ticket = work.session.exec(select(Ticket).where(Ticket.number == number)).one()
    tickets.move(work, ticket, "closed")
    ticket.closed_at = work.now - tickets.timedelta(days=60)
