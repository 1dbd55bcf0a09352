"""What must not be sent to anybody: recovery phrases, private keys, card numbers.

Customers and guests are stopped before they send one; the browser looks first (assets/js/shield.js), and here it is
looked for again, because the browser is not ours. The team and its systems are not stopped: they may have to quote,
and what they write is no secret of theirs. Our own six-digit codes are looked for in `codes.refuse_own`.

Looking costs up to some milliseconds, and a stranger chooses the text. So it is never done inside a transaction, where
every other writer would wait for it: each form looks at its texts when it is made (`secret_in`) and carries what it
found, and the domain function that takes the form refuses it (`refuse`) after the try was counted.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from ticket_portal.domain import security_log
from ticket_portal.domain.errors import CardFound, KeyFound, PhraseFound, SecretFound
from ticket_portal.domain.security_log import SecurityEvent
from ticket_portal.domain.text.blockchains import base58_checked
from ticket_portal.i18n.folding import nfkc, unmarked
from ticket_portal.i18n.recovery_words import BITS_OF_A_WORD, LISTS, is_phrase, joined, words
from ticket_portal.settings import Settings

SHORTEST_PHRASE = 12
LENGTHS = (24, 21, 18, 15, 12)
# Twelve words of a list in a row are a phrase. The same few again and again are mostly a person shouting "help":
# then the phrase's own checksum decides, in a run that is about as long as a phrase.
MOST_REPEATED = 4
LONGEST_CHECKED = 48
MOST_CHECKED = 1_000
"""So many checksums are computed for a text and a list: some milliseconds. One in sixteen twelves of words is a phrase
by chance, so an ordinary text with that many is found long before; one without is made for the purpose, and refused."""
LONGEST_CONTEXT = 80

WORD = re.compile(r"[^\W\d_]+")
WIF = re.compile(r"(?<![0-9A-Za-z])[5KL9c][1-9A-HJ-NP-Za-km-z]{50,51}(?![0-9A-Za-z])")
EXTENDED_KEY = re.compile(r"(?<![0-9A-Za-z])[xyztuv]prv[1-9A-HJ-NP-Za-km-z]{107,108}(?![0-9A-Za-z])")
PEM = re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY")
BARE_KEY = re.compile(
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
SAID_BEFORE = re.compile(rf"\b(?:(?P<key>{_KEY_WORDS})|{_OTHER_WORDS})\b", re.IGNORECASE)
CARD = re.compile(r"(?<![\w.,:/+-])\d(?:[ -]?\d){12,18}(?![\w:/-])(?![.,]\d)")
CARD_STARTS = re.compile(
    r"(?:4\d{12}(?:\d{3}){0,2}|5[1-5]\d{14}|2(?:22[1-9]|2[3-9]\d|[3-6]\d\d|7[01]\d|720)\d{12}|220[0-4]\d{12,15}"
    r"|3[47]\d{13}|3(?:0[0-5]|[68]\d)\d{11}|6(?:011|5\d\d|4[4-9]\d)\d{12}|35(?:2[89]|[3-8]\d)\d{12}"
    r"|62\d{14,17}|(?:50|5[6-8]|6[37])\d{10,17})"
)


def refuse_secrets(*texts: str) -> None:
    """Raise PhraseFound, KeyFound or CardFound if a text holds such a thing. Not inside a transaction: see above."""
    for text in texts:
        folded = nfkc(text)
        if _has_phrase(text):
            raise PhraseFound
        if _has_key(folded):
            raise KeyFound
        if _has_card(folded):
            raise CardFound


def secret_in(*texts: str) -> type[SecretFound] | None:
    """Return the refusal that a form with these texts deserves, None for a form without secrets."""
    try:
        refuse_secrets(*texts)
    except SecretFound as found:
        return type(found)
    return None


def refuse(settings: Settings, found: type[SecretFound] | None, *, address: str = "", ip: str = "") -> None:
    """Raise what a form's texts were found to hold, and note it in the security log. Cheap, so done in transactions."""
    if found:
        security_log.refused(settings, SecurityEvent.SECRET_STOPPED, address=address, ip=ip, kind=found.code)
        raise found


def _has_phrase(text: str) -> bool:
    said = WORD.findall(unmarked(text))
    if len(said) < SHORTEST_PHRASE:
        return False
    runs_by_list = [list(_runs(name, said)) for name in LISTS]
    return any(_is_rich(run) for runs in runs_by_list for run in runs) or any(
        map(_has_checksum, runs_by_list)
    )


def _runs(name: str, said: Sequence[str]) -> Iterator[list[int]]:
    """Yield the runs of at least twelve words of a list, as the words' places in it."""
    listed = words(name)
    run: list[int] = []
    for word in said:
        place = listed.get(word)
        if place is not None:
            run.append(place)
        elif run:
            if len(run) >= SHORTEST_PHRASE:
                yield run
            run = []
    if len(run) >= SHORTEST_PHRASE:
        yield run


def _is_rich(run: Sequence[int]) -> bool:
    """Whether some twelve words in a row are mostly different ones."""
    counts: Counter[int] = Counter()
    for at, place in enumerate(run):
        counts[place] += 1
        if at >= SHORTEST_PHRASE:
            left = run[at - SHORTEST_PHRASE]
            counts[left] -= 1
            if not counts[left]:
                del counts[left]
        if at >= SHORTEST_PHRASE - 1 and len(counts) > SHORTEST_PHRASE - MOST_REPEATED:
            return True
    return False


def _has_checksum(runs: Sequence[Sequence[int]]) -> bool:
    """Whether some window of the runs is a phrase by its checksum. Each is computed once, and at most MOST_CHECKED."""
    checked: set[tuple[int, int]] = set()
    for window in (window for run in runs if len(run) <= LONGEST_CHECKED for window in _windows(run)):
        if window in checked:
            continue
        if len(checked) == MOST_CHECKED or is_phrase(*window):
            return True
        checked.add(window)
    return False


def _windows(run: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Yield each part of a run that is as long as a phrase: its words joined, and how many they are."""
    whole = joined(run)
    for length in LENGTHS:
        mask = (1 << BITS_OF_A_WORD * length) - 1
        for after in range(len(run) - length + 1):
            yield whole >> BITS_OF_A_WORD * after & mask, length


def _has_key(text: str) -> bool:
    if PEM.search(text):
        return True
    if any(base58_checked(i) for pattern in (WIF, EXTENDED_KEY) for i in pattern.findall(text)):
        return True
    return any(_is_called_key(text, found.start()) for found in BARE_KEY.finditer(text))


def _is_called_key(text: str, start: int) -> bool:
    """Whether the text before it last names a key, not a transaction: both have the same shape."""
    said = list(SAID_BEFORE.finditer(text[max(0, start - LONGEST_CONTEXT) : start]))
    return bool(said) and said[-1].group("key") is not None


def _has_card(text: str) -> bool:
    found = (re.sub("[ -]", "", card) for card in CARD.findall(text))
    return any(CARD_STARTS.fullmatch(digits) and _luhn(digits) for digits in found)


def _luhn(digits: str) -> bool:
    doubled = (int(d) * (1 + at % 2) for at, d in enumerate(reversed(digits)))
    return sum(n - 9 if n > 9 else n for n in doubled) % 10 == 0
