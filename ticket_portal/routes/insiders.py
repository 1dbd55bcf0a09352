"""Who may use the doors that are not for the public: captured mail, QA hooks, metrics."""

import ipaddress

from pydantic import SecretStr
from starlette.requests import Request

from ticket_portal.domain.keys import equal

_OWN_NAMES = ("localhost", "127.0.0.1", "[::1]")
_FORWARDED = ("forwarded", "x-forwarded-for", "x-real-ip")


def may_enter(request: Request, token: SecretStr) -> bool:
    """Whether the request comes from this machine, or carries the token as a bearer."""
    expected = token.get_secret_value()
    scheme, _space, given = request.headers.get("authorization", "").partition(" ")
    if expected and scheme.lower() == "bearer" and equal(given.strip(), expected):
        return True
    return _from_this_machine(request)


def _from_this_machine(request: Request) -> bool:
    # Through a proxy on this machine everybody seems to be local; and a page on the internet can give its own name
    # this machine's address (DNS rebinding): it then reaches us, but under its own name.
    if any(name in request.headers for name in _FORWARDED):
        return False
    if request.url.netloc.rpartition(":")[0] not in _OWN_NAMES and request.url.netloc not in _OWN_NAMES:
        return False
    try:
        return request.client is not None and ipaddress.ip_address(request.client.host).is_loopback
    except ValueError:
        return False
