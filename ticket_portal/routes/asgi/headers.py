"""Security headers of every answer; for pages a Content-Security-Policy that names their own inline scripts."""

import base64
import hashlib
import re
from pathlib import Path

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ticket_portal.addresses import GUEST_LINK
from ticket_portal.i18n.locales import bare
from ticket_portal.routes.asgi.edge import SERVED

_INLINE_SCRIPT = re.compile(rb"<script(?![^>]*\bsrc=)[^>]*>(.*?)</script>", re.DOTALL)
_INLINE_STYLE = re.compile(rb"<style[^>]*>(.*?)</style>", re.DOTALL)

_ALWAYS = [
    (b"x-content-type-options", b"nosniff"),
    (b"cross-origin-resource-policy", b"same-origin"),
]
_DOCUMENTS = [
    (b"x-frame-options", b"DENY"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
]
_HTTPS_ONLY = (b"strict-transport-security", b"max-age=31536000; includeSubDomains")


def policy(page: bytes = b"") -> str:
    """The Content-Security-Policy of a page: its own inline scripts and styles, by hash, and no others."""
    return "; ".join(
        [
            "default-src 'self'",
            " ".join(["script-src 'self'", *_hashes(_INLINE_SCRIPT, page)]),
            " ".join(["style-src 'self'", *_hashes(_INLINE_STYLE, page)]),
            "img-src 'self' data: blob:",
            "font-src 'self'",
            "connect-src 'self'",
            "worker-src 'self'",
            "manifest-src 'self'",
            "object-src 'none'",
            "base-uri 'none'",
            "form-action 'self'",
            "frame-ancestors 'none'",
        ]
    )


def _hashes(inline: re.Pattern[bytes], page: bytes) -> list[str]:
    digests = (hashlib.sha256(content).digest() for content in inline.findall(page))
    return sorted({f"'sha256-{base64.b64encode(digest).decode()}'" for digest in digests})


class SecurityHeaders:
    """ASGI layer that adds what an answer does not already say. It wraps the edge."""

    def __init__(self, app: ASGIApp, static: Path, *, secure: bool = False) -> None:
        """`secure`: people come over https, whatever a proxy says of this one request."""
        self._app = app
        self._secure = secure
        self._static = static
        self._plain = policy().encode()
        self._policies: dict[str, tuple[int, bytes]] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        served: dict[str, str] = {}

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                present = Headers(raw=message["headers"])
                asset = scope["path"].startswith("/assets/") and message["status"] in (200, 206, 304)
                added = [
                    pair for pair in self._for(scope, served, asset=asset) if pair[0].decode() not in present
                ]
                message = {**message, "headers": [*message["headers"], *added]}
            await send(message)

        return await self._app({**scope, SERVED: served}, receive, with_headers)

    def _for(self, scope: Scope, served: dict[str, str], *, asset: bool) -> list[tuple[bytes, bytes]]:
        always = [*_ALWAYS, *([_HTTPS_ONLY] if self._secure or scope["scheme"] == "https" else [])]
        # Scripts and styles are governed by the page that loads them; a dozen of them would carry these in vain.
        # What is not found there is answered with a page, which needs them like any other.
        if asset:
            return always
        # The address of a guest's page is a secret: no other page or host may hear it.
        secret = bare(scope["path"]).startswith(GUEST_LINK)
        return [
            *always,
            *_DOCUMENTS,
            (b"content-security-policy", self._policy(served.get("file", ""))),
            (b"referrer-policy", b"no-referrer" if secret else b"same-origin"),
        ]

    def _policy(self, folder: str) -> bytes:
        """Return a page's policy; read again when a new build took the file's place under the running server."""
        if not folder:
            return self._plain
        file = self._static / folder.strip("/") / "index.html"
        try:
            changed_at = file.stat().st_mtime_ns
            known = self._policies.get(folder)
            if known is None or known[0] != changed_at:
                known = self._policies[folder] = changed_at, policy(file.read_bytes()).encode()
        except FileNotFoundError:
            return self._plain
        return known[1]
