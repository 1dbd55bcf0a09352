"""Production entry: the built front end and the back end on one port.

`granian --interface asgi --factory ticket_portal.asgi:create --workers-kill-timeout 15`
"""

from typing import cast

from granian.utils.proxies import wrap_asgi_with_proxy_headers
from starlette.types import ASGIApp

from ticket_portal import settings
from ticket_portal.frontend import environment


def create() -> ASGIApp:
    """The whole portal as one ASGI application; called once by each server process."""
    environment.prepare_to_serve()
    # Only now: Reflex reads its environment when it is imported.
    from ticket_portal.app import app

    portal: ASGIApp = app()
    if trusted := settings.load().trusted_proxies:
        hosts = [host.strip() for host in trusted.split(",")]
        return cast("ASGIApp", wrap_asgi_with_proxy_headers(portal, trusted_hosts=hosts))
    return portal
