"""The kinds of files that people may send, and all that is true of each. Browsers are told of them from here."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

_GIGABYTE = 1024**3


class FileKind(StrEnum):
    """A kind of file, by the media type under which it is kept and sent."""

    JPEG = "image/jpeg"
    PNG = "image/png"
    WEBP = "image/webp"
    GIF = "image/gif"
    HEIC = "image/heic"
    PDF = "application/pdf"
    TXT = "text/plain"
    CSV = "text/csv"
    MP4 = "video/mp4"


class Sort(StrEnum):
    """How a file is looked into and shown."""

    PICTURE = "picture"
    FILM = "film"
    DOCUMENT = "document"
    TEXT = "text"


@dataclass(frozen=True)
class FileRules:
    """What is true of a kind of file.

    `seconds` (of CPU) and `memory` (bytes) bound what looking into one may take: a little above what the dearest honest
    file takes (docs/security.md has the measures). Strangers send these, two are looked into at a time, and everybody
    else's files wait behind them.
    """

    name: str
    """What people call it, the same in every language."""
    sort: Sort
    endings: tuple[str, ...]
    """The endings of names; the first is the one that a misnamed file gets."""
    seconds: int
    memory: int
    starts: tuple[bytes, ...] = ()
    """How its content begins; none where that takes more to tell (domain/files/types.py)."""
    opens: bool = False
    """A browser may open it in the portal's own pages; others are downloaded."""


RULES: Final = {
    FileKind.JPEG: FileRules(
        "JPG", Sort.PICTURE, ("jpg", "jpeg"), 20, 2 * _GIGABYTE, (b"\xff\xd8\xff",), opens=True
    ),
    FileKind.PNG: FileRules(
        "PNG", Sort.PICTURE, ("png",), 20, 2 * _GIGABYTE, (b"\x89PNG\r\n\x1a\n",), opens=True
    ),
    FileKind.WEBP: FileRules("WEBP", Sort.PICTURE, ("webp",), 20, 2 * _GIGABYTE, opens=True),
    FileKind.GIF: FileRules(
        "GIF", Sort.PICTURE, ("gif",), 20, 2 * _GIGABYTE, (b"GIF87a", b"GIF89a"), opens=True
    ),
    # It is re-encoded as a JPEG: few browsers show it.
    FileKind.HEIC: FileRules("HEIC", Sort.PICTURE, ("heic", "heif"), 20, 2 * _GIGABYTE),
    FileKind.PDF: FileRules("PDF", Sort.DOCUMENT, ("pdf",), 10, _GIGABYTE, (b"%PDF-",)),
    FileKind.TXT: FileRules("TXT", Sort.TEXT, ("txt",), 5, _GIGABYTE),
    FileKind.CSV: FileRules("CSV", Sort.TEXT, ("csv",), 5, _GIGABYTE),
    FileKind.MP4: FileRules("MP4", Sort.FILM, ("mp4",), 3, _GIGABYTE, opens=True),
}
PICTURES: Final = tuple(kind for kind, rules in RULES.items() if rules.sort == Sort.PICTURE)
DOCUMENTS: Final = tuple(kind for kind, rules in RULES.items() if rules.sort == Sort.DOCUMENT)
TEXTS: Final = tuple(kind for kind, rules in RULES.items() if rules.sort == Sort.TEXT)
FILMS: Final = tuple(kind for kind, rules in RULES.items() if rules.sort == Sort.FILM)
OPENED: Final = tuple(kind for kind, rules in RULES.items() if rules.opens)
ENDINGS: Final = {ending: kind for kind, rules in RULES.items() for ending in rules.endings}
STARTS: Final = [(start, kind) for kind, rules in RULES.items() for start in rules.starts]
NAMES: Final = [rules.name for rules in RULES.values()]
MEDIA_TYPES: Final = ["image/*", *FILMS, *DOCUMENTS, *TEXTS]
"""What a system may offer to share with the portal: any picture, for their endings decide."""
