"""A push service of our own (RFC 8030): it checks who sends (RFC 8292) and reads what came as a device does (RFC 8291).

Written against the standards with `cryptography` alone: the portal encrypts and signs with other libraries.
"""

import base64
import json
import os
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

LONGEST_TOKEN_SECONDS = 24 * 3600


def text(raw: bytes) -> str:
    """Bytes as they stand in headers and JSON."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def raw(written: str) -> bytes:
    """The bytes again."""
    return base64.urlsafe_b64decode(written + "=" * (-len(written) % 4))


class Browser:
    """A browser that subscribed: it has the private half of the keys, and reads what was encrypted for it."""

    def __init__(self, endpoint: str) -> None:
        self.endpoint = endpoint
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._auth = os.urandom(16)

    @property
    def subscription(self) -> dict[str, Any]:
        """What `PushSubscription.toJSON()` gives."""
        public = self._key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        return {"endpoint": self.endpoint, "keys": {"p256dh": text(public), "auth": text(self._auth)}}

    def reads(self, body: bytes) -> dict[str, Any]:
        """Decrypt one record of aes128gcm. Raises InvalidTag, ValueError."""
        salt, size, length = body[:16], int.from_bytes(body[16:20], "big"), body[20]
        sender, sealed = body[21 : 21 + length], body[21 + length :]
        assert len(sealed) <= size
        own = self._key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        shared = self._key.exchange(
            ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), sender)
        )
        secret = _hkdf(self._auth, shared, b"WebPush: info\0" + own + sender, 32)
        key = _hkdf(salt, secret, b"Content-Encoding: aes128gcm\0", 16)
        nonce = _hkdf(salt, secret, b"Content-Encoding: nonce\0", 12)
        padded = AESGCM(key).decrypt(nonce, sealed, None)
        content = padded.rstrip(b"\0")
        assert content.endswith(b"\x02"), "the delimiter of the last record"
        return json.loads(content[:-1])


def _hkdf(salt: bytes, secret: bytes, info: bytes, length: int) -> bytes:
    return HKDF(hashes.SHA256(), length, salt, info).derive(secret)


@dataclass
class Received:
    """One request as it came."""

    path: str
    headers: dict[str, str]
    body: bytes
    claims: dict[str, Any]
    key: str


@dataclass
class PushService:
    """Takes pushes on a port of this machine; answers what the test says."""

    status: int = 201
    took: list[Received] = field(default_factory=list)
    delay: float = 0.0

    def __post_init__(self) -> None:
        service = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                headers = {name.lower(): value for name, value in self.headers.items()}
                time.sleep(service.delay)
                status = service.status
                try:
                    claims, key = _proof(headers["authorization"], service.origin)
                    service.took.append(Received(self.path, headers, body, claims, key))
                except (AssertionError, ValueError, KeyError):
                    status = 403
                self.send_response(status)
                if status in (301, 307, 308):
                    self.send_header("Location", f"{service.origin}/elsewhere")
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @property
    def origin(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self._server.server_port}"

    def subscribes(self, name: str = "phone") -> Browser:
        """A browser with an address here."""
        return Browser(f"{self.origin}/push/{name}")

    def close(self) -> None:
        """End it."""
        self._server.shutdown()
        self._server.server_close()


def _proof(header: str, origin: str) -> tuple[dict[str, Any], str]:
    """The claims and the key of a VAPID header. Raises AssertionError, ValueError where it proves nothing."""
    scheme, _space, given = header.partition(" ")
    assert scheme == "vapid"
    parts = dict(part.strip().split("=", 1) for part in given.split(","))
    head, claims, signature = parts["t"].split(".")
    assert json.loads(raw(head)) == {"typ": "JWT", "alg": "ES256"}
    public = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), raw(parts["k"]))
    signed = raw(signature)
    der = encode_dss_signature(int.from_bytes(signed[:32], "big"), int.from_bytes(signed[32:], "big"))
    try:
        public.verify(der, f"{head}.{claims}".encode(), ec.ECDSA(hashes.SHA256()))
    except Exception as error:
        raise ValueError("a wrong signature") from error
    told = json.loads(raw(claims))
    assert told["aud"] == origin
    assert 0 < told["exp"] - time.time() <= LONGEST_TOKEN_SECONDS
    assert told["sub"].startswith(("mailto:", "https://"))
    return told, parts["k"]
