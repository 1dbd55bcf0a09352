"""What the API answers is what OpenAPI says of it. `System` holds every answer of every API test to its model."""

import httpx
import pytest
from pydantic import ValidationError
from starlette.responses import JSONResponse

from tests.cast import ADMIN, ANA
from tests.routes.system import DEPOSIT, System, hold_to_its_model, opens_ticket
from ticket_portal.domain.operations import answers
from ticket_portal.domain.operations.answers import Assignee, Message, TicketState
from ticket_portal.routes.api import routes as doors
from ticket_portal.routes.api.schemas import Operation

SENT = {
    "/v1/tickets": DEPOSIT,
    "/v1/tickets/{number}/replies": {"body": "Hello"},
    "/v1/tickets/{number}/notes": {"body": "Hello"},
    "/v1/tickets/{number}/detail-requests": {
        "items": [{"kind": "moment"}, {"kind": "txid", "chain": "tron"}]
    },
    "/v1/tickets/{number}/assign": {"agent": ADMIN.address},
}


@pytest.mark.parametrize("operation", doors.OPERATIONS, ids=lambda o: f"{o.method} {o.path}")
def test_each_operation_answers_with_its_model_the_first_time_and_again(system, operation: Operation):
    number = opens_ticket(system, ANA.address)
    if operation.path.endswith("/reopen"):
        system.calls("POST", f"/api/v1/tickets/{number}/close")
    path = f"/api{operation.path}".replace("{number}", str(number))
    sent = SENT.get(operation.path) if operation.method == "POST" else None
    for _ in range(2):
        answer = system.calls(operation.method, path, sent, Idempotency_Key="k")
        assert answer.status_code == operation.status
        hold_to_its_model(operation.method, path, answer)


def _answer(content: object, status: int = 200) -> httpx.Response:
    return httpx.Response(status, content=JSONResponse(content).body)


STATE = {"number": 1, "status": "new", "url": "https://support.example.com/tickets/1"}
PROBLEM = {
    "type": "https://x.example#a",
    "title": "Not found",
    "status": 404,
    "detail": "No.",
    "code": "not_found",
}


@pytest.mark.parametrize(
    ("content", "status"),
    [
        ({**STATE, "more": 1}, 201),
        ({"number": 1, "status": "new"}, 201),
        ({**STATE, "number": "1"}, 201),
        ({**STATE, "status": "lost"}, 201),
        ({"url": STATE["url"], "number": 1, "status": "new"}, 201),
        ({**PROBLEM, "errors": []}, 404),
        ({**PROBLEM, "errors": [{"field": "a"}]}, 404),
        ({**PROBLEM, "hint": "x"}, 404),
        (STATE, 404),
    ],
)
def test_an_answer_that_is_not_as_described_is_found(content, status):
    with pytest.raises((ValidationError, AssertionError)):
        hold_to_its_model("POST", "/api/v1/tickets", _answer(content, status))


def test_an_answer_as_described_passes():
    hold_to_its_model("POST", "/api/v1/tickets", _answer(STATE, 201))
    hold_to_its_model("POST", "/api/v1/tickets", _answer(PROBLEM, 404))
    hold_to_its_model(
        "POST", "/api/v1/tickets", _answer({**PROBLEM, "errors": [{"field": "a", "detail": "b"}]}, 422)
    )


def test_no_answer_can_be_made_that_is_not_as_described():
    for more in ({"more": 1}, {"status": "lost"}, {"number": None}):
        with pytest.raises(ValidationError):
            TicketState(**{**STATE, **more})
    with pytest.raises(ValidationError):
        Assignee.model_validate({"email": "a@example.com"})


def test_openapi_is_derived_from_the_models(system):
    document = System(system.store, "").calls("GET", "/api/openapi.json").json()
    schemas = document["components"]["schemas"]
    for model in (TicketState, Message, answers.Ticket, answers.TicketPage, answers.Problem):
        described = schemas[model.__name__]
        assert list(described["properties"]) == list(model.model_fields)
        assert "additionalProperties" not in described, (
            "a client must not fall over a field of a later version"
        )
    assert schemas["Problem"]["required"] == ["type", "title", "status", "detail", "code"]
    assert schemas["Message"]["required"] == list(Message.model_fields)
    assert schemas["Message"]["properties"]["created_at"] == {"type": "string", "format": "date-time"}
    for path, methods in document["paths"].items():
        for method, described in methods.items():
            [operation] = [
                o for o in doors.OPERATIONS if (f"/api{o.path}", o.method.lower()) == (path, method)
            ]
            answered = described["responses"][str(operation.status)]["content"]["application/json"]["schema"]
            assert answered == {"$ref": f"#/components/schemas/{operation.answers.__name__}"}
            if operation.body:
                assert set(schemas[operation.body.__name__]["properties"]) == set(operation.body.model_fields)
