"""The portal's cookies: what they are called, how they are read and set.

On https their names begin with `__Host-`: browsers take such a cookie only from this very host, over https and for all
its pages (RFC 6265bis, 4.1.3.2), so that a page on another host under the same domain can't plant one. A name that
comes twice is none of ours, in whatever spelling: which of the two is the planted one can't be told.
"""

import re
from typing import Final

from starlette.responses import Response
from starlette.types import Scope

from ticket_portal.domain import keys
from ticket_portal.domain.accounts import known_browsers
from ticket_portal.domain.networks import network
from ticket_portal.domain.sessions import PLAIN, Credentials
from ticket_portal.settings import Settings

SESSION: Final = "portal_session"
GUEST: Final = "portal_guest"
BROWSER: Final = "portal_browser"
WAY_BACK: Final = "portal_way_back"
ZONE: Final = "portal_zone"
LANGUAGE: Final = "portal_language"
YEAR = 365 * 24 * 3600

_PREFIX = "__Host-"
_SECRETS = (SESSION, GUEST, BROWSER, WAY_BACK)
# The page's own scripts read and write these two, so they have no prefix: planted, they change how a page looks.
_NAMES = {name.lower(): name for n in _SECRETS for name in (n, _PREFIX + n)} | {
    ZONE: ZONE,
    LANGUAGE: LANGUAGE,
}
_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")
_ZONE_NAME = re.compile(r"[A-Za-z0-9_+/-]{1,64}")
# What some server or other takes for the space around a name.
_SPACE = "".join(map(chr, range(0x21))) + "\x7f\x85\xa0"


def given(scope: Scope) -> dict[str, str]:
    """Return the cookies of ours by the names that they came with; one that came twice has the value "".

    Not by a library: they unquote, accept what RFC 2109 had (`$Version`), and of two of one name the last one wins.
    """
    found: dict[str, str] = {}
    refused: set[str] = set()
    for header, content in scope["headers"]:
        if header != b"cookie":
            continue
        for pair in content.decode("latin-1").split(";"):
            spelled, _equals, value = pair.partition("=")
            name = _NAMES.get(spelled.strip(_SPACE).lower())
            if name is None:
                continue
            if name in found or spelled.strip(" \t") != name:
                refused.add(name)
            found[name] = value.strip(" \t")
    return found | dict.fromkeys(refused, "")


def secret(cookies: dict[str, str], settings: Settings, name: str) -> str:
    """Return the value of a cookie that only the server reads, "" where none came under its full name."""
    return cookies.get(full_name(settings, name), "")


def credentials(scope: Scope, settings: Settings) -> Credentials:
    """Return what the browser of a request or a socket brought along."""
    cookies = given(scope)
    zone = cookies.get(ZONE, "").replace("%2F", "/")
    return Credentials(
        session=_session(cookies, settings, SESSION),
        guest=_session(cookies, settings, GUEST),
        browser=known_browsers.token_hash(settings, secret(cookies, settings, BROWSER)),
        ip=caller(scope),
        zone=zone if _ZONE_NAME.fullmatch(zone) else "",
    )


def caller(scope: Scope) -> str:
    """Return the network that a request or a socket comes from, as limits count it (domain/networks.py)."""
    client = scope.get("client")
    return network(client[0]) if client else ""


def full_name(settings: Settings, name: str) -> str:
    """Return what a cookie is called here: on http, where browsers refuse the prefix, by the plain name."""
    return _PREFIX + name if settings.secure else name


def keep(response: Response, settings: Settings, name: str, token: str, seconds: int) -> None:
    """Set a cookie that no script can read and no other site can send along with a POST."""
    response.set_cookie(
        full_name(settings, name),
        token,
        max_age=seconds,
        path="/",
        httponly=True,
        samesite="lax",
        secure=settings.secure,
    )
    _drop_plain(response, settings, name)


def keep_session(response: Response, settings: Settings, token: str, *, of_team: bool) -> None:
    """Set the cookie of an account's session for as long as it can last."""
    seconds = settings.agent_session_hours * 3600 if of_team else settings.session_days * 86_400
    keep(response, settings, SESSION, token, seconds)


def drop(response: Response, settings: Settings, name: str) -> None:
    """Delete a cookie."""
    response.delete_cookie(
        full_name(settings, name), path="/", httponly=True, samesite="lax", secure=settings.secure
    )
    _drop_plain(response, settings, name)


def _drop_plain(response: Response, settings: Settings, name: str) -> None:
    """Delete what an earlier version of the portal set on https under the plain name."""
    if settings.secure:
        response.delete_cookie(name, path="/", httponly=True, samesite="lax", secure=True)


def _session(cookies: dict[str, str], settings: Settings, name: str) -> str:
    """Return the hash of a session's token.

    On https a plain cookie is looked at where there is no other: it leads to sessions from before the prefix alone,
    which are known by another hash (the migration `sessions`), so that people stay signed in over the update and
    nothing that is planted from then on counts.
    """
    token = secret(cookies, settings, name)
    if _TOKEN.fullmatch(token):
        return keys.token_hash(token)
    token = cookies.get(name, "")
    if settings.secure and full_name(settings, name) not in cookies and _TOKEN.fullmatch(token):
        return PLAIN + keys.token_hash(token)
    return ""
