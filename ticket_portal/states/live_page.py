"""Pages that stay as the database is, for as long as their tab is open."""

import asyncio
from typing import Any, TypeVar

import reflex as rx
from reflex_base.registry import RegistrationContext

from ticket_portal.wiring import portal

S = TypeVar("S", bound=rx.State)

SETTLE = 0.15


def connected(token: str) -> bool:
    """Return whether a tab is still here, so that what watches for it should go on."""
    # The namespace's own `token_to_sid` copies the table of all tabs at each look.
    sockets = RegistrationContext.get().app.event_namespace
    return (
        not portal().hub.closing and sockets is not None and token in sockets._token_manager.token_to_socket
    )


def behind(state: S) -> S:
    """Return what a background handler's `self` stands for; use it inside `async with self` alone.

    There nobody else may write, so the checks that its stand-in makes at every attribute find nothing, and cost a
    fifth of each update.
    """
    return state.__wrapped__  # pyright: ignore[reportAttributeAccessIssue]


async def keep_fresh(page: Any, token: str, topics: set[str]) -> None:
    """Let a page's `_refresh` read again whatever changes, while the tab is open; False from it is the end.

    `page`: the background handler's `self`. A burst of changes is one redrawing.
    """
    hub = portal().hub
    async with hub.subscription(topics) as changed:
        while connected(token):
            async with page:
                if not await behind(page)._refresh():
                    return
            if not await hub.wait(changed):
                return
            await asyncio.sleep(SETTLE)
