"""Refusal of cross-site requests: a form of ours is only taken from a page of ours (SPEC 11)."""

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from ticket_portal.routes.well_formed import host_of
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
    return None if same else PlainTextResponse("Cross-site request refused.", 403)
