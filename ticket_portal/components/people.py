"""Who reads a page, as far as the browser knows by now."""

from functools import reduce
from operator import or_
from typing import Any

from ticket_portal.sets.roles import TEAM
from ticket_portal.states.session import SessionState


def of_team() -> Any:
    """Return whether somebody of the team does."""
    return reduce(or_, (SessionState.role == role for role in TEAM))


def signed_in() -> Any:
    """Return whether anybody is signed in."""
    return SessionState.account != ""
