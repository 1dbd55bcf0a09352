"""Reflex's configuration. What people set is in ticket_portal/settings.py."""

from ticket_portal.frontend import environment

environment.prepare()

import reflex as rx  # noqa: E402  (Reflex reads the environment when it is imported)

from ticket_portal import settings  # noqa: E402
from ticket_portal.frontend.article_index import ArticleIndex  # noqa: E402
from ticket_portal.frontend.late_scripts import LateScripts  # noqa: E402
from ticket_portal.frontend.own_routes import OwnRoutes  # noqa: E402
from ticket_portal.frontend.plugins import (  # noqa: E402
    Catalogues,
    ClientPatches,
    InlineStyles,
    RecoveryWords,
    Shells,
    Slim,
)
from ticket_portal.frontend.rules import Rules  # noqa: E402

found = settings.load()

config = rx.Config(
    app_name="ticket_portal",
    app_module_import="ticket_portal.app",
    # Only the development servers use these; a built front end runs at any address.
    frontend_port=found.port,
    backend_port=found.port,
    api_url=f"http://localhost:{found.port}",
    # Never "*" (the default) nor empty: both would let any site open a socket with a visitor's cookie.
    cors_allowed_origins=found.origins,
    # A closed page's state goes after 15 minutes; an open page's heartbeat keeps its own.
    redis_token_expiration=900,
    telemetry_enabled=False,
    show_built_with_reflex=False,
    frontend_compression_formats=["brotli", "gzip"],
    frontend_lazy_bundled_libraries=True,
    plugins=[
        Catalogues(),
        ArticleIndex(),
        RecoveryWords(),
        Rules(),
        Shells(),
        InlineStyles(),
        ClientPatches(),
        Slim(),
        OwnRoutes(),
        LateScripts(),
    ],
    disable_plugins=[rx.plugins.SitemapPlugin],
)

# Reflex lets its environment variables overrule all of this. A platform may set REFLEX_REDIS_URL for every program that
# it runs: Reflex would then read pickles from that Redis, and whoever can write there runs code here.
config.redis_url = None
config.state_manager_mode = rx.constants.StateManagerMode.MEMORY
