"""PDFs: active content is refused, metadata about the author is dropped, the rest is rewritten.

Refused is what no honest customer's letter or statement needs: programs, other files, and whatever acts by itself or
fetches from elsewhere. To take such a part out would leave a document that looks whole and isn't what its author meant;
printed as a new PDF it comes without it, and that is what the refusal advises. Left out without a word is what a reader
does not miss: links to addresses that are not the web's or a mailbox (their words stay), and metadata.
"""

import itertools
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pikepdf

from ticket_portal.domain.errors import FileDamaged, PdfActive, PdfLocked

# Whatever runs, starts, fetches, or hides a file in a document (ISO 32000-2, 12.6.4, 7.11.4 and 14.13).
_ACTIVE_KEYS: Final = frozenset({
    "/JS", "/JavaScript", "/EmbeddedFiles", "/EF", "/AF", "/RichMediaContent", "/RichMediaSettings", "/XFA", "/AA",
    "/Collection", "/AlternatePresentations", "/Rendition", "/Renditions",
})  # fmt: skip
_ACTIVE_TYPES: Final = frozenset({"/EmbeddedFile", "/Filespec", "/F", "/Rendition", "/MediaClip", "/Sound"})
_ACTIVE_SUBTYPES: Final = frozenset(
    {"/RichMedia", "/FileAttachment", "/Movie", "/Screen", "/Sound", "/3D", "/Projection"}
)
_ACTIVE_ACTIONS: Final = frozenset({
    "/JavaScript", "/Launch", "/ImportData", "/SubmitForm", "/GoToE", "/GoToR", "/GoTo3DView", "/Rendition",
    "/RichMediaExecute", "/Thread", "/Sound", "/Movie", "/Hide",
})  # fmt: skip
# What a link or a button may do; an action of any other type, known or not, is refused.
_QUIET_ACTIONS: Final = frozenset({"/GoTo", "/URI", "/Named", "/ResetForm", "/SetOCGState", "/Trans"})
_ACTION_KEYS: Final = ("/A", "/PA", "/Next")
# A stream whose bytes are in another file: a reader fetches it, from a machine of the sender's choice (7.3.8.2).
_EXTERNAL_STREAM: Final = frozenset({"/F", "/FFilter", "/FDecodeParms"})
_METADATA: Final = ("/Metadata", "/PieceInfo", "/LastModified")
_SAFE_LINK = re.compile(rb"\s*(https?://|mailto:)", re.IGNORECASE)
# The viewer decodes the pictures; these carry their own size, and viewers set no limits for us.
_PICTURE_FILTERS: Final = frozenset({
    "/DCTDecode", "/DCT", "/JPXDecode", "/JBIG2Decode", "/CCITTFaxDecode", "/CCF",
})  # fmt: skip

MOST_OBJECTS = 200_000
MOST_VALUES = 2_000_000
DEEPEST = 60
MOST_FILTERS = 4
MEGABYTE = 1_000_000
# What a stream, and all of them together, may unpack to. A page of a plan has 30 MB of lines, a picture of 33
# megapixels 100 MB; half a megabyte can unpack to 512.
MOST_OF_A_STREAM = 100 * MEGABYTE
MOST_UNPACKED = 400 * MEGABYTE

# Also for what is unpacked while the file is opened. They hold for the whole process, which has no other use for PDFs.
pikepdf.settings.set_qpdf_limits(
    flate_max_memory=MOST_OF_A_STREAM,
    png_max_memory=MOST_OF_A_STREAM,
    tiff_max_memory=MOST_OF_A_STREAM,
    run_length_max_memory=MOST_OF_A_STREAM,
    max_stream_filters=MOST_FILTERS,
    parser_max_nesting=2 * DEEPEST,
)


class _TooMuch(Exception):
    """More objects, values or unpacked bytes than a document has."""


def reencode(source: Path, target: Path, name: str) -> None:
    """Rewrite the document's objects: what was before, between or behind them is gone.

    Raises PdfLocked, PdfActive, FileDamaged.
    """
    try:
        with pikepdf.open(source, suppress_warnings=True) as pdf:
            if pdf.is_encrypted:
                raise PdfLocked(name=name)
            if not len(pdf.pages):
                raise FileDamaged(name=name)
            if _Look(pdf).is_active():
                raise PdfActive(name=name)
            _forget_author(pdf)
            pdf.save(target)
    except pikepdf.PasswordError:
        raise PdfLocked(name=name) from None
    except (pikepdf.PdfError, ValueError, TypeError, KeyError, RuntimeError, MemoryError, _TooMuch):
        raise FileDamaged(name=name) from None


def _forget_author(pdf: pikepdf.Pdf) -> None:
    """Leave out who made the document, when, and with which programs."""
    for key in ("/Info", "/ID"):
        if key in pdf.trailer:
            del pdf.trailer[key]
    # A base address would make other links of those that are left.
    if "/URI" in pdf.Root:
        del pdf.Root["/URI"]


class _Look:
    """A look at every object of a document, each once; it strips on the way what is only left out."""

    def __init__(self, pdf: pikepdf.Pdf) -> None:
        self._pdf = pdf
        self._values_left = MOST_VALUES
        self._bytes_left = MOST_UNPACKED
        self._scratch = pikepdf.new()

    def is_active(self) -> bool:
        """Whether the document does something that it must not."""
        if len(self._pdf.objects) > MOST_OBJECTS:
            raise _TooMuch
        if not _opens_quietly(self._pdf.Root.get("/OpenAction")):
            return True
        return any(self._is_active(thing, 0) for thing in self._pdf.objects)

    def _is_active(self, thing: Any, depth: int) -> bool:
        """Look into one object. What it refers to is an object of its own and is looked into there."""
        if depth > DEEPEST:
            return True  # never written by accident
        if isinstance(thing, pikepdf.Array):
            return any(self._is_active(value, depth + 1) for value in self._inside(thing))
        if not isinstance(thing, (pikepdf.Stream, pikepdf.Dictionary)):
            return False
        entries = dict(thing.items())
        if _acts(entries):
            return True
        if isinstance(thing, pikepdf.Stream):
            if not _EXTERNAL_STREAM.isdisjoint(entries):
                return True
            self._unpack(thing)
        _strip(thing, entries)
        return any(self._is_active(value, depth + 1) for value in self._inside(entries.values()))

    def _inside(self, values: Any) -> Iterator[Any]:
        for value in values:
            self._values_left -= 1
            if self._values_left < 0:
                raise _TooMuch
            if isinstance(value, (pikepdf.Array, pikepdf.Dictionary)) and not value.is_indirect:
                yield value

    def _unpack(self, stream: pikepdf.Stream) -> None:
        """Look how large a stream is when it is unpacked. Raises _TooMuch; PdfError above a stream's own limit."""
        filters = stream.get("/Filter")
        names = [filters] if isinstance(filters, pikepdf.Name) else list(filters or ())
        if len(names) > MOST_FILTERS:
            raise _TooMuch
        plain = list(itertools.takewhile(lambda name: name not in _PICTURE_FILTERS, map(str, names)))
        if not plain:
            return
        if len(names) - len(plain) > 1:  # a picture is unpacked last
            raise _TooMuch
        if len(names) > len(plain):
            stream = self._packed_picture(stream, plain)
        self._bytes_left -= len(stream.read_bytes(pikepdf.StreamDecodeLevel.specialized))
        if self._bytes_left < 0:
            raise _TooMuch

    def _packed_picture(self, stream: pikepdf.Stream, plain: list[str]) -> pikepdf.Stream:
        """Return a picture's stream without the picture's own filter: only what it is packed in."""
        raw = pikepdf.Stream(self._scratch, stream.read_raw_bytes())
        raw["/Filter"] = pikepdf.Array([pikepdf.Name(name) for name in plain])
        return raw


def _acts(entries: dict[str, Any]) -> bool:
    """Whether a dictionary is, or has, something that acts."""
    return (
        not _ACTIVE_KEYS.isdisjoint(entries)
        or _named(entries, "/Type") in _ACTIVE_TYPES
        or _named(entries, "/Subtype") in _ACTIVE_SUBTYPES
        or _named(entries, "/S") in _ACTIVE_ACTIONS
        or (_named(entries, "/Type") == "/Action" and _named(entries, "/S") not in _QUIET_ACTIONS)
        or not all(_is_quiet(entries[key]) for key in _ACTION_KEYS if key in entries)
    )


def _named(entries: Any, key: str) -> str:
    value = entries.get(key)
    return str(value) if isinstance(value, pikepdf.Name) else ""


def _is_quiet(action: Any) -> bool:
    """Whether the value of an action entry is absent, or an allowed action."""
    if isinstance(action, pikepdf.Array):  # several in a row; each is checked where it occurs, too
        return all(_is_quiet(one) for one in list(action)[:DEEPEST]) and len(action) <= DEEPEST
    if not isinstance(action, pikepdf.Dictionary) or "/S" not in action or "/O" in action:
        return True  # attributes of a structure have an owner, and the same key (14.7.6)
    return _named(action, "/S") in _QUIET_ACTIONS


def _opens_quietly(action: Any, depth: int = 0) -> bool:
    """Whether opening the document only shows a place in it: nothing else may happen by itself."""
    if action is None or isinstance(action, (pikepdf.Array, pikepdf.Name, pikepdf.String)):
        return True
    if depth > DEEPEST or not isinstance(action, pikepdf.Dictionary) or _named(action, "/S") != "/GoTo":
        return False
    following = action.get("/Next")
    several = list(following) if isinstance(following, pikepdf.Array) else [following]
    return len(several) <= DEEPEST and all(_opens_quietly(one, depth + 1) for one in several)


def _strip(thing: Any, entries: dict[str, Any]) -> None:
    """Take off what is left out without a word: metadata, and links that lead to no web page and no mailbox."""
    for key in _METADATA:
        if key in entries:
            del thing[key]
            del entries[key]
    if _named(entries, "/S") == "/URI" and not _is_safe(entries.get("/URI")):
        for key in list(entries):
            del thing[key]
        entries.clear()


def _is_safe(address: Any) -> bool:
    return isinstance(address, pikepdf.String) and bool(_SAFE_LINK.match(bytes(address)))
