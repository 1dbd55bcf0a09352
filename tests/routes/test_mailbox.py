"""The captured mail at /dev/mailbox: for whoever sits at this machine, never in production."""

import asyncio
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
from pydantic import SecretStr
from starlette.applications import Starlette

from ticket_portal.domain.operations import mailbox as captured
from ticket_portal.routes import mailbox
from ticket_portal.settings import Settings
from ticket_portal.store.tables import CapturedMail
from ticket_portal.store.unit_of_work import Store

LOCAL = ("127.0.0.1", 50_000)
STRANGER = ("203.0.113.9", 50_000)


@pytest.fixture
def app(store: Store, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Starlette:
    async def read(function: Any, *args: Any) -> Any:
        return await asyncio.to_thread(store.read, function, *args)

    monkeypatch.setattr(mailbox, "portal", lambda: SimpleNamespace(settings=settings, read=read))
    return Starlette(routes=mailbox.routes)


@pytest.fixture
def mail_id(store: Store) -> int:
    mail = CapturedMail(
        key="k",
        address="minh@example.com",
        subject="<script>alert(1)</script>",
        kind="code",
        language="vi",
        headers={"Message-ID": "<a@b>"},
        plain="Plain </pre><script>",
        html="<html><head></head><body>Hello</body></html>",
        link="https://support.example.com/guest/x",
        code="048271",
    )
    store.write(captured.keep, mail)
    store.write(captured.keep, mail)
    [kept] = store.read(captured.newest)
    return kept.id


def asked(app: Starlette, path: str, client: tuple[str, int] = LOCAL, **headers: str) -> httpx.Response:
    async def request() -> httpx.Response:
        transport = httpx.ASGITransport(app, client=client)
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:3000") as web:
            return await web.get(path, headers={k.replace("_", "-"): v for k, v in headers.items()})

    return asyncio.run(request())


def test_a_mail_is_shown_with_its_link_and_code_and_nothing_in_it_runs(app: Starlette, mail_id: int):
    page = asked(app, f"/dev/mailbox/{mail_id}").text

    assert "<script" not in page
    assert "048271" in page
    assert 'href="https://support.example.com/guest/x"' in page
    assert "&lt;a@b&gt;" in page
    shown = asked(app, f"/dev/mailbox/{mail_id}/html")
    assert "Hello" in shown.text
    assert shown.headers["content-security-policy"].startswith("sandbox allow-popups")
    assert "allow-scripts" not in shown.headers["content-security-policy"]


def test_the_list_can_be_narrowed_to_one_address(app: Starlette, mail_id: int):
    assert "minh@example.com" in asked(app, "/dev/mailbox").text
    assert "minh@example.com" in asked(app, "/dev/mailbox?to=Minh@example.com").text
    assert "No mail yet" in asked(app, "/dev/mailbox?to=ana@example.com").text


def test_strangers_are_told_that_nothing_is_here(app: Starlette, mail_id: int, settings: Settings):
    settings.test_token = SecretStr("t0ken")
    for path in ("/dev/mailbox", f"/dev/mailbox/{mail_id}", f"/dev/mailbox/{mail_id}/html"):
        assert asked(app, path, STRANGER).status_code == 404
        assert asked(app, path, STRANGER, Authorization="Bearer wrong").status_code == 404
        assert asked(app, path, STRANGER, Authorization="Bearer t0ken").status_code == 200
        # A proxy on this machine, and a page elsewhere whose name leads here.
        assert asked(app, path, X_Forwarded_For="203.0.113.9").status_code == 404
        assert asked(app, path, Host="evil.example.com:3000").status_code == 404


def test_without_a_token_in_the_settings_no_token_opens(app: Starlette, mail_id: int):
    assert asked(app, "/dev/mailbox", STRANGER, Authorization="Bearer ").status_code == 404


def test_in_production_there_is_no_mailbox(app: Starlette, mail_id: int, settings: Settings):
    settings.env = "production"

    assert asked(app, "/dev/mailbox").status_code == 404


def test_a_mail_that_is_not_there(app: Starlette):
    assert asked(app, "/dev/mailbox/999").status_code == 404
