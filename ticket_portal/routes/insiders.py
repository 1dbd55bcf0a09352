"""Who may use the doors that are not for the public: captured mail, QA hooks, metrics."""

import ipaddress

from pydantic import SecretStr
from starlette.requests import Request

from ticket_portal.domain.keys import equal

_OWN_NAMES = ("localhost", "127.0.0.1", "[::1]")
_FORWARDED = ("forwarded", "via", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-real-ip")


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
    if not _is_this_machine(request.url.netloc):
        return False
    # Nor may a page on the internet make the browser of somebody at this machine post here.
    if (origin := request.headers.get("origin")) and not _is_this_machine(origin.partition("://")[2]):
        return False
    try:
        return request.client is not None and ipaddress.ip_address(request.client.host).is_loopback
    except ValueError:
        return False


def _is_this_machine(host: str) -> bool:
    return host in _OWN_NAMES or host.rpartition(":")[0] in _OWN_NAMES
