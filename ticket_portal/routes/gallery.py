"""`/dev/mailbox/gallery`: every e-mail in every language as people see it, light and dark, wide and narrow.

Written by the real writer from sample facts at each look; nothing is kept and nothing is sent.
"""

from html import escape
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from ticket_portal.delivery import emails
from ticket_portal.delivery.emails import Email, layout
from ticket_portal.delivery.emails.samples import ABOUT_TICKETS, KINDS, sample
from ticket_portal.frontend.palette import in_daylight
from ticket_portal.i18n.locales import DEFAULT, LOCALES
from ticket_portal.routes.mailbox import insiders_only, mail_headers
from ticket_portal.wiring import portal

PATH = "/dev/mailbox/gallery"
_SCHEMES = {"light": "Light", "dark": "Dark", "turned": "Light, turned over by Gmail"}
_WIDTHS = {"desktop": "Desktop", "phone": "Phone"}
_PARTS = {"html": "HTML", "text": "Text part"}
_READERS = {"guest": "Guest", "customer": "Customer"}
# What is shown for a name in the address that nobody knows.
_CHOICES: dict[str, tuple[dict[str, str], str]] = {
    "kind": ({name: name.capitalize() for name in KINDS}, "reply"),
    "language": (LOCALES, DEFAULT),
    "scheme": ({**_SCHEMES, "both": "Both"}, "both"),
    "width": ({**_WIDTHS, "both": "Both"}, "both"),
    "part": (_PARTS, "html"),
    "reader": (_READERS, "guest"),
}
# A program without a dark mode of its own turns the light colours over.
_TURNED = in_daylight("<style>html{background:var(--bg);filter:invert(1) hue-rotate(180deg)}</style>")


@insiders_only
async def _look(request: Request) -> Response:
    """One mail in one language, in the chosen looks, and the way to its neighbours."""
    shown = _chosen(request)
    email = _written(shown)
    if shown["part"] == "text":
        body = f"<pre>{escape(email.plain)}</pre>"
    else:
        body = f'<div class="frames">{_frames(shown)}</div>'
    title = f"{shown['kind'].capitalize()} · {LOCALES[shown['language']]}"
    return HTMLResponse(
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{escape(title)} · Email gallery</title>'
        '<meta name="viewport" content="width=device-width,initial-scale=1"><meta name="robots" content="noindex">'
        '<meta name="color-scheme" content="light dark"><link rel="stylesheet" href="/plain.css">'
        '<link rel="icon" href="/favicon.svg" type="image/svg+xml"></head>'
        f'<body class="box gallery"><header><h1><a href="{PATH}">Email gallery</a></h1>'
        '<p><a href="/dev/mailbox">Captured mail</a></p></header>'
        f'<main>{_kinds(shown)}<section><div class="switches">{_switches(shown)}</div>'
        f'<h2 lang="{shown["language"]}">{escape(email.subject)}</h2>{_neighbours(shown)}{body}</section></main>'
        "</body></html>",
        headers={"Cache-Control": "no-store"},
    )


@insiders_only
async def _mail(request: Request) -> Response:
    """The HTML part alone, for a frame: as a program shows it whose owner likes it light, or dark."""
    shown = _chosen(request)
    when = {"dark": "@media all"}.get(shown["scheme"], "@media not all")
    html = _written(shown).html.replace(layout.DARK_WHEN, when, 1)
    only = "dark" if shown["scheme"] == "dark" else "light"
    html = html.replace("color-scheme: light dark; supported", f"color-scheme: {only}; supported", 1)
    if shown["scheme"] == "turned":
        html = html.replace("</head>", f"{_TURNED}</head>", 1)
    return HTMLResponse(html.replace("<head>", '<head><base target="_blank">', 1), headers=mail_headers())


def _chosen(request: Request) -> dict[str, str]:
    query = request.query_params
    return {
        name: query[name] if query.get(name) in known else otherwise
        for name, (known, otherwise) in _CHOICES.items()
    }


def _written(shown: dict[str, str]) -> Email:
    delivery = sample(shown["kind"], shown["language"], guest=shown["reader"] == "guest")
    return emails.write(portal().settings, delivery)


def _frames(shown: dict[str, str]) -> str:
    schemes = ["light", "dark"] if shown["scheme"] == "both" else [shown["scheme"]]
    widths = list(_WIDTHS) if shown["width"] == "both" else [shown["width"]]
    return "".join(_frame(shown, scheme, width) for width in widths for scheme in schemes)


def _frame(shown: dict[str, str], scheme: str, width: str) -> str:
    source = escape(f"{PATH}/mail?{urlencode({**shown, 'scheme': scheme})}")
    name = f"{_WIDTHS[width]}: {_SCHEMES[scheme]}"
    return (
        f'<figure data-width="{width}"><figcaption>{name}</figcaption><iframe title="{name}" src="{source}" '
        'sandbox="allow-popups allow-popups-to-escape-sandbox" referrerpolicy="no-referrer"></iframe></figure>'
    )


def _address(shown: dict[str, str], **other: str) -> str:
    return escape(f"{PATH}?{urlencode({**shown, **other})}")


def _kinds(shown: dict[str, str]) -> str:
    rows = "".join(
        f'<li><a href="{_address(shown, kind=name)}"{_current(name == shown["kind"])}>'
        f"<strong>{escape(name.capitalize())}</strong></a></li>"
        for name in KINDS
    )
    return f'<nav aria-label="Kinds"><ol>{rows}</ol></nav>'


def _switches(shown: dict[str, str]) -> str:
    names = ["language", "scheme", "width", "part", *(["reader"] if shown["kind"] in ABOUT_TICKETS else [])]
    return "".join(_switch(shown, name) for name in names)


def _switch(shown: dict[str, str], name: str) -> str:
    links = "".join(
        f'<a href="{_address(shown, **{name: value})}"{_current(value == shown[name])}>{escape(label)}</a>'
        for value, label in _CHOICES[name][0].items()
    )
    return f'<nav aria-label="{name.capitalize()}">{links}</nav>'


def _neighbours(shown: dict[str, str]) -> str:
    """The mail before and after this one: through all kinds of a language, then the next language."""
    every = [(language, kind) for language in LOCALES for kind in KINDS]
    here = every.index((shown["language"], shown["kind"]))
    before, after = every[here - 1], every[(here + 1) % len(every)]
    links = (
        f'<a rel="prev" href="{_address(shown, language=before[0], kind=before[1])}">← Previous</a>'
        f"<span>{here + 1} of {len(every)}</span>"
        f'<a rel="next" href="{_address(shown, language=after[0], kind=after[1])}">Next →</a>'
    )
    return f'<p class="neighbours">{links}</p>'


def _current(current: bool) -> str:
    return " aria-current=page" if current else ""


routes = [Route(PATH, _look), Route(f"{PATH}/mail", _mail)]
