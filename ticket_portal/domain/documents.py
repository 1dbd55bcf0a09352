"""PDFs: what would do something when opened is refused, the rest is written anew."""

from pathlib import Path
from typing import Any

import pikepdf

from ticket_portal.domain.errors import FileDamaged, PdfActive, PdfLocked

# Whatever runs, starts, fetches, or hides a file in a document (ISO 32000-2, 12.6.4 and 7.11.4).
_ACTIVE_KEYS = {"/JS", "/JavaScript", "/EmbeddedFiles", "/EF", "/RichMediaContent", "/XFA", "/AA"}
_ACTIVE_TYPES = {"/EmbeddedFile"}
_ACTIVE_SUBTYPES = {"/RichMedia", "/FileAttachment", "/Movie", "/Screen", "/3D"}
_ACTIVE_ACTIONS = {
    "/JavaScript", "/Launch", "/ImportData", "/SubmitForm", "/GoToE", "/GoToR", "/Rendition", "/RichMediaExecute",
}  # fmt: skip
_DEEPEST = 60


def made_anew(source: Path, target: Path, name: str) -> None:
    """Write the document's objects anew: what stood before, between or behind them is gone.

    Raises PdfLocked, PdfActive, FileDamaged.
    """
    try:
        with pikepdf.open(source, suppress_warnings=True) as pdf:
            if pdf.is_encrypted:
                raise PdfLocked(name=name)
            if not len(pdf.pages):
                raise FileDamaged(name=name)
            if any(_is_active(thing, 0) for thing in pdf.objects):
                raise PdfActive(name=name)
            pdf.save(target)
    except pikepdf.PasswordError:
        raise PdfLocked(name=name) from None
    except (pikepdf.PdfError, ValueError, TypeError, KeyError, RuntimeError):
        raise FileDamaged(name=name) from None


def _is_active(thing: Any, depth: int) -> bool:
    """Look into one object. What it refers to is an object of its own and is looked into there."""
    if depth > _DEEPEST:
        return True  # nobody writes such a thing by accident
    if isinstance(thing, (pikepdf.Stream, pikepdf.Dictionary)):
        entries = dict(thing.items())
        return (
            not _ACTIVE_KEYS.isdisjoint(entries)
            or str(entries.get("/Type", "")) in _ACTIVE_TYPES
            or str(entries.get("/Subtype", "")) in _ACTIVE_SUBTYPES
            or ("/S" in entries and str(entries["/S"]) in _ACTIVE_ACTIONS)
            or any(_inside(value, depth) for value in entries.values())
        )
    return isinstance(thing, pikepdf.Array) and any(_inside(value, depth) for value in thing)


def _inside(value: Any, depth: int) -> bool:
    return isinstance(value, pikepdf.Object) and not value.is_indirect and _is_active(value, depth + 1)
