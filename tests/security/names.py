"""The names of states, as a browser's client says them."""

from tests.security.client import ROOT

SESSION = f"{ROOT}.ticket_portal___states___session____session_state"
CONVERSATION = f"{SESSION}.ticket_portal___states___conversation____conversation_state"
