"""What a browser may fetch at all: each page by its audience, over a real database."""

from dataclasses import dataclass
from types import SimpleNamespace

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from tests.routes.browser import Browser, signed_in
from ticket_portal.addresses import LARGEST, PageTable
from ticket_portal.domain.people import Viewer
from ticket_portal.i18n.locales import LOCALES, localized
from ticket_portal.routes.asgi.guard import PageGuard
from ticket_portal.sets.audiences import RULES, Audience
from ticket_portal.sets.roles import Role
from ticket_portal.store.unit_of_work import Store


@dataclass(frozen=True)
class Place:
    """A page of the table, without its body."""

    path: str
    audience: Audience
    shows_session_over: bool = False


# Of all audiences one that the portal has not got: what is added to the table is guarded like the rest.
ADDED = [
    Place("/reports", Audience.ACCOUNTS),
    Place("/reports/[number]/lines", Audience.ACCOUNTS),
    Place("/desk/reports", Audience.TEAM),
    Place("/shared", Audience.READERS),
    Place("/steps", Audience.UNLISTED),
]


async def _page(_request: Request) -> PlainTextResponse:
    return PlainTextResponse("page")


@pytest.fixture
def guarded(portal: SimpleNamespace) -> Starlette:
    from ticket_portal.pages import PAGES

    pages = Starlette(routes=[Route("/{path:path}", _page)])
    return PageGuard(pages, portal, PageTable([*PAGES, *ADDED]))


def test_every_page_behind_a_sign_in_leads_there_in_every_language(guarded: Starlette):
    from ticket_portal.pages import PAGES

    stranger = Browser(guarded)
    for page in [*PAGES, *ADDED]:
        path = page.path.replace("[number]", "12345").replace("[token]", "a" * 20)
        for locale in LOCALES:
            there = localized(locale, path)
            answer = stranger.asks("GET", f"{there}?page=2")
            if RULES[page.audience].sign_in:
                sign_in = f"{localized(locale, '/sign-in')}?next={there}%3Fpage%3D2"
                assert (answer.status_code, answer.headers["location"]) == (303, sign_in), there
                assert answer.headers["cache-control"] == "no-store"
            elif page.audience not in (Audience.LINK, Audience.GUESTS):
                assert answer.status_code == 200, there


def test_the_teams_pages_are_not_there_for_customers(
    guarded: Starlette, store: Store, ana: Viewer, linh: Viewer
):
    for path in ("/agent", "/desk/reports", "/uk/desk/reports/"):
        assert signed_in(guarded, store, ana).gets(path).status_code == 404
        assert signed_in(guarded, store, linh).gets(path).status_code == 200


def test_a_page_of_a_ticket_is_there_for_who_reads_it(
    guarded: Starlette, store: Store, ana: Viewer, budi: Viewer, number: int
):
    for path in (f"/tickets/{number}", f"/es/reports/{number}/lines"):
        assert signed_in(guarded, store, ana).gets(path).status_code == 200
        assert signed_in(guarded, store, budi).gets(path).status_code == 404
    for no_number in ("0", f"0{number}", str(LARGEST + 1), "9" * 40, "abc", "١٢"):
        assert signed_in(guarded, store, ana).gets(f"/tickets/{no_number}").status_code == 404


def test_a_guest_reads_what_is_for_all_who_proved_something(guarded: Starlette, store: Store, ana: Viewer):
    guest = Viewer(role=Role.GUEST, address="minh@example.com")
    for viewer in (ana, guest):
        assert signed_in(guarded, store, viewer).gets("/shared").status_code == 200
    assert signed_in(guarded, store, guest).gets("/reports").status_code == 303
