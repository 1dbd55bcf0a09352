"""The documents name the settings that exist, all of them, and no others."""

import re
from pathlib import Path

import pytest

from ticket_portal.settings import Settings

ROOT = Path(__file__).parents[2]
OPERATIONS = ROOT / "docs/operations.md"
SETTINGS = {f"PORTAL_{name.upper()}" for name in Settings.model_fields}
# Read by the browser scenes, not by the portal: which deployed portal they run against.
OTHERS = {"PORTAL_URL"}


def named(text: str) -> set[str]:
    """The settings that a text names; `PORTAL_LIMIT_…` names a family, not a setting."""
    return set(re.findall(r"\bPORTAL_[A-Z0-9_]*[A-Z0-9]\b(?!_?[…*])", text))


def unknown(text: str) -> set[str]:
    """What a text names that is no setting."""
    return named(text) - SETTINGS - OTHERS


def missing(text: str) -> set[str]:
    """The settings that a text does not name."""
    return SETTINGS - named(text)


def test_a_name_is_found_and_a_family_is_none():
    assert named("Set `PORTAL_PORT=80`, the `PORTAL_LIMIT_…` ones, PORTAL_* and PORTAL_CODE_MINUTES.") == {
        "PORTAL_PORT", "PORTAL_CODE_MINUTES",
    }  # fmt: skip


def test_a_wrong_and_a_forgotten_name_are_found():
    assert unknown("PORTAL_PORT and PORTAL_PROT") == {"PORTAL_PROT"}
    assert missing(" ".join(SETTINGS - {"PORTAL_PORT"})) == {"PORTAL_PORT"}


@pytest.mark.skipif(not OPERATIONS.exists(), reason="docs/operations.md is not written yet")
def test_the_operators_page_names_every_setting():
    assert missing(OPERATIONS.read_text(encoding="utf-8")) == set()


def _texts() -> list[Path]:
    found = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "ticket_portal").rglob("*.py")]
    return [*found, *(f for f in (ROOT / "Makefile", ROOT / ".ci/run") if f.exists())]


def test_no_document_and_no_source_names_a_setting_that_is_none():
    wrong = {f.relative_to(ROOT).as_posix(): unknown(f.read_text(encoding="utf-8")) for f in _texts()}
    assert {path: names for path, names in wrong.items() if names} == {}
