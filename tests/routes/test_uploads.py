"""The door that takes files: from whom, how many bytes, how many at once, and how it says no."""

import asyncio
from collections.abc import AsyncIterator
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import httpx
import pytest
from sqlmodel import select
from starlette.applications import Starlette

from tests import samples
from tests.routes.browser import OURS, Browser, left, signed_in
from ticket_portal.delivery.files import free_bytes
from ticket_portal.domain.errors import FilesFull
from ticket_portal.domain.files.types import MEGABYTE
from ticket_portal.domain.people import Viewer
from ticket_portal.domain.tickets import uploads
from ticket_portal.domain.tickets.uploads import Sender
from ticket_portal.i18n.catalogues import translate
from ticket_portal.routes import files
from ticket_portal.routes.asgi import cookies
from ticket_portal.store.tables import Attachment, UploadedBytes
from ticket_portal.store.unit_of_work import Store


def test_nobody_sends_into_a_ticket_that_is_not_theirs(
    app: Starlette, store: Store, budi: Viewer, number: int
):
    answers = [
        signed_in(app, store, budi).sends("a.png", samples.picture(), f"ticket={n}") for n in (number, 99999)
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
    assert left(portal.folder) == []


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
    assert left(portal.folder) == []


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

    assert left(portal.folder) == []
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


def _dribbles(monkeypatch: pytest.MonkeyPatch, *parts: bytes) -> Any:
    """A body that stops in the middle: its next part never comes."""
    monkeypatch.setattr(files, "UPLOAD_GRACE_SECONDS", 0.05)

    async def body() -> AsyncIterator[bytes]:
        for part in parts:
            yield part
        await asyncio.Event().wait()

    return body()


def test_a_body_that_stalls_is_cut_and_leaves_nothing(
    anas: Browser, portal: SimpleNamespace, store: Store, number: int, monkeypatch: pytest.MonkeyPatch
):
    answer = anas.sends("a.png", _dribbles(monkeypatch, b"\x89PNG"), f"ticket={number}")

    assert (answer.status_code, answer.json()["code"]) == (408, "file_stalled")
    assert answer.headers["connection"] == "close"
    assert left(portal.folder) == []
    assert store.read(lambda work: work.session.exec(select(UploadedBytes.size)).all()) == [4, 4]


def test_files_are_refused_while_the_disk_is_almost_full(
    anas: Browser, portal: SimpleNamespace, store: Store, number: int, monkeypatch: pytest.MonkeyPatch
):
    free = free_bytes(store.settings) // MEGABYTE
    monkeypatch.setattr(store.settings, "upload_free_mb", free * 2)

    answer = anas.sends("a.txt", b"Hello", f"ticket={number}")

    assert (answer.status_code, answer.json()["code"]) == (503, "files_full")
    assert left(portal.folder) == []
    monkeypatch.setattr(store.settings, "upload_free_mb", free // 2)
    assert anas.sends("a.txt", b"Hello", f"ticket={number}").status_code == 201


def test_room_is_kept_for_what_is_on_its_way(portal: SimpleNamespace, store: Store):
    upload = store.write(uploads.begin_for_form, Sender(ip="192.0.2.1"), str(uuid4()), "a.mp4")
    desk = portal.files
    with desk.room(upload):
        assert desk._expected == 50 * MEGABYTE
        desk._expected += free_bytes(store.settings)
        with pytest.raises(FilesFull), desk.room(upload):
            pass
        desk._expected -= free_bytes(store.settings)


def test_too_many_on_their_way_are_refused_before_their_bytes_come(
    anas: Browser, portal: SimpleNamespace, store: Store, number: int
):
    portal.files.queue._most_of_one = 0
    came = 0

    async def body() -> AsyncIterator[bytes]:
        nonlocal came
        came += 1
        yield b"Hello"

    answer = anas.sends("a.txt", body(), f"ticket={number}")

    assert (answer.status_code, answer.json()["code"], came) == (429, "too_many_uploads", 0)
    assert store.read(lambda work: work.session.exec(select(Attachment)).all()) == []


def test_a_length_that_lies_is_refused(anas: Browser, portal: SimpleNamespace, number: int):
    async def body() -> AsyncIterator[bytes]:
        yield b"Hello, and more than was announced"

    answer = anas.sends("a.txt", body(), f"ticket={number}", **{"Content-Length": "5"})

    assert (answer.status_code, answer.json()["code"]) == (422, "file_refused")
    assert left(portal.folder) == []


def test_refused_tries_count(anas: Browser, store: Store, monkeypatch: pytest.MonkeyPatch, number: int):
    monkeypatch.setattr(store.settings, "limit_uploads_per_hour", 2)
    codes = [anas.sends("a.exe", b"MZ", f"ticket={number}").json()["code"] for _ in range(3)]
    assert codes == ["file_kind", "file_kind", "too_many_uploads"]


def test_a_dangerous_file_is_in_the_security_log(
    anas: Browser, number: int, caplog: pytest.LogCaptureFixture
):
    caplog.set_level("INFO", "ticket_portal.security")
    anas.sends("invoice-of-ana.pdf", samples.pdf_with_script(), f"ticket={number}")

    [line] = [r.getMessage() for r in caplog.records if r.name == "ticket_portal.security"]
    assert line.startswith("event=file_refused ")
    assert "rule=pdf_active" in line
    assert "invoice" not in line
