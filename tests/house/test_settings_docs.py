"""The settings are described once; the documents are written from them and name no others."""

import re
from pathlib import Path

from pydantic import Field, SecretStr

from ticket_portal import settings_docs
from ticket_portal.settings import SECTIONS, Settings

ROOT = Path(__file__).parents[2]
SETTINGS = {f"PORTAL_{name.upper()}" for name in Settings.model_fields}
# Read by the browser scenes, not by the portal: which deployed portal they run against.
OTHERS = {"PORTAL_URL"}


class MoreSettings(Settings):
    """The settings, and two that were added."""

    limit_letters_per_hour: int = Field(default=7, description="Letters of a person")
    letter_key: SecretStr = Field(default=SecretStr("hunter2"), description="The key for letters")


def test_the_example_is_written_from_the_settings():
    written = settings_docs.EXAMPLE.read_text(encoding="utf-8")
    assert written == settings_docs.example(), "run: make settings"
    assert set(re.findall(r"^# (PORTAL_[A-Z0-9_]+)=", written, re.MULTILINE)) == SETTINGS


def test_the_operators_tables_are_written_from_the_settings():
    written = settings_docs.OPERATIONS.read_text(encoding="utf-8")
    assert written == settings_docs.with_tables(written), "run: make settings"
    assert set(re.findall(r"^\| `(PORTAL_[A-Z0-9_]+)` \|", written, re.MULTILINE)) == SETTINGS


def test_a_new_setting_appears_in_both_and_a_secret_without_its_value():
    example, tables = settings_docs.example(MoreSettings), settings_docs.tables(MoreSettings)
    assert "# Letters of a person [an hour].\n# PORTAL_LIMIT_LETTERS_PER_HOUR=7\n" in example
    assert "| `PORTAL_LIMIT_LETTERS_PER_HOUR` | `7` an hour | Letters of a person |" in tables
    assert "| `PORTAL_LETTER_KEY` | none | The key for letters |" in tables
    assert "# PORTAL_LETTER_KEY=\n" in example
    assert "hunter2" not in example + tables


def test_what_this_machine_has_set_is_not_written(monkeypatch):
    before = settings_docs.example(), settings_docs.tables()
    for variable in SETTINGS:
        monkeypatch.setenv(variable, "canary")
    assert (settings_docs.example(), settings_docs.tables()) == before


def test_every_setting_is_described():
    sections = [setting.section for setting in settings_docs.settings()]
    assert list(dict.fromkeys(sections)) == list(SECTIONS.values())
    assert [name for name, field in Settings.model_fields.items() if not _fits(field.description or "")] == []


def _fits(description: str) -> bool:
    """Whether a description stands as a cell of a table, and as a sentence before its full stop."""
    return bool(re.fullmatch(r"[^|\n]{8,}[^|\n.]", description))


def test_a_description_that_breaks_its_table_is_found():
    assert _fits("Wrong codes from an IP")
    assert not any(map(_fits, ("", "Ends with a stop.", "`customer|agent`", "Two\nlines of text")))


def named(text: str) -> set[str]:
    """The settings that a text names; `PORTAL_LIMIT_…` names a family, not a setting."""
    return set(re.findall(r"\bPORTAL_[A-Z0-9_]*[A-Z0-9]\b(?!_?[…*])", text))


def unknown(text: str) -> set[str]:
    """What a text names that is no setting."""
    return named(text) - SETTINGS - OTHERS


def test_a_name_is_found_and_a_family_is_none():
    assert named("Set `PORTAL_PORT=80`, the `PORTAL_LIMIT_…` ones, PORTAL_* and PORTAL_CODE_MINUTES.") == {
        "PORTAL_PORT", "PORTAL_CODE_MINUTES",
    }  # fmt: skip
    assert unknown("PORTAL_PORT and PORTAL_PROT") == {"PORTAL_PROT"}


def test_no_document_and_no_source_names_a_setting_that_is_none():
    found = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "ticket_portal").rglob("*.py")]
    found += [*(ROOT / ".ci").iterdir(), ROOT / "Makefile"]
    wrong = {
        f.relative_to(ROOT).as_posix(): unknown(f.read_text(encoding="utf-8")) for f in found if f.is_file()
    }
    assert {path: names for path, names in wrong.items() if names} == {}
