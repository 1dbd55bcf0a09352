"""MP4: the boxes are checked, and what says where, when and by whom it was filmed is blanked in place.

A box that is blanked becomes `free` and keeps its size, so no offset in the file changes (ISO/IEC 14496-12).

Everything here is one pass over the file's boxes and tables, and each byte is blanked once: a film of a megabyte can
name the same twenty megabytes three million times, and must not make the portal write sixty terabytes.
"""

import mmap
import struct
import sys
from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import accumulate, pairwise
from pathlib import Path
from typing import Final

from ticket_portal.domain.errors import FileDamaged

_ROOT = b""
# What is needed to play a film, by the box that holds it. Everything else is blanked: makers of cameras put places,
# names and serial numbers into boxes of their own. At the top of the file an unknown box is refused.
_KNOWN: Final[dict[bytes, frozenset[bytes]]] = {
    _ROOT: frozenset({b"ftyp", b"styp", b"moov", b"mdat", b"moof", b"mfra", b"sidx", b"pdin"}),
    b"moov": frozenset({b"mvhd", b"trak", b"mvex", b"iods"}),
    b"trak": frozenset({b"tkhd", b"tref", b"trgr", b"edts", b"mdia", b"tapt", b"load"}),
    b"mdia": frozenset({b"mdhd", b"hdlr", b"elng", b"minf"}),
    b"minf": frozenset(
        {b"vmhd", b"smhd", b"hmhd", b"nmhd", b"sthd", b"gmhd", b"mpmhd", b"dinf", b"hdlr", b"stbl"}
    ),
    b"stbl": frozenset({
        b"stsd", b"stts", b"ctts", b"cslg", b"stss", b"stsc", b"stsz", b"stz2", b"stco", b"co64", b"stsh", b"stps",
        b"padb", b"stdp", b"sdtp", b"sbgp", b"sgpd", b"subs", b"saiz", b"saio",
    }),
    b"edts": frozenset({b"elst"}),
    b"dinf": frozenset({b"dref"}),
    b"mvex": frozenset({b"mehd", b"trex", b"leva"}),
    b"moof": frozenset({b"mfhd", b"traf"}),
    b"traf": frozenset({b"tfhd", b"trun", b"tfdt", b"sdtp", b"sbgp", b"sgpd", b"subs", b"saiz", b"saio"}),
}  # fmt: skip
# At the top: blanked, but no reason to refuse the film.
_TELLING = frozenset({b"free", b"skip", b"wide", b"prft", b"emsg", b"uuid", b"meta", b"udta"})
# Tracks of sound and pictures, and of the words that go with them. Others (places, sensors, the time of day) are not
# needed to watch it.
_SHOWN_TRACKS = frozenset({b"vide", b"soun", b"text", b"sbtl", b"subt", b"clcp", b"hint", b"auxv", b"pict"})
# Where the two moments lie in a box, by its version: when it was made, and when it was changed.
_MOMENTS = {0: 8, 1: 16}
_TIMED = frozenset({b"mvhd", b"tkhd", b"mdhd"})
_HANDLER_NAME = 12  # behind version, flags, a reserved word and the handler's type
_MAKER_OF_PICTURES = (50, 82)  # an encoder's name in a sample entry for pictures
_IN_THIS_FILE = 1

MOST_BOXES = 100_000
MOST_TRACKS = 64
MOST_CHUNKS = 200_000
MOST_SAMPLES = 1_000_000
MOST_ENTRIES = 64


class Broken(Exception):
    """The boxes do not fit into each other, or are more than a film has."""


@dataclass
class Box:
    """A part of the file: its type, where its content is, and what it holds."""

    kind: bytes
    at: int
    begins: int
    ends: int
    inside: list["Box"] = field(default_factory=list)

    def all(self, kind: bytes) -> list["Box"]:
        """Return the boxes of a type that it holds itself."""
        return [box for box in self.inside if box.kind == kind]

    def one(self, kind: bytes) -> "Box | None":
        """Return the box of a type, or None. Raises Broken when there are several: players choose differently."""
        found = self.all(kind)
        if len(found) > 1:
            raise Broken
        return found[0] if found else None


def blank(film: Path, name: str) -> None:
    """Check the film, and blank in it what tells more than its pictures and sound. Raises FileDamaged."""
    try:
        with film.open("r+b") as file, mmap.mmap(file.fileno(), 0) as content:
            _Film(content).blank()
    except (Broken, struct.error, ValueError):  # ValueError: an empty file can't be mapped
        raise FileDamaged(name=name) from None


class _Film:
    """A film on its way, and what is left of the work that one may ask for."""

    def __init__(self, content: mmap.mmap) -> None:
        self._content = content
        self._boxes_left = MOST_BOXES
        self._chunks_left = MOST_CHUNKS
        self._samples_left = MOST_SAMPLES
        self._to_blank: list[tuple[int, int]] = []
        self._unneeded: list[Box] = []

    def blank(self) -> None:
        """Check everything, then blank: what is refused is not written to."""
        root = Box(_ROOT, 0, 0, len(self._content))
        self._read(root)
        moov, data = root.one(b"moov"), root.all(b"mdat")
        if not root.inside or root.inside[0].kind != b"ftyp" or moov is None or not data:
            raise Broken
        tracks = moov.all(b"trak")
        if len(tracks) > MOST_TRACKS:
            raise Broken
        handlers = [self._handler(track) for track in tracks]
        hidden = [t for t, handler in zip(tracks, handlers, strict=True) if handler not in _SHOWN_TRACKS]
        # In fragments a track's data lies where its tables don't say; no phone films such a thing with hidden tracks.
        if not {b"vide", b"soun"} & set(handlers) or (hidden and root.all(b"moof")):
            raise Broken
        samples = [chunk for track in hidden for chunk in self._samples(track)]
        self._to_blank += _within(_merged(samples, len(self._content)), data)
        for track, handler in zip(tracks, handlers, strict=True):
            self._forget_maker(track, handler)
        self._forget_moments(moov)
        self._write([*hidden, *self._unneeded])

    def _read(self, outer: Box) -> None:
        """Read the boxes of a box. It goes no deeper than boxes are known: five levels."""
        at, known = outer.begins, _KNOWN[outer.kind]
        while at < outer.ends:
            box = self._box(at, outer)
            at = box.ends
            if box.kind in known:
                outer.inside.append(box)
                if box.kind in _KNOWN:
                    self._read(box)
            elif outer.kind == _ROOT and box.kind not in _TELLING:
                raise Broken
            else:
                self._unneeded.append(box)

    def _box(self, at: int, outer: Box) -> Box:
        self._boxes_left -= 1
        if self._boxes_left < 0 or at + 8 > outer.ends:
            raise Broken
        length, kind = struct.unpack_from(">I4s", self._content, at)
        begins = at + 8
        if length == 1:
            if at + 16 > outer.ends:
                raise Broken
            [length], begins = struct.unpack_from(">Q", self._content, at + 8), at + 16
        elif length == 0 and outer.kind == _ROOT:  # to the end of the file
            length = outer.ends - at
        if at + length > outer.ends or at + length < begins:
            raise Broken
        return Box(kind, at, begins, at + length)

    def _handler(self, track: Box) -> bytes:
        media = track.one(b"mdia")
        found = media and media.one(b"hdlr")
        if not found or found.ends - found.begins < _HANDLER_NAME:
            raise Broken
        return self._content[found.begins + 8 : found.begins + 12]

    def _samples(self, track: Box) -> Iterator[tuple[int, int]]:
        """Yield where the data of a hidden track is; it lies among the pictures, only its tables know where."""
        tables = _tables(track)
        if tables is None:
            return
        short, long, groups = tables.one(b"stco"), tables.one(b"co64"), tables.one(b"stsc")
        if short and long:
            raise Broken
        chunks = short or long
        offsets = self._table(chunks, "Q" if long else "I") if chunks else array("I")
        if not offsets:
            return
        self._chunks_left -= len(offsets)
        if self._chunks_left < 0:
            raise Broken
        runs = self._table(groups, "I") if groups else array("I")
        in_chunks = list(_samples_per_chunk(runs, len(offsets)))
        self._samples_left -= (count := sum(in_chunks))
        if self._samples_left < 0:
            raise Broken
        upto = self._sizes_upto(tables, count)
        for offset, (first, last) in zip(offsets, pairwise(accumulate(in_chunks, initial=0)), strict=True):
            yield offset, offset + upto[last] - upto[first]

    def _sizes_upto(self, tables: Box, count: int) -> "range | list[int]":
        """Return how many bytes the first n samples have together, for each n up to `count`."""
        sizes = tables.one(b"stsz")
        if sizes is None or tables.one(b"stz2"):  # the compact form: no camera writes it for such tracks
            raise Broken
        [same] = struct.unpack_from(">I", self._content, sizes.begins + 4)
        if same:
            return range(0, same * (count + 1), same)
        each = self._table(sizes, "I", skip=8)
        if len(each) < count:
            raise Broken
        return list(accumulate(each[:count], initial=0))

    def _table(self, box: Box, width: str, *, skip: int = 4) -> "array[int]":
        """Return the entries of a table, behind the version and the count (which its size must hold)."""
        found = array(width)
        [count] = struct.unpack_from(">I", self._content, box.begins + skip)
        count *= 3 if box.kind == b"stsc" else 1
        begins = box.begins + skip + 4
        if count > 3 * MOST_SAMPLES or begins + count * found.itemsize > box.ends:
            raise Broken
        found.frombytes(self._content[begins : begins + count * found.itemsize])
        if sys.byteorder == "little":
            found.byteswap()
        return found

    def _forget_maker(self, track: Box, handler: bytes) -> None:
        """Blank the names of who made a track, of camera and encoder; refuse one whose data is elsewhere."""
        media = track.one(b"mdia")
        information = media and media.one(b"minf")
        for named in (media and media.one(b"hdlr"), information and information.one(b"hdlr")):
            if named:
                self._to_blank.append((min(named.begins + _HANDLER_NAME, named.ends), named.ends))
        references = information and information.one(b"dinf")
        for box in references.all(b"dref") if references else ():
            for at, _ends in self._entries(box):
                # A player would fetch it: a file of another machine that the sender chose.
                if not self._content[at + 11] & _IN_THIS_FILE:
                    raise Broken
        tables = _tables(track)
        for box in tables.all(b"stsd") if tables and handler == b"vide" else ():
            first, last = _MAKER_OF_PICTURES
            self._to_blank += [
                (at + first, at + last) for at, ends in self._entries(box) if ends - at >= last
            ]

    def _entries(self, box: Box) -> Iterator[tuple[int, int]]:
        """Yield where each box of a list begins and ends (`dref`, `stsd`)."""
        [count] = struct.unpack_from(">I", self._content, box.begins + 4)
        at = box.begins + 8
        if count > MOST_ENTRIES:
            raise Broken
        for _ in range(count):
            [length] = struct.unpack_from(">I", self._content, at)
            if length < 12 or at + length > box.ends:
                raise Broken
            yield at, at + length
            at += length

    def _forget_moments(self, moov: Box) -> None:
        """Blank when the film and its tracks were made and changed; how long they last is behind it and stays."""
        media = [box for track in moov.all(b"trak") for box in (track, *track.all(b"mdia"))]
        for box in [box for outer in (moov, *media) for box in outer.inside if box.kind in _TIMED]:
            if box.begins == box.ends or (length := _MOMENTS.get(self._content[box.begins])) is None:
                raise Broken
            begins = box.begins + 4
            if begins + length > box.ends:
                raise Broken
            self._to_blank.append((begins, begins + length))

    def _write(self, unneeded: list[Box]) -> None:
        for box in unneeded:
            self._content[box.at + 4 : box.at + 8] = b"free"
            self._to_blank.append((box.begins, box.ends))
        for begins, ends in _merged(self._to_blank, 2 * len(self._content)):
            self._content[begins:ends] = bytes(ends - begins)


def _tables(track: Box) -> Box | None:
    media = track.one(b"mdia")
    information = media and media.one(b"minf")
    return information.one(b"stbl") if information else None


def _samples_per_chunk(runs: "array[int]", chunks: int) -> Iterator[int]:
    """Yield how many samples each chunk has: `runs` says from which chunk on how many (8.7.4)."""
    run, count = 0, 0
    for number in range(1, chunks + 1):
        while run + 2 < len(runs) and runs[run] <= number:
            count, run = runs[run + 1], run + 3
        yield count


def _merged(ranges: list[tuple[int, int]], most: int) -> list[tuple[int, int]]:
    """Return the ranges in order, none of them touching another. Raises Broken for more than `most` bytes in all."""
    if sum(ends - begins for begins, ends in ranges) > most:
        raise Broken
    found: list[tuple[int, int]] = []
    for begins, ends in sorted(ranges):
        if found and begins <= found[-1][1]:
            found[-1] = (found[-1][0], max(ends, found[-1][1]))
        elif begins < ends:
            found.append((begins, ends))
    return found


def _within(ranges: list[tuple[int, int]], data: list[Box]) -> list[tuple[int, int]]:
    """Return ranges in order, all of which lie in a box of data (in order too). Raises Broken otherwise."""
    at = 0
    for begins, ends in ranges:
        while at < len(data) and data[at].ends < ends:
            at += 1
        if at == len(data) or begins < data[at].begins:
            raise Broken
    return ranges
