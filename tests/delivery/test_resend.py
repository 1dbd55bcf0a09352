"""Resend against a small HTTP server that checks the form of the requests and remembers idempotency keys."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from tests.delivery.conftest import Desk
from ticket_portal.delivery import emails
from ticket_portal.delivery.mail import Refused, Unavailable
from ticket_portal.delivery.mail.resend import Resend
from ticket_portal.delivery.outbox import Outbox
from ticket_portal.domain import notifications
from ticket_portal.settings import Settings
from ticket_portal.store.unit_of_work import Store

KEY = "re_123"


class Provider(ThreadingHTTPServer):
    """Resend, as far as we use it."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Door)
        self.requests: list[dict[str, Any]] = []
        self.sent: dict[str, dict[str, Any]] = {}
        self.wrong: list[str] = []
        self.answer: tuple[int, str] | None = None
        self.lose_the_answer = False

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class Door(BaseHTTPRequestHandler):
    """One request."""

    server: Provider  # pyright: ignore[reportIncompatibleVariableOverride]

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.requests.append(body)
        self.check(body)
        key = self.headers["Idempotency-Key"]
        if self.server.answer:
            return self.say(*self.server.answer)
        if self.server.sent.setdefault(key, body) != body:
            return self.say(409, "invalid_idempotent_request")
        if self.server.lose_the_answer:
            return self.connection.close()
        return self.say(200, "")

    def check(self, body: dict[str, Any]) -> None:
        wanted = {
            "path": self.path == "/emails",
            "key": self.headers["Authorization"] == f"Bearer {KEY}",
            "json": self.headers["Content-Type"] == "application/json",
            "idempotency": 0 < len(self.headers["Idempotency-Key"] or "") <= 256,
            "fields": set(body) == {"from", "to", "subject", "reply_to", "text", "html", "headers"},
            "to": isinstance(body.get("to"), list) and len(body["to"]) == 1,
            "threading": "Message-ID" in body["headers"],
        }
        self.server.wrong += [name for name, right in wanted.items() if not right]

    def say(self, status: int, name: str) -> None:
        body = json.dumps(
            {"id": "49a3999c"} if status == 200 else {"statusCode": status, "name": name, "message": "m"}
        )
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class's name
        """Say nothing."""


@pytest.fixture
def provider() -> Iterator[Provider]:
    server = Provider()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def carrier(provider: Provider) -> Iterator[Resend]:
    settings = Settings(
        _env_file=None,  # pyright: ignore[reportCallIssue]
        mail="resend",
        resend_api_key=KEY,  # pyright: ignore[reportArgumentType]
        resend_api_url=provider.url,
    )
    found = Resend(settings)
    yield found
    found.close()


@pytest.fixture
def outbox(store: Store, carrier: Resend) -> Outbox:
    return Outbox(store, carrier, store.settings)


def test_a_request_is_as_resend_wants_it(provider: Provider, outbox: Outbox, desk: Desk):
    assert outbox.deliver_due() == 1

    assert provider.wrong == []
    [mail] = provider.requests
    assert mail["from"] == "Harbor Support <support@example.com>"
    assert mail["to"] == ["minh@example.com"]
    assert mail["subject"] == f"Chúng tôi đã nhận được ticket {desk.number} của bạn"
    assert mail["headers"]["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


@pytest.mark.parametrize(
    ("status", "name", "state"),
    [
        (400, "validation_error", "failed"),
        (422, "missing_required_field", "failed"),
        (409, "invalid_idempotent_request", "failed"),
        (409, "concurrent_idempotent_requests", "waiting"),
        (401, "missing_api_key", "waiting"),
        (403, "invalid_api_key", "waiting"),
        (404, "not_found", "waiting"),
        (429, "rate_limit_exceeded", "waiting"),
        (500, "application_error", "waiting"),
        (503, "service_unavailable", "waiting"),
    ],
)
def test_what_is_tried_again_and_what_is_not(
    provider: Provider, outbox: Outbox, desk: Desk, status: int, name: str, state: str
):
    provider.answer = status, name

    assert outbox.deliver_due() == 0
    assert desk.states() == [("confirmation", state)]


def test_an_answer_that_was_lost_sends_nothing_twice(provider: Provider, outbox: Outbox, desk: Desk):
    provider.lose_the_answer = True
    assert outbox.deliver_due() == 0

    provider.lose_the_answer = False
    desk.later(minutes=1)

    assert outbox.deliver_due() == 1
    assert len(provider.requests) == 2
    assert len(provider.sent) == 1


def test_down_for_hours_and_up_again(provider: Provider, outbox: Outbox, desk: Desk):
    provider.answer = 503, "service_unavailable"
    desk.answers()
    for _ in range(30):
        desk.later(minutes=10)
        assert outbox.deliver_due() == 0

    provider.answer = None
    desk.later(minutes=11)
    assert outbox.deliver_due() == 2
    desk.later(minutes=11)
    assert outbox.deliver_due() == 0

    assert len(provider.sent) == 2
    assert {state for _, state in desk.states()} == {"sent"}


def test_what_is_wrong_is_said_by_class(provider: Provider, carrier: Resend, outbox: Outbox, desk: Desk):
    taken = desk.store.write(notifications.take_due)[0]
    email = emails.write(desk.store.settings, taken)
    provider.answer = 422, "validation_error"
    with pytest.raises(Refused, match="422"):
        carrier.send(email)
    provider.answer = 429, "rate_limit_exceeded"
    with pytest.raises(Unavailable, match="429"):
        carrier.send(email)
