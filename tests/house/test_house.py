"""The layout's small rules. Each check is shown one thing that it lets pass and one that it must not."""

import ast
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCES = sorted((ROOT / "ticket_portal").rglob("*.py"))

Check = Callable[[ast.AST], Iterator[int]]
_NAMED = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
ASKS = {"session": ("exec", "execute", "exec_driver_sql"), "work": ("execute", "scalar", "insert")}
LOOKS_FOR_SECRETS = re.compile(
    r"(\w+\.)*(secret_in|refuse_secrets|(?!DeviceForm)\w+Form|\w+Form\.parse\w*)\(|replace\(form\b"
)
STATEMENTS = {"select", "insert", "update", "delete", "text", "func"}


def queries(tree: ast.AST) -> Iterator[int]:
    """Lines that ask the database: what is read, and who may, is decided in one place."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] in (
            "sqlmodel",
            "sqlalchemy",
        ):
            yield from [node.lineno] if STATEMENTS & {name.name for name in node.names} else []
        elif any(_calls(node, *names, owner=owner) for owner, names in ASKS.items()):
            yield node.lineno


def commits(tree: ast.AST) -> Iterator[int]:
    """Lines that commit: half of somebody's work would be kept, and told to nobody."""
    return (node.lineno for node in ast.walk(tree) if _calls(node, "commit"))


def environment(tree: ast.AST) -> Iterator[int]:
    """Lines that read the environment: a setting that is not checked at start fails in the night."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr in ("environ", "getenv", "environb", "putenv"):
            yield node.lineno
        elif isinstance(node, ast.ImportFrom) and node.module == "os":
            yield from [node.lineno] if {"environ", "getenv"} & {name.name for name in node.names} else []


def real_clocks(tree: ast.AST) -> Iterator[int]:
    """Lines that ask the real clock: rules follow `work.now`, or the clock of the tests moves half of them."""
    return (n.lineno for n in ast.walk(tree) if _calls(n, "now", "utcnow", "today", owner="datetime"))


def promises(tree: ast.AST) -> Iterator[int]:
    """Lines that wait for a page's promise by Playwright's wait_for_function: it takes the promise itself for a yes."""
    for node in ast.walk(tree):
        if _calls(node, "wait_for_function") and ast.unparse(node.args[0]).lstrip("frb'\"(").startswith(
            "async"
        ):
            yield node.lineno


def secrets_inside(tree: ast.AST) -> Iterator[int]:
    """Lines that look for secrets inside a transaction, or make a form there, which looks for them.

    It takes milliseconds of a stranger's choice, for which every other writer would wait. What has a unit of work as
    an argument runs inside one.
    """
    for function in ast.walk(tree):
        if not isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        arguments = [*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs]
        if not any("Work" in ast.unparse(one.annotation) for one in arguments if one.annotation):
            continue
        for node in ast.walk(function):
            if isinstance(node, ast.Call) and LOOKS_FOR_SECRETS.match(ast.unparse(node)):
                yield node.lineno


def nameless(tree: ast.AST) -> Iterator[int]:
    """Public functions and classes that do not say what they do."""
    for node in getattr(tree, "body", []):
        public = isinstance(node, _NAMED) and not node.name.startswith("_")
        if public and not ast.get_docstring(node):
            yield node.lineno


def _calls(node: ast.AST, *names: str, owner: str = "") -> bool:
    if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in names):
        return False
    of = node.func.value
    return not owner or (of.attr if isinstance(of, ast.Attribute) else getattr(of, "id", "")) == owner


CHECKS: dict[Check, tuple[str, ...]] = {
    queries: ("ticket_portal/domain/", "ticket_portal/store/", "ticket_portal/demo/bulk.py"),
    commits: ("ticket_portal/store/unit_of_work.py",),
    environment: ("ticket_portal/settings.py", "ticket_portal/frontend/environment.py"),
    nameless: (),
    secrets_inside: ("ticket_portal/demo/",),
}


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_the_house_keeps_its_rules(check: Check):
    allowed = CHECKS[check]
    broken = []
    for source in SOURCES:
        path = source.relative_to(ROOT).as_posix()
        if not path.startswith(allowed):
            broken += [f"{path}:{line}" for line in check(ast.parse(source.read_text(encoding="utf-8")))]
    assert broken == [], check.__doc__


def test_rules_follow_the_clock_of_their_work():
    broken = []
    for source in (ROOT / "ticket_portal/domain").rglob("*.py"):
        broken += [f"{source.name}:{n}" for n in real_clocks(ast.parse(source.read_text(encoding="utf-8")))]
    assert broken == [], real_clocks.__doc__


def test_nobody_takes_a_promise_for_a_yes():
    broken = []
    for source in (ROOT / "tests").rglob("*.py"):
        broken += [f"{source.name}:{n}" for n in promises(ast.parse(source.read_text(encoding="utf-8")))]
    assert broken == [], promises.__doc__


EXAMPLES: list[tuple[Check, str, str]] = [
    (
        queries,
        "from sqlalchemy.engine import make_url\ntickets.mine(work, viewer)",
        "from sqlmodel import col, select",
    ),
    (queries, "select(x)  # Reflex has one too", "work.session.exec(statement)"),
    (queries, "executor.execute(job)", "session.execute(statement)"),
    (queries, "names.insert(0, x)", "work.insert(Message, body=x)"),
    (promises, "page.wait_for_function('() => 1')", "page.wait_for_function('async () => 0')"),
    (promises, "page.evaluate('async () => 0')", "page.wait_for_function(f'async () => {x}')"),
    (commits, "store.write(reply)\ncommit = 1", "work.session.commit()"),
    (environment, "settings.port\nos.cpu_count()", "import os\nos.environ['X']"),
    (environment, "from os import cpu_count", "from os import environ"),
    (environment, "environment = 1", "os.getenv('X')"),
    (real_clocks, "work.now\ndatetime.fromisoformat(x)", "datetime.now(UTC)"),
    (real_clocks, "now()", "datetime.datetime.utcnow()"),
    (
        secrets_inside,
        "def f(settings):\n    secrets.secret_in(text)",
        "def f(work: Work):\n    secrets.secret_in(text)",
    ),
    (
        secrets_inside,
        "def f(work: Work):\n    replace(viewer, name='')",
        "def f(work: Work):\n    replace(form, body='')",
    ),
    (
        secrets_inside,
        "def f(work: Work, form: MessageForm):\n    form.body.replace('a', 'b')",
        "def f(work: Work):\n    messages.MessageForm.parse(typed)",
    ),
    (nameless, "def f():\n    'Say it.'", "def f():\n    pass"),
    (nameless, "def _f():\n    pass", "class A:\n    pass"),
]


@pytest.mark.parametrize(("check", "good", "bad"), EXAMPLES)
def test_each_check_knows_good_from_bad(check: Check, good: str, bad: str):
    assert list(check(ast.parse(good))) == []
    assert list(check(ast.parse(bad)))


def test_every_domain_function_takes_the_work_first_and_is_not_asynchronous():
    """`fn(work, viewer, which, what)`: one order everywhere, run in a thread by whoever calls."""
    for source in (ROOT / "ticket_portal/domain").rglob("*.py"):
        for node in ast.parse(source.read_text(encoding="utf-8")).body:
            assert not isinstance(node, ast.AsyncFunctionDef), f"{source.name}:{node.lineno}"
            if isinstance(node, ast.FunctionDef):
                names = [a.arg for a in node.args.args]
                assert "work" not in names[1:], f"{source.name}:{node.lineno}"
