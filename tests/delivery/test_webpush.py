"""Web Push over the wire: never into our own network, and no word about the device in what went wrong."""

from typing import Any

import pytest

from tests.push_service import Browser, PushService
from ticket_portal.delivery.mail import Refused, Unavailable
from ticket_portal.delivery.push import Gone, Push
from ticket_portal.delivery.push.webpush import WebPush
from ticket_portal.domain.alerts import devices
from ticket_portal.domain.alerts.devices import DeviceForm
from ticket_portal.store.unit_of_work import Store


def _push(endpoint: str) -> Push:
    browser = Browser(endpoint)
    keys = browser.subscription["keys"]
    form = DeviceForm(endpoint, keys["p256dh"], keys["auth"])
    payload: dict[str, Any] = {"title": "x", "tag": "ticket-1"}
    return Push(form, "ana@example.com", payload, "reply", "en", "key")


@pytest.mark.parametrize(
    "endpoint",
    [
        "http://push.example.com/x",
        "https://10.0.0.5/x",
        "https://[fd00::1]/x",
        "https://169.254.169.254/latest",
    ],
)
def test_no_address_of_our_own_network_is_posted_to(store: Store, endpoint: str):
    with pytest.raises(Refused):
        WebPush(store.settings).send(_push(endpoint))


def test_a_name_that_leads_into_our_network_is_refused_when_it_is_resolved(
    store: Store, service: PushService, settings: Any, monkeypatch: pytest.MonkeyPatch
):
    """The name is a good one when it is looked at; where the connection leads is seen when it is there."""
    import socket

    real = socket.getaddrinfo

    def misled(host: str, *args: Any, **kwargs: Any) -> Any:
        return real("127.0.0.1" if host == "push.example.com" else host, *args, **kwargs)

    monkeypatch.setattr(socket, "getaddrinfo", misled)
    settings.env = "production"
    monkeypatch.setattr(
        "ticket_portal.domain.alerts.devices.HTTPS_PORT", int(service.origin.rpartition(":")[2])
    )

    with pytest.raises(Refused, match="private"):
        WebPush(store.settings).send(_push(f"https://push.example.com:{devices.HTTPS_PORT}/x"))
    assert service.took == []


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("8.8.8.8", True),
        ("2600::1", True),
        ("10.0.0.1", False),
        ("100.64.0.1", False),
        ("169.254.169.254", False),
        ("224.0.0.1", False),
        ("::ffff:10.0.0.1", False),
        ("64:ff9b::a00:1", False),
        ("64:ff9b:1::a00:1", False),
        ("2002:a00:1::1", False),
        ("2001:0:a00:1::1", False),
        ("fec0::1", False),
        ("fd00::1", False),
        ("fe80::1%eth0", False),
        ("ff02::1", False),
    ],
)
def test_addresses_that_lead_inside_are_not_public(address: str, public: bool):
    """Those too that translate an IPv4 address, which may be a private one."""
    assert devices.is_public(address) is public


def test_trouble_names_no_device(store: Store):
    with pytest.raises(Unavailable) as trouble:
        WebPush(store.settings).send(_push("http://127.0.0.1:9/secret"))
    assert "secret" not in str(trouble.value)


def test_gone_is_told_apart(store: Store, service: PushService):
    service.status = 410
    with pytest.raises(Gone):
        WebPush(store.settings).send(_push(f"{service.origin}/x"))
