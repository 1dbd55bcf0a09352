"""The doors of the settings: what changes who may sign in, and needs the password or ends sessions."""

from starlette.responses import Response

from ticket_portal.domain import devices
from ticket_portal.domain.errors import NotAllowed
from ticket_portal.routes import cookies
from ticket_portal.routes.doors import Asked, door, to
from ticket_portal.wiring import portal


async def sign_out_everywhere(asked: Asked) -> Response:
    """End all sessions of the account; every open page of it hears of it at once."""
    p = portal()
    try:
        await p.tell(devices.end_all, await p.viewer(asked.credentials.session))
    except NotAllowed:
        return to(asked.page("/sign-in"))
    response = to(asked.page("/", notice="signed_out"))
    cookies.drop(response, p.settings, cookies.SESSION)
    return response


routes = [door("/auth/sign-out-everywhere", sign_out_everywhere)]
