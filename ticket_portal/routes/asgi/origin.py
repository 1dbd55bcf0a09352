"""Refusal of cross-site requests: a form of ours is only taken from a page of ours (docs/contract.md#accounts)."""

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from ticket_portal.domain import security_log
from ticket_portal.domain.security_log import SecurityEvent
from ticket_portal.routes.asgi import cookies
from ticket_portal.routes.asgi.well_formed import host_of
from ticket_portal.settings import Settings


def refused(request: Request, settings: Settings) -> Response | None:
    """Return the refusal of a request that another site may have caused, None for one of ours.

    Browsers send `Origin` with every POST (Fetch standard); where it is missing, `Sec-Fetch-Site` must say so. From a
    guest's page it is "null", as that page sends no referrer: there too the browser's own word decides.
    """
    origin = request.headers.get("origin")
    site = request.headers.get("sec-fetch-site")
    if origin is None:
        same = site in ("same-origin", "none")
    elif origin == "null":
        same = site == "same-origin"
    else:
        # In development a portal is reached by whatever name the developer's machine has; in production by one alone.
        here = f"{request.url.scheme}://{host_of(request.scope)}" if settings.env != "production" else ""
        same = origin in settings.origins or origin == here
    if same:
        return None
    ip = cookies.credentials(request.scope, settings).ip
    security_log.refused(settings, SecurityEvent.ORIGIN_REFUSED, ip=ip, at=_route(request))
    return PlainTextResponse("Cross-site request refused.", 403)


def _route(request: Request) -> str:
    """Return which of our routes was asked, in our words and not in those of the request."""
    endpoint = request.scope.get("endpoint")
    return f"{endpoint.__module__}.{endpoint.__qualname__}" if endpoint else ""
