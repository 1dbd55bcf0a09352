"""Devices: the browsers that somebody wants push notifications on (RFC 8030).

A browser gives us an address at its push service and two keys. Whoever is signed in there, or proved an address as a
guest, may put it on their list; it leaves it with the sign-out, by hand, or when its push service says that it is gone.
"""

import base64
import hashlib
import ipaddress
import re
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import urlsplit

import sqlalchemy
from cryptography.hazmat.primitives.asymmetric import ec
from sqlalchemy import ColumnElement, Select, bindparam
from sqlmodel import col, delete, select

from ticket_portal.domain import browsers
from ticket_portal.domain.errors import BadDevice, NotAllowed, NotFound
from ticket_portal.domain.people import Viewer, language
from ticket_portal.domain.text.cleaning import storable
from ticket_portal.sets.roles import Role
from ticket_portal.settings import Settings
from ticket_portal.store.tables import Device, Ticket
from ticket_portal.store.unit_of_work import Work

LONGEST_ENDPOINT = 1_500
LONGEST_AGENT = 300
POINT_BYTES, AUTH_BYTES = 65, 16
MARK = 16
LOOPBACK = ("localhost", "127.0.0.1", "::1")
HTTPS_PORT = 443
# Of Chrome, Edge, Opera, Brave, Samsung; Firefox; Edge on Windows; Safari.
PUSH_SERVICES = (
    "fcm.googleapis.com",
    "*.push.services.mozilla.com",
    "*.notify.windows.com",
    "*.push.apple.com",
)
_GLOBAL_UNICAST = ipaddress.IPv6Network("2000::/3")
_TRANSLATED = tuple(map(ipaddress.IPv6Network, ("2001::/32", "2002::/16")))


@dataclass(frozen=True)
class DeviceForm:
    """What a browser says of itself: its subscription, and what it is."""

    endpoint: str
    p256dh: str
    auth: str
    name: str = ""
    language: str = "en"

    @classmethod
    def parse(cls, settings: Settings, typed: dict[str, Any], agent: str, code: str) -> "DeviceForm":
        """Read a `PushSubscription` as JSON. Raises BadDevice."""
        endpoint, given = typed.get("endpoint"), typed.get("keys")
        if (
            not isinstance(endpoint, str)
            or not isinstance(given, dict)
            or not may_push_to(settings, endpoint)
        ):
            raise BadDevice
        p256dh, auth = given.get("p256dh"), given.get("auth")  # pyright: ignore[reportUnknownVariableType]
        if not (isinstance(p256dh, str) and isinstance(auth, str) and _is_point(p256dh)):
            raise BadDevice
        if len(_decoded(auth)) != AUTH_BYTES:
            raise BadDevice
        return cls(endpoint, p256dh, auth, browsers.called(agent[:LONGEST_AGENT]), language(code))


@dataclass(frozen=True)
class DeviceView:
    """A device as its owner sees it; by the `mark` a browser knows itself."""

    id: int
    name: str
    mark: str
    added_at: str
    seen_at: str


def add(work: Work, viewer: Viewer, form: DeviceForm, browser: str) -> Device:
    """Tell the viewer on this device from now on; a device has one owner, the last who asked.

    Where there are too many, the one that was away the longest makes room. Raises NotAllowed: guests who proved
    nothing, the team.
    """
    _require_owner(viewer)
    work.alone("device", form.endpoint)
    device = work.session.exec(select(Device).where(Device.endpoint == form.endpoint)).first()
    if device is None:
        _make_room(work, viewer)
        device = Device(
            endpoint=form.endpoint,
            p256dh=form.p256dh,
            auth=form.auth,
            address=viewer.address,
            created_at=work.now,
        )
    elif not _owns(viewer, device):
        device.created_at = work.now
    device.p256dh, device.auth = form.p256dh, form.auth
    device.account_id, device.address = viewer.account_id, viewer.address
    device.name, device.language = form.name, form.language
    device.session, device.browser_hash, device.seen_at = viewer.session, browser, work.now
    work.session.add(device)
    work.session.flush()
    work.publish(f"preferences:{device.account_id}")
    return device


def renew(work: Work, endpoint: str, form: DeviceForm) -> None:
    """Put a browser's new subscription in the place of its old one; knowing the old address is the proof.

    Raises NotFound.
    """
    known = select(Device).where(Device.endpoint == storable(endpoint))
    device = work.session.exec(known.with_for_update()).first()
    if device is None:
        raise NotFound
    work.session.exec(
        delete(Device).where(col(Device.endpoint) == form.endpoint, col(Device.id) != device.id)
    )
    device.endpoint, device.p256dh, device.auth, device.seen_at = (
        form.endpoint,
        form.p256dh,
        form.auth,
        work.now,
    )
    work.session.add(device)


def mine(work: Work, viewer: Viewer) -> list[DeviceView]:
    """Return the viewer's devices, the newest first."""
    if not _may_own(viewer):
        return []
    owner = {"account_id": viewer.account_id, "address": viewer.address}
    found = work.execute(_newest_first(of_account=viewer.account_id is not None), owner).all()
    return [
        DeviceView(
            id=d.id,
            name=d.name,
            mark=mark(d.endpoint),
            added_at=d.created_at.isoformat(),
            seen_at=d.seen_at.isoformat(),
        )
        for d in found
    ]


def find(work: Work, viewer: Viewer, device_id: int) -> Device:
    """Return one of the viewer's devices. Raises NotFound, also for somebody else's."""
    device = work.session.get(Device, device_id)
    if device is None or not _owns(viewer, device):
        raise NotFound
    return device


def remove(work: Work, viewer: Viewer, device_id: int) -> None:
    """Tell nobody there any more. Raises NotFound, also for somebody else's."""
    forget(work, find(work, viewer, device_id))


def forget(work: Work, device: Device) -> None:
    """Take a device off the list; whoever turned e-mail off for it gets e-mail again, and sees so."""
    work.session.delete(device)
    work.publish(f"preferences:{device.account_id}")


def adopt(work: Work, viewer: Viewer, browser: str) -> None:
    """Follow who is at a browser: what it was told of others ends, and this session takes its devices along."""
    if not browser:
        return
    for device in work.session.exec(select(Device).where(Device.browser_hash == browser)).all():
        if _owns(viewer, device):
            device.session = viewer.session
            work.session.add(device)
        elif not (
            viewer.role == Role.GUEST and device.account_id
        ):  # an account and a guest may share a browser
            work.session.delete(device)


def of_requester(work: Work, ticket: Ticket) -> list[int]:
    """Return the devices that are told of what happens in a ticket."""
    if ticket.account_id:
        owner = col(Device.account_id) == ticket.account_id
    else:
        owner = (col(Device.address) == ticket.address) & col(Device.account_id).is_(None)
    return list(work.session.exec(select(Device.id).where(owner).order_by(col(Device.id))).all())


def may_push_to(settings: Settings, endpoint: str) -> bool:
    """Whether an address is one of a known push service: https, port 443, a host of the list (OWASP ASVS 1.3.6).

    Otherwise a browser's word would make this server post to any host and port, and tell by its answer what is open
    there (SSRF). PORTAL_PUSH_SERVICES adds to the list; in test mode a service on this machine will do. Names are
    looked at again when they are resolved (delivery/push).
    """
    if len(endpoint) > LONGEST_ENDPOINT or not endpoint.isascii() or not endpoint.isprintable():
        return False
    try:
        parts = urlsplit(endpoint)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return False
    if parts.username is not None or parts.password is not None or "\\" in endpoint or " " in endpoint:
        return False
    if host in LOOPBACK:
        return may_push_here(settings) and parts.scheme in ("http", "https")
    return parts.scheme == "https" and port in (None, HTTPS_PORT) and _is_known(settings, host)


def may_push_here(settings: Settings) -> bool:
    """Whether a push service on this machine will do: in tests alone."""
    return settings.test_mode and settings.env != "production"


def is_public(address: str) -> bool:
    """Whether an IP address is one of the public internet's own, and leads nowhere else by way of a translation.

    NAT64 (RFC 6052, 8215), 6to4 (RFC 3056) and Teredo (RFC 4380) carry an IPv4 address, maybe a private one; site-local
    addresses (RFC 3879) are private though Python takes them for global.
    """
    found = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped:
            return is_public(str(found.ipv4_mapped))
        if found not in _GLOBAL_UNICAST or any(found in each for each in _TRANSLATED):
            return False
    return found.is_global and not found.is_multicast


def mark(endpoint: str) -> str:
    """Return a name for an address that tells nobody the address; browsers compute the same."""
    return hashlib.sha256(endpoint.encode()).hexdigest()[:MARK]


def _is_known(settings: Settings, host: str) -> bool:
    added = tuple(name for name in settings.push_services.split(",") if name)
    return any(
        host.endswith(name[1:]) if name.startswith("*.") else host == name
        for name in (*PUSH_SERVICES, *added)
    )


def _is_point(text: str) -> bool:
    raw = _decoded(text)
    if len(raw) != POINT_BYTES:
        return False
    try:
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), raw)
    except ValueError:
        return False
    return True


def _decoded(text: str) -> bytes:
    if len(text) > 2 * POINT_BYTES or re.fullmatch("[A-Za-z0-9_-]+={0,2}", text) is None:
        return b""
    try:
        return base64.urlsafe_b64decode(text.rstrip("=") + "=" * (-len(text.rstrip("=")) % 4))
    except ValueError:
        return b""


def _may_own(viewer: Viewer) -> bool:
    """Customers and guests who proved their address: whoever alerts are for."""
    return viewer.is_requester and bool(viewer.address)


def _require_owner(viewer: Viewer) -> None:
    if not _may_own(viewer):
        raise NotAllowed


def _owns(viewer: Viewer, device: Device) -> bool:
    if not _may_own(viewer):
        return False
    if device.account_id is not None:
        return device.account_id == viewer.account_id
    return viewer.account_id is None and device.address == viewer.address


def _of(viewer: Viewer) -> tuple[ColumnElement[bool], ...]:
    return _owned(viewer.account_id, viewer.address, of_account=viewer.account_id is not None)


def _owned(account_id: Any, address: Any, *, of_account: bool) -> tuple[ColumnElement[bool], ...]:
    if of_account:
        return (col(Device.account_id) == account_id,)
    return col(Device.address) == address, col(Device.account_id).is_(None)


@cache  # composed once: each page of a guest asks for it
def _newest_first(*, of_account: bool) -> Select[*tuple[Any, ...]]:
    shown = (Device.id, Device.name, Device.endpoint, Device.created_at, Device.seen_at)
    owned = _owned(bindparam("account_id"), bindparam("address"), of_account=of_account)
    return sqlalchemy.select(*map(col, shown)).where(*owned).order_by(col(Device.id).desc())


def _make_room(work: Work, viewer: Viewer) -> None:
    kept = work.settings.limit_devices - 1
    oldest_first = (
        select(Device).where(*_of(viewer)).order_by(col(Device.seen_at).desc(), col(Device.id).desc())
    )
    for device in work.session.exec(oldest_first.offset(kept)).all():
        work.session.delete(device)
