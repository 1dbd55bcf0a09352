"""The doors about push beside the pages: what browsers subscribe with, and a new address for an old one."""

import asyncio
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette

from tests.push_service import Browser
from ticket_portal import wiring
from ticket_portal.delivery import vapid
from ticket_portal.domain.alerts import devices as domain
from ticket_portal.domain.alerts.devices import DeviceForm
from ticket_portal.domain.people import Viewer
from ticket_portal.routes import devices
from ticket_portal.store.unit_of_work import Store

OURS = {"Origin": "http://127.0.0.1:3000"}
OLD, NEW = Browser("https://push.example.com/old"), Browser("https://push.example.com/new")


@pytest.fixture
def portal(store: Store, monkeypatch: pytest.MonkeyPatch) -> Any:
    built = wiring.build(store.settings)
    monkeypatch.setattr(devices, "portal", lambda: built)
    yield built
    built.store.close()


def call(method: str, path: str, sent: Any = None, **headers: str) -> httpx.Response:
    async def request() -> httpx.Response:
        transport = httpx.ASGITransport(Starlette(routes=devices.routes))
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:3000") as client:
            return await client.request(method, path, json=sent, headers=headers)

    return asyncio.run(request())


def test_browsers_get_the_public_key_and_never_the_other(portal: wiring.Portal):
    answer = call("GET", "/devices/key")
    assert answer.text == vapid.public_key(portal.settings.vapid_key)
    assert portal.settings.vapid_key not in answer.text


def test_a_browser_that_knows_its_old_address_gives_a_new_one(portal: wiring.Portal, ana: Viewer):
    form = DeviceForm.parse(portal.settings, OLD.subscription, "", "en")
    portal.store.write(domain.add, ana, form, "b1")
    told = {"endpoint": OLD.endpoint, "subscription": NEW.subscription}

    assert call("POST", "/devices/renew", told, Origin="https://evil.example").status_code == 403
    assert (
        call("POST", "/devices/renew", {**told, "endpoint": "https://push.example.com/?"}, **OURS).status_code
        == 404
    )
    assert [d.mark for d in portal.store.read(domain.mine, ana)] == [domain.mark(OLD.endpoint)]

    assert call("POST", "/devices/renew", told, **OURS).status_code == 204
    assert [d.mark for d in portal.store.read(domain.mine, ana)] == [domain.mark(NEW.endpoint)]


@pytest.mark.parametrize(
    "nonsense",
    [
        None,
        [],
        "x",
        {},
        {"endpoint": 1, "subscription": 2},
        {"endpoint": "x", "subscription": {"endpoint": "y"}},
        "x" * 9_000,
    ],
)
def test_nonsense_is_answered_like_an_unknown_address(portal: wiring.Portal, nonsense: Any):
    assert call("POST", "/devices/renew", nonsense, **OURS).status_code == 404
