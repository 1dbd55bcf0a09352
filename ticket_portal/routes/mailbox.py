"""`/dev/mailbox`: the captured mail, for developers and QA; never in production."""

from collections.abc import Awaitable, Callable
from html import escape
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from ticket_portal.domain.operations import mailbox
from ticket_portal.routes.asgi.internal_access import may_enter
from ticket_portal.store.tables import CapturedMail
from ticket_portal.wiring import portal

Endpoint = Callable[[Request], Awaitable[Response]]

# A mail is shown as a mail program shows it: styles yes, scripts and anything from elsewhere no. The sandbox lets its
# links open in new tabs.
_MAIL_POLICY = (
    "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; style-src 'unsafe-inline'; "
    "frame-ancestors 'self'"
)
_PRIVATE = {"Cache-Control": "no-store"}


def insiders_only(endpoint: Endpoint) -> Endpoint:
    """Let in developers and QA alone, and no one in production."""

    async def guarded(request: Request) -> Response:
        settings = portal().settings
        if settings.env == "production" or not may_enter(request, settings, settings.test_token):
            return Response("Not Found", 404, media_type="text/plain")
        return await endpoint(request)

    return guarded


@insiders_only
async def _box(request: Request) -> Response:
    """The list, the newest first."""
    address = request.query_params.get("to", "").strip().lower()
    return _page(_listed(await portal().read(mailbox.newest, address), address, None), "")


@insiders_only
async def _mail(request: Request) -> Response:
    """One mail, beside the list."""
    address = request.query_params.get("to", "").strip().lower()
    mail = await portal().read(mailbox.find, request.path_params["mail_id"])
    if mail is None:
        return Response("Not Found", 404, media_type="text/plain")
    return _page(_listed(await portal().read(mailbox.newest, address), address, mail), _opened(mail))


@insiders_only
async def _html(request: Request) -> Response:
    """The HTML part alone, for the frame in the page."""
    mail = await portal().read(mailbox.find, request.path_params["mail_id"])
    if mail is None:
        return Response("Not Found", 404, media_type="text/plain")
    shown = mail.html.replace("<head>", '<head><base target="_blank">', 1)
    return HTMLResponse(shown, headers=mail_headers())


def mail_headers() -> dict[str, str]:
    """Return the headers of a mail's HTML in a frame of ours."""
    return {**_PRIVATE, "Content-Security-Policy": _MAIL_POLICY, "X-Frame-Options": "SAMEORIGIN"}


def _page(listed: str, opened: str) -> HTMLResponse:
    opened = opened or '<p class="empty">Choose a mail to read it.</p>'
    return HTMLResponse(
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Captured mail</title>'
        '<meta name="viewport" content="width=device-width,initial-scale=1"><meta name="robots" content="noindex">'
        '<meta name="color-scheme" content="light dark"><link rel="stylesheet" href="/plain.css">'
        '<link rel="icon" href="/favicon.svg" type="image/svg+xml"></head>'
        '<body class="box"><header><h1><a href="/dev/mailbox">Captured mail</a></h1>'
        '<p>Nothing here was sent. <a href="/dev/mailbox/gallery">Gallery of all emails</a> · '
        '<a href="/">To the portal</a></p></header>'
        f"<main>{listed}<section>{opened}</section></main></body></html>",
        headers=_PRIVATE,
    )


def _listed(mails: list[CapturedMail], address: str, current: CapturedMail | None) -> str:
    query = f"?to={quote(address)}" if address else ""
    rows = "".join(_row(mail, query, current=current is not None and mail.id == current.id) for mail in mails)
    return (
        '<nav aria-label="Mails"><form role="search"><label for="to">To</label>'
        f'<input id="to" name="to" type="search" value="{escape(address)}" placeholder="Any address">'
        "<button>Show</button></form>"
        + (f"<ol>{rows}</ol>" if mails else '<p class="empty">No mail yet.</p>')
        + "</nav>"
    )


def _row(mail: CapturedMail, query: str, *, current: bool) -> str:
    return (
        f'<li><a href="/dev/mailbox/{mail.id}{escape(query)}"{" aria-current=page" if current else ""}>'
        f"<strong>{escape(mail.subject)}</strong><span>{escape(mail.address)}</span>"
        f'<small><span class="kind">{escape(mail.kind)}</span> {escape(mail.language)} '
        f'<time datetime="{mail.created_at.isoformat()}">{mail.created_at:%d %b %H:%M:%S}</time></small></a></li>'
    )


def _opened(mail: CapturedMail) -> str:
    headers = "".join(f"<dt>{escape(k)}</dt><dd>{escape(v)}</dd>" for k, v in mail.headers.items())
    link = escape(mail.link)
    return (
        f'<h2>{escape(mail.subject)}</h2><dl class="facts"><dt>To</dt><dd>{escape(mail.address)}</dd>'
        + (f'<dt>Link</dt><dd><a href="{link}" data-testid="mail-link">{link}</a></dd>' if link else "")
        + (
            f'<dt>Code</dt><dd><code data-testid="mail-code">{escape(mail.code)}</code></dd>'
            if mail.code
            else ""
        )
        + f'</dl><iframe title="The mail as HTML" src="/dev/mailbox/{mail.id}/html" '
        'sandbox="allow-popups allow-popups-to-escape-sandbox" referrerpolicy="no-referrer"></iframe>'
        f"<details><summary>Text part</summary><pre>{escape(mail.plain)}</pre></details>"
        f"<details><summary>Headers</summary><dl>{headers}</dl></details>"
    )


routes = [
    Route("/dev/mailbox", _box),
    Route("/dev/mailbox/{mail_id:int}", _mail),
    Route("/dev/mailbox/{mail_id:int}/html", _html),
]
