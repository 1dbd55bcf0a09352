"""The way back to a guest's link, for somebody who goes to sign in as another person first.

The link is a secret: it never stands in another page's address. It waits, sealed, in a cookie that no script reads.
"""

from typing import Final

from cryptography.fernet import InvalidToken
from starlette.responses import Response

from ticket_portal.domain import keys
from ticket_portal.i18n.locales import own_address
from ticket_portal.routes.asgi import cookies
from ticket_portal.settings import Settings

SECONDS: Final = 15 * 60
LONGEST: Final = 1_000


def remember(response: Response, settings: Settings, address: str) -> None:
    """Let the next sign-in of this browser lead to this address of ours."""
    sealed = keys.seal(settings, {"address": address}).decode()
    cookies.keep(response, settings, cookies.WAY_BACK, sealed, SECONDS)


def back(settings: Settings, given: dict[str, str]) -> str:
    """Return where the sign-in should lead, "" if nothing was remembered."""
    sealed = cookies.secret(given, settings, cookies.WAY_BACK)
    if not sealed or len(sealed) > LONGEST:
        return ""
    try:
        return own_address(str(keys.unseal(settings, sealed.encode()).get("address", "")))
    except (InvalidToken, ValueError):
        return ""


def forget(response: Response, settings: Settings, given: dict[str, str]) -> None:
    """Take it back: it was followed, or another way was chosen."""
    if cookies.full_name(settings, cookies.WAY_BACK) in given:
        cookies.drop(response, settings, cookies.WAY_BACK)
