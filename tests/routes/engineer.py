"""A QA engineer with curl."""

import asyncio
from typing import Any

import httpx
from starlette.applications import Starlette

from ticket_portal import wiring
from ticket_portal.routes import health, testing

HERE, ELSEWHERE = "127.0.0.1", "203.0.113.5"


class Engineer:
    """Somebody with curl."""

    def __init__(self, portal: wiring.Portal) -> None:
        self.portal = portal
        self.app = Starlette(routes=[*testing.routes, *health.routes])

    def calls(
        self, method: str, path: str, sent: Any = None, ip: str = HERE, **headers: str
    ) -> httpx.Response:
        """One request."""

        async def call() -> httpx.Response:
            transport = httpx.ASGITransport(self.app, client=(ip, 50_000))
            async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:3000") as client:
                return await client.request(method, path, json=sent, headers=headers)

        return asyncio.run(call())

    def mails(self, to: str) -> list[dict[str, Any]]:
        """The captured mail."""
        return self.calls("GET", f"/test/mailbox?to={to}").json()

    def lets_pass(self, seconds: int) -> dict[str, Any]:
        """Move the clock."""
        return self.calls("POST", "/test/clock", {"advance_seconds": seconds}).json()
