"""The reader of films: what it keeps, what it blanks, and that no film makes it work for long."""

import struct
import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests import hostile_films, samples
from tests.hostile_films import HEAD, table, track
from tests.samples import box
from ticket_portal.domain.errors import FileDamaged
from ticket_portal.media import mp4

# Steps are lines of Python that run; the reader's own work for a film, a box and an entry of a table.
STEPS_AT_MOST = 2_000
STEPS_PER_BYTE = 6

_KINDS = sorted({kind for kinds in mp4._KNOWN.values() for kind in kinds} | mp4._TELLING | {b"evil"})
_HANDLERS = st.sampled_from([b"vide", b"soun", b"meta", b"tmcd", b"text"])
_many = settings(max_examples=100)


def _blanked(folder: Path, content: bytes) -> bytes:
    film = folder / "film.mp4"
    film.write_bytes(content)
    mp4.blank(film, "film.mp4")
    return film.read_bytes()


def _steps(work: Callable[[], Any]) -> int:
    """Count the lines that `work` runs in the reader, refused or not: the same on every machine."""
    steps = 0

    def trace(frame: FrameType, event: str, _argument: Any) -> Any:
        nonlocal steps
        if frame.f_code.co_filename != mp4.__file__:
            return None
        steps += event == "line"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        work()
    except FileDamaged:
        pass
    finally:
        sys.settrace(before)
    return steps


@pytest.mark.parametrize("attack", hostile_films.ATTACKS.values(), ids=hostile_films.ATTACKS.keys())
def test_a_hostile_film_is_refused_after_little_work(tmp_path: Path, attack: Callable[[], bytes]):
    content = attack()

    assert _steps(lambda: _blanked(tmp_path, content)) < 3_000_000
    with pytest.raises(FileDamaged):
        _blanked(tmp_path, content)
    assert (tmp_path / "film.mp4").read_bytes() == content  # nothing was written to it


@pytest.mark.parametrize("factor", [1, 4])
def test_twice_the_film_is_twice_the_work(tmp_path: Path, factor: int):
    """Runs, chunks and boxes at once, all of them in order: the dearest film that is taken."""
    count = 1_000 * factor
    tables = (
        table(b"stsc", b"".join(struct.pack(">III", n + 1, 1, 1) for n in range(count)), 12),
        table(b"stco", b"".join(struct.pack(">I", len(HEAD) + 8 + 2 * n) for n in range(count)), 4),
        box(b"stsz", bytes(4), struct.pack(">II", 0, count), struct.pack(">I", 1) * count),
    )
    content = HEAD + box(b"mdat", b"\x01" * 2 * count)
    content += box(b"moov", track(b"vide"), track(b"meta", *tables), box(b"free") * count)

    assert _steps(lambda: _blanked(tmp_path, content)) < STEPS_AT_MOST + STEPS_PER_BYTE * len(content)
    assert _blanked(tmp_path, content)[len(HEAD) + 8 : len(HEAD) + 8 + 2 * count] == b"\x00\x01" * count


def test_sixty_four_tracks_are_the_most(tmp_path: Path):
    def film(tracks: int) -> bytes:
        return HEAD + box(b"moov", track(b"vide") * tracks) + box(b"mdat", b"x")

    _blanked(tmp_path, film(mp4.MOST_TRACKS))
    with pytest.raises(FileDamaged):
        _blanked(tmp_path, film(mp4.MOST_TRACKS + 1))


@pytest.mark.parametrize("version", [0, 1])
def test_when_and_by_whom_it_was_made_is_gone(tmp_path: Path, version: int):
    moments, lasts = (
        (b"\xd6\x93\xa4\x00" * 2, b"LAST") if version == 0 else (b"\xd6\x93\xa4\x00" * 4, b"LAST" * 2)
    )
    head = bytes([version, 0, 0, 0])
    stsd = box(b"avc1", bytes(42), b"\x12Camera of Ana 4711".ljust(32, b"\0"), bytes(4))
    media = (
        box(b"mdhd", head, moments, b"RATE", lasts, bytes(4)),
        box(b"hdlr", bytes(8), b"vide", bytes(12), b"Ana's GoPro\0"),
        box(
            b"minf",
            box(b"hdlr", bytes(8), b"url ", bytes(12), b"Ana's disk"),
            box(b"stbl", table(b"stsd", stsd, len(stsd))),
        ),
    )
    inside = (
        box(b"mvhd", head, moments, b"RATE", lasts, bytes(80)),
        box(b"trak", box(b"tkhd", head, moments, bytes(8), lasts, bytes(60)), box(b"mdia", *media)),
        box(b"gps ", samples.SECRET.encode()),
    )
    came = HEAD + box(b"moov", *inside) + box(b"mdat", b"pixels")

    after = _blanked(tmp_path, came)

    assert len(after) == len(came)
    assert (came.count(b"\xd6\x93\xa4\x00") > 0, after.count(b"\xd6\x93\xa4\x00")) == (True, 0)
    for secret in (b"Ana", b"4711", samples.SECRET.encode(), b"gps "):
        assert secret not in after
    assert (after.count(b"RATE"), after.count(lasts)) == (2, 3)
    assert after.count(b"vide") == came.count(b"vide")


@pytest.mark.parametrize(
    "tables",
    [
        (table(b"stco", struct.pack(">I", 4), 4),),  # data before the data
        (table(b"stco", struct.pack(">I", 40), 4), table(b"stco", struct.pack(">I", 44), 4)),
        (table(b"stco", struct.pack(">I", 40), 4), table(b"co64", struct.pack(">Q", 44), 8)),
        (box(b"stco", bytes(4), struct.pack(">I", 1000), bytes(8)),),  # fewer entries than it says
    ],
)
def test_a_hidden_track_whose_data_cannot_be_told_is_refused(tmp_path: Path, tables: tuple[bytes, ...]):
    runs = table(b"stsc", struct.pack(">III", 1, 1, 1), 12)
    sizes = box(b"stsz", bytes(4), struct.pack(">II", 4, 1))
    came = (
        HEAD + box(b"mdat", bytes(100)) + box(b"moov", track(b"vide"), track(b"meta", runs, sizes, *tables))
    )

    with pytest.raises(FileDamaged):
        _blanked(tmp_path, came)


def test_a_film_whose_pictures_are_elsewhere_is_refused(tmp_path: Path):
    elsewhere = box(b"dref", bytes(4), struct.pack(">I", 1), box(b"url ", bytes(4), b"http://evil.example/"))
    media = (box(b"hdlr", bytes(8), b"vide", bytes(13)), box(b"minf", box(b"dinf", elsewhere), box(b"stbl")))
    came = HEAD + box(b"moov", box(b"trak", box(b"mdia", *media))) + box(b"mdat", b"x")

    with pytest.raises(FileDamaged):
        _blanked(tmp_path, came)


_boxes = st.recursive(
    st.builds(box, st.sampled_from(_KINDS), st.binary(max_size=40)),
    lambda inner: st.builds(
        lambda kind, parts: box(kind, *parts),
        st.sampled_from(sorted(mp4._KNOWN)[1:]),
        st.lists(inner, max_size=6),
    ),
    max_leaves=30,
)
_tables = st.sampled_from([b"stsc", b"stco", b"co64", b"stsz", b"stz2", b"stsd"])
_tracks = st.builds(
    lambda handler, tables: track(handler, *tables),
    _HANDLERS,
    st.lists(st.builds(table, _tables, st.binary(max_size=60), st.sampled_from([1, 4, 8, 12])), max_size=5),
)


@_many
@given(boxes=st.lists(_boxes, max_size=8), tracks=st.lists(_tracks, max_size=4))
def test_no_film_makes_it_fall(tmp_path: Path, boxes: list[bytes], tracks: list[bytes]):
    came = HEAD + box(b"mdat", bytes(64)) + box(b"moov", track(b"vide"), *tracks) + b"".join(boxes)

    assert _steps(lambda: _blanked(tmp_path, came)) < STEPS_AT_MOST + STEPS_PER_BYTE * len(came)
    assert (tmp_path / "film.mp4").stat().st_size == len(came)


@_many
@given(at=st.integers(0, 900), put=st.binary(min_size=1, max_size=8), cut=st.integers(0, 40))
def test_no_changed_film_makes_it_fall(tmp_path: Path, at: int, put: bytes, cut: int):
    came = bytearray(samples.film(hidden_track=True, size=200))
    came[at : at + len(put)] = put
    came = came[: len(came) - cut]

    assert _steps(lambda: _blanked(tmp_path, bytes(came))) < STEPS_AT_MOST + STEPS_PER_BYTE * len(came)


def _is_bounded_and_sound(folder: Path, came: bytes) -> None:
    """Whatever it is: little work, the documented refusal, nothing written then; else done once and for all."""
    assert _steps(lambda: _blanked(folder, came)) < STEPS_AT_MOST + STEPS_PER_BYTE * len(came)
    after = (folder / "film.mp4").read_bytes()
    assert len(after) == len(came)
    try:
        again = _blanked(folder, after)
    except FileDamaged:
        again = after
        assert after == came, "a film that is refused is not written to"
    assert again == after, "what is blanked is blanked"


_COUNTS = st.sampled_from([0, 1, 2, 63, 64, 65, 1_000, 2**16, 2**24, 2**31 - 1, 2**31, 2**32 - 1])
_LENGTHS = st.one_of(_COUNTS, st.integers(0, 200))


def _lying_table(kind: bytes, count: int, first: int, rest: bytes) -> bytes:
    return box(
        kind,
        bytes(4),
        *([struct.pack(">I", first)] if kind == b"stsz" else []),
        struct.pack(">I", count),
        rest,
    )


@_many
@given(
    tables=st.lists(
        st.one_of(
            st.builds(_lying_table, _tables, _COUNTS, _COUNTS, st.binary(max_size=48)),
            st.builds(box, _tables, st.binary(max_size=7)),
        ),
        max_size=6,
    ),
    handlers=st.lists(_HANDLERS, min_size=1, max_size=4),
)
def test_huge_counts_cost_nothing(tmp_path: Path, tables: list[bytes], handlers: list[bytes]):
    tracks = [track(handler, *tables) for handler in handlers]
    _is_bounded_and_sound(tmp_path, HEAD + box(b"mdat", bytes(64)) + box(b"moov", track(b"vide"), *tracks))


def _headed(length: int, kind: bytes, wide: int | None, content: bytes) -> bytes:
    """A box that says of itself what it likes."""
    long = struct.pack(">Q", wide) if wide is not None else b""
    return struct.pack(">I", 1 if wide is not None else length) + kind + long + content


@_many
@given(
    boxes=st.lists(
        st.builds(
            _headed,
            _LENGTHS,
            st.sampled_from(_KINDS),
            st.one_of(st.none(), st.integers(0, 300), st.integers(2**63, 2**64 - 1)),
            st.binary(max_size=40),
        ),
        max_size=8,
    ),
    inside=st.sampled_from(sorted(mp4._KNOWN)),
)
def test_boxes_that_lie_about_their_length_are_refused_or_harmless(
    tmp_path: Path, boxes: list[bytes], inside: bytes
):
    lying = b"".join(boxes)
    came = (
        HEAD + box(b"mdat", bytes(64)) + box(b"moov", track(b"vide"), box(inside, lying) if inside else lying)
    )
    _is_bounded_and_sound(tmp_path, came + lying)


@_many
@given(content=st.one_of(st.binary(max_size=400), st.binary(max_size=300).map(lambda more: HEAD + more)))
def test_no_bytes_at_all_make_it_fall(tmp_path: Path, content: bytes):
    _is_bounded_and_sound(tmp_path, content)


@settings(max_examples=50)
@given(boxes=st.lists(_boxes, max_size=6), tracks=st.lists(_tracks, max_size=4), cut=st.integers(1, 600))
def test_a_film_cut_short_is_refused_and_a_whole_one_done_once(
    tmp_path: Path, boxes: list[bytes], tracks: list[bytes], cut: int
):
    whole = HEAD + box(b"mdat", bytes(64)) + b"".join(boxes) + box(b"moov", track(b"vide"), *tracks)
    _is_bounded_and_sound(tmp_path, whole)
    _is_bounded_and_sound(tmp_path, whole[: max(0, len(whole) - cut)])


@pytest.mark.parametrize("kind", [b"moov", b"trak", b"mdia", b"minf", b"dinf", b"free", b"meta"])
def test_boxes_in_boxes_in_boxes_are_no_deeper_work(tmp_path: Path, kind: bytes):
    """As deep as a megabyte holds; the reader goes five levels down, whatever is below."""
    nested = b""
    for _ in range(2_000):
        nested = box(kind, nested)
    _is_bounded_and_sound(tmp_path, HEAD + box(b"mdat", bytes(8)) + box(b"moov", track(b"vide"), nested))
