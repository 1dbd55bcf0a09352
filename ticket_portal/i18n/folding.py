"""Unicode normalization (UAX #15) of texts that strangers write, in time and space that grow with their length alone.

Two things make Python's own `unicodedata.normalize` an attack. Marks in a row are sorted by insertion, so that ten
thousand of them take 80 ms and twice as many four times that; and one character may become eighteen (U+FDFA).
"""

import re
import unicodedata

MOST_MARKS = 30
"""So many marks on one letter are kept, as in the Stream-Safe Text Format (UAX #15); no language needs as many."""

# What NFKC makes more than three characters of: Arabic words as one sign, Japanese units in a square, numbers in
# brackets. A blank takes its place.
EXPANDING = re.compile(
    "[\u2057\u2152\u2167\u2177\u247d-\u2487\u2a0c\u321d\u321e\u3300-\u3357\u337f\u3389\u33a8\u33ae\u33af\u33c2\u33c6"
    "\u33d8\ufdf2-\ufdf8\ufdfa-\ufdfc]"
)


def nfc(text: str) -> str:
    """Return the text with its marks composed; marks beyond 30 on one letter are left out."""
    return text if text.isascii() else unicodedata.normalize("NFC", _stream_safe(text))


def nfkc(text: str) -> str:
    """Return the text with look-alikes as what they are (full-width digits, ligatures); at most three times as long."""
    return text if text.isascii() else unicodedata.normalize("NFKC", _stream_safe(EXPANDING.sub(" ", text)))


def unmarked(text: str) -> str:
    """Return the text in lower case, with look-alikes as what they are, without accents and other marks."""
    lowered = text.lower()
    if lowered.isascii():
        return lowered
    decomposed = unicodedata.normalize("NFKD", _stream_safe(EXPANDING.sub(" ", lowered)))
    return "".join(c for c in decomposed if not unicodedata.combining(c))


def _stream_safe(text: str) -> str:
    kept: list[str] = []
    in_a_row = 0
    for letter in text:
        in_a_row = in_a_row + 1 if unicodedata.combining(letter) else 0
        if in_a_row <= MOST_MARKS:
            kept.append(letter)
    return "".join(kept)
