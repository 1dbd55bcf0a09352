"""Somebody's browser, before the doors of files alone."""

import asyncio
from pathlib import Path
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import httpx
from starlette.applications import Starlette

from ticket_portal.domain import sessions
from ticket_portal.domain.accounts import accounts
from ticket_portal.domain.people import Viewer
from ticket_portal.domain.tickets import messages
from ticket_portal.domain.tickets.messages import MessageForm
from ticket_portal.routes.asgi import cookies
from ticket_portal.store.unit_of_work import Store, Work

OURS = {"Origin": "http://portal"}


class Browser:
    """Somebody's browser, before the routes alone."""

    def __init__(self, app: Starlette, **kept: str) -> None:
        self._app = app
        self.cookies = kept

    def asks(self, method: str, path: str, **more: Any) -> httpx.Response:
        async def ask() -> httpx.Response:
            transport = httpx.ASGITransport(self._app)
            async with httpx.AsyncClient(
                transport=transport, base_url="http://portal", cookies=self.cookies
            ) as client:
                return await client.request(method, path, **more)

        return asyncio.run(ask())

    def sends(self, name: str, content: Any, to: str, **headers: str) -> httpx.Response:
        return self.asks(
            "POST", f"/files?{to}", content=content, headers={**OURS, "X-File-Name": quote(name), **headers}
        )

    def gets(self, path: str, **headers: str) -> httpx.Response:
        return self.asks("GET", path, headers=headers)


def signed_in(app: Starlette, store: Store, viewer: Viewer) -> Browser:
    def begin(work: Work) -> str:
        if viewer.role == "guest":
            return sessions.begin_guest(work, viewer.address)
        account = accounts.find(work, viewer.address)
        assert account is not None
        return sessions.begin(work, account)

    name = cookies.GUEST if viewer.role == "guest" else cookies.SESSION
    return Browser(app, **{name: store.write(begin)})


def replies_with(store: Store, viewer: Viewer, number: int, file_id: str, *, note: bool = False) -> None:
    form = MessageForm.parse({"body": "Look.", "client_id": str(uuid4()), "files": [file_id]})
    store.write(messages.note if note else messages.reply, viewer, number, form)


def left(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]
