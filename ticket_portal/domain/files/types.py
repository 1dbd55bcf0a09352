"""Which files are taken: their kinds, how content tells its kind, and names that are safe to show and to save."""

import re
import unicodedata
from dataclasses import dataclass
from typing import Final

from ticket_portal.domain.errors import FileKindRefused
from ticket_portal.i18n.folding import nfc
from ticket_portal.sets.file_kinds import ENDINGS, FILMS, PICTURES, RULES, STARTS, TEXTS, FileKind
from ticket_portal.settings import Settings

# Of a longer name only the end is looked at, which says what kind of file it is.
LONGEST_TYPED: Final = 4_096
HEAD: Final = 4096
LONGEST_NAME: Final = 120
MEGABYTE: Final = 1_000_000
_HEIF_BRANDS = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1")
_MP4_BRANDS = (
    b"isom",
    b"iso2",
    b"iso3",
    b"iso4",
    b"iso5",
    b"iso6",
    b"mp41",
    b"mp42",
    b"avc1",
    b"M4V ",
    b"MSNV",
    b"dash",
)
# Windows' own devices, and what its file system or a shell would read as something else.
_DEVICES = re.compile(r"(con|prn|aux|nul|com[0-9]|lpt[0-9])(\.|$)", re.IGNORECASE)
_RESERVED = re.compile(r'[<>:"|?*]')


@dataclass(frozen=True)
class Content:
    """A file that may be kept: what it is now, and the size of its thumbnail (0 without one)."""

    name: str
    kind: str
    width: int = 0
    height: int = 0


def clean_name(name: str) -> str:
    """Return a file's name without folders, invisible and direction-changing characters; never empty."""
    name = nfc(name[-LONGEST_TYPED:].encode("utf-8", "replace").decode())
    name = re.split(r"[/\\]", name)[-1]
    name = "".join(
        " " if c.isspace() else c for c in name if c.isspace() or unicodedata.category(c)[0] != "C"
    )
    name = " ".join(_RESERVED.sub("_", name).split()).strip(". ")
    stem, dot, ending = name.rpartition(".")
    if dot and len(ending) <= 8:
        name = f"{stem.rstrip('. ')[: LONGEST_NAME - len(ending) - 1]}.{ending}"
    name = name[:LONGEST_NAME] or "file"
    return f"_{name}" if _DEVICES.match(name) else name


def kind_by_name(name: str) -> str:
    """Return the kind that a (clean) name speaks of. Raises FileKindRefused."""
    _stem, dot, ending = name.rpartition(".")
    kind = ENDINGS.get(ending.lower()) if dot else None
    if kind is None:
        raise FileKindRefused(name=name)
    return kind


def kind_by_content(head: bytes) -> str:
    """Return the kind that the first bytes of a file show; text/plain for what is nothing else, "" for HTML."""
    for start, kind in STARTS:
        if head.startswith(start):
            return kind
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return FileKind.WEBP
    if head[4:8] == b"ftyp":
        brands = {
            head[8:12],
            *(head[i : i + 4] for i in range(16, min(len(head), int.from_bytes(head[:4])), 4)),
        }
        if brands & set(_HEIF_BRANDS):
            return FileKind.HEIC
        return FileKind.MP4 if brands & set(_MP4_BRANDS) else ""
    return FileKind.TXT


def agree(named: str, found: str) -> bool:
    """Whether content is of the kind that the name says.

    A picture under another picture's ending is only misnamed (phones and messengers do it all the time); it is made
    anew and gets its right ending.
    """
    return named == found or (named in PICTURES and found in PICTURES) or (named in TEXTS and found in TEXTS)


def renamed(name: str, kind: str) -> str:
    """Return the name with the ending of what is really kept."""
    stem, _dot, ending = name.rpartition(".")
    right = RULES[FileKind(kind)].endings
    return name if ending.lower() in right else f"{stem}.{right[0]}"


def most_bytes(settings: Settings, kind: str) -> int:
    """Return how large a file of a kind may be."""
    return most_megabytes(settings, kind) * MEGABYTE


def most_megabytes(settings: Settings, kind: str) -> int:
    """Return the same in megabytes, as people read it."""
    return settings.limit_video_mb if kind in FILMS else settings.limit_file_mb
