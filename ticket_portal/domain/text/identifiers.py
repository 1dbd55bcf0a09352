"""Transaction IDs and addresses in what people write: known by their shape, and by their checksum if they have one."""

import re
from collections.abc import Iterator

from ticket_portal.domain.text.blockchains import BASE58, base58, base58_checked

_BECH32 = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_BECH32_SUMS = (1, 0x2BC830A3)  # version 0, and later ones (BIP-173, BIP-350)
_GENERATORS = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)
BITCOIN_VERSIONS = (0x00, 0x05)
TRON_VERSION = 0x41
SOLANA_ADDRESS, SOLANA_SIGNATURE = 32, 64
LONGEST = 100

# A run of letters and digits with word boundaries; a hyphen or an underscore joins words, so it is none of ours.
_RUN = re.compile(rf"(?<![\w-])[0-9A-Za-z]{{26,{LONGEST}}}(?![\w-])")
# What an address looks like, its checksum left aside: enough to say that it is no transaction ID.
ADDRESS = re.compile(rf"0x[0-9a-f]{{40}}|bc1[0-9a-z]{{20,71}}|[{BASE58}]{{26,44}}", re.IGNORECASE)
_HEX = re.compile(r"0x([0-9a-fA-F]{40}|[0-9a-fA-F]{64})|[0-9a-fA-F]{64}")


def find(text: str) -> Iterator[tuple[int, int]]:
    """Yield where each transaction ID or address in a text begins and ends (Bitcoin, Ethereum, Tron, Solana)."""
    for run in _RUN.finditer(text):
        if recognised(run.group()):
            yield run.span()


def recognised(word: str) -> bool:
    """Whether a word is a transaction ID or an address."""
    if _HEX.fullmatch(word):
        return any(c.isdigit() for c in word[2:]) and any(c.isalpha() for c in word[2:])
    if word.lower().startswith("bc1"):
        return _is_bech32(word)
    data = base58(word)
    if len(data) == 25 and (data[0] in BITCOIN_VERSIONS or data[0] == TRON_VERSION):
        return bool(base58_checked(word))
    return len(data) in (SOLANA_ADDRESS, SOLANA_SIGNATURE) and _mixed(word)


def _mixed(word: str) -> bool:
    # Without a checksum only its disorder tells it from a long word.
    return (
        any(c.isdigit() for c in word) and any(c.isupper() for c in word) and any(c.islower() for c in word)
    )


def _is_bech32(word: str) -> bool:
    if word not in (word.lower(), word.upper()):
        return False
    values = [_BECH32.find(c) for c in word.lower()[3:]]
    if -1 in values:
        return False
    sum_ = 1
    # "bc" as the standard spreads it: the high bits of its letters, a zero, the low bits.
    for value in (3, 3, 0, 2, 3, *values):
        top = sum_ >> 25
        sum_ = (sum_ & 0x1FFFFFF) << 5 ^ value
        for place, generator in enumerate(_GENERATORS):
            sum_ ^= generator if top >> place & 1 else 0
    return sum_ in _BECH32_SUMS
