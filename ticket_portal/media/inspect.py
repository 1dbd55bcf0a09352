"""Inspects and re-encodes one upload, in a process of its own: `python -m ticket_portal.media.inspect …`.

Decoders of pictures and documents meet whatever strangers send. Here they can neither slow the portal down, nor keep
its memory, nor take it along when they fall.
"""

import json
import sys
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path

from ticket_portal.domain.errors import DomainError, FileMismatch
from ticket_portal.domain.files.types import (
    HEAD,
    Content,
    agree,
    kind_by_content,
    kind_by_name,
    renamed,
)
from ticket_portal.sets.file_kinds import FILMS, PICTURES, RULES, TEXTS, FileKind, FileRules


def reencode(source: Path, target: Path, thumbnail: Path, name: str, most_megapixels: int) -> Content:
    """Decide what the file is, by its content and its name, and write what of it may be kept.

    Raises FileMismatch, FileDamaged, PictureTooLarge, TextUnreadable, PdfLocked, PdfActive.
    """
    return _reencode(_kind(source, name), source, target, thumbnail, name, most_megapixels)


def _kind(source: Path, name: str) -> str:
    """Return what the file is. Raises FileKindRefused, FileMismatch."""
    named = kind_by_name(name)
    with source.open("rb") as file:
        kind = kind_by_content(file.read(HEAD))
    if not agree(named, kind):
        raise FileMismatch(name=name, kind=name.rpartition(".")[2].upper())
    return named if kind in TEXTS else kind


def _reencode(
    kind: str, source: Path, target: Path, thumbnail: Path, name: str, most_megapixels: int
) -> Content:
    if kind in PICTURES:
        from ticket_portal.media import images  # each kind loads its own decoders only

        kind, width, height = images.reencode(source, target, thumbnail, name, kind, most_megapixels)
        return Content(renamed(name, kind), kind, width, height)
    if kind in FILMS:
        from ticket_portal.media import mp4

        mp4.blank(source, name)
        source.replace(target)
    elif kind == FileKind.PDF:
        from ticket_portal.media import pdf

        pdf.reencode(source, target, name)
    else:
        assert kind in TEXTS
        from ticket_portal.media import plain_text

        plain_text.reencode(source, target, name)
    return Content(name, kind)


def _stay_small(bounds: FileRules) -> None:
    """End rather than take the machine; that others have precedence, the caller sees to (delivery/files.py)."""
    try:
        import resource
    except ImportError:
        return  # not on Windows; there the time limit of the caller remains
    for what, most in (
        (resource.RLIMIT_AS, bounds.memory),
        (resource.RLIMIT_CPU, bounds.seconds),
        (resource.RLIMIT_CORE, 0),
    ):
        with suppress(ValueError, OSError):
            resource.setrlimit(what, (most, most))


def main(source: str, target: str, thumbnail: str, name: str, most_megapixels: str) -> None:
    """Print what became of the file, as JSON: a `Content`, or the refusal's code and values."""
    try:
        kind = _kind(Path(source), name)
        _stay_small(RULES[FileKind(kind)])
        found = _reencode(kind, Path(source), Path(target), Path(thumbnail), name, int(most_megapixels))
        answer = asdict(found)
    except DomainError as refusal:
        answer = {"refused": refusal.code, "values": refusal.values}
    print(json.dumps(answer))


if __name__ == "__main__":
    main(*sys.argv[1:])
