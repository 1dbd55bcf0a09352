"""The portal's cookies: what they are called, how they are read and set."""

import re
from typing import Final

from starlette.datastructures import Headers
from starlette.requests import cookie_parser
from starlette.responses import Response
from starlette.types import Scope

from ticket_portal.domain import keys
from ticket_portal.domain.networks import network
from ticket_portal.domain.sessions import Credentials
from ticket_portal.settings import Settings

SESSION: Final = "portal_session"
GUEST: Final = "portal_guest"
BROWSER: Final = "portal_browser"
ZONE: Final = "portal_zone"
_ZONE_NAME = re.compile(r"[A-Za-z0-9_+/-]{1,64}")
YEAR = 365 * 24 * 3600


def credentials(scope: Scope) -> Credentials:
    """Return what the browser of a request or a socket brought along."""
    cookies = cookie_parser("; ".join(Headers(scope=scope).getlist("cookie")))
    client = scope.get("client")
    zone = cookies.get(ZONE, "").replace("%2F", "/")
    return Credentials(
        session=_hashed(cookies.get(SESSION)),
        guest=_hashed(cookies.get(GUEST)),
        browser=_hashed(cookies.get(BROWSER)),
        ip=network(client[0]) if client else "",
        zone=zone if _ZONE_NAME.fullmatch(zone) else "",
    )


def keep(response: Response, settings: Settings, name: str, token: str, seconds: int) -> None:
    """Set a cookie that no script can read and no other site can send along with a POST."""
    response.set_cookie(
        name, token, max_age=seconds, path="/", httponly=True, samesite="lax", secure=settings.secure
    )


def drop(response: Response, settings: Settings, name: str) -> None:
    """Delete a cookie."""
    response.delete_cookie(name, path="/", httponly=True, samesite="lax", secure=settings.secure)


def _hashed(token: str | None) -> str:
    return keys.token_hash(token) if token and len(token) <= 128 else ""
