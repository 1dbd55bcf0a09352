"""A system of the company that calls the API, and what it makes of answers."""

import asyncio
import json
import re
from typing import Any

import httpx
from sqlmodel import func, select
from starlette.applications import Starlette
from starlette.responses import JSONResponse

from ticket_portal.domain.operations.answers import Problem
from ticket_portal.routes.api import routes as doors
from ticket_portal.routes.api.schemas import CODES, Operation
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
            answer = await client.request(method, path, content=content, headers=named)
        if path.startswith("/api/v1/") and answer.content:
            hold_to_its_model(method, path, answer)
        return answer


def hold_to_its_model(method: str, path: str, answer: httpx.Response) -> None:
    """Check an answer against what OpenAPI says of it, to the byte: no field more or less, and none elsewhere."""
    model = operation_at(method, path).answers if answer.is_success else Problem
    said = model.model_validate_json(answer.content)
    assert JSONResponse(said.plain()).body == answer.content


def operation_at(method: str, path: str) -> Operation:
    """The operation that a request asks for."""
    at = path.partition("?")[0].removeprefix("/api")
    [found] = [
        operation
        for operation in doors.OPERATIONS
        if operation.method == method and re.fullmatch(operation.path.replace("{number}", "[^/]+"), at)
    ]
    return found


def opens_ticket(system: System, address: str) -> int:
    return system.calls("POST", "/api/v1/tickets", {**DEPOSIT, "email": address}).json()["number"]


def reads_ticket(system: System, number: int) -> dict[str, Any]:
    answer = system.calls("GET", f"/api/v1/tickets/{number}")
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    return answer.json()


def problem_of(answer: httpx.Response) -> tuple[int, str]:
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert problem["status"] == answer.status_code
    assert problem["code"] in CODES
    return answer.status_code, problem["code"]


def rows_of(store: Store, table: type) -> int:
    return store.read(lambda work: work.session.exec(select(func.count()).select_from(table)).one())
