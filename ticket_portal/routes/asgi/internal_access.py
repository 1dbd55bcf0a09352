"""Who may use the routes that are not for the public: captured mail, QA hooks, metrics.

Outside production "this machine" may, without a token. A loopback peer alone proves nothing: everyone who comes through
a proxy on this machine has one, and so has a web page whose name leads to 127.0.0.1 (DNS rebinding). So everything must
look like a browser, curl or a test client that was given this machine's own address, and nothing like a proxy.
"""

import ipaddress
import re
from urllib.parse import urlsplit

from pydantic import SecretStr
from starlette.requests import Request

from ticket_portal.domain import security_log
from ticket_portal.domain.keys import equal
from ticket_portal.domain.security_log import SecurityEvent
from ticket_portal.routes.asgi.cookies import caller
from ticket_portal.routes.asgi.well_formed import host_of
from ticket_portal.settings import Settings, is_loopback

_LOCAL_HOSTS = ("localhost", "127.0.0.1", "[::1]")

# Request headers that browsers, curl, HTTP libraries and Prometheus send by themselves. A proxy gives itself away by
# any other: there are too many names for "the client was …" (X-Forwarded-*, CF-*, True-Client-IP, X-Amzn-…, Fly-…) to
# list them, and new ones every year. A tool with a header of its own can bring the token.
_DIRECT = re.compile(
    "accept(-encoding|-language|-charset)?|authorization|cache-control|connection|content-(length|type)|cookie|dnt|"
    "expect|host|if-(match|modified-since|none-match|range|unmodified-since)|keep-alive|origin|pragma|priority|"
    "purpose|range|referer|save-data|sec-[a-z0-9-]+|service-worker(-navigation-preload)?|te|transfer-encoding|"
    "upgrade-insecure-requests|user-agent|x-(prometheus-scrape-timeout-seconds|purpose|requested-with)"
)


def may_enter(request: Request, settings: Settings, token: SecretStr) -> bool:
    """Whether the request carries the token as a bearer, or comes from this machine, outside of production.

    In production a token is always needed: a bare `proxy_pass` of some proxies leaves no mark at all.
    """
    expected = token.get_secret_value()
    scheme, _space, given = request.headers.get("authorization", "").partition(" ")
    if expected and scheme.lower() == "bearer" and equal(given.strip(), expected):
        return True
    if settings.env != "production" and _from_this_machine(request, settings):
        return True
    security_log.refused(settings, SecurityEvent.INSIDER_REFUSED, ip=caller(request.scope))
    return False


def _from_this_machine(request: Request, settings: Settings) -> bool:
    # A proxy speaks HTTP/1.0 unless it is told otherwise (nginx before 1.29.7), and no client of ours does.
    if request.scope["http_version"] != "1.1" or not all(_DIRECT.fullmatch(name) for name in request.headers):
        return False
    own = _own_hosts(settings)
    if host_of(request.scope) not in own or not _is_own_page(request, own):
        return False
    try:
        return request.client is not None and ipaddress.ip_address(request.client.host).is_loopback
    except ValueError:
        return False


def _own_hosts(settings: Settings) -> frozenset[str]:
    """Return how this machine is addressed, exactly as clients write it into `Host`.

    Never by a public name: a request with the public name comes from elsewhere, through a proxy.
    """
    hosts = {f"{host}:{settings.port}" for host in _LOCAL_HOSTS}
    public = {urlsplit(settings.public_url).netloc} if is_loopback(settings.public_url) else set[str]()
    return frozenset(hosts | public)


def _is_own_page(request: Request, own: frozenset[str]) -> bool:
    """Whether no page from elsewhere made this machine's browser ask; following a link from elsewhere is fine."""
    origin = request.headers.get("origin")
    if origin is not None and origin not in {f"http://{host}" for host in own}:
        return False
    site, mode = request.headers.get("sec-fetch-site", "none"), request.headers.get("sec-fetch-mode", "")
    return site in ("none", "same-origin") or (mode == "navigate" and request.method == "GET")
