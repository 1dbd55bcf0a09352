"""Texts and tables: plain text in an encoding that everybody reads."""

import re
from pathlib import Path

from ticket_portal.domain.errors import FileEmpty, FileMismatch, TextUnreadable

# A comment ends where it first can, and what was read is not read again in another way.
_MARKUP = re.compile(
    r"\s*+(?><!--.*?-->\s*+)*+<\s*(!doctype|html|head|body|script|svg|iframe|object|embed|img|meta|link|\?)",
    re.IGNORECASE | re.DOTALL,
)


def made_anew(source: Path, target: Path, name: str) -> None:
    """Write a text as UTF-8. Raises TextUnreadable, FileEmpty, FileMismatch (markup that a browser would run)."""
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
    target.write_text(text, encoding="utf-8", newline="")
