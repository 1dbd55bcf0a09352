"""MP4: the boxes are checked, and what says where, when and by whom it was filmed is blanked in place.

A box that is blanked becomes `free` and keeps its size, so no offset in the file changes (ISO/IEC 14496-12).
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from ticket_portal.domain.errors import FileDamaged

_TOP = {
    b"ftyp",
    b"styp",
    b"moov",
    b"mdat",
    b"free",
    b"skip",
    b"wide",
    b"moof",
    b"mfra",
    b"sidx",
    b"pdin",
    b"prft",
    b"emsg",
    b"uuid",
    b"meta",
    b"udta",
}
_CONTAINERS = {b"moov", b"trak", b"mdia", b"minf", b"stbl", b"moof", b"traf", b"mvex", b"edts", b"dinf"}
_TELLING = {b"udta", b"meta", b"uuid", b"free", b"skip", b"emsg"}
# Tracks of sound and pictures, and of the words that go with them. Others (GPS, sensors) are not needed to watch it.
_SHOWN_TRACKS = {b"vide", b"soun", b"text", b"sbtl", b"subt", b"clcp", b"hint", b"tmcd", b"auxv", b"pict"}
_MOST_BOXES = 100_000
_MOST_TABLE = 16_000_000
_BLANK = bytes(64 * 1024)


class Broken(Exception):
    """The boxes do not fit into each other."""


@dataclass(frozen=True)
class Box:
    """A part of the file: its type, and where its content is."""

    kind: bytes
    at: int
    begins: int
    ends: int


def blank(film: Path, name: str) -> None:
    """Check the film, and blank in it what tells more than its pictures and sound. Raises FileDamaged."""
    try:
        with film.open("r+b") as file:
            _blank(file, film.stat().st_size)
    except Broken:
        raise FileDamaged(name=name) from None


def _blank(file: BinaryIO, size: int) -> None:
    boxes = list(_walk(file, 0, size, 0, [0]))
    top = [box for box, depth in boxes if depth == 0]
    kinds = [box.kind for box in top]
    if not kinds or kinds[0] != b"ftyp" or b"moov" not in kinds or not set(kinds) <= _TOP:
        raise Broken
    if b"mdat" not in kinds:
        raise Broken
    tracks = [box for box, _depth in boxes if box.kind == b"trak"]
    shown = [_handler(file, track, boxes) for track in tracks]
    hidden = not set(shown) <= _SHOWN_TRACKS
    # In fragments a track's data lies where its tables don't say; no phone films such a thing with hidden tracks.
    if not {b"vide", b"soun"} & set(shown) or (hidden and b"moof" in kinds):
        raise Broken
    for track, handler in zip(tracks, shown, strict=True):
        if handler not in _SHOWN_TRACKS:
            _blank_samples(file, track, boxes, size)
            _blank_box(file, track)
    for box, _depth in boxes:
        if box.kind in _TELLING:
            _blank_box(file, box)


def _walk(file: BinaryIO, begins: int, ends: int, depth: int, seen: list[int]) -> Iterator[tuple[Box, int]]:
    at = begins
    while at < ends:
        box = _box(file, at, ends, last_may_be_open=depth == 0)
        seen[0] += 1
        if seen[0] > _MOST_BOXES:
            raise Broken
        yield box, depth
        if box.kind in _CONTAINERS:
            yield from _walk(file, box.begins, box.ends, depth + 1, seen)
        at = box.ends


def _box(file: BinaryIO, at: int, ends: int, *, last_may_be_open: bool) -> Box:
    file.seek(at)
    head = file.read(16)
    if len(head) < 8 or at + 8 > ends:
        raise Broken
    length, begins = int.from_bytes(head[:4]), at + 8
    if length == 1:
        if len(head) < 16:
            raise Broken
        length, begins = int.from_bytes(head[8:16]), at + 16
    elif length == 0 and last_may_be_open:
        length = ends - at
    if at + length > ends or at + length < begins:
        raise Broken
    return Box(head[4:8], at, begins, at + length)


def _handler(file: BinaryIO, track: Box, boxes: list[tuple[Box, int]]) -> bytes:
    found = _within(track, boxes, b"hdlr")
    if not found:
        raise Broken
    file.seek(found.begins + 8)
    return file.read(4)


def _within(outer: Box, boxes: list[tuple[Box, int]], kind: bytes) -> Box | None:
    inside = (b for b, _depth in boxes if b.kind == kind and outer.begins <= b.at and b.ends <= outer.ends)
    return next(inside, None)


def _blank_samples(file: BinaryIO, track: Box, boxes: list[tuple[Box, int]], size: int) -> None:
    """Blank the data of a track that nobody sees; it lies among the pictures, only its tables know where."""
    chunks = _within(track, boxes, b"stco") or _within(track, boxes, b"co64")
    groups, sizes = _within(track, boxes, b"stsc"), _within(track, boxes, b"stsz")
    if not (chunks and groups and sizes):
        return
    offsets = _table(file, chunks, 8 if chunks.kind == b"co64" else 4)
    runs = _table(file, groups, 4)
    file.seek(sizes.begins + 4)
    same = int.from_bytes(file.read(4))
    each = [] if same else _table(file, sizes, 4, skip=8)
    sample = 0
    for number, offset in enumerate(offsets, 1):
        in_chunk = next((runs[i + 1] for i in range(len(runs) - 3, -1, -3) if runs[i] <= number), 0)
        length = same * in_chunk if same else sum(each[sample : sample + in_chunk])
        sample += in_chunk
        if offset + length > size:
            raise Broken
        _zero(file, offset, offset + length)


def _table(file: BinaryIO, box: Box, width: int, *, skip: int = 4) -> list[int]:
    file.seek(box.begins + skip + 4)
    content = file.read(min(box.ends - box.begins - skip - 4, _MOST_TABLE))
    return [int.from_bytes(content[i : i + width]) for i in range(0, len(content) - width + 1, width)]


def _blank_box(file: BinaryIO, box: Box) -> None:
    file.seek(box.at + 4)
    file.write(b"free")
    _zero(file, box.begins, box.ends)


def _zero(file: BinaryIO, begins: int, ends: int) -> None:
    file.seek(begins, os.SEEK_SET)
    while begins < ends:
        begins += file.write(_BLANK[: ends - begins])
