"""What can be searched, and how it is found: the same words on SQLite (FTS5) and PostgreSQL (full text).

A text is split into words here. A word without accents is indexed once. One with accents is indexed twice: as it was
written, and folded behind a mark, so that both "rút" and "rut" find it and the first can be told from the second.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, cast, column, literal, or_, select, table
from sqlalchemy.dialects.postgresql import TSQUERY
from sqlmodel import col

from ticket_portal.i18n.folding import nfc, nfkc
from ticket_portal.store.tables import SearchEntry, Ticket
from ticket_portal.store.unit_of_work import Work

FOLDED = "≈"
LONGEST_WORD = 100
MOST_WORDS = 8
SHORTEST_ID = 16
SHORTEST_PART = 4

# An apostrophe between two Cyrillic letters belongs to the word; elsewhere it ends one, as in "l'argent".
_WORD = re.compile("(?:[^\\W_]|[\u0300-\u036f]|(?<=[\u0400-\u04ff])['’ʼ‘`](?=[\u0400-\u04ff]))+")
_NO_LETTER = re.compile("[^\\w\u0300-\u036f]|_")
_LETTERS = str.maketrans({"đ": "d", "ł": "l", "ø": "o", "œ": "oe", "æ": "ae", "ı": "i"})
# й and ї are letters of their own, not и and і with something on top.
_KEPT_MARKS = "\u0306\u0308"

_index = table("searchtext", column("rowid"), column("searchtext"))


def spoken(text: str) -> Iterator[tuple[int, int, str]]:
    """Yield each word of a text: where it begins, where it ends, and how it is written, in small letters."""
    for found in _WORD.finditer(text):
        word = found.group()[:LONGEST_WORD].casefold()
        if not word.isascii():
            word = _NO_LETTER.sub("", nfkc(word).casefold())
        if word:
            yield found.start(), found.end(), word[:LONGEST_WORD]


def fold(word: str) -> str:
    """Return a word without its accents."""
    if word.isascii():
        return word
    kept: list[str] = []
    for letter in unicodedata.normalize("NFD", nfc(word)):
        if unicodedata.combining(letter) and not (
            letter in _KEPT_MARKS and kept and "\u0400" <= kept[-1] <= "\u04ff"
        ):
            continue
        kept.append(letter)
    return unicodedata.normalize("NFC", "".join(kept)).translate(_LETTERS)


def typed_words(typed: str) -> list[str]:
    """Return the words of a search query."""
    found = (word for _start, _end, word in spoken(nfc(typed)))
    return list(dict.fromkeys(found))[:MOST_WORDS]


def part_of_id(word: str) -> bool:
    """Whether a word may be the middle of a transaction ID or an address."""
    return len(word) >= SHORTEST_PART and word.isascii() and any(c.isdigit() for c in word)


def entry(ticket: Ticket, kind: str, source_id: int, text: str) -> dict[str, Any]:
    """Return the row that lets a text of a ticket be found."""
    words = {word for _start, _end, word in spoken(nfc(text))}
    if kind == "subject":
        words.add(str(ticket.number))
    return {
        "ticket_id": ticket.id,
        "kind": kind,
        "source_id": source_id,
        "owner": owner(ticket.account_id, ticket.address),
        "label": "" if kind == "message" else text,
        "words": " ".join(sorted({t for word in words for t in _tokens(word)})),
        "ids": " ".join(sorted(w for w in words if len(w) >= SHORTEST_ID and part_of_id(w))),
    }


def remember(work: Work, ticket: Ticket, kind: str, source_id: int, text: str) -> None:
    """Let a text of a ticket be found by its requester: a `subject`, a public `message`, the name of a `file`."""
    work.insert(SearchEntry, **entry(ticket, kind, source_id, text))


def owner(account_id: int | None, address: str) -> str:
    """Return the single token that marks one owner's entries (see the triggers in `full_text`)."""
    return f"a{account_id}" if account_id else f"g{address.encode().hex()}"


def with_word(work: Work, owner: str, word: str) -> ColumnElement[bool]:
    """Return the condition that some text of a ticket has a word that begins like this one, accents aside."""
    return col(Ticket.id).in_(_tickets(entries_with(work, owner, [word])))


def with_exactly(work: Work, owner: str, word: str) -> ColumnElement[bool]:
    """Return the condition that some text of a ticket has this very word."""
    return col(Ticket.id).in_(_tickets(_matching(work, owner, [(word, False)])))


def entries_with(work: Work, owner: str, words: Sequence[str]) -> ColumnElement[bool]:
    """Return the condition that an entry has one of the words."""
    folded = [fold(word) for word in words]
    begins = _matching(work, owner, [(form, True) for word in folded for form in (word, FOLDED + word)])
    inside = [
        and_(col(SearchEntry.owner) == owner, col(SearchEntry.ids).contains(word, autoescape=True))
        for word in folded
        if part_of_id(word)
    ]
    return or_(begins, *inside)


def _matching(work: Work, owner: str, forms: Sequence[tuple[str, bool]]) -> ColumnElement[bool]:
    # Words are letters and digits alone, so nothing in them has a meaning in either language.
    if not work.on_sqlite:
        query = " | ".join(f"'{word}':*" if begins else f"'{word}'" for word, begins in forms)
        found = col(SearchEntry.words).op("@@")(cast(literal(query), TSQUERY))
        return and_(col(SearchEntry.owner) == owner, found)
    query = " OR ".join(f'"{word}" *' if begins else f'"{word}"' for word, begins in forms)
    match = _index.c.searchtext.op("MATCH")(f'owner : "{owner}" AND words : ({query})')
    return col(SearchEntry.id).in_(select(_index.c.rowid).where(match))


def _tickets(condition: ColumnElement[bool]) -> Select[Any]:
    return select(SearchEntry.ticket_id).where(condition)  # pyright: ignore[reportCallIssue, reportArgumentType]


def _tokens(word: str) -> tuple[str, ...]:
    folded = fold(word)
    return (word,) if folded == word else (word, FOLDED + folded)
