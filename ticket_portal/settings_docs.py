"""`python -m ticket_portal.settings_docs` writes `.env.example` and the tables of docs/operations.md from the settings.

Only names, descriptions and defaults are written: what this machine has set is not even read.
"""

import re
import sys
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pydantic import SecretStr
from pydantic.fields import FieldInfo

from ticket_portal.settings import SECTIONS, Settings

ROOT = Path(__file__).parents[1]
EXAMPLE = ROOT / ".env.example"
OPERATIONS = ROOT / "docs/operations.md"
BEGIN = "<!-- Written by `make settings` from ticket_portal/settings.py -->\n"
END = "<!-- The end of what `make settings` writes -->\n"
# By the end of a setting's name: what its number counts.
_UNITS = {
    "_seconds": "seconds",
    "_minutes": "minutes",
    "_hours": "hours",
    "_days": "days",
    "_mb": "MB",
    "_megapixels": "megapixels",
    "_mb_per_day": "MB a day",
    "_mb_per_ip_per_day": "MB a day",
    "_per_second": "a second",
    "_per_minute": "a minute",
    "_per_10_minutes": "in 10 minutes",
    "_per_hour": "an hour",
    "_per_day": "a day",
}


@dataclass(frozen=True)
class Setting:
    """One setting as its readers see it."""

    section: str
    variable: str
    default: str
    unit: str
    description: str


def settings(described: type[Settings] = Settings) -> Iterator[Setting]:
    """All settings in the order of their class, each with its section."""
    section = ""
    for name, field in described.model_fields.items():
        section = SECTIONS.get(name, section)
        number = isinstance(field.default, int) and not isinstance(field.default, bool)
        yield Setting(
            section=section,
            variable=f"PORTAL_{name.upper()}",
            default=_default(field),
            unit=_unit(name) if number else "",
            description=field.description or "",
        )


def _default(field: FieldInfo) -> str:
    if isinstance(field.default, SecretStr):
        return ""
    return str(field.default).lower() if isinstance(field.default, bool) else str(field.default)


def _unit(name: str) -> str:
    return next((_UNITS[end] for end in sorted(_UNITS, key=len, reverse=True) if name.endswith(end)), "")


def example(described: type[Settings] = Settings) -> str:
    """The text of `.env.example`: each setting with its default, behind a comment sign."""
    lines = [
        "# All settings with their defaults, written by `make settings`. Copy to .env and change what you need."
    ]
    section = ""
    for setting in settings(described):
        if setting.section != section:
            section = setting.section
            lines += ["", "", f"# ── {section}"]
        unit = f" [{setting.unit}]" if setting.unit else ""
        value = f'"{setting.default}"' if re.search(r"[\s<>#]", setting.default) else setting.default
        lines += ["", *(f"# {line}" for line in textwrap.wrap(f"{setting.description}{unit}.", 108))]
        lines.append(f"# {setting.variable}={value}")
    return "\n".join(lines) + "\n"


def tables(described: type[Settings] = Settings) -> str:
    """The tables of docs/operations.md, one for each section."""
    lines: list[str] = []
    section = ""
    for setting in settings(described):
        if setting.section != section:
            section = setting.section
            lines += ["", f"### {section}", "", "| variable | default | meaning |", "|---|---|---|"]
        default = f"`{setting.default}` {setting.unit}".rstrip() if setting.default else "none"
        lines.append(f"| `{setting.variable}` | {default} | {setting.description} |")
    return "\n".join(lines) + "\n\n"


def with_tables(page: str) -> str:
    """The page of the operators with today's tables between its two marks."""
    before, rest = page.split(BEGIN)
    _, after = rest.split(END)
    return before + BEGIN + tables() + END + after


def main() -> int:
    """Write both files; returns the exit status."""
    EXAMPLE.write_text(example(), encoding="utf-8")
    OPERATIONS.write_text(with_tables(OPERATIONS.read_text(encoding="utf-8")), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
