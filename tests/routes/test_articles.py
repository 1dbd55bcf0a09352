"""What stands beside the articles' pages: the door of "Was this helpful?", and the way for search engines."""

import asyncio
import xml.etree.ElementTree as ET
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette

from ticket_portal.domain.operations import feedback as votes
from ticket_portal.domain.operations.feedback import Count
from ticket_portal.i18n.articles import slugs
from ticket_portal.i18n.locales import LOCALES
from ticket_portal.routes import sitemap
from ticket_portal.routes.forms import feedback, form_route
from ticket_portal.store.unit_of_work import Store

PATHS = ["/", *(f"/help/{slug}" for slug in slugs())]


@pytest.fixture
def app(store: Store, monkeypatch: pytest.MonkeyPatch) -> Starlette:
    async def write(function: Any, *args: Any) -> Any:
        return await asyncio.to_thread(store.write, function, *args)

    settings = store.settings.model_copy(update={"base_url": "https://help.example"})
    portal = SimpleNamespace(settings=settings, write=write)
    for module in (form_route, feedback, sitemap):
        monkeypatch.setattr(module, "portal", lambda: portal)
    return Starlette(routes=[*feedback.routes, *sitemap.routes(PATHS)])


def asked(app: Starlette, method: str, path: str, cookie: str = "", **more: Any) -> httpx.Response:
    headers = {"Sec-Fetch-Site": "same-origin", "Origin": "http://portal", "Cookie": cookie}

    async def request() -> httpx.Response:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://portal") as client:
            return await client.request(method, path, headers=headers, **more)

    return asyncio.run(request())


def says(app: Starlette, helpful: str, cookie: str = "", **more: str) -> httpx.Response:
    form = {"article": "alerts", "language": "fr", "helpful": helpful, **more}
    return asked(app, "POST", "/help-feedback", cookie, data=form)


def test_a_browser_says_it_once_and_gets_a_name_of_its_own(app: Starlette, store: Store):
    first = says(app, "yes")
    assert (first.status_code, first.content) == (204, b"")
    assert "HttpOnly" in first.headers["set-cookie"]
    cookie = first.headers["set-cookie"].split(";")[0]

    again = says(app, "no", cookie, missing="Que faire ensuite ?")

    assert again.status_code == 204
    assert "set-cookie" not in again.headers
    assert store.read(votes.counts) == [Count("alerts", "fr", yes=0, no=1)]
    assert [said.text for said in store.read(votes.missing)] == ["Que faire ensuite ?"]


@pytest.mark.parametrize(
    "form",
    [
        {"helpful": "maybe"},
        {"helpful": "no", "article": "no-such-article"},
        {"helpful": "no", "missing": "x" * 1_001},
        {"helpful": "no", "missing": "4111 1111 1111 1111"},
    ],
)
def test_what_makes_no_sense_is_not_kept(app: Starlette, store: Store, form: dict[str, str]):
    assert says(app, **form).status_code == 422
    assert store.read(votes.counts) == []


def test_too_much_from_one_place_is_refused(app: Starlette, store: Store):
    most = store.settings.limit_feedback_per_ip_per_hour
    assert {says(app, "yes").status_code for _ in range(most)} == {204}
    assert says(app, "yes").status_code == 429


def test_the_sitemap_names_every_page_in_every_language(app: Starlette):
    answer = asked(app, "GET", "/sitemap.xml")
    names = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9", "x": "http://www.w3.org/1999/xhtml"}
    tree = ET.fromstring(answer.text)
    places = [found.text for found in tree.findall("s:url/s:loc", names)]

    assert answer.headers["content-type"].startswith("application/xml")
    assert len(places) == len(set(places)) == len(PATHS) * len(LOCALES)
    assert {"https://help.example/", "https://help.example/uk/help/alerts"} <= set(places)
    for entry in tree.findall("s:url", names):
        others = {link.get("hreflang"): link.get("href") for link in entry.findall("x:link", names)}
        assert set(others) == {*LOCALES, "x-default"}
        assert set(others.values()) <= set(places)
        assert entry.findtext("s:loc", namespaces=names) in others.values()


def test_robots_are_told_where_it_is(app: Starlette):
    answer = asked(app, "GET", "/robots.txt")

    assert answer.headers["content-type"].startswith("text/plain")
    assert "User-agent: *" in answer.text
    assert answer.text.endswith("Sitemap: https://help.example/sitemap.xml\n")
    assert "Disallow: /\n" not in answer.text
