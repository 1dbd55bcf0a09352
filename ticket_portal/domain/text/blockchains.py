"""Blockchains as far as a support team needs to know them: what a transaction's ID looks like on each."""

import hashlib
import re

CHAINS = {"bitcoin": "Bitcoin", "ethereum": "Ethereum", "tron": "TRON", "solana": "Solana"}

BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_HEX = r"(?<![0-9A-Za-z])[0-9A-Fa-f]{64}(?![0-9A-Za-z])"
_0X = r"(?<![0-9A-Za-z])0[xX][0-9A-Fa-f]{64}(?![0-9A-Za-z])"
_SIGNATURE = rf"(?<![0-9A-Za-z])[{BASE58}]{{86,88}}(?![0-9A-Za-z])"
SHAPE_OF = {"bitcoin": "hex", "ethereum": "evm", "tron": "hex", "solana": "signature"}
SHAPES = {"evm": re.compile(_0X), "hex": re.compile(_HEX), "signature": re.compile(_SIGNATURE)}
_ANY = re.compile("|".join(shape.pattern for shape in SHAPES.values()))
_SIGNATURE_BYTES = 64
_CHECKSUM = 4


def transaction_id(typed: str, chain: str = "") -> str:
    """Return the one transaction ID in what was typed (it may be an explorer's address), "" without exactly one.

    With a chain, only an ID of that chain's shape counts.
    """
    found = {i for i in transaction_ids(typed) if not chain or SHAPES[SHAPE_OF[chain]].fullmatch(i)}
    return found.pop() if len(found) == 1 else ""


def transaction_ids(text: str) -> list[str]:
    """Return the transaction IDs in a text, each once, hexadecimal ones in lower case."""
    found = (i if len(i) > 66 else i.lower() for i in _ANY.findall(text))
    return list(dict.fromkeys(i for i in found if len(i) <= 66 or len(base58(i)) == _SIGNATURE_BYTES))


def base58(text: str) -> bytes:
    """Decode base58; b"" if it is not valid."""
    number = 0
    for letter in text:
        digit = BASE58.find(letter)
        if digit < 0:
            return b""
        number = number * 58 + digit
    zeros = len(text) - len(text.lstrip("1"))
    return b"\0" * zeros + number.to_bytes((number.bit_length() + 7) // 8)


def base58_checked(text: str) -> bytes:
    """Return the bytes without their checksum; b"" if it is not right."""
    found = base58(text)
    content, checksum = found[:-_CHECKSUM], found[-_CHECKSUM:]
    right = hashlib.sha256(hashlib.sha256(content).digest()).digest()[:_CHECKSUM]
    return content if content and checksum == right else b""
