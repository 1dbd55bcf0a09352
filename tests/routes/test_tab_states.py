"""Which states of tabs stay in memory, by a clock of the test's own; and who is let in."""

from collections.abc import Callable

import pytest

from ticket_portal.domain.people import NOBODY, Viewer
from ticket_portal.routes.asgi.admission import Admission, Holder, holder_of
from ticket_portal.routes.asgi.tab_states import TabStates
from ticket_portal.settings import Settings

STRANGER, OTHER = Holder("network:192.0.2.1", False), Holder("network:192.0.2.2", False)
ANA, BUDI = Holder("account:1", True), Holder("account:2", True)


class Memory:
    """What there is, what is in use, and what time it is."""

    def __init__(self, limit: int = 4, limit_each: int = 3) -> None:
        settings = Settings(_env_file=None, limit_states=limit, limit_states_per_ip=limit_each)  # pyright: ignore[reportCallIssue]
        self.gone: list[str] = []
        self.busy: set[str] = set()
        self.now = 1_000.0
        self.states = TabStates(settings, self._forget, lambda: self.now)

    def _forget(self, token: str) -> bool:
        if token in self.busy:
            return False
        self.gone.append(token)
        return True

    def closed(self, holder: Holder, *tokens: str) -> None:
        for token in tokens:
            assert self.states.opened(token, holder)
            self.states.closed(token)

    def after(self, seconds: float) -> list[str]:
        self.now += seconds
        self.states.sweep()
        return self.gone


def test_a_strangers_state_goes_half_a_minute_after_its_tab() -> None:
    memory = Memory()
    memory.closed(STRANGER, "a")
    assert memory.after(29) == []
    assert memory.after(2) == ["a"]
    assert len(memory.states) == 0


def test_a_tab_that_connects_again_keeps_its_state() -> None:
    memory = Memory()
    memory.closed(STRANGER, "a")
    memory.after(29)
    assert memory.states.opened("a", STRANGER)
    assert memory.after(3_600) == []
    memory.states.closed("a")
    assert memory.after(31) == ["a"]


def test_peoples_states_stay_a_quarter_of_an_hour() -> None:
    memory = Memory()
    memory.closed(ANA, "a")
    assert memory.after(899) == []
    assert memory.after(2) == ["a"]


def test_a_state_that_is_in_use_goes_when_it_no_longer_is() -> None:
    memory = Memory()
    memory.closed(STRANGER, "a")
    memory.busy = {"a"}
    assert memory.after(31) == []
    memory.busy = set()
    assert memory.after(6) == ["a"]


def test_of_one_network_those_closed_first_make_room() -> None:
    memory = Memory(limit=10)
    memory.closed(OTHER, "theirs")
    memory.closed(STRANGER, "a", "b", "c", "d")
    assert memory.gone == ["a"]
    memory.busy = {"b"}
    memory.closed(STRANGER, "e")
    assert memory.gone == ["a", "c"]


def test_open_tabs_of_one_network_leave_no_room_for_more() -> None:
    memory = Memory(limit=10)
    assert all(memory.states.opened(token, STRANGER) for token in "abc")
    assert not memory.states.opened("d", STRANGER)
    assert memory.states.opened("a", STRANGER)
    assert memory.states.opened("d", OTHER)
    assert memory.gone == []


def test_strangers_take_no_room_from_people() -> None:
    """Neither of an open page nor of a closed one."""
    memory = Memory()
    assert memory.states.opened("open", ANA)
    memory.closed(ANA, "closed")
    memory.closed(STRANGER, "a", "b", "c")
    assert memory.gone == ["a"]
    memory.busy = {"b", "c"}
    assert not memory.states.opened("d", OTHER)
    memory.busy = set()
    assert memory.states.opened("hers", BUDI)
    assert memory.states.opened("again", BUDI)
    assert sorted(memory.gone) == ["a", "b", "c"]
    assert memory.states.opened("third", BUDI)
    assert memory.gone[3:] == ["closed"]
    assert memory.states.opened("fourth", ANA)
    assert "open" in memory.states


def test_who_proved_who_they_are_counts_by_themselves() -> None:
    customer = Viewer(role="customer", account_id=7, address="ana@example.com")
    guest = Viewer(role="guest", address="robin@example.com")
    agent = Viewer(role="agent", account_id=8)
    assert holder_of(NOBODY, NOBODY, "192.0.2.1") == STRANGER
    assert holder_of(customer, guest, "192.0.2.1") == Holder("account:7", True)
    assert holder_of(NOBODY, guest, "192.0.2.1") == Holder("guest:robin@example.com", True)
    assert holder_of(agent, NOBODY, "192.0.2.1") == Holder("account:8", True)


@pytest.fixture
def admission() -> Callable[..., Admission[str]]:
    def make(**limits: int) -> Admission[str]:
        return Admission(Settings(_env_file=None, **limits))  # pyright: ignore[reportArgumentType, reportCallIssue]

    return make


def test_a_full_process_still_lets_people_in(admission: Callable[..., Admission[str]]) -> None:
    door = admission(limit_sockets=2, limit_sockets_per_ip=5)
    assert door.enter(STRANGER, "a") is None
    assert door.enter(OTHER, "b") is None
    assert not door.has_room(STRANGER)
    assert not door.has_room(Holder("network:192.0.2.3", False))
    assert door.has_room(ANA)
    assert door.enter(ANA, "hers") is None
    door.leave(STRANGER, "a")
    door.leave(STRANGER, "a")
    assert door.has_room(OTHER)


def test_the_network_with_most_gives_its_newest_up(admission: Callable[..., Admission[str]]) -> None:
    door = admission(limit_sockets=4, limit_sockets_per_ip=5)
    for socket in "abc":
        door.enter(STRANGER, socket)
    door.enter(OTHER, "d")
    assert not door.has_room(STRANGER)
    assert door.enter(OTHER, "e") == "c"
    assert not door.has_room(OTHER)


def test_rates_are_forgotten_once_they_are_full_again(
    admission: Callable[..., Admission[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ticket_portal.routes.asgi.admission.MOST_RATES", 2)
    door = admission(limit_socket_opens_per_ip_per_minute=1)
    assert not door.opens_too_fast(STRANGER)
    assert door.opens_too_fast(STRANGER)
    assert not door.opens_too_fast(OTHER)
    assert not door.opens_too_fast(ANA)
    assert door.opens_too_fast(STRANGER)
