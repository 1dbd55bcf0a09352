"""Files: taking one in, as a stream of bytes, and serving one to those who may read its message.

Nothing here is ever served from a public folder, kept by a browser or a proxy, or run in a page of ours.
"""

import asyncio
import re
from collections.abc import AsyncIterator, Coroutine, Iterator
from dataclasses import asdict
from datetime import datetime
from email.utils import format_datetime
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote, unquote

from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from ticket_portal.addresses import number_in
from ticket_portal.domain import security_log
from ticket_portal.domain.accounts import known_browsers
from ticket_portal.domain.errors import (
    DomainError,
    FileRefused,
    FilesFull,
    FileStalled,
    FileTooLarge,
    NotFound,
    SignInNeeded,
    TooMany,
)
from ticket_portal.domain.files.attachments import FileView
from ticket_portal.domain.files.types import clean_name
from ticket_portal.domain.guests import access
from ticket_portal.domain.people import NOBODY, Viewer, language
from ticket_portal.domain.security_log import SecurityEvent
from ticket_portal.domain.tickets import uploads
from ticket_portal.domain.tickets.uploads import Sender, StoredFile, Upload
from ticket_portal.i18n.catalogues import translate
from ticket_portal.i18n.dates import format_time
from ticket_portal.routes.asgi import cookies
from ticket_portal.routes.asgi.origin import refused
from ticket_portal.sets.file_kinds import OPENED
from ticket_portal.store.files import NoSuchFile
from ticket_portal.wiring import portal

T = TypeVar("T")

CHUNK_BYTES = 256 * 1024
# A film over a bad line may take long. A sender that only holds the door open goes: after a grace, the bytes must have
# come as fast as over the slowest line that anybody sends files with.
LONGEST_UPLOAD = 900.0
UPLOAD_GRACE_SECONDS = 10.0
UPLOAD_BYTES_PER_SECOND = 8_000
_RANGE = re.compile(r"bytes=([0-9]{0,15})-([0-9]{0,15})")
# A file that is opened by itself gets no rights: no scripts, no forms, nothing from elsewhere, no origin.
_POLICY = (
    "sandbox; default-src 'none'; img-src 'self'; media-src 'self'; style-src 'unsafe-inline'; "
    "frame-ancestors 'none'"
)
_ALWAYS = {
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": _POLICY,
    "Cross-Origin-Resource-Policy": "same-origin",
}
_STATUS: dict[type[DomainError], int] = {
    NotFound: 404,
    SignInNeeded: 401,
    TooMany: 429,
    FileTooLarge: 413,
    FileStalled: 408,
    FilesFull: 503,
    FileRefused: 422,
}


async def _upload(request: Request) -> Response:
    """Take one file in: its bytes are the body, its name a header, where it goes the query."""
    p = portal()
    if refusal := refused(request, p.settings):
        return refusal
    found = cookies.credentials(request.scope, p.settings)
    new_browser = "" if found.browser else known_browsers.new_token(p.settings)
    browser = found.browser or known_browsers.token_hash(p.settings, new_browser)
    sender = Sender(await _sender(request), found.ip, browser, is_new=bool(new_browser))
    try:
        with p.files.admitted(sender):
            view = await _take(request, sender)
    except DomainError as error:
        _log(sender, error)
        return _problem(request, error)
    except ClientDisconnect:
        return Response(status_code=400)  # the client is gone
    answer = JSONResponse(asdict(view), 201, {"Cache-Control": "no-store"})
    if new_browser:
        cookies.keep(answer, p.settings, cookies.BROWSER, new_browser, cookies.YEAR)
    return answer


async def _sender(request: Request) -> Viewer:
    """Return who sends: into a ticket as its page reads, into a form whoever the browser is known as."""
    if request.query_params.get("form") is None:
        return await _reader(request)
    account, guest = await _viewers(request)
    return account if account != NOBODY else guest


async def _take(request: Request, sender: Sender) -> FileView:
    p = portal()
    await p.write(uploads.count_try, sender)
    upload = await _begin(request, sender)
    body = _Body(request, upload)
    try:
        with p.files.room(upload), p.files.folder() as folder:
            await body.write(folder / "came")
            return await _unless_gone(request, p.files.take_in(upload, folder / "came", sender))
    except BaseException:
        # Also when the browser is gone in the middle: nothing of it stays.
        await p.write(uploads.give_up, upload, body.size)
        raise


async def _begin(request: Request, sender: Sender) -> Upload:
    p = portal()
    name = unquote(request.headers.get("x-file-name", ""), errors="replace")
    form, number = request.query_params.get("form"), number_in(request.query_params.get("ticket"))
    length = request.headers.get("content-length", "")
    announced = int(length[:18]) if length.isascii() and length.isdecimal() else None
    if form is not None:
        return await p.write(uploads.begin_for_form, sender, form, name, announced)
    if not number:
        raise NotFound
    if not sender.is_known:
        raise SignInNeeded
    return await p.write(uploads.begin_for_ticket, sender, number, name, announced)


class _Body:
    """The bytes of a file as they come."""

    def __init__(self, request: Request, upload: Upload) -> None:
        self._request = request
        self._upload = upload
        self.size = 0

    async def write(self, came: Path) -> None:
        """Put them on the disk, a quarter of a megabyte at a time, and never more of them than is allowed.

        Raises FileTooLarge, FileEmpty, and FileStalled for what comes so slowly that it only holds the door open.
        """
        desk = portal().files
        waiting = bytearray()
        file = await desk.run(lambda: came.open("wb"))
        try:
            async for chunk in self._chunks():
                waiting += chunk
                if len(waiting) >= CHUNK_BYTES:
                    part, waiting = bytes(waiting), bytearray()
                    await desk.run(lambda part=part: file.write(part))
            await desk.run(lambda: file.write(waiting))
        finally:
            await desk.run(file.close)
        self._upload.check_size(self.size, complete=True)

    async def _chunks(self) -> AsyncIterator[bytes]:
        # Only the time in which the network is waited for counts: a slow disk is not the sender's fault.
        stream, waited = aiter(self._request.stream()), 0.0
        loop = asyncio.get_running_loop()
        while True:
            allowed = min(UPLOAD_GRACE_SECONDS + self.size / UPLOAD_BYTES_PER_SECOND, LONGEST_UPLOAD)
            began = loop.time()
            try:
                async with asyncio.timeout(allowed - waited):
                    chunk = await anext(stream)
            except StopAsyncIteration:
                return
            except TimeoutError:
                raise FileStalled(name=self._upload.name) from None
            waited += loop.time() - began
            self.size += len(chunk)
            self._upload.check_size(self.size)
            if self.size > self._upload.expected:  # a length that lies would pass by what is reserved
                raise FileRefused(name=self._upload.name)
            yield chunk


async def _unless_gone(request: Request, work: Coroutine[Any, Any, T]) -> T:
    """Return what the work returns; when the browser hangs up first, end it. Raises ClientDisconnect."""
    task, gone = asyncio.create_task(work), asyncio.create_task(_hung_up(request))
    try:
        await asyncio.wait((task, gone), return_when=asyncio.FIRST_COMPLETED)
        if not task.done():
            raise ClientDisconnect
        return task.result()
    finally:
        task.cancel()
        gone.cancel()
        await asyncio.wait((task, gone))
        if not gone.cancelled():
            gone.exception()  # a server that fails instead of saying so: it is gone all the same


async def _hung_up(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass


def _log(sender: Sender, error: DomainError) -> None:
    if isinstance(error, FileRefused):
        security_log.refused(
            portal().settings,
            SecurityEvent.FILE_REFUSED,
            address=sender.viewer.address,
            ip=sender.ip,
            rule=error.code,
        )


async def _reader(request: Request) -> Viewer:
    """Return as whom the page that asks reads: it says whether it is a guest's."""
    viewers = await _viewers(request)
    return access.reader(*viewers) if request.query_params.get("as") == "guest" else viewers[0]


async def _viewers(request: Request) -> tuple[Viewer, Viewer]:
    p, found = portal(), cookies.credentials(request.scope, portal().settings)
    return await p.viewer(found.session), await p.viewer(found.guest)


async def _take_back(request: Request) -> Response:
    """Throw away what was uploaded and not sent."""
    p = portal()
    if refusal := refused(request, p.settings):
        return refusal
    browser = cookies.credentials(request.scope, portal().settings).browser
    try:
        await p.write(uploads.take_back, await _viewers(request), browser, request.path_params["file_id"])
    except NotFound as error:
        return _problem(request, error)
    return Response(status_code=204, headers={"Cache-Control": "no-store"})


async def _whole(request: Request) -> Response:
    return await _give(request, thumbnail=False)


async def _thumbnail(request: Request) -> Response:
    return await _give(request, thumbnail=True)


async def _give(request: Request, *, thumbnail: bool) -> Response:
    """Give a file out; who may have it is asked each time. Not theirs and not there are the same answer."""
    p = portal()
    browser = cookies.credentials(request.scope, portal().settings).browser
    try:
        kept = await p.read(
            uploads.find,
            await _viewers(request),
            browser,
            request.path_params["file_id"],
            thumbnail=thumbnail,
        )
    except NotFound:
        return _nothing()
    try:
        start, length, status = _part(request, kept)
        content = await p.files.run(lambda: p.files.read(kept, start, length))
    except _NoSuchPart:
        return Response(status_code=416, headers={**_ALWAYS, "Content-Range": f"bytes */{kept.size}"})
    except NoSuchFile:
        return _nothing()
    headers = {**_ALWAYS, "Content-Disposition": _disposition(request, kept)}
    if not thumbnail:
        headers |= {"Accept-Ranges": "bytes", "Content-Length": str(kept.size if length is None else length)}
    if status == 206 and length is not None:
        headers["Content-Range"] = f"bytes {start}-{start + length - 1}/{kept.size}"
    if request.method == "HEAD":
        return Response(None, status, headers, kept.kind)
    return StreamingResponse(_in_threads(content), status, headers, kept.kind)


def _nothing() -> Response:
    return Response("Not Found", 404, {"Cache-Control": "no-store"}, "text/plain")


class _NoSuchPart(Exception):
    """The browser asks for bytes behind the end."""


def _part(request: Request, kept: StoredFile) -> tuple[int, int | None, int]:
    """Return where to begin, how many bytes, and the status (RFC 9110, 14): one range, for films that are wound on."""
    match = _RANGE.fullmatch(request.headers.get("range", "")) if kept.size else None
    if not match or match.groups() == ("", ""):
        return 0, None, 200
    first, last = match.groups()
    if not first:  # the last so many bytes
        start, end = max(kept.size - int(last), 0), kept.size - 1
    else:
        start, end = int(first), min(int(last), kept.size - 1) if last else kept.size - 1
    if start >= kept.size or start > end:
        raise _NoSuchPart
    return start, end - start + 1, 206


async def _in_threads(content: Iterator[bytes]) -> AsyncIterator[bytes]:
    desk = portal().files
    while chunk := await desk.run(lambda: next(content, b"")):
        yield chunk


def _disposition(request: Request, kept: StoredFile) -> str:
    """How a browser names it, and whether it shows it: only what browsers only look at (RFC 6266, RFC 8187)."""
    shown = kept.kind in OPENED and "download" not in request.query_params
    plain = re.sub(r"[^A-Za-z0-9 ._()-]", "_", kept.name)
    return f"{'inline' if shown else 'attachment'}; filename=\"{plain}\"; filename*=UTF-8''{quote(kept.name, safe='')}"


def _problem(request: Request, error: DomainError) -> Response:
    """Say why, in the language of the page, as problem details (RFC 9457)."""
    status = next((_STATUS[kind] for kind in type(error).__mro__ if kind in _STATUS), 400)
    code = language(request.query_params.get("language", ""))
    zone = cookies.credentials(request.scope, portal().settings).zone
    values = {
        k: format_time(code, v, zone or "UTC") if isinstance(v, datetime) else v
        for k, v in error.values.items()
    }
    until = error.values.get("until")
    headers = {"Cache-Control": "no-store"}
    if isinstance(error, FileStalled):
        headers["Connection"] = "close"  # its bytes would go on holding it
    if until:
        headers["Retry-After"] = format_datetime(until, usegmt=True)
    content = {
        "type": "about:blank",
        "title": "The file was not taken.",
        "status": status,
        "detail": translate(code, error.text, **values),
        "code": error.code,
        "name": clean_name(str(error.values.get("name", ""))),
    }
    return JSONResponse(content, status, headers, media_type="application/problem+json")


routes = [
    Route("/files", _upload, methods=["POST"]),
    Route("/files/{file_id}", _whole),
    Route("/files/{file_id}", _take_back, methods=["DELETE"]),
    Route("/files/{file_id}/thumbnail", _thumbnail),
]
