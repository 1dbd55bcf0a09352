"""The door that gives files out: who may have one, and what a browser is told to do with it."""

import json

import pytest
from starlette.applications import Starlette

from tests import samples
from tests.cast import opens
from tests.routes.browser import Browser, replies_with, signed_in
from ticket_portal.domain import keys, sessions
from ticket_portal.domain.people import Viewer
from ticket_portal.routes.asgi import cookies
from ticket_portal.store.unit_of_work import Store


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
    replies_with(store, ana, number, sent["id"])

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
    replies_with(store, ana, number, file_id)

    for browser in (signed_in(app, store, budi), signed_in(app, store, minh), Browser(app)):
        for part in ("", "/thumbnail"):
            theirs, missing = (
                browser.gets(f"/files/{file_id}{part}"),
                browser.gets(f"/files/{'x' * 43}{part}"),
            )
            assert theirs.status_code == missing.status_code == 404
            assert theirs.content == missing.content
            assert theirs.headers == missing.headers


def test_who_signs_out_has_it_no_more(app: Starlette, store: Store, ana: Viewer, number: int):
    browser = signed_in(app, store, ana)
    file_id = browser.sends("a.png", samples.picture(), f"ticket={number}").json()["id"]
    store.write(sessions.end, keys.token_hash(browser.cookies[cookies.SESSION]))

    assert browser.gets(f"/files/{file_id}").status_code == 404
    assert browser.sends("a.png", samples.picture(), f"ticket={number}").json()["code"] == "session_ended"


def test_the_files_of_a_note_are_the_teams(
    anas: Browser, linhs: Browser, store: Store, linh: Viewer, number: int
):
    file_id = linhs.sends("a.png", samples.picture(), f"ticket={number}").json()["id"]
    replies_with(store, linh, number, file_id, note=True)

    assert linhs.gets(f"/files/{file_id}").status_code == 200
    assert anas.gets(f"/files/{file_id}").status_code == 404


def test_a_guest_sends_and_gets(app: Starlette, store: Store, minh: Viewer):
    number = store.write(opens, minh).number
    browser = signed_in(app, store, minh)
    file_id = browser.sends("a.png", samples.picture(), f"ticket={number}&as=guest").json()["id"]
    replies_with(store, minh, number or 0, file_id)

    assert browser.gets(f"/files/{file_id}").status_code == 200


def test_on_a_guests_page_an_agent_is_the_guest(app: Starlette, linhs: Browser, store: Store, minh: Viewer):
    number = store.write(opens, minh).number
    guest = signed_in(app, store, minh)
    both = Browser(app, **linhs.cookies, **guest.cookies)

    file_id = both.sends("a.png", samples.picture(), f"ticket={number}&as=guest").json()["id"]

    replies_with(store, minh, number or 0, file_id)


@pytest.mark.parametrize(
    "target", ["ticket=99999", "ticket=0", "ticket=x", "ticket=" + "9" * 40, "ticket=١", ""]
)
def test_there_is_no_such_ticket(anas: Browser, target: str):
    answer = anas.sends("a.png", samples.picture(), target)

    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


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


def test_what_is_told_of_a_file_is_only_what_the_page_needs(anas: Browser, number: int):
    told = json.dumps(anas.sends("a.png", samples.picture(), f"ticket={number}").json())

    assert set(json.loads(told)) == {"id", "name", "kind", "size", "state", "width", "height"}
