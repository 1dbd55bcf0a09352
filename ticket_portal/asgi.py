"""Production entry: the built front end and the back end on one port.

`granian --interface asgi --http 1 --factory ticket_portal.asgi:create --workers-kill-timeout 15`
"""

import sys
from typing import TYPE_CHECKING, cast

from granian.utils.proxies import wrap_asgi_with_proxy_headers
from starlette.applications import Starlette
from starlette.types import ASGIApp, Receive, Scope, Send

from ticket_portal import logs, settings
from ticket_portal.frontend import environment
from ticket_portal.store import private_files

if TYPE_CHECKING:
    import reflex as rx


SWITCH_SECONDS = 0.0005
"""How long a thread may keep the interpreter while others wait for it (Python's own 5 ms).

A reply passes from the event loop to a thread and back several times; beside threads that compute, as on texts of
strangers, each of these steps would wait for 5 ms.
"""


def create() -> ASGIApp:
    """The whole portal as one ASGI application; called once by each server process."""
    environment.prepare_to_serve()
    sys.setswitchinterval(SWITCH_SECONDS)
    private_files.keep_private(settings.load())
    logs.configure(settings.load())
    # Only now: Reflex reads its environment when it is imported.
    from ticket_portal.app import app

    found = settings.load()
    portal = _straight(app)
    logs.configure(found)  # what was imported may have set up loggers of its own
    if found.trusted_proxies:
        hosts = [host.strip() for host in found.trusted_proxies.split(",")]
        portal = cast("ASGIApp", wrap_asgi_with_proxy_headers(portal, trusted_hosts=hosts))
    return _watched(portal, found)


def _watched(portal: ASGIApp, found: settings.Settings) -> ASGIApp:
    """The portal, whose connections are looked after; outermost, where their ends are still the real ones."""
    if sys.platform != "linux":
        return portal
    from ticket_portal.routes.asgi.connections import Connections

    connections = Connections(portal, found)
    connections.watch()
    return connections


def _straight(app: "rx.App") -> ASGIApp:
    """Reflex's application, in which a websocket skips the outermost router: 3 kB of each open page."""
    served = app()
    if isinstance(served, Starlette):
        # A tunnel's address (CONNECT) has no path; a redirect to "/" would name the host that the client named.
        served.router.redirect_slashes = False
    mounted = getattr(served.routes[-1], "app", None) if isinstance(served, Starlette) else None
    if mounted is None:
        return served  # it is wrapped, as by telemetry

    async def straight(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            app._set_contexts_internal()  # what else the router would do
            await mounted(scope, receive, send)
        else:
            await served(scope, receive, send)

    return straight
