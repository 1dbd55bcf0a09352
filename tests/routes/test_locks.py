"""What "this wasn't me" looks like: the page behind the link, which asks before it does anything."""

import asyncio
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
from sqlmodel import select
from starlette.applications import Starlette

from tests.cast import asks_about, code_for
from ticket_portal.delivery import emails
from ticket_portal.domain.alerts import outbox
from ticket_portal.domain.people import NOBODY, Viewer
from ticket_portal.domain.tickets import new_ticket
from ticket_portal.routes.forms import disown
from ticket_portal.store.tables import Ticket
from ticket_portal.store.unit_of_work import Store, Work


@pytest.fixture
def app(store: Store, monkeypatch: pytest.MonkeyPatch) -> Starlette:
    async def read(function: Any, *args: Any) -> Any:
        return await asyncio.to_thread(store.read, function, *args)

    async def write(function: Any, *args: Any) -> Any:
        return await asyncio.to_thread(store.write, function, *args)

    portal = SimpleNamespace(settings=store.settings, read=read, write=write)
    monkeypatch.setattr(disown, "portal", lambda: portal)
    return Starlette(routes=disown.routes)


@pytest.fixture
def link(store: Store, minh: Viewer) -> str:
    """Where the second link at the foot of the guest's mail leads."""
    store.write(new_ticket.submit, NOBODY, asks_about(minh), "ip")
    [delivery] = store.write(outbox.take_due)
    email = emails.write(store.settings, delivery)
    address = f"{store.settings.public_url}/notifications/not-me/{delivery.lock_token}"
    assert address in email.plain
    assert address in email.html
    return address.removeprefix(store.settings.public_url)


def asked(
    app: Starlette, method: str, path: str, cookies: dict[str, str] | None = None, **form: str
) -> httpx.Response:
    async def request() -> httpx.Response:
        transport, own = httpx.ASGITransport(app), {"Origin": "http://portal"}
        async with httpx.AsyncClient(
            transport=transport, base_url="http://portal", cookies=cookies
        ) as client:
            return await client.request(method, path, data=form or None, headers=own if form else None)

    return asyncio.run(request())


def is_locked(store: Store) -> bool:
    def look(work: Work) -> bool:
        return work.session.exec(select(Ticket)).one().locked_at is not None

    return store.read(look)


def test_following_the_link_changes_nothing(app: Starlette, store: Store, link: str):
    for method in ("GET", "HEAD"):
        answer = asked(app, method, link)
        assert answer.status_code == 200
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert answer.headers["cache-control"] == "no-store"
    assert 'lang="vi"' in asked(app, "GET", link).text
    assert '<form method="post">' in asked(app, "GET", link).text
    assert not is_locked(store)


def test_the_button_locks_and_says_so(app: Starlette, store: Store, link: str):
    for _ in range(2):
        answer = asked(app, "POST", link)
        assert answer.status_code == 200
        assert 'value="send-code"' in answer.text
        assert answer.text.count("<form") == 1
    assert is_locked(store)
    assert 'value="send-code"' in asked(app, "GET", link).text


def test_a_code_unlocks_and_leads_to_the_ticket(app: Starlette, store: Store, link: str, minh: Viewer):
    """Bound to the browser that asked for it, and never asked for by another site."""
    asked(app, "POST", link)
    sent = asked(app, "POST", link, do="send-code")
    cookies = dict(sent.cookies)
    code = store.write(code_for, minh.address)
    assert 'name="code"' in sent.text
    assert asked(app, "POST", link, do="unlock", code=code).status_code == 200
    assert is_locked(store)

    done = asked(app, "POST", link, cookies, do="unlock", code=code)
    assert done.status_code == 303
    assert done.headers["location"].startswith("/vi/guest/tickets/")
    assert "portal_guest" in done.headers["set-cookie"]
    assert not is_locked(store)


def test_who_locked_their_own_ticket_is_told_how_to_reach_us_where_there_is_a_way(
    app: Starlette, store: Store, link: str
):
    """ "Contact us another way" named none."""
    page = asked(app, "POST", link + "?language=en").text
    assert "another way" not in page
    assert "reach us" not in page
    store.settings.contact = "help@example.com"
    page = asked(app, "GET", link + "?language=uk").text
    assert '<a href="mailto:help@example.com">help@example.com</a>' in page
    assert "зв’яжіться з нами тут:" in page


def test_a_forged_link_has_the_page_of_invalid_links(app: Starlette, store: Store, link: str):
    for method in ("GET", "POST"):
        answer = asked(app, method, link[:-1] + ("0" if link[-1] != "0" else "1"))
        assert answer.status_code == 404
        assert "<form" not in answer.text
    assert not is_locked(store)
