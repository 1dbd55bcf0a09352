"""The edge, over a build in small: which page an address is answered with, for how long, and with which headers."""

import asyncio
import os
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Receive, Scope, Send

from ticket_portal.addresses import PageTable
from ticket_portal.routes.asgi.edge import Edge
from ticket_portal.routes.asgi.headers import SecurityHeaders, policy
from ticket_portal.routes.asgi.page_cache import MOST_PAGES
from ticket_portal.sets.audiences import Audience

PAGES = ["", "tickets", "tickets/new", "tickets/_number", "guest/_token", "_404"]


@dataclass(frozen=True)
class Place:
    """A page of the table, without its body."""

    path: str
    audience: Audience
    shows_session_over: bool = False


TABLE = PageTable(
    [
        Place("/", Audience.EVERYBODY),
        Place("/tickets/new", Audience.EVERYBODY),
        Place("/sign-up/code", Audience.UNLISTED),
        Place("/share", Audience.BROWSER),
        Place("/guest/[token]", Audience.LINK),
        Place("/guest/tickets", Audience.GUESTS),
        Place("/tickets", Audience.ACCOUNTS),
        Place("/tickets/[number]", Audience.ACCOUNTS),
        Place("/updates", Audience.ACCOUNTS),
        # No page of the portal: whatever is added to the table is kept from others and from disks like the rest.
        Place("/reports", Audience.ACCOUNTS),
        Place("/reports/[number]/lines", Audience.TEAM),
        Place("/open.reports", Audience.READERS),
    ]
)


class Visitor:
    """Asks an ASGI application, one request at a time."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    def asks(self, method: str, path: str, **headers: str) -> httpx.Response:
        async def ask() -> httpx.Response:
            transport = httpx.ASGITransport(self._app)
            async with httpx.AsyncClient(transport=transport, base_url="http://portal.example") as client:
                return await client.request(method, path, headers=headers)

        return asyncio.run(ask())

    def gets(self, path: str, **headers: str) -> httpx.Response:
        return self.asks("GET", path, **headers)


@pytest.fixture(scope="module")
def visitor(tmp_path_factory: pytest.TempPathFactory) -> Visitor:
    static = tmp_path_factory.mktemp("client")
    for language in ("", "es", "uk"):
        for page in PAGES:
            folder = static / language / page
            folder.mkdir(parents=True, exist_ok=True)
            (folder / "index.html").write_text(f"<script>{language}</script>{language}:{page}")
    (static / "assets").mkdir()
    (static / "assets/app-1.js").write_text("1")
    (static / "404.html").write_text("Reflex's own")

    async def api(_request: object) -> PlainTextResponse:
        return PlainTextResponse("kept", headers={"Cache-Control": "max-age=5"})

    portal = Starlette(
        routes=[
            Route("/api", api, methods=["GET", "POST"]),
            Mount("/", StaticFiles(directory=static, html=True)),
        ]
    )
    layers = SecurityHeaders(Edge(portal, static, TABLE), static)
    return Visitor(layers)


@pytest.mark.parametrize(
    ("path", "status", "page"),
    [
        ("/", 200, ":"),
        ("/es", 200, "es:"),
        ("/tickets", 200, ":tickets"),
        ("/tickets/new", 200, ":tickets/new"),
        ("/tickets/12345", 200, ":tickets/_number"),
        ("/uk/tickets/12345", 200, "uk:tickets/_number"),
        ("/es/guest/abcdefghijklmnopqrstuvwx", 200, "es:guest/_token"),
        # What cannot exist: the page of that address, so that browser and server show the same one.
        ("/tickets/abc", 404, ":tickets/_number"),
        ("/tickets/0", 404, ":tickets/_number"),
        ("/tickets/2147483647", 200, ":tickets/_number"),
        ("/tickets/2147483648", 404, ":tickets/_number"),
        ("/tickets/012345", 404, ":tickets/_number"),
        ("/tickets/%D9%A1%D9%A2", 404, ":tickets/_number"),
        ("/guest/%2e", 404, ":_404"),
        # What has no page: in the language of the address.
        ("/nothing", 404, ":_404"),
        ("/es/nothing/at/all", 404, "es:_404"),
        ("/tickets/1/2", 404, ":_404"),
        ("/%ff", 404, ":_404"),
        ("/%00", 404, ":_404"),
        ("/nothing.png", 404, ":_404"),
        # Files of the build are no addresses.
        ("/_404", 404, ":_404"),
        ("/tickets/_number", 404, ":_404"),
        ("/index.html", 404, ":_404"),
        ("/404.html", 404, ":_404"),
        ("/x/%2e%2e/es", 404, ":_404"),
    ],
)
def test_an_address_is_answered_with_its_page(visitor: Visitor, path: str, status: int, page: str):
    answer = visitor.gets(path)

    assert (answer.status_code, answer.text.split("</script>")[-1]) == (status, page)


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ("/tickets/", "/tickets"),
        ("/es/", "/es"),
        ("/es/tickets/12345/?page=2", "/es/tickets/12345?page=2"),
        ("/ua", "/uk"),
        ("/ua/tickets/5?x=1", "/uk/tickets/5?x=1"),
        ("/in/tickets", "/id/tickets"),
        ("/en", "/"),
        ("/en/tickets/5", "/tickets/5"),
        # Never to another host.
        ("/en//evil.example/", "/evil.example"),
        ("/en/%5Cevil.example", "/%5Cevil.example"),
        ("/ua//evil.example", "/uk/evil.example"),
    ],
)
def test_one_address_for_each_page(visitor: Visitor, path: str, place: str):
    answer = visitor.gets(path)

    assert (answer.status_code, answer.headers["location"]) == (301, place)


@pytest.mark.parametrize(
    ("cookie", "asked", "place"),
    [
        ("", "es-419,es;q=0.9", "/es"),
        ("", "de,uk;q=0.5,en;q=0.4", "/uk"),
        ("", "in", "/id"),
        ("", "en-GB,es;q=0.8", None),
        ("", "de", None),
        ("", "es;q=0", None),
        ("", ";;q=x,,", None),
        ("portal_language=vi", "es", "/vi"),
        ("portal_language=en", "es", None),
        ("portal_language=klingon", "es", "/es"),
        ("=;portal_language", "fr", "/fr"),
    ],
)
def test_the_root_alone_chooses_the_language(visitor: Visitor, cookie: str, asked: str, place: str | None):
    headers = {"accept-language": asked, "cookie": cookie}

    answer = visitor.gets("/", **headers)
    assert (answer.status_code, answer.headers.get("location")) == ((302, place) if place else (200, None))
    assert "Accept-Language" in answer.headers["vary"]
    assert visitor.gets("/tickets", **headers).status_code == 200


@pytest.mark.parametrize(
    ("path", "kept"),
    [
        ("/", "no-cache"),
        ("/nothing", "no-cache"),
        ("/assets/app-1.js", "public, max-age=31536000, immutable"),
        ("/assets/gone.js", "no-cache"),
        ("/tickets", "no-store"),
        ("/es/tickets/12345", "no-store"),
        ("/guest/abcdefghijklmnopqrstuvwx", "no-store"),
        ("/uk/updates", "no-store"),
        ("/share", "no-store"),
        ("/reports", "no-store"),
        ("/vi/reports/", "no-store"),
        ("/uk/reports/7/lines", "no-store"),
        ("/reports/and/what/is/below", "no-store"),
        ("/open.reports", "no-store"),
        ("/open-reports", "no-cache"),
        ("/reportsonce", "no-cache"),
        ("/sign-up/code", "no-cache"),
        ("/api", "max-age=5"),
    ],
)
def test_how_long_an_answer_may_be_kept(visitor: Visitor, path: str, kept: str):
    assert visitor.gets(path).headers["cache-control"] == kept


def test_a_page_that_was_never_found_is_not_unmodified(visitor: Visitor):
    found = visitor.gets("/tickets/12345")

    assert visitor.gets("/tickets/12345", **{"if-none-match": found.headers["etag"]}).status_code == 304
    assert visitor.gets("/tickets/abc", **{"if-none-match": found.headers["etag"]}).status_code == 404


def test_other_methods_and_routes_pass(visitor: Visitor):
    assert visitor.asks("POST", "/api").text == "kept"
    assert visitor.asks("HEAD", "/tickets/12345").status_code == 200


class Counted:
    """Serves files and counts how often it is asked."""

    def __init__(self, static: Path) -> None:
        self.requests = 0
        self._files = StaticFiles(directory=static, html=True)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.requests += 1
        await self._files(scope, receive, send)


@pytest.fixture
def build(tmp_path: Path) -> Path:
    """A build with one page."""
    (tmp_path / "index.html").write_text("<p>A page</p>")
    return tmp_path


def test_a_page_is_read_from_the_disk_once(build: Path):
    files = Counted(build)
    asked = Visitor(Edge(files, build, TABLE))
    first, second = asked.gets("/"), asked.gets("/")
    assert (first.status_code, first.text, first.headers) == (second.status_code, second.text, second.headers)
    assert second.headers["cache-control"] == "no-cache"
    assert files.requests == 1
    assert asked.gets("/", **{"accept-encoding": "br"}).text == first.text
    assert files.requests == 2, "what is taken compressed may be another file"


def test_what_is_no_plain_request_is_answered_as_ever(build: Path):
    asked = Visitor(Edge(StaticFiles(directory=build, html=True), build, TABLE))
    page = asked.gets("/")
    assert asked.asks("HEAD", "/").content == b""
    assert asked.gets("/", range="bytes=0-2").content == b"<p>"
    assert asked.gets("/", **{"if-none-match": page.headers["etag"]}).status_code == 304
    assert asked.gets("/").text == page.text


def test_pages_in_memory_are_bounded(build: Path):
    files = Counted(build)
    asked = Visitor(Edge(files, build, TABLE))
    asked.gets("/")
    for number in range(MOST_PAGES):
        asked.gets("/", **{"accept-encoding": f"x-{number}"})
    before = files.requests
    asked.gets("/", **{"accept-encoding": f"x-{MOST_PAGES - 1}"})
    assert files.requests == before
    asked.gets("/")
    assert files.requests == before + 1, "the one that was asked for the longest ago went"


# --- the headers
def test_a_page_may_run_its_own_scripts_and_no_others(visitor: Visitor):
    answer = visitor.gets("/es/tickets/12345")
    allowed = answer.headers["content-security-policy"]

    assert allowed == policy(answer.content)
    assert "script-src 'self' 'sha256-" in allowed
    assert "unsafe" not in allowed
    assert policy(b"<script>es</script>") != policy(b"<script>evil()</script>")
    assert policy(b'<script src="/a.js"></script>') == policy()


def test_a_page_that_was_built_anew_runs_its_new_scripts(tmp_path: Path):
    page = tmp_path / "index.html"
    page.write_text("<script>old</script>")
    asked = Visitor(
        SecurityHeaders(Edge(StaticFiles(directory=tmp_path, html=True), tmp_path, TABLE), tmp_path)
    )
    assert asked.gets("/").headers["content-security-policy"] == policy(b"<script>old</script>")

    page.write_text("<script>new</script>")
    os.utime(page, (1, 1))

    answer = asked.gets("/")
    assert answer.text == "<script>new</script>"
    assert answer.headers["content-security-policy"] == policy(answer.content)


def test_headers_of_a_document(visitor: Visitor):
    headers = visitor.gets("/nothing").headers

    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert headers["referrer-policy"] == "same-origin"


def test_a_guests_address_is_told_to_nobody(visitor: Visitor):
    for path in ("/guest/abcdefghijklmnopqrstuvwx", "/es/guest/nonsense"):
        assert visitor.gets(path).headers["referrer-policy"] == "no-referrer"


def test_https_is_insisted_on_only_where_it_is(visitor: Visitor):
    assert "strict-transport-security" not in visitor.gets("/").headers
    assert "strict-transport-security" in visitor.gets("https://portal.example/").headers
