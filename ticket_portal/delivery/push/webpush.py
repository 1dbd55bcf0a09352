"""Web Push (RFC 8030, 8291, 8292): encrypted for the device, signed with our key, posted to its push service."""

import ipaddress
import socket
from typing import Any
from urllib.parse import urlsplit

import requests
from py_vapid import Vapid02  # pyright: ignore[reportMissingTypeStubs]
from pywebpush import WebPusher  # pyright: ignore[reportMissingTypeStubs]
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from ticket_portal.delivery.mail import Refused, Unavailable
from ticket_portal.delivery.push import Gone, Push
from ticket_portal.domain.alerts.devices import is_public, may_push_here, may_push_to
from ticket_portal.settings import Settings

CONNECT_TIMEOUT, ANSWER_TIMEOUT = 5.0, 10.0
_OK, _GONE = 200, (404, 410)
# What is wrong with this one push. Others speak of our key (401, 403) or of the moment (429, 5xx): it is tried again.
_WRONG = (400, 413)


class WebPush:
    """A carrier for whatever push service a browser names."""

    def __init__(self, settings: Settings) -> None:
        """Take the key; nothing is opened yet."""
        self._settings = settings
        self._key = Vapid02.from_raw(settings.vapid_key.encode())
        self._session = _Session()
        guarded = _Guarded(allow_loopback=may_push_here(settings))
        self._session.mount("https://", guarded)
        self._session.mount("http://", guarded)

    def send(self, push: Push) -> None:
        """Encrypt, sign and post. Raises Gone, Refused, Unavailable."""
        if not may_push_to(self._settings, push.device.endpoint):
            raise Refused("not an address of a push service")
        subscription = {
            "endpoint": push.device.endpoint,
            "keys": {"p256dh": push.device.p256dh, "auth": push.device.auth},
        }
        pusher = WebPusher(subscription, requests_session=self._session)
        try:
            answer: Any = pusher.send(
                push.body,
                {**push.headers, **self._proof(push.device.endpoint)},
                timeout=(CONNECT_TIMEOUT, ANSWER_TIMEOUT),
            )
        except requests.RequestException as error:
            if isinstance(_cause(error), NotPublic):
                raise Refused("the push service's name leads into a private network") from None
            # Its name, not its text: that would tell the device's address, which is a secret of the device.
            raise Unavailable(f"push: {type(error).__name__}") from None
        _judge(answer.status_code)

    def close(self) -> None:
        """Close the kept connections."""
        self._session.close()

    def _proof(self, endpoint: str) -> dict[str, str]:
        """Return who sends, signed for this push service (RFC 8292)."""
        parts = urlsplit(endpoint)
        claims = {"sub": self._settings.vapid_contact, "aud": f"{parts.scheme}://{parts.netloc}"}
        return self._key.sign(claims)


class NotPublic(OSError):
    """A name was resolved to an address that is none of the public network's."""


def _judge(status: int) -> None:
    if status in _GONE:
        raise Gone
    if status in _WRONG:
        raise Refused(f"the push service answered {status}")
    if not _OK <= status < _OK + 100:
        raise Unavailable(f"the push service answered {status}")


def _cause(error: BaseException) -> BaseException | None:
    """Return the problem of ours that the libraries wrapped, if it is one."""
    seen: list[BaseException] = [error]
    while seen:
        one = seen.pop()
        if isinstance(one, NotPublic):
            return one
        inner = [*one.args, getattr(one, "reason", None), one.__cause__, one.__context__]
        seen += [e for e in inner if isinstance(e, BaseException)]
    return None


class _Session(requests.Session):
    """Follows no redirects: they would lead past the checks; reads no answer's text, which may have no end."""

    def request(self, method: str, url: str | bytes, *args: Any, **kwargs: Any) -> requests.Response:
        answer = super().request(method, url, *args, **{**kwargs, "allow_redirects": False, "stream": True})
        answer._content = b""  # pyright: ignore[reportPrivateUsage] - pywebpush looks at it
        answer.close()
        return answer


class _Guarded(HTTPAdapter):
    """Looks at where a connection really leads, after the name was resolved and before a byte is sent.

    A look at the name before connecting would not do: its owner may answer the second question differently.
    """

    def __init__(self, *, allow_loopback: bool) -> None:
        self._pools = {
            "http": _guarded(HTTPConnectionPool, HTTPConnection, allow_loopback),
            "https": _guarded(HTTPSConnectionPool, HTTPSConnection, allow_loopback),
        }
        super().__init__()

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = self._pools


def _guarded(pool: Any, connection: Any, allow_loopback: bool) -> Any:
    class Connection(connection):
        def _new_conn(self) -> socket.socket:
            opened: socket.socket = super()._new_conn()
            there: str = opened.getpeername()[0]
            if not (is_public(there) or (allow_loopback and ipaddress.ip_address(there).is_loopback)):
                opened.close()
                raise NotPublic("not a public address")
            return opened

    return type(pool.__name__, (pool,), {"ConnectionCls": Connection})
