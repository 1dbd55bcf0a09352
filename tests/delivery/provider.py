"""Resend, as far as we use it: an HTTP server that checks the form of requests, and its signed webhooks."""

import base64
import hashlib
import hmac
import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from uuid import uuid4

KEY = "re_123"
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


def signed(
    event: dict[str, Any], at: datetime | None = None, *, secret: str = SECRET, name: str = ""
) -> tuple[bytes, dict[str, str]]:
    """A webhook's body and headers, signed as svix documents it (by hand: another way than the portal's library)."""
    return signed_bytes(json.dumps(event).encode(), at, secret=secret, name=name)


def signed_bytes(
    body: bytes, at: datetime | None = None, *, secret: str = SECRET, name: str = ""
) -> tuple[bytes, dict[str, str]]:
    """The same of a body that need not make sense."""
    name, stamp = name or f"msg_{uuid4().hex}", str(int((at or datetime.now(UTC)).timestamp()))
    key = base64.b64decode(secret.removeprefix("whsec_"))
    proof = base64.b64encode(
        hmac.digest(key, b".".join([name.encode(), stamp.encode(), body]), hashlib.sha256)
    )
    return body, {"svix-id": name, "svix-timestamp": stamp, "svix-signature": f"v1,{proof.decode()}"}


class Provider(ThreadingHTTPServer):
    """Resend, as far as we use it."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Door)
        self.requests: list[dict[str, Any]] = []
        self.sent: dict[str, dict[str, Any]] = {}
        self.wrong: list[str] = []
        self.answer: tuple[int, str] | None = None
        self.message = "m"
        self.lose_the_answer = False

    def reports(
        self, kind: str, place: int = -1, *, at: datetime | None = None, **data: Any
    ) -> tuple[bytes, dict[str, str]]:
        """The body and the headers of the webhook that Resend would post about a mail it took (the newest)."""
        number, mail = list(enumerate(self.sent.values()))[place]
        tags = {tag["name"]: tag["value"] for tag in mail["tags"]}
        said = {"email_id": self.id_of(number), "to": mail["to"], "subject": mail["subject"], "tags": tags}
        return signed({"type": kind, "created_at": "2026-11-22T18:00:00Z", "data": {**said, **data}}, at)

    def id_of(self, number: int) -> str:
        """What it names the mail that it took as the n-th."""
        return f"49a3999c-0ce1-4ea6-ab68-{number:012}"

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
        return self.say(200, "", self.server.id_of(list(self.server.sent).index(key)))

    def check(self, body: dict[str, Any]) -> None:
        wanted = {
            "path": self.path == "/emails",
            "key": self.headers["Authorization"] == f"Bearer {KEY}",
            "json": self.headers["Content-Type"] == "application/json",
            "idempotency": 0 < len(self.headers["Idempotency-Key"] or "") <= 256,
            "fields": set(body) == {"from", "to", "subject", "reply_to", "text", "html", "headers", "tags"},
            "to": isinstance(body.get("to"), list) and len(body["to"]) == 1,
            "threading": "Message-ID" in body["headers"],
            "tags": all(re.fullmatch("[A-Za-z0-9_-]{1,256}", tag["value"]) for tag in body["tags"]),
        }
        self.server.wrong += [name for name, right in wanted.items() if not right]

    def say(self, status: int, name: str, mail_id: str = "") -> None:
        body = json.dumps(
            {"id": mail_id}
            if status == 200
            else {"statusCode": status, "name": name, "message": self.server.message}
        )
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class's name
        """Say nothing."""


@contextmanager
def running() -> Iterator[Provider]:
    """The server, for as long as the test needs it."""
    server = Provider()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()
