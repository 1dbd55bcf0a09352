"""What must not be sent to anybody: recovery phrases, private keys, card numbers.

Customers and guests are stopped before they send one; the browser looks first (assets/js/shield.js), and here it is
looked for again, because the browser is not ours. The team and its systems are not stopped: they may have to quote,
and what they write is no secret of theirs. Our own six-digit codes are looked for in `codes.refuse_own`.
"""

import re
import unicodedata
from itertools import groupby

from ticket_portal.domain.chains import base58_checked
from ticket_portal.domain.errors import CardFound, KeyFound, PhraseFound
from ticket_portal.i18n.recovery_words import LISTS, is_phrase, plain, words

SHORTEST_PHRASE = 12
LENGTHS = (24, 21, 18, 15, 12)
# Twelve words of a list in a row are a phrase. The same few again and again are mostly somebody who shouts "help":
# then the phrase's own checksum decides, in a run that is about as long as a phrase.
MOST_REPEATED = 4
LONGEST_CHECKED = 48
LONGEST_CONTEXT = 80

_WORD = re.compile(r"[^\W\d_]+")
_WIF = re.compile(r"(?<![0-9A-Za-z])[5KL9c][1-9A-HJ-NP-Za-km-z]{50,51}(?![0-9A-Za-z])")
_EXTENDED = re.compile(r"(?<![0-9A-Za-z])[xyztuv]prv[1-9A-HJ-NP-Za-km-z]{107,108}(?![0-9A-Za-z])")
_PEM = re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY")
_BARE_KEY = re.compile(
    r"(?<![0-9A-Za-z])(?:(?:0x)?[0-9A-Fa-f]{64}|[1-9A-HJ-NP-Za-km-z]{87,88})(?![0-9A-Za-z])"
)
_KEY_WORDS = (
    r"private[ _-]?keys?|priv[ _-]?keys?|secret[ _-]?keys?|seeds?|clave(?: privada| secreta)|llave privada"
    r"|cl[eé]s?(?: priv[eé]es?| secr[eè]tes?)|kunci(?: privat| pribadi| rahasia)"
    r"|(?:приватн|закрит|секретн|особист)\w* ключ\w*|kh[oó]a (?:riêng tư|bí mật|cá nhân)|khoá (?:riêng tư|bí mật)"
)
_OTHER_WORDS = (
    r"tx(?:id|hash| ?id)?|transactions?|hash|transacci[oó]n(?:es)?|transaksi|транзакц\w*|giao dịch"
    r"|retir\w+|withdrawal\w*|deposit\w*|penarikan|виведен\w*|rút tiền"
)
_SAID_BEFORE = re.compile(rf"\b(?:(?P<key>{_KEY_WORDS})|{_OTHER_WORDS})\b", re.IGNORECASE)
_CARD = re.compile(r"(?<![\w.,:/+-])\d(?:[ -]?\d){12,18}(?![\w:/-])(?![.,]\d)")
_CARD_STARTS = re.compile(
    r"(?:4\d{12}(?:\d{3}){0,2}|5[1-5]\d{14}|2(?:22[1-9]|2[3-9]\d|[3-6]\d\d|7[01]\d|720)\d{12}|220[0-4]\d{12,15}"
    r"|3[47]\d{13}|3(?:0[0-5]|[68]\d)\d{11}|6(?:011|5\d\d|4[4-9]\d)\d{12}|35(?:2[89]|[3-8]\d)\d{12}"
    r"|62\d{14,17}|(?:50|5[6-8]|6[37])\d{10,17})"
)


def refuse_secrets(*texts: str) -> None:
    """Raise PhraseFound, KeyFound or CardFound if a text holds such a thing."""
    for text in texts:
        folded = unicodedata.normalize("NFKC", text)
        if _has_phrase(text):
            raise PhraseFound
        if _has_key(folded):
            raise KeyFound
        if _has_card(folded):
            raise CardFound


def _has_phrase(text: str) -> bool:
    said = [plain(word) for word in _WORD.findall(unicodedata.normalize("NFKC", text))]
    return len(said) >= SHORTEST_PHRASE and any(_has_phrase_of(name, said) for name in LISTS)


def _has_phrase_of(name: str, said: list[str]) -> bool:
    listed = words(name)
    runs = (list(run) for known, run in groupby(said, key=listed.__contains__) if known)
    return any(_holds_phrase(name, run) for run in runs if len(run) >= SHORTEST_PHRASE)


def _holds_phrase(name: str, run: list[str]) -> bool:
    starts = range(len(run) - SHORTEST_PHRASE + 1)
    fewest = SHORTEST_PHRASE - MOST_REPEATED
    if any(len(set(run[at : at + SHORTEST_PHRASE])) > fewest for at in starts):
        return True
    if len(run) > LONGEST_CHECKED:
        return False
    spelled = [words(name)[word] for word in run]
    windows = (spelled[at : at + n] for n in LENGTHS for at in range(len(run) - n + 1))
    return any(is_phrase(name, window) for window in windows)


def _has_key(text: str) -> bool:
    if _PEM.search(text):
        return True
    if any(base58_checked(i) for pattern in (_WIF, _EXTENDED) for i in pattern.findall(text)):
        return True
    return any(_is_called_key(text, found.start()) for found in _BARE_KEY.finditer(text))


def _is_called_key(text: str, start: int) -> bool:
    """Whether what stands there was called a key last, and not a transaction: both have the same shape."""
    said = list(_SAID_BEFORE.finditer(text[max(0, start - LONGEST_CONTEXT) : start]))
    return bool(said) and said[-1].group("key") is not None


def _has_card(text: str) -> bool:
    found = (re.sub("[ -]", "", card) for card in _CARD.findall(text))
    return any(_CARD_STARTS.fullmatch(digits) and _luhn(digits) for digits in found)


def _luhn(digits: str) -> bool:
    doubled = (int(d) * (1 + at % 2) for at, d in enumerate(reversed(digits)))
    return sum(n - 9 if n > 9 else n for n in doubled) % 10 == 0
