"""`/dev/mailbox/gallery`: every e-mail in every language as people see it, light and dark, wide and narrow.

Written by the real writer from sample facts at each look; nothing is kept and nothing is sent.
"""

from functools import partial
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
from ticket_portal.sets.roles import Role
from ticket_portal.templates import framed, render
from ticket_portal.wiring import portal

PATH = "/dev/mailbox/gallery"
_SCHEMES = {"light": "Light", "dark": "Dark", "turned": "Light, turned over by Gmail"}
_WIDTHS = {"desktop": "Desktop", "phone": "Phone"}
_PARTS = {"html": "HTML", "text": "Text part"}
_READERS: dict[str, str] = {Role.GUEST: "Guest", Role.CUSTOMER: "Customer"}
# What is shown for an unknown name in the address.
_CHOICES: dict[str, tuple[dict[str, str], str]] = {
    "kind": ({name: name.capitalize() for name in KINDS}, "reply"),
    "language": (LOCALES, DEFAULT),
    "scheme": ({**_SCHEMES, "both": "Both"}, "both"),
    "width": ({**_WIDTHS, "both": "Both"}, "both"),
    "part": (_PARTS, "html"),
    "reader": (_READERS, Role.GUEST),
}
# A program without a dark mode of its own turns the light colours over.
_TURNED = in_daylight("html{background:var(--bg);filter:invert(1) hue-rotate(180deg)}")


@insiders_only
async def _look(request: Request) -> Response:
    """One mail in one language, in the chosen looks, and the way to its neighbours."""
    shown = _chosen(request)
    every = [(language, kind) for language in LOCALES for kind in KINDS]
    here = every.index((shown["language"], shown["kind"]))
    html = render(
        "dev/gallery.html",
        path=PATH,
        shown=shown,
        language_name=LOCALES[shown["language"]],
        email=_written(shown),
        kinds=KINDS,
        switches=_switches(shown),
        frames=_frames(shown),
        address=partial(_address, shown),
        # Through all kinds of a language, then the next language.
        before=every[here - 1],
        after=every[(here + 1) % len(every)],
        here=here + 1,
        count=len(every),
    )
    return HTMLResponse(html, headers={"Cache-Control": "no-store"})


@insiders_only
async def _mail(request: Request) -> Response:
    """The HTML part alone, for a frame: as a program shows it whose owner likes it light, or dark."""
    shown = _chosen(request)
    when = {"dark": "@media all"}.get(shown["scheme"], "@media not all")
    html = _written(shown).html.replace(layout.DARK_WHEN, when, 1)
    only = "dark" if shown["scheme"] == "dark" else "light"
    html = html.replace("color-scheme: light dark; supported", f"color-scheme: {only}; supported", 1)
    style = _TURNED if shown["scheme"] == "turned" else ""
    return HTMLResponse(framed(html, style), headers=mail_headers())


def _chosen(request: Request) -> dict[str, str]:
    query = request.query_params
    return {
        name: query[name] if query.get(name) in known else otherwise
        for name, (known, otherwise) in _CHOICES.items()
    }


def _written(shown: dict[str, str]) -> Email:
    delivery = sample(shown["kind"], shown["language"], guest=shown["reader"] == Role.GUEST)
    return emails.write(portal().settings, delivery)


def _frames(shown: dict[str, str]) -> list[dict[str, str]]:
    schemes = ["light", "dark"] if shown["scheme"] == "both" else [shown["scheme"]]
    widths = list(_WIDTHS) if shown["width"] == "both" else [shown["width"]]
    return [_frame(shown, scheme, width) for width in widths for scheme in schemes]


def _frame(shown: dict[str, str], scheme: str, width: str) -> dict[str, str]:
    return {
        "width": width,
        "name": f"{_WIDTHS[width]}: {_SCHEMES[scheme]}",
        "source": f"{PATH}/mail?{urlencode({**shown, 'scheme': scheme})}",
    }


def _address(shown: dict[str, str], **other: str) -> str:
    return f"{PATH}?{urlencode({**shown, **other})}"


def _switches(shown: dict[str, str]) -> list[tuple[str, dict[str, str]]]:
    names = ["language", "scheme", "width", "part", *(["reader"] if shown["kind"] in ABOUT_TICKETS else [])]
    return [(name, _CHOICES[name][0]) for name in names]


routes = [Route(PATH, _look), Route(f"{PATH}/mail", _mail)]
