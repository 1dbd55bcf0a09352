"""The application: addresses → pages in every language, routes, guards and layers."""

import logging
from pathlib import Path

import reflex as rx
from reflex import el
from reflex.utils.prerequisites import get_web_dir
from reflex_components_core.base.error_boundary import ErrorBoundary
from reflex_components_core.core.banner import has_connection_errors
from starlette.types import ASGIApp

from ticket_portal.components.words import A, Page, add_pages, href, html_lang, route_focus, t
from ticket_portal.i18n.catalogues import msg
from ticket_portal.pages.home import home
from ticket_portal.pages.not_found import not_found
from ticket_portal.routes.edge import Edge
from ticket_portal.routes.headers import SecurityHeaders

log = logging.getLogger(__name__)

SHUTDOWN_SECONDS = 8

PAGES = [
    Page("/", home, msg("Help"), msg("Get help from {company}: submit a ticket and follow its answers.")),
]
NOT_FOUND = Page("404", not_found, msg("Page not found"))


def crashed() -> rx.Component:
    """Instead of a page that failed to render: what to do, no technical text."""
    return el.main(
        el.h1(t("Something went wrong")),
        el.p(t("This page could not be shown. Reload it, or go back to the help home.")),
        # A full load: after a crash the page's own links would keep showing this.
        A.create(t("Go to the help home"), href=href("/")),
        id="main",
        role="alert",
    )


def overlay() -> rx.Component:
    """What stands above every page: the loss of the connection, told calmly."""
    return rx.fragment(
        rx.cond(
            has_connection_errors,
            el.p(t("Connection lost. We are reconnecting…"), role="status", class_name="connection-lost"),
        ),
    )


def _static() -> Path:
    return (get_web_dir() / "build" / "client").resolve()


def _edge(app: ASGIApp) -> ASGIApp:
    return Edge(app, _static())


def _headers(app: ASGIApp) -> ASGIApp:
    return SecurityHeaders(app, _static())


def report_failure(exception: Exception) -> None:
    """Log what went wrong in an event handler. Reflex's own handler would send script to the browser for a toast."""
    log.error("An event handler failed.", exc_info=exception)


app = rx.App(
    stylesheets=["/portal.css"],
    html_custom_attrs=html_lang(),  # pyright: ignore[reportArgumentType] (a Var is meant to work)
    toaster=None,
    app_wraps={
        (55, "ErrorBoundary"): lambda _stateful: ErrorBoundary.create(
            fallback_render=rx.Var.create(crashed())
        ),
        (6, "RouteFocus"): lambda _stateful: route_focus(),
        (5, "Overlay"): lambda stateful: overlay() if stateful else None,
    },
    head_components=[
        el.link(rel="icon", href="/favicon.svg", type="image/svg+xml"),
        el.link(rel="apple-touch-icon", href="/apple-touch-icon.png"),
    ],
    backend_exception_handler=report_failure,
    # Applied in this order: the last is the outermost.
    api_transformer=[_edge, _headers],
)
add_pages(app, PAGES, NOT_FOUND)


@app.register_lifespan_task
async def finish_what_runs() -> None:
    """At shutdown running handlers may end: a reply that is being committed is not cut off."""
    app.event_processor.graceful_shutdown_timeout = SHUTDOWN_SECONDS
