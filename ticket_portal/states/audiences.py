"""Who may call an event handler: every one is a public remote call, and says so with `@open_to(…)`."""

from collections.abc import Callable
from typing import Any, TypeVar

from ticket_portal.sets.audiences import Audience

F = TypeVar("F", bound=Callable[..., Any])

EVERYBODY, READERS = Audience.EVERYBODY, Audience.READERS
ACCOUNTS, TEAM = Audience.ACCOUNTS, Audience.TEAM


def open_to(audience: Audience) -> Callable[[F], F]:
    """Mark an event handler with who may call it. One without the mark can't be called at all."""

    def mark(function: F) -> F:
        function._open_to = audience  # pyright: ignore[reportFunctionMemberAccess]
        return function

    return mark
