"""Who reads a page, as far as the browser knows by now."""

from typing import Any

from ticket_portal.states.session import SessionState


def of_team() -> Any:
    """Return whether somebody of the team does."""
    return (SessionState.role == "agent") | (SessionState.role == "admin")


def signed_in() -> Any:
    """Return whether anybody is signed in."""
    return SessionState.account != ""
