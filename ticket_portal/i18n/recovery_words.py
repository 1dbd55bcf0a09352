"""The words of which wallets make recovery phrases (BIP-39), in those of the portal's languages that have a list."""

import hashlib
from collections.abc import Sequence
from functools import cache

from mnemonic import Mnemonic

from ticket_portal.i18n.folding import unmarked

LISTS = ("english", "spanish", "french")
BITS_OF_A_WORD = 11
WORDS_TO_A_CHECKSUM_BIT = 3


@cache
def words(name: str) -> dict[str, int]:
    """Return a list's words as they are compared (`folding.unmarked`), and the place of each in its list."""
    return {unmarked(word): place for place, word in enumerate(Mnemonic(name).wordlist)}


def joined(places: Sequence[int]) -> int:
    """Return words, given by their places in the list, as the one number that BIP-39 makes of them."""
    number = 0
    for place in places:
        number = number << BITS_OF_A_WORD | place
    return number


def is_phrase(number: int, length: int) -> bool:
    """Whether so many words, joined, are a phrase: its last bits are the first of the SHA-256 of all others (BIP-39).

    `length`: 12, 15, 18, 21 or 24. The language makes no difference to it.
    """
    checksum_bits = length // WORDS_TO_A_CHECKSUM_BIT
    entropy, checksum = number >> checksum_bits, number & ((1 << checksum_bits) - 1)
    digest = hashlib.sha256(entropy.to_bytes((length * BITS_OF_A_WORD - checksum_bits) // 8)).digest()
    return digest[0] >> (8 - checksum_bits) == checksum
