"""VAPID keys (RFC 8292): how push services know who sends."""

import base64
from functools import lru_cache

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

PRIVATE_BYTES = 32


def new_keys() -> tuple[str, str]:
    """Return a new private key and its public one, in the form that settings and browsers take."""
    key = ec.generate_private_key(ec.SECP256R1())
    private = key.private_numbers().private_value.to_bytes(PRIVATE_BYTES, "big")
    public = key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return _text(private), _text(public)


@lru_cache(maxsize=2)
def public_key(private: str) -> str:
    """Return the public key that belongs to a private one: what browsers subscribe with."""
    raw = base64.urlsafe_b64decode(private + "=" * (-len(private) % 4))
    key = ec.derive_private_key(int.from_bytes(raw, "big"), ec.SECP256R1())
    return _text(key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint))


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
