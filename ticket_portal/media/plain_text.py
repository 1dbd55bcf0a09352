"""Texts and tables: plain text in an encoding that everybody reads."""

import re
from pathlib import Path

from ticket_portal.domain.errors import FileEmpty, FileMismatch, TextUnreadable
from ticket_portal.domain.files.types import kind_by_name
from ticket_portal.sets.file_kinds import FileKind

# Possessive quantifiers: no catastrophic backtracking.
_MARKUP = re.compile(
    r"\s*+(?><!--.*?-->\s*+)*+<\s*(!doctype|html|head|body|script|svg|iframe|object|embed|img|meta|link|\?)",
    re.IGNORECASE | re.DOTALL,
)
# A cell that a spreadsheet would run as a formula (OWASP, CSV injection), whatever parts cells for the program that
# opens it: commas, semicolons, tabs, bars, or what the file itself says in its first line.
_SEPARATOR = re.compile(r"\ufeff?sep=([^\r\n])", re.IGNORECASE)
_FORMULA = r"(?P<start>^|[{separators}])(?P<before>[{before}]*+)(?P<sign>[=+\-@＝＋－＠])(?!{number})"
_NUMBER = r"(?<=[+\-])[0-9][0-9. \u00a0\u202f]*+(?:e[+\-]?[0-9]{{1,3}})?+%?+[\"']?+(?:[{separators}]|\Z)"


def reencode(source: Path, target: Path, name: str) -> None:
    """Write a text as UTF-8; in a table no cell is a formula any more.

    Raises TextUnreadable, FileEmpty, FileMismatch (markup that a browser would run).
    """
    content = source.read_bytes()
    utf16 = content[:2] in (b"\xff\xfe", b"\xfe\xff")
    try:
        text = content.decode("utf-16" if utf16 else "utf-8-sig")
    except UnicodeDecodeError:
        raise TextUnreadable(name=name) from None
    if "\0" in text:
        raise TextUnreadable(name=name)
    if _MARKUP.match(text):
        raise FileMismatch(name=name, kind=name.rpartition(".")[2].upper())
    if not text:
        raise FileEmpty(name=name)
    if kind_by_name(name) == FileKind.CSV:
        text = _without_formulas(text)
    target.write_text(text, encoding="utf-8", newline="")


def _without_formulas(text: str) -> str:
    """Put an apostrophe before what would run: a spreadsheet then shows the cell as it was written.

    An agent opens what a stranger sent, and a formula may start programs or send other cells away. Numbers with a sign
    stay numbers. The text is not parsed as a table: it is unknown which program opens it, and how that parses it.
    """
    said = _SEPARATOR.match(text)
    separators = ",;\t|\r\n\v\f\x85\u2028\u2029" + (said[1] if said else "")
    before = "".join(c for c in ' "\u00a0\u3000\ufeff' if c not in separators)
    parts = {"separators": re.escape(separators), "before": re.escape(before) or '"'}
    number = _NUMBER.format(**parts)
    formula = re.compile(_FORMULA.format(**parts, number=number), re.IGNORECASE)
    return formula.sub(r"\g<start>\g<before>'\g<sign>", text)
