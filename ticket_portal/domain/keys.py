"""Tokens, codes and seals: what is given out, and what is kept of it."""

import base64
import hashlib
import hmac
import json
import secrets
from typing import Any

from cryptography.fernet import Fernet

from ticket_portal.settings import Settings

CODE_DIGITS = 6
REFERENCE_LENGTH = 10
REFERENCE_SIGNS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # without letters that look like digits (Crockford)


def new_token() -> str:
    """Return 256 random bits, as 43 characters that are safe in a URL."""
    return secrets.token_urlsafe(32)


def token_hash(token: str) -> str:
    """Return what is kept of a token. It is random enough that a plain SHA-256 can't be turned back."""
    # Tokens come from addresses and cookies: what no encoder takes is an unknown token, not a crash.
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def new_code() -> str:
    """Return six random digits, leading zeros kept."""
    return f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}d}"


def new_reference() -> str:
    """Return 50 random bits that people can read out and type."""
    return "".join(secrets.choice(REFERENCE_SIGNS) for _ in range(REFERENCE_LENGTH))


def code_hmac(settings: Settings, *parts: str) -> str:
    """Return the HMAC of a code with what it is bound to; a million codes would fall to a plain hash at once."""
    return hmac.new(_key(settings, "code"), "\0".join(parts).encode(), hashlib.sha256).hexdigest()


def subject_hash(settings: Settings, *parts: object) -> str:
    """Return a name for something limited (an address, an IP) that tells a reader of the database nothing."""
    return hmac.new(_key(settings, "limit"), "\0".join(map(str, parts)).encode(), hashlib.sha256).hexdigest()[
        :32
    ]


def signature(settings: Settings, purpose: str, text: str) -> str:
    """Return a short proof that this portal wrote `text` for this purpose."""
    return hmac.new(_key(settings, purpose), text.encode(), hashlib.sha256).hexdigest()[:32]


def seal(settings: Settings, content: dict[str, Any]) -> bytes:
    """Encrypt what must wait in the database but must not be read there: a code or a link until it is sent."""
    return _fernet(settings).encrypt(json.dumps(content).encode())


def unseal(settings: Settings, sealed: bytes) -> dict[str, Any]:
    """Return what was sealed. Raises cryptography.fernet.InvalidToken after the secret key was changed."""
    return json.loads(_fernet(settings).decrypt(sealed))


def equal(one: str, other: str) -> bool:
    """Constant-time comparison."""
    return hmac.compare_digest(one.encode("utf-8", "replace"), other.encode("utf-8", "replace"))


def _key(settings: Settings, purpose: str) -> bytes:
    return hmac.new(settings.secret, purpose.encode(), hashlib.sha256).digest()


def _fernet(settings: Settings) -> Fernet:
    return Fernet(base64.urlsafe_b64encode(_key(settings, "seal")))
