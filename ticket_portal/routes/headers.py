"""Security headers of every answer; for pages a Content-Security-Policy that names their own inline scripts."""

import base64
import hashlib
import re
from pathlib import Path

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ticket_portal.i18n.locales import bare
from ticket_portal.routes.edge import SERVED

_INLINE_SCRIPT = re.compile(rb"<script(?![^>]*\bsrc=)[^>]*>(.*?)</script>", re.DOTALL)

_ALWAYS = [
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
]
_HTTPS_ONLY = (b"strict-transport-security", b"max-age=31536000; includeSubDomains")


def script_hashes(page: bytes) -> list[str]:
    """The CSP sources of a page's inline scripts."""
    digests = (hashlib.sha256(script).digest() for script in _INLINE_SCRIPT.findall(page))
    return sorted({f"'sha256-{base64.b64encode(digest).decode()}'" for digest in digests})


def policy(hashes: list[str]) -> str:
    """The Content-Security-Policy for a page with these inline scripts."""
    return "; ".join(
        [
            "default-src 'self'",
            " ".join(["script-src 'self'", *hashes]),
            # Emotion, which Reflex renders with, writes style elements.
            "style-src 'self' 'unsafe-inline'",
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


class SecurityHeaders:
    """ASGI layer that adds what an answer does not already say. Stands outside of the edge."""

    def __init__(self, app: ASGIApp, static: Path) -> None:
        self._app = app
        self._plain = policy([]).encode()
        self._policies = {_folder(file, static): _policy_of(file) for file in static.rglob("index.html")}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        served: dict[str, str] = {}

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                present = Headers(raw=message["headers"])
                added = [pair for pair in self._for(scope, served) if pair[0].decode() not in present]
                message = {**message, "headers": [*message["headers"], *added]}
            await send(message)

        return await self._app({**scope, SERVED: served}, receive, with_headers)

    def _for(self, scope: Scope, served: dict[str, str]) -> list[tuple[bytes, bytes]]:
        # The address of a guest's page is a secret: no other page or host may hear it.
        secret = bare(scope["path"]).startswith("/guest/")
        return [
            *_ALWAYS,
            (b"content-security-policy", self._policies.get(served.get("file", ""), self._plain)),
            (b"referrer-policy", b"no-referrer" if secret else b"same-origin"),
            *([_HTTPS_ONLY] if scope["scheme"] == "https" else []),
        ]


def _folder(file: Path, static: Path) -> str:
    relative = file.parent.relative_to(static).as_posix()
    return "/" if relative == "." else f"/{relative}/"


def _policy_of(file: Path) -> bytes:
    return policy(script_hashes(file.read_bytes())).encode()
