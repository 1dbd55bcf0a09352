"""`POST /webhooks/resend`, against the real route: Resend's own word is taken once, everybody else's never."""

import asyncio
import base64
import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
from pydantic import SecretStr
from sqlmodel import func, select
from starlette.applications import Starlette

from tests.delivery.conftest import Desk
from tests.delivery.provider import KEY, SECRET, Provider, running, signed, signed_bytes
from ticket_portal.delivery.mail.resend import Resend
from ticket_portal.delivery.outbox import Outbox
from ticket_portal.domain.alerts import undeliverable
from ticket_portal.domain.people import Viewer
from ticket_portal.domain.tickets import deliveries
from ticket_portal.routes import resend
from ticket_portal.settings import Settings
from ticket_portal.store.tables import CarrierReport
from ticket_portal.store.unit_of_work import Store, Work

OTHER_SECRET = "whsec_" + base64.b64encode(b"somebody else's secret").decode()
Post = Callable[[tuple[bytes, dict[str, str]]], int]


@pytest.fixture
def provider() -> Iterator[Provider]:
    with running() as server:
        yield server


@pytest.fixture
def outbox(store: Store, provider: Provider) -> Iterator[Outbox]:
    chosen = {"mail": "resend", "resend_api_key": KEY, "resend_api_url": provider.url}
    carrier = Resend(Settings(_env_file=None, **chosen))  # pyright: ignore[reportArgumentType, reportCallIssue]
    yield Outbox(store, carrier, store.settings)
    carrier.close()


@pytest.fixture
def desk(store: Store, linh: Viewer, minh: Viewer, outbox: Outbox) -> Desk:
    """Minh wrote to the team, and Resend took the confirmation."""
    found = Desk(store, linh, minh)
    outbox.deliver_due()
    return found


@pytest.fixture
def post(store: Store, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Post:
    """Post a webhook as Resend does; return the status."""
    settings.resend_webhook_secret = SecretStr(SECRET)

    async def read(function: Any, *args: Any) -> Any:
        return await asyncio.to_thread(store.read, function, *args)

    async def write(function: Any, *args: Any) -> Any:
        return await asyncio.to_thread(store.write, function, *args)

    found = SimpleNamespace(settings=settings, read=read, write=write)
    monkeypatch.setattr(resend, "portal", lambda: found)
    app = Starlette(routes=resend.routes)

    def post(sent: tuple[bytes, dict[str, str]]) -> int:
        async def go() -> int:
            transport = httpx.ASGITransport(app, client=("203.0.113.9", 50_000))
            async with httpx.AsyncClient(transport=transport, base_url="https://support.example.com") as web:
                return (await web.post("/webhooks/resend", content=sent[0], headers=sent[1])).status_code

        return asyncio.run(go())

    return post


def seen(store: Store, linh: Viewer, desk: Desk) -> list[str]:
    return [a.state for a in store.read(deliveries.of_ticket, linh, desk.number).alerts]


def now(store: Store) -> datetime:
    return store.read(lambda work: work.now)


@pytest.mark.parametrize(
    ("kind", "state"),
    [
        ("email.delivered", "delivered"),
        ("email.delivery_delayed", "delayed"),
        ("email.bounced", "bounced"),
        ("email.complained", "complained"),
    ],
)
def test_resends_word_is_taken_once(
    store: Store, linh: Viewer, provider: Provider, desk: Desk, post: Post, kind: str, state: str
):
    webhook = provider.reports(kind, at=now(store))

    assert post(webhook) == 204
    assert seen(store, linh, desk) == [state]
    assert post(webhook) == 409
    assert provider.wrong == []


def test_a_bounce_stops_the_mails_until_the_owner_says_that_the_address_works(
    store: Store, linh: Viewer, minh: Viewer, provider: Provider, desk: Desk, outbox: Outbox, post: Post
):
    bounce = {"type": "Permanent", "subType": "General", "message": "no such user"}
    assert post(provider.reports("email.bounced", at=now(store), bounce=bounce)) == 204
    desk.answers()
    desk.later(minutes=3)
    assert outbox.deliver_due() == 0
    assert seen(store, linh, desk) == ["held", "bounced"]

    store.write(deliveries.try_again, minh)
    assert outbox.deliver_due() == 1
    assert post(provider.reports("email.delivered", at=now(store))) == 204
    desk.answers()
    desk.later(minutes=3)
    assert outbox.deliver_due() == 1
    assert len(provider.sent) == 3
    assert "no such user" not in repr(store.read(deliveries.of_ticket, linh, desk.number))


def test_a_bounce_that_may_pass_stops_nothing(store: Store, provider: Provider, desk: Desk, post: Post):
    assert post(provider.reports("email.bounced", at=now(store), bounce={"type": "Transient"})) == 204
    assert store.read(undeliverable.problem, desk.guest.address) == ""


def test_what_came_before_we_noted_the_id_is_found_by_our_reference(
    store: Store, linh: Viewer, provider: Provider, desk: Desk, post: Post
):
    assert post(provider.reports("email.delivered", at=now(store), email_id="not noted yet")) == 204
    assert seen(store, linh, desk) == ["delivered"]


def test_tags_as_a_list_and_none_at_all_are_understood(
    store: Store, linh: Viewer, provider: Provider, desk: Desk, post: Post
):
    tags = provider.requests[0]["tags"]
    assert post(provider.reports("email.delivery_delayed", at=now(store), email_id="", tags=tags)) == 204
    assert seen(store, linh, desk) == ["delayed"]
    assert post(provider.reports("email.delivered", at=now(store), tags=None)) == 204
    assert seen(store, linh, desk) == ["delivered"]


def _changed(body: bytes, headers: dict[str, str]) -> tuple[bytes, dict[str, str]]:
    return body.replace(b"bounced", b"complained"), headers


def _with(**other: str) -> Callable[[bytes, dict[str, str]], tuple[bytes, dict[str, str]]]:
    return lambda body, headers: (body, {**headers, **{k.replace("_", "-"): v for k, v in other.items()}})


def _without(name: str) -> Callable[[bytes, dict[str, str]], tuple[bytes, dict[str, str]]]:
    return lambda body, headers: (body, {k: v for k, v in headers.items() if k != name})


@pytest.mark.parametrize(
    "harm",
    [
        _changed,
        _with(svix_id="msg_another"),
        _with(svix_timestamp=str(int(datetime.now(UTC).timestamp()) - 1)),
        _with(svix_timestamp="9" * 30),
        _with(svix_timestamp="-1"),
        _with(svix_timestamp="١٢٣"),
        _with(svix_signature="v1,AAAA"),
        _with(svix_signature="v1"),
        _with(svix_signature=""),
        _with(svix_id=""),
        _with(svix_id="x" * 201),
        _without("svix-id"),
        _without("svix-timestamp"),
        _without("svix-signature"),
    ],
)
def test_what_is_not_proved_is_refused(
    store: Store, linh: Viewer, provider: Provider, desk: Desk, post: Post, harm: Any
):
    at = now(store)
    body, headers = harm(*provider.reports("email.bounced", at=at))
    headers = {k: v.encode() for k, v in headers.items()}

    assert post((body, headers)) == 401
    assert seen(store, linh, desk) == ["sent"]


def test_another_secret_and_another_algorithm_are_refused(store: Store, provider: Provider, post: Post):
    event = {"type": "email.bounced", "data": {}}
    assert post(signed(event, now(store), secret=OTHER_SECRET)) == 401
    body, headers = signed(event, now(store))
    v2 = headers["svix-signature"].replace("v1,", "v2,")
    assert post((body, {**headers, "svix-signature": v2})) == 401
    # While a secret is changed, Resend signs with both.
    assert post((body, {**headers, "svix-signature": f"v1,AAAA {headers['svix-signature']}"})) == 204


@pytest.mark.parametrize(("minutes", "status"), [(-6, 401), (-4, 204), (4, 204), (6, 401)])
def test_five_minutes_by_our_clock_are_allowed(
    store: Store, provider: Provider, desk: Desk, post: Post, minutes: int, status: int
):
    desk.later(days=3)
    assert post(provider.reports("email.delivered", at=now(store) + timedelta(minutes=minutes))) == status
    assert post(provider.reports("email.delivered")) == 401  # the wall clock is three days behind


@pytest.mark.parametrize(
    "event", [[], {}, {"type": "email.bounced"}, {"type": "email.bounced", "data": []}, "x", None, 1]
)
def test_what_makes_no_sense_is_said_to_be_so(store: Store, post: Post, event: Any):
    assert post(signed(event, now(store))) == 400


def test_what_is_nested_without_end_is_said_to_make_no_sense(store: Store, post: Post):
    """Signed, so it is read: thousands of brackets are more than Python's reader takes."""
    for body in (b"[" * 9_000 + b"]" * 9_000, b'{"type":' * 9_000 + b"1" + b"}" * 9_000):
        assert post(signed_bytes(body, now(store))) == 400


@pytest.mark.parametrize("kind", ["email.sent", "email.opened", "domain.updated", ""])
def test_what_we_do_not_keep_is_thanked_for(store: Store, post: Post, kind: str):
    assert post(signed({"type": kind, "data": {}}, now(store))) == 204
    assert store.read(_kept) == 0


def test_too_much_is_refused_before_it_is_read(store: Store, post: Post):
    body, headers = signed({"type": "email.bounced", "data": {"x": "x" * 300_000}}, now(store))
    assert json.loads(body)
    assert post((body, headers)) == 413


def test_without_a_secret_there_is_no_such_address(
    store: Store, settings: Settings, provider: Provider, desk: Desk, post: Post
):
    settings.resend_webhook_secret = SecretStr("")
    assert post(provider.reports("email.bounced", at=now(store))) == 404


def _kept(work: Work) -> int:
    return work.session.exec(select(func.count()).select_from(CarrierReport)).one()
