"""No more e-mails about a ticket: by one click of the mail program, or by a button of ours."""

import asyncio
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
from sqlmodel import select
from starlette.applications import Starlette

from tests.cast import asks_about
from ticket_portal.delivery import emails
from ticket_portal.domain.alerts import outbox
from ticket_portal.domain.people import NOBODY, Viewer
from ticket_portal.domain.tickets import new_ticket
from ticket_portal.routes.forms import mute
from ticket_portal.store.tables import Muted, Ticket
from ticket_portal.store.unit_of_work import Store, Work


@pytest.fixture
def app(store: Store, monkeypatch: pytest.MonkeyPatch) -> Starlette:
    async def read(function: Any, *args: Any) -> Any:
        return await asyncio.to_thread(store.read, function, *args)

    async def write(function: Any, *args: Any) -> Any:
        return await asyncio.to_thread(store.write, function, *args)

    portal = SimpleNamespace(settings=store.settings, read=read, write=write)
    monkeypatch.setattr(mute, "portal", lambda: portal)
    return Starlette(routes=mute.routes)


@pytest.fixture
def link(store: Store, minh: Viewer) -> str:
    """Where the List-Unsubscribe of the guest's newest mail leads."""
    store.write(new_ticket.submit, NOBODY, asks_about(minh), "ip")
    [delivery] = store.write(outbox.take_due)
    address = emails.write(store.settings, delivery).headers["List-Unsubscribe"].strip("<>")
    return address.removeprefix(store.settings.public_url)


def asked(app: Starlette, method: str, path: str, **more: Any) -> httpx.Response:
    async def request() -> httpx.Response:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://portal") as client:
            return await client.request(method, path, **more)

    return asyncio.run(request())


def is_muted(store: Store) -> bool:
    def look(work: Work) -> bool:
        return bool(work.session.exec(select(Muted)).all())

    return store.read(look)


def test_following_the_link_changes_nothing(app: Starlette, store: Store, link: str):
    answer = asked(app, "GET", link)

    assert answer.status_code == 200
    assert '<html lang="vi"' in answer.text  # the language of the page where the ticket was submitted
    assert 'method="post"' in answer.text
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert not is_muted(store)


@pytest.mark.parametrize(
    "body",
    [
        {"data": {"List-Unsubscribe": "One-Click"}},
        {"files": {"List-Unsubscribe": (None, "One-Click")}},
        {},
        {"content": b"x" * 100_000},
    ],
)
def test_one_click_of_a_mail_program_mutes_without_cookie_or_origin(
    app: Starlette, store: Store, link: str, body: dict[str, Any]
):
    assert asked(app, "POST", link, **body).status_code == 200
    assert asked(app, "POST", link, **body).status_code == 200
    assert is_muted(store)


def test_whoever_muted_can_take_it_back(app: Starlette, store: Store, link: str):
    asked(app, "POST", link, data={"emails": "off"})
    assert 'value="on"' in asked(app, "GET", link).text

    asked(app, "POST", link, data={"emails": "on"})
    assert not is_muted(store)


def test_a_signature_is_good_for_one_ticket_and_address_alone(
    app: Starlette, store: Store, link: str, budi: Viewer
):
    other = store.write(new_ticket.submit, budi, asks_about(budi), "ip2")
    _own, signature = link.rpartition("/")[2].split("-")

    for token in (
        f"{other.id}-{signature}",
        "1-",
        "-",
        "x",
        "99999999999999999999-1",
        f"²-{signature}",
        signature,
    ):
        for method in ("GET", "POST"):
            answer = asked(app, method, f"/notifications/mute/{token}", headers={"Accept-Language": "en"})
            assert answer.status_code == 404
            assert "This link is no longer valid" in answer.text.replace("&#x27;", "'")
    assert not is_muted(store)


def test_the_page_names_the_number_and_no_subject(app: Starlette, store: Store, link: str):
    def the_ticket(work: Work) -> Ticket:
        return work.session.exec(select(Ticket)).one()

    page = asked(app, "GET", link).text
    ticket = store.read(the_ticket)

    assert str(ticket.number) in page
    assert ticket.subject not in page
    assert "minh@" not in page
