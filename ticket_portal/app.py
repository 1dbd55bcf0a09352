"""The application, put together: pages in every language, routes, guards and layers."""

import asyncio
import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from urllib.parse import quote

import reflex as rx
from reflex import el
from reflex.event import EventSpec
from reflex.utils.prerequisites import get_web_dir
from reflex_base.constants import Endpoint
from reflex_components_core.base.error_boundary import ErrorBoundary
from starlette.applications import Starlette
from starlette.routing import BaseRoute, Mount
from starlette.types import ASGIApp, Receive, Scope, Send

from ticket_portal.components.crash import crashed
from ticket_portal.components.routing import add_pages, html_lang, route_focus
from ticket_portal.frontend.palette import palette
from ticket_portal.pages import INDEXED, NOT_FOUND, PAGES, TABLE
from ticket_portal.pages.article import add_articles
from ticket_portal.routes import (
    devices,
    files,
    gallery,
    health,
    mailbox,
    manifest,
    metrics,
    offline,
    resend,
    sitemap,
    testing,
)
from ticket_portal.routes.api import routes as api
from ticket_portal.routes.asgi.body_limit import BodyLimit
from ticket_portal.routes.asgi.edge import Edge
from ticket_portal.routes.asgi.event_filter import hear_only_what_fits, keep_no_handshake
from ticket_portal.routes.asgi.guard import PageGuard
from ticket_portal.routes.asgi.headers import SecurityHeaders
from ticket_portal.routes.asgi.socket import SocketGuard
from ticket_portal.routes.asgi.tab_states import SWEEP_EVERY, TabStates, forget_state, forget_strays
from ticket_portal.routes.asgi.well_formed import WellFormed
from ticket_portal.routes.forms import (
    account,
    claims,
    disown,
    feedback,
    guest_forms,
    mute,
    proof_link,
    session,
)
from ticket_portal.routes.metrics import CountFailures
from ticket_portal.states.gate import Gate
from ticket_portal.states.session import SessionState, log_failure
from ticket_portal.wiring import portal

SHUTDOWN_SECONDS = 8
COLLECTS_EVERY = 600.0
NEVER = 1_000_000
FAVICON = "data:image/svg+xml," + quote(
    (Path(__file__).parents[1] / "assets/favicon.svg").read_text(encoding="utf-8").strip()
)
# A browser lists its languages with its first date: 13 ms, on a phone 50. It has the time after the first paint, once
# everything is asked for and on its way.
WARM_UP = "requestAnimationFrame(() => setTimeout(() => new Intl.DateTimeFormat(), 40));"

ROUTES = [
    *session.routes,
    *guest_forms.routes,
    *account.routes,
    *claims.routes,
    *devices.routes,
    *manifest.routes,
    *offline.routes,
    *api.routes,
    *files.routes,
    *health.routes,
    *gallery.routes,
    *mailbox.routes,
    *metrics.routes,
    *mute.routes,
    *proof_link.routes,
    *resend.routes,
    *disown.routes,
    *feedback.routes,
    *sitemap.routes(INDEXED),
    *testing.routes,
]


def _static() -> Path:
    return (get_web_dir() / "build" / "client").resolve()


def _edge(app: ASGIApp) -> ASGIApp:
    return Edge(app, _static(), TABLE)


def _page_guard(app: ASGIApp) -> ASGIApp:
    return PageGuard(app, portal(), TABLE)


def _body_limit(app: ASGIApp) -> ASGIApp:
    return BodyLimit(app, portal().settings)


def _without_slashes(routes: list[BaseRoute]) -> Starlette:
    """Return an application that never redirects to the same address with or without a slash at its end.

    Starlette builds that address from `Host`, which is whatever the client says it is.
    """
    made = Starlette(routes=routes)
    made.router.redirect_slashes = False
    return made


def _socket_guard(inner: ASGIApp) -> ASGIApp:
    return SocketGuard(inner, _sockets(inner), portal())


def _sockets(inner: ASGIApp) -> ASGIApp:
    """Websockets go straight to Reflex's events: two routers and two guards of pages on their way took 6 kB of each."""
    path = str(Endpoint.EVENT)

    async def straight(scope: Scope, receive: Receive, send: Send) -> None:
        mounts = app._api.routes if app._api and scope["path"].rstrip("/") == path else ()
        events = next((it.app for it in mounts if isinstance(it, Mount) and it.path == path), inner)
        await events(scope, receive, send)

    return straight


def _headers(app: ASGIApp) -> ASGIApp:
    return SecurityHeaders(app, _static(), secure=portal().settings.secure)


def report_failure(exception: Exception) -> EventSpec:
    """Log what went wrong in an event handler, and show its reference in the page.

    Reflex's own handler would send script to the browser for a toast, which the page's policy forbids.
    """
    return SessionState.note_failure(log_failure(exception))


app = rx.App(
    stylesheets=["/portal.css"],
    html_custom_attrs=html_lang(),  # pyright: ignore[reportArgumentType] (a Var is meant to work)
    toaster=None,
    app_wraps={
        (55, "ErrorBoundary"): lambda _stateful: ErrorBoundary.create(
            fallback_render=rx.Var.create(crashed())
        ),
        (6, "RouteFocus"): lambda _stateful: route_focus(),
        # Instead of Reflex's own words about the connection, which are technical and English.
        (5, "Overlay"): lambda _stateful: None,
    },
    head_components=[
        el.script(WARM_UP),
        # The composer stays above an on-screen keyboard, and the page reaches under a notch.
        el.meta(
            name="viewport",
            content="width=device-width, initial-scale=1, viewport-fit=cover, interactive-widget=resizes-content",
        ),
        # In the page: as a request of its own it would be three times as large.
        el.link(rel="icon", href=FAVICON, type="image/svg+xml"),
        el.link(rel="apple-touch-icon", href="/apple-touch-icon.png"),
        # The ground of the page: what the system paints around it.
        el.meta(
            name="theme-color",
            content=palette()["bg"].light,
            custom_attrs={"media": "(prefers-color-scheme: light)"},
        ),
        el.meta(
            name="theme-color",
            content=palette()["bg"].dark,
            custom_attrs={"media": "(prefers-color-scheme: dark)"},
        ),
    ],
    backend_exception_handler=report_failure,
    # Applied in this order: the last is the outermost.
    api_transformer=[
        _without_slashes(ROUTES),
        *(_edge, _page_guard, CountFailures, _socket_guard, _body_limit, WellFormed, _headers),
    ],
)
app.add_middleware(Gate(TABLE))
add_pages(app, PAGES, NOT_FOUND)
add_articles(app)


@app.register_lifespan_task
@asynccontextmanager
async def live() -> AsyncIterator[None]:
    """Keep the hub and the outbox running while the server runs.

    At shutdown running handlers may end: a reply that is being committed is not cut off.
    """
    app.event_processor.graceful_shutdown_timeout = SHUTDOWN_SECONDS
    hear_only_what_fits(app)
    states = TabStates(portal().settings, partial(forget_state, app))
    keep_no_handshake(app, states)
    tasks = [asyncio.create_task(_collect_seldom()), asyncio.create_task(_sweep(states))]
    async with portal().running():
        yield
    for task in tasks:
        task.cancel()


async def _sweep(states: TabStates) -> None:
    while True:
        await asyncio.sleep(SWEEP_EVERY)
        states.sweep()
        forget_strays(app, states)


async def _collect_seldom() -> None:
    """Look for garbage among all objects every ten minutes only, and never among those of the program itself.

    With a thousand open pages it stops everything for half a second, and Python would do it whenever a quarter more
    objects were there. What pages leave behind needs no such look (tests/routes/test_socket, tests/delivery/test_live).
    """
    gc.collect()
    gc.freeze()
    youngest, younger, _ = gc.get_threshold()
    gc.set_threshold(youngest, younger, NEVER)
    while True:
        await asyncio.sleep(COLLECTS_EVERY)
        gc.collect()
