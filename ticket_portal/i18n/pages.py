"""Which texts a page can show: those of its own module and of every module that it imports.

Read from the sources, so that each page's browser gets its own texts and not the whole catalogue.
"""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from ticket_portal.i18n.extract import PACKAGE, texts_in

# What can stand on every page though no page imports it.
EVERYWHERE = ("components/crash.py", "frontend/plugins.py")


def names() -> list[str]:
    """The pages, by the names of their modules."""
    return sorted(file.stem for file in (PACKAGE / "pages").glob("*.py") if file.stem != "__init__")


def texts_of(page: str) -> set[str]:
    """The texts of a page (of a counted one the singular), in English."""
    return {text for file in _files_of(page) for text in _texts(file)}


def shows(page: str, component: str) -> bool:
    """Whether a page is made of a component, named by its path below `components/`, without the ending."""
    return PACKAGE / "components" / f"{component}.py" in _files_of(page)


def _files_of(page: str) -> set[Path]:
    return _reached([PACKAGE / "pages" / f"{page}.py", *(PACKAGE / name for name in EVERYWHERE)])


def _reached(begin: list[Path]) -> set[Path]:
    reached: set[Path] = set()
    waiting = begin
    while waiting:
        file = waiting.pop()
        if file not in reached:
            reached.add(file)
            waiting += _imported(file)
    return reached


@cache
def _imported(file: Path) -> tuple[Path, ...]:
    return tuple(_files(ast.parse(file.read_text(encoding="utf-8"))))


def _files(tree: ast.Module) -> Iterator[Path]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith(f"{PACKAGE.name}."):
            module = PACKAGE.parent / node.module.replace(".", "/")
            for candidate in (
                module.with_suffix(".py"),
                *(module / f"{alias.name}.py" for alias in node.names),
            ):
                if candidate.is_file():
                    yield candidate


@cache
def _texts(file: Path) -> frozenset[str]:
    found = texts_in(file.read_text(encoding="utf-8"), file.name)
    ids = (text.id for text in found if text.domain == "pages")
    return frozenset(i if isinstance(i, str) else i[0] for i in ids)
