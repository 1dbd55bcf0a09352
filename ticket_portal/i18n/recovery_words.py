"""The words of which wallets make recovery phrases (BIP-39), in those of the portal's languages that have a list."""

import unicodedata
from functools import cache

from mnemonic import Mnemonic

LISTS = ("english", "spanish", "french")


@cache
def words(name: str) -> dict[str, str]:
    """Return a list's words as they are compared, and how the list spells each."""
    return {plain(word): word for word in Mnemonic(name).wordlist}


def is_phrase(name: str, spelled: list[str]) -> bool:
    """Whether these words of a list are a phrase: its last bits are a checksum of the others."""
    return Mnemonic(name).check(" ".join(spelled))


def plain(word: str) -> str:
    """Return a word in lower case and without accents: phrases are typed with and without them."""
    decomposed = unicodedata.normalize("NFKD", word.lower())
    return "".join(c for c in decomposed if not unicodedata.combining(c))
