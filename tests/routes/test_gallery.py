"""The gallery of all e-mails: written by the real writer, for developers and QA alone."""

import asyncio
from html.parser import HTMLParser
from types import SimpleNamespace
from urllib.parse import urlencode

import httpx
import pytest
from starlette.applications import Starlette

from ticket_portal.delivery import emails
from ticket_portal.delivery.emails.samples import KINDS, sample
from ticket_portal.i18n.locales import LOCALES
from ticket_portal.routes import gallery, mailbox
from ticket_portal.settings import Settings

LOCAL = ("127.0.0.1", 50_000)


@pytest.fixture
def app(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Starlette:
    for module in (gallery, mailbox):
        monkeypatch.setattr(module, "portal", lambda: SimpleNamespace(settings=settings))
    return Starlette(routes=gallery.routes)


def asked(app: Starlette, page: str = "", client: tuple[str, int] = LOCAL, **query: str) -> httpx.Response:
    async def ask() -> httpx.Response:
        transport = httpx.ASGITransport(app, client=client)
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:3000") as web:
            return await web.get(f"/dev/mailbox/gallery{page}?{urlencode(query)}")

    return asyncio.run(ask())


class Seen(HTMLParser):
    """The links and frames of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: dict[str, str] = {}
        self.frames: list[dict[str, str | None]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "iframe":
            self.frames.append(given)
        elif tag == "a" and given.get("rel"):
            self.links[given["rel"] or ""] = given["href"] or ""


@pytest.mark.parametrize("language", LOCALES)
def test_every_mail_of_a_language_is_shown_as_it_is_sent(app: Starlette, settings: Settings, language: str):
    for kind in KINDS:
        email = emails.write(settings, sample(kind, language))
        framed = asked(app, "/mail", kind=kind, language=language, scheme="light")
        for part in framed.text.split("<body")[1:]:
            assert part == email.html.split("<body")[1]
        text = asked(app, kind=kind, language=language, part="text").text
        assert email.plain.splitlines()[2] in text.replace("&#x27;", "'")


def test_both_schemes_and_widths_stand_beside_each_other_in_sandboxes(app: Starlette):
    frames = Seen(asked(app, kind="reply", scheme="both", width="both").text).frames

    assert [f["title"] for f in frames] == [
        "Desktop: Light", "Desktop: Dark", "Phone: Light", "Phone: Dark",
    ]  # fmt: skip
    assert all("allow-scripts" not in (f["sandbox"] or "") for f in frames)
    policy = asked(app, "/mail").headers["content-security-policy"]
    assert policy.startswith("sandbox ")
    assert "default-src 'none'" in policy


def test_a_scheme_is_the_readers_choice_and_not_the_developers(app: Starlette):
    dark = asked(app, "/mail", scheme="dark").text
    light = asked(app, "/mail", scheme="light").text

    assert "@media all {" in dark
    assert "@media not all {" in light
    assert "invert(1)" in asked(app, "/mail", scheme="turned").text


def test_one_can_flip_through_all_of_them(app: Starlette):
    address, seen = "", set[str]()
    answer = asked(app, kind=next(iter(KINDS)), language="en")
    for _ in range(len(KINDS) * len(LOCALES)):
        address = Seen(answer.text).links["next"]
        seen.add(address)
        query = dict(httpx.URL(address).params)
        answer = asked(app, kind=query["kind"], language=query["language"])
    assert len(seen) == len(KINDS) * len(LOCALES)


def test_unknown_words_in_the_address_show_something_sensible(app: Starlette):
    answer = asked(app, kind="<script>", language="xx", scheme="?", width="0", part="'")

    assert answer.status_code == 200
    assert "<script>" not in answer.text


@pytest.mark.parametrize("page", ["", "/mail"])
def test_strangers_and_production_find_nothing(app: Starlette, settings: Settings, page: str):
    assert asked(app, page, ("203.0.113.9", 50_000)).status_code == 404
    settings.env = "production"
    assert asked(app, page).status_code == 404
