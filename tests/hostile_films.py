"""Films as attackers make them: small to send, and dear to whoever reads them carelessly (ISO/IEC 14496-12)."""

import struct

from tests.samples import box

HEAD = box(b"ftyp", b"isom", bytes(4), b"isommp42")


def _named(handler: bytes) -> bytes:
    return box(b"hdlr", bytes(8), handler, bytes(13))


def track(handler: bytes, *tables: bytes) -> bytes:
    """A track with its tables."""
    return box(b"trak", box(b"mdia", _named(handler), box(b"minf", box(b"stbl", *tables))))


def table(kind: bytes, entries: bytes, width: int) -> bytes:
    """A table with its count of entries in front."""
    return box(kind, bytes(4), struct.pack(">I", len(entries) // width), entries)


def many_tracks(count: int = 45_000) -> bytes:
    """Tracks of nothing but their handler, 28 bytes each."""
    bare = box(b"trak", box(b"hdlr", bytes(8), b"vide"))
    return HEAD + box(b"moov", bare * count) + box(b"mdat", b"x")


def many_proper_tracks(count: int = 45_000) -> bytes:
    """The same, with each box where it belongs."""
    return HEAD + box(b"moov", track(b"vide") * count) + box(b"mdat", b"x")


def many_runs(count: int = 200_000) -> bytes:
    """A hidden track with as many runs as chunks: 3.2 MB of tables."""
    runs = b"".join(struct.pack(">III", n + 1, 1, 1) for n in range(count))
    tables = (
        table(b"stsc", runs, 12),
        table(b"stco", struct.pack(">I", 40) * count, 4),
        box(b"stsz", bytes(4), struct.pack(">II", 1, count)),
    )
    return HEAD + box(b"moov", track(b"vide"), track(b"meta", *tables)) + box(b"mdat", bytes(100))


def same_bytes_again(chunks: int = 3_000_000, size: int = 20_000_000) -> bytes:
    """A hidden track whose chunks are all the same 20 MB: 32 MB that ask for 60 TB to be blanked."""
    tables = (
        table(b"stsc", struct.pack(">III", 1, 1, 1), 12),
        table(b"stco", struct.pack(">I", 40) * chunks, 4),
        box(b"stsz", bytes(4), struct.pack(">II", size, chunks)),
    )
    return HEAD + box(b"mdat", bytes(size)) + box(b"moov", track(b"vide"), track(b"meta", *tables))


ATTACKS = {
    "many tracks": many_tracks,
    "many proper tracks": many_proper_tracks,
    "many runs": many_runs,
    "the same bytes again": same_bytes_again,
}
