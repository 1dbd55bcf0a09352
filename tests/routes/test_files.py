"""The door for files: who may send one, who may have one, and what a browser is told to do with it."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import httpx
import pytest
from sqlmodel import select
from starlette.applications import Starlette

from tests import samples
from tests.cast import opens
from ticket_portal.delivery.files import FileDesk
from ticket_portal.domain import accounts, keys, messages, sessions
from ticket_portal.domain.messages import MessageForm
from ticket_portal.domain.people import Viewer
from ticket_portal.i18n.catalogues import translate
from ticket_portal.routes import cookies, files
from ticket_portal.store.files import Folder
from ticket_portal.store.tables import Attachment
from ticket_portal.store.unit_of_work import Store, Work

OURS = {"Origin": "http://portal"}


class Browser:
    """Somebody's browser, before the routes alone."""

    def __init__(self, app: Starlette, **kept: str) -> None:
        self._app = app
        self.cookies = kept

    def asks(self, method: str, path: str, **more: Any) -> httpx.Response:
        async def ask() -> httpx.Response:
            transport = httpx.ASGITransport(self._app)
            async with httpx.AsyncClient(
                transport=transport, base_url="http://portal", cookies=self.cookies
            ) as client:
                return await client.request(method, path, **more)

        return asyncio.run(ask())

    def sends(self, name: str, content: Any, to: str, **headers: str) -> httpx.Response:
        return self.asks(
            "POST", f"/files?{to}", content=content, headers={**OURS, "X-File-Name": quote(name), **headers}
        )

    def gets(self, path: str, **headers: str) -> httpx.Response:
        return self.asks("GET", path, headers=headers)


@pytest.fixture
def portal(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    async def ask(function: Any, *args: Any, **more: Any) -> Any:
        return await asyncio.to_thread(store.read, function, *args, **more)

    async def tell(function: Any, *args: Any, **more: Any) -> Any:
        return await asyncio.to_thread(store.write, function, *args, **more)

    async def viewer(token_hash: str) -> Viewer:
        return await ask(sessions.viewer, token_hash)

    monkeypatch.setattr(store.settings, "data_dir", tmp_path)
    desk = FileDesk(store, Folder(tmp_path / "files"), store.settings)
    portal = SimpleNamespace(
        settings=store.settings, ask=ask, tell=tell, viewer=viewer, files=desk, folder=tmp_path
    )
    monkeypatch.setattr(files, "portal", lambda: portal)
    return portal


@pytest.fixture
def app(portal: SimpleNamespace) -> Starlette:
    return Starlette(routes=files.routes)


def _signed_in(app: Starlette, store: Store, viewer: Viewer) -> Browser:
    def begin(work: Work) -> str:
        if viewer.role == "guest":
            return sessions.begin_guest(work, viewer.address)
        account = accounts.find(work, viewer.address)
        assert account is not None
        return sessions.begin(work, account)

    name = cookies.GUEST if viewer.role == "guest" else cookies.SESSION
    return Browser(app, **{name: store.write(begin)})


@pytest.fixture
def anas(app: Starlette, store: Store, ana: Viewer) -> Browser:
    return _signed_in(app, store, ana)


@pytest.fixture
def linhs(app: Starlette, store: Store, linh: Viewer) -> Browser:
    return _signed_in(app, store, linh)


@pytest.fixture
def number(store: Store, ana: Viewer) -> int:
    return store.write(opens, ana).number or 0


def _replies_with(store: Store, viewer: Viewer, number: int, file_id: str, *, note: bool = False) -> None:
    form = MessageForm.parse({"body": "Look.", "client_id": str(uuid4()), "files": [file_id]})
    store.write(messages.note if note else messages.reply, viewer, number, form)


def _left(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def test_a_picture_goes_in_and_comes_out_again(
    anas: Browser, linhs: Browser, store: Store, ana: Viewer, number: int
):
    answer = anas.sends("übersicht.png", samples.picture(), f"ticket={number}")
    assert answer.status_code == 201
    sent = answer.json()
    assert (sent["name"], sent["kind"], sent["state"], sent["width"]) == (
        "übersicht.png",
        "image/png",
        "ready",
        480,
    )
    _replies_with(store, ana, number, sent["id"])

    for browser in (anas, linhs):
        got = browser.gets(f"/files/{sent['id']}")
        assert got.status_code == 200
        assert got.content.startswith(b"\x89PNG")
        assert got.headers["content-type"] == "image/png"
        assert got.headers["x-content-type-options"] == "nosniff"
        assert got.headers["cache-control"] == "no-store"
        assert got.headers["content-security-policy"].startswith("sandbox; default-src 'none'")
        assert int(got.headers["content-length"]) == len(got.content)
        assert (
            got.headers["content-disposition"]
            == "inline; filename=\"_bersicht.png\"; filename*=UTF-8''%C3%BCbersicht.png"
        )
        assert browser.gets(f"/files/{sent['id']}/thumbnail").headers["content-type"] == "image/webp"


def test_a_document_is_saved_and_not_shown(anas: Browser, number: int):
    sent = anas.sends('a"; filename="evil.html.pdf', samples.pdf(), f"ticket={number}").json()

    disposition = anas.gets(f"/files/{sent['id']}").headers["content-disposition"]

    assert disposition.startswith("attachment; ")
    assert disposition.count('"') == 2
    assert anas.gets(f"/files/{sent['id']}/thumbnail").status_code == 404


def test_a_picture_is_saved_when_that_is_asked_for(anas: Browser, number: int):
    sent = anas.sends("a.png", samples.picture(), f"ticket={number}").json()

    assert (
        anas.gets(f"/files/{sent['id']}?download").headers["content-disposition"].startswith("attachment; ")
    )


def test_nobody_else_has_it_and_nobody_learns_that_it_is_there(
    app: Starlette, anas: Browser, store: Store, ana: Viewer, budi: Viewer, minh: Viewer, number: int
):
    file_id = anas.sends("a.png", samples.picture(), f"ticket={number}").json()["id"]
    _replies_with(store, ana, number, file_id)

    for browser in (_signed_in(app, store, budi), _signed_in(app, store, minh), Browser(app)):
        for part in ("", "/thumbnail"):
            theirs, missing = (
                browser.gets(f"/files/{file_id}{part}"),
                browser.gets(f"/files/{'x' * 43}{part}"),
            )
            assert theirs.status_code == missing.status_code == 404
            assert theirs.content == missing.content
            assert theirs.headers == missing.headers


def test_who_signs_out_has_it_no_more(app: Starlette, store: Store, ana: Viewer, number: int):
    browser = _signed_in(app, store, ana)
    file_id = browser.sends("a.png", samples.picture(), f"ticket={number}").json()["id"]
    store.write(sessions.end, keys.token_hash(browser.cookies[cookies.SESSION]))

    assert browser.gets(f"/files/{file_id}").status_code == 404
    assert browser.sends("a.png", samples.picture(), f"ticket={number}").json()["code"] == "session_ended"


def test_the_files_of_a_note_are_the_teams(
    anas: Browser, linhs: Browser, store: Store, linh: Viewer, number: int
):
    file_id = linhs.sends("a.png", samples.picture(), f"ticket={number}").json()["id"]
    _replies_with(store, linh, number, file_id, note=True)

    assert linhs.gets(f"/files/{file_id}").status_code == 200
    assert anas.gets(f"/files/{file_id}").status_code == 404


def test_a_guest_sends_and_gets(app: Starlette, store: Store, minh: Viewer):
    number = store.write(opens, minh).number
    browser = _signed_in(app, store, minh)
    file_id = browser.sends("a.png", samples.picture(), f"ticket={number}&as=guest").json()["id"]
    _replies_with(store, minh, number or 0, file_id)

    assert browser.gets(f"/files/{file_id}").status_code == 200


def test_on_a_guests_page_an_agent_is_the_guest(app: Starlette, linhs: Browser, store: Store, minh: Viewer):
    number = store.write(opens, minh).number
    guest = _signed_in(app, store, minh)
    both = Browser(app, **linhs.cookies, **guest.cookies)

    file_id = both.sends("a.png", samples.picture(), f"ticket={number}&as=guest").json()["id"]

    _replies_with(store, minh, number or 0, file_id)


@pytest.mark.parametrize(
    "target", ["ticket=99999", "ticket=0", "ticket=x", "ticket=" + "9" * 40, "ticket=١", ""]
)
def test_there_is_no_such_ticket(anas: Browser, target: str):
    answer = anas.sends("a.png", samples.picture(), target)

    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


def test_nobody_sends_into_a_ticket_that_is_not_theirs(
    app: Starlette, store: Store, budi: Viewer, number: int
):
    answers = [
        _signed_in(app, store, budi).sends("a.png", samples.picture(), f"ticket={n}") for n in (number, 99999)
    ]

    assert [a.status_code for a in answers] == [404, 404]
    assert answers[0].content == answers[1].content
    assert Browser(app).sends("a.png", samples.picture(), f"ticket={number}").status_code in (401, 400)


@pytest.mark.parametrize("headers", [{"Origin": "https://evil.example"}, {"Origin": "null"}, {"Origin": ""}])
def test_another_site_sends_and_deletes_nothing(anas: Browser, store: Store, number: int, headers):
    assert anas.sends("a.png", samples.picture(), f"ticket={number}", **headers).status_code == 403
    assert anas.asks("DELETE", "/files/abc", headers=headers).status_code == 403
    assert store.read(lambda work: work.session.exec(select(Attachment)).all()) == []


HOSTILE = [
    ("report.exe", b"MZ", "file_kind"),
    ("invoice\u202efdp.exe", b"MZ", "file_kind"),
    ("picture.svg", b"<svg onload=alert(1)>", "file_kind"),
    ("picture.png", b"<svg onload=alert(1)>", "file_mismatch"),
    ("page.txt", b"<html><script>alert(1)</script>", "file_mismatch"),
    ("report.pdf", b"MZ\x00", "file_mismatch"),
    ("bomb.png", samples.bomb(), "picture_too_large"),
    ("hundred.png", samples.bomb(10_000, 10_000), "picture_too_large"),
    ("locked.pdf", samples.pdf_with_password(), "pdf_locked"),
    ("script.pdf", samples.pdf_with_script(), "pdf_active"),
    ("half.jpg", samples.picture("JPEG")[:400], "file_damaged"),
    ("table.csv", b"\xff\xfe\xfd", "text_unreadable"),
    ("empty.txt", b"", "file_empty"),
]


@pytest.mark.parametrize(("name", "content", "code"), HOSTILE)
def test_each_refusal_has_its_own_text_and_nothing_stays(
    anas: Browser, portal: SimpleNamespace, number: int, name: str, content: bytes, code: str
):
    answer = anas.sends(name, content, f"ticket={number}&language=en")

    problem = answer.json()
    assert answer.headers["content-type"] == "application/problem+json"
    assert (answer.status_code, problem["code"]) == (422, code)
    assert name.replace("\u202e", "") in problem["detail"]
    assert _left(portal.folder) == []


def test_refusals_speak_the_language_of_the_page(anas: Browser, number: int):
    answer = anas.sends("a.exe", b"MZ", f"ticket={number}&language=uk")

    english = "{name} can't be sent. Use JPG, PNG, WEBP, GIF, HEIC, PDF, TXT, CSV or MP4."
    assert answer.json()["detail"] == translate("uk", english, name="a.exe")


@pytest.mark.parametrize("announced", [True, False])
def test_too_many_bytes_are_refused_while_they_come(
    anas: Browser, portal: SimpleNamespace, number: int, announced
):
    came = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal came
        while True:
            came += 1_000_000
            yield bytes(1_000_000)

    content = bytes(10_000_001) if announced else endless()
    answer = anas.sends("a.png", content, f"ticket={number}")

    assert (answer.status_code, answer.json()["code"]) == (413, "file_too_large")
    assert came <= 12_000_000
    assert _left(portal.folder) == []


def test_an_upload_that_is_cut_leaves_nothing(
    app: Starlette, anas: Browser, portal: SimpleNamespace, store: Store, number: int
):
    parts = iter([
        {"type": "http.request", "body": samples.picture()[:200], "more_body": True},
        {"type": "http.disconnect"},
    ])  # fmt: skip

    async def receive() -> Any:
        return next(parts)

    async def send(_message: Any) -> None:
        pass

    cookie = f"{cookies.SESSION}={anas.cookies[cookies.SESSION]}"
    headers = [
        (b"cookie", cookie.encode()),
        (b"origin", b"http://portal"),
        (b"host", b"portal"),
        (b"x-file-name", b"a.png"),
    ]
    scope = {
        "type": "http", "method": "POST", "path": "/files", "query_string": f"ticket={number}".encode(),
        "headers": headers, "scheme": "http", "server": ("portal", 80), "client": ("192.0.2.1", 1),
    }  # fmt: skip
    asyncio.run(app(scope, receive, send))

    assert _left(portal.folder) == []
    assert store.read(lambda work: [f.state for f in work.session.exec(select(Attachment)).all()]) == [
        "swept"
    ]


def test_twenty_at_once(anas: Browser, app: Starlette, number: int):
    async def all_of_them() -> list[httpx.Response]:
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(
            transport=transport, base_url="http://portal", cookies=anas.cookies
        ) as client:
            headers = [{**OURS, "X-File-Name": f"{n}.txt"} for n in range(20)]
            return await asyncio.gather(
                *(client.post(f"/files?ticket={number}", content=b"Hello", headers=h) for h in headers)
            )

    answers = asyncio.run(all_of_them())

    assert {a.status_code for a in answers} == {201}
    assert {a.json()["name"] for a in answers} == {f"{n}.txt" for n in range(20)}


def test_a_film_is_wound_on(anas: Browser, number: int):
    sent = anas.sends("a.mp4", samples.film(), f"ticket={number}").json()
    path = f"/files/{sent['id']}"
    whole = anas.gets(path)
    assert whole.headers["accept-ranges"] == "bytes"

    middle = anas.gets(path, Range="bytes=100-199")
    assert middle.status_code == 206
    assert middle.content == whole.content[100:200]
    assert middle.headers["content-range"] == f"bytes 100-199/{sent['size']}"
    assert anas.gets(path, Range="bytes=-10").content == whole.content[-10:]
    assert anas.gets(path, Range="bytes=2000-").content == whole.content[2000:]
    assert anas.gets(path, Range="bytes=999999-").status_code == 416
    assert anas.gets(path, Range="bytes=5-2").status_code == 416
    assert anas.gets(path, Range="lines=1-2").status_code == 200
    assert anas.asks("HEAD", path).headers["content-length"] == str(sent["size"])


def test_a_form_binds_its_files_to_the_browser(app: Starlette, store: Store):
    form = str(uuid4())
    answer = Browser(app).sends("a.png", samples.picture(), f"form={form}")
    assert answer.status_code == 201
    [cookie] = [c for c in answer.headers.get_list("set-cookie") if c.startswith(cookies.BROWSER)]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    same = Browser(app, **{cookies.BROWSER: answer.cookies[cookies.BROWSER]})
    path = f"/files/{answer.json()['id']}"

    assert same.gets(path).status_code == 200
    assert "set-cookie" not in same.sends("b.png", samples.picture(), f"form={form}").headers
    assert Browser(app).gets(path).status_code == 404
    assert same.sends("a.png", samples.picture(), "form=x").json()["code"] == "invalid"
    assert Browser(app).asks("DELETE", path, headers=OURS).status_code == 404
    assert same.asks("DELETE", path, headers=OURS).status_code == 204
    assert same.gets(path).status_code == 404


def test_uploads_have_a_limit(anas: Browser, store: Store, monkeypatch: pytest.MonkeyPatch, number: int):
    monkeypatch.setattr(store.settings, "limit_uploads_per_hour", 1)
    anas.sends("a.txt", b"Hello", f"ticket={number}")

    answer = anas.sends("b.txt", b"Hello", f"ticket={number}")

    assert (answer.status_code, answer.json()["code"]) == (429, "too_many_uploads")
    assert answer.headers["retry-after"]


def test_what_is_told_of_a_file_is_only_what_the_page_needs(anas: Browser, number: int):
    told = json.dumps(anas.sends("a.png", samples.picture(), f"ticket={number}").json())

    assert set(json.loads(told)) == {"id", "name", "kind", "size", "state", "width", "height"}
