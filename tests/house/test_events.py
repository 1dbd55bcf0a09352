"""Every event says who may call it, and nothing of a state can be called by accident.

Reflex registers every public method of a state as an event that any socket may call, decorated or not.
"""

import ast
from pathlib import Path

import pytest

STATES = Path(__file__).parents[2] / "ticket_portal" / "states"
AUDIENCES = {"EVERYBODY", "READERS", "ACCOUNTS", "TEAM"}
# Not states: what is in these classes no socket can call.
NO_STATES = {"Gate"}


def mistakes(source: str) -> list[str]:
    """Return what is wrong with the states of a module, as `Class.method: what`."""
    found: list[str] = []
    for node in ast.parse(source).body:
        if isinstance(node, ast.ClassDef) and node.name not in NO_STATES and _is_state(node):
            for method in node.body:
                if isinstance(method, ast.FunctionDef | ast.AsyncFunctionDef):
                    found += [f"{node.name}.{method.name}: {what}" for what in _wrong_with(method)]
    return found


def _is_state(node: ast.ClassDef) -> bool:
    return any("State" in ast.unparse(base) for base in node.bases)


def _wrong_with(method: ast.FunctionDef | ast.AsyncFunctionDef) -> list[str]:
    marks = [ast.unparse(d) for d in method.decorator_list]
    is_event = any(m == "rx.event" or m.startswith("rx.event(") for m in marks)
    audiences = [m.removeprefix("open_to(").removesuffix(")") for m in marks if m.startswith("open_to(")]
    if method.name.startswith("_"):
        return ["private, and an event"] if is_event or audiences else []
    if not is_event:
        return ["public, and no event: every socket could call it"]
    if len(audiences) != 1 or audiences[0] not in AUDIENCES:
        return ["says not who may call it"]
    wrong: list[str] = []
    if not marks[-1].startswith("open_to("):
        wrong.append("is marked outside of rx.event, where the gate does not look")
    arguments = [*method.args.posonlyargs, *method.args.args, *method.args.kwonlyargs][1:]
    if any(a.annotation is None for a in arguments) or method.args.vararg or method.args.kwarg:
        wrong.append("takes anything: its arguments are checked by their types")
    return wrong


@pytest.mark.parametrize("module", sorted(STATES.glob("*.py")), ids=lambda file: file.name)
def test_every_event_says_who_may_call_it(module: Path) -> None:
    """All states of the portal."""
    assert mistakes(module.read_text(encoding="utf-8")) == []


def test_there_are_states_to_look_at() -> None:
    """The rule would hold of nothing, too."""
    events = sum(file.read_text(encoding="utf-8").count("@open_to(") for file in STATES.glob("*.py"))
    assert events > 20


GOOD = """
class TicketState(SessionState):
    @rx.event(background=True)
    @open_to(TEAM)
    async def watch(self, number: int) -> None: ...

    async def _read(self): ...

class Bucket:
    def take(self): ...
"""

BAD = {
    "public, and no event": "    def helper(self): ...",
    "says not who": "    @rx.event\n    def load(self): ...",
    "says not who may": "    @rx.event\n    @open_to(FRIENDS)\n    def load(self): ...",
    "private, and an event": "    @rx.event\n    @open_to(TEAM)\n    def _load(self): ...",
    "outside of rx.event": "    @open_to(TEAM)\n    @rx.event\n    def load(self): ...",
    "takes anything": "    @rx.event\n    @open_to(TEAM)\n    def load(self, number): ...",
    "takes anything:": "    @rx.event\n    @open_to(TEAM)\n    def load(self, **all: int): ...",
}


def test_a_good_state_passes() -> None:
    """An event with its mark, a private helper; and a class that is no state."""
    assert mistakes(GOOD) == []


@pytest.mark.parametrize("what", BAD)
def test_a_bad_state_is_found(what: str) -> None:
    """Each way to get it wrong."""
    found = mistakes("class TicketState(SessionState):\n" + BAD[what])
    assert len(found) == 1
    assert what in found[0]
