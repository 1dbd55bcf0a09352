"""When somebody's rights end, nothing stays of what they alone may see: all vars of a state, unless it names them."""

from typing import Any

import pytest
import reflex as rx

import ticket_portal.pages  # noqa: F401 - all states are defined by then
from ticket_portal.states.conversation import ConversationState
from ticket_portal.states.deliveries import DeliveryState
from ticket_portal.states.delta import Delta
from ticket_portal.states.guest import GuestState
from ticket_portal.states.guest_tickets import GuestTicketsState
from ticket_portal.states.preferences import PreferencesState
from ticket_portal.states.queue import QueueState
from ticket_portal.states.resolution import ResolutionState
from ticket_portal.states.session import SessionState
from ticket_portal.states.ticket_address import TicketAddress
from ticket_portal.states.tickets import TicketsState
from ticket_portal.states.updates import UpdatesState

PRIVATE = (
    ConversationState,
    ResolutionState,
    TicketsState,
    QueueState,
    UpdatesState,
    GuestTicketsState,
    GuestState,
    DeliveryState,
    PreferencesState,
)
# What may stay: nothing of it says anything of a person or a ticket.
STAYS = {
    ConversationState: {"_wrote_at"},
    TicketsState: {"loaded", "failed"},
    QueueState: {"loaded"},
    UpdatesState: {"loaded", "failed"},
    GuestTicketsState: {"loaded"},
}


def own(state: type[SessionState]) -> dict[str, Any]:
    return {name: field for name, field in state.__fields__.items() if field._owner is state}


def private(default: Any) -> Any:
    """Something of a person in the place of a var's default."""
    match default:
        case bool():
            return not default
        case int() | float():
            return default + 7
        case dict():
            return {"their": "words"}
        case list():
            return ["their words"]
        case Delta():
            return Delta(7)
        case None:
            return TicketAddress("7")
        case _:
            return "their words"


@pytest.fixture
def tab() -> Any:
    """All states of one tab, each with something private in each var."""
    root = rx.State(_reflex_internal_init=True)  # pyright: ignore[reportCallIssue]
    for state in PRIVATE:
        here = root.get_substate(state.get_full_name().split("."))
        for name, field in own(state).items():
            setattr(here, name, private(field.default_value()))
    return root


@pytest.mark.parametrize("state", PRIVATE, ids=lambda state: state.__name__)
def test_whatever_a_state_holds_is_forgotten(tab: Any, state: type[SessionState]):
    here = tab.get_substate(state.get_full_name().split("."))

    here._forget_private()

    left = {name for name, field in own(state).items() if getattr(here, name) != field.default_value()}
    assert left == STAYS.get(state, set())


def test_the_ticket_takes_along_what_was_being_done_to_it(tab: Any):
    ticket = tab.get_substate(ConversationState.get_full_name().split("."))

    ticket._forget_private()

    doing = tab.get_substate(ResolutionState.get_full_name().split("."))
    assert doing.refusal == ""
    assert doing.rating_again_in == 0


def test_the_person_at_the_browser_stays(tab: Any):
    """They are bound by the gate; a ticket that is gone signs nobody out."""
    session = tab.get_substate(SessionState.get_full_name().split("."))
    session.account = "ana@example.com"

    tab.get_substate(ConversationState.get_full_name().split("."))._forget_private()

    assert session.account == "ana@example.com"


def test_what_may_stay_is_named_here():
    kept = {s: set(s.__dict__["_not_private"]) for s in PRIVATE if "_not_private" in s.__dict__}

    assert kept == STAYS
    assert all(names <= set(own(state)) for state, names in kept.items())
