"""Production entry: the built front end and the back end on one port.

`granian --interface asgi --factory ticket_portal.asgi:create --workers-kill-timeout 15`
"""

from typing import TYPE_CHECKING, cast

from granian.utils.proxies import wrap_asgi_with_proxy_headers
from starlette.applications import Starlette
from starlette.types import ASGIApp, Receive, Scope, Send

from ticket_portal import logs, settings
from ticket_portal.frontend import environment

if TYPE_CHECKING:
    import reflex as rx


def create() -> ASGIApp:
    """The whole portal as one ASGI application; called once by each server process."""
    environment.prepare_to_serve()
    logs.configure(settings.load())
    # Only now: Reflex reads its environment when it is imported.
    from ticket_portal.app import app

    portal = _straight(app)
    logs.configure(settings.load())  # what was imported may have set up loggers of its own
    if trusted := settings.load().trusted_proxies:
        hosts = [host.strip() for host in trusted.split(",")]
        return cast("ASGIApp", wrap_asgi_with_proxy_headers(portal, trusted_hosts=hosts))
    return portal


def _straight(app: "rx.App") -> ASGIApp:
    """Reflex's application, in which a websocket skips the outermost router: 3 kB of each open page."""
    served = app()
    mounted = getattr(served.routes[-1], "app", None) if isinstance(served, Starlette) else None
    if mounted is None:
        return served  # something stands around it, as telemetry does

    async def straight(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            app._set_contexts_internal()  # what else the router would do
            await mounted(scope, receive, send)
        else:
            await served(scope, receive, send)

    return straight
