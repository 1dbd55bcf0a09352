"""Strangers who send what is dear to look into: everybody else's files come in all the same, and nothing stays."""

import socket
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import httpx
from sqlmodel import col, func, select

from tests import hostile_films
from tests.security.server import Served
from ticket_portal.store.tables import Attachment

TEXT = b"Hello, this is me.\n"
WAIT_SECONDS = 120


def _sends(portal: Served, name: str, content: bytes, address: str) -> httpx.Response:
    """Send a file into a form, without a cookie, from one of this machine's addresses."""
    transport = httpx.HTTPTransport(local_address=address)
    with httpx.Client(base_url=portal.url, transport=transport, timeout=WAIT_SECONDS) as client:
        headers = {"Origin": portal.url, "X-File-Name": name}
        return client.post(f"/files?form={uuid4()}", content=content, headers=headers)


def _until(portal: Served, there: Callable[[Any], bool]) -> None:
    end = time.monotonic() + WAIT_SECONDS
    while not portal.store.read(there):
        assert time.monotonic() < end, "it never came to it"


def _begun(kind: str) -> Callable[[Any], int]:
    query = select(func.count()).select_from(Attachment).where(col(Attachment.kind) == kind)
    return lambda work: work.scalar(query)


def test_six_films_of_a_stranger_hold_up_nobody_elses_text(portal: Served):
    """Each took 45 s, and the text 134 s."""
    before = portal.store.read(_begun("video/mp4"))
    done: list[str] = []

    def noted(name: str) -> Callable[[Future[Any]], None]:
        return lambda _answer: done.append(name)

    with ThreadPoolExecutor(7) as together:
        film = hostile_films.many_tracks()
        films = [together.submit(_sends, portal, "a.mp4", film, "127.0.0.1") for _ in range(6)]
        for answer in films:
            answer.add_done_callback(noted("film"))
        _until(portal, lambda work: _begun("video/mp4")(work) >= before + 6)
        text = together.submit(_sends, portal, "hello.txt", TEXT, "127.0.0.2")
        text.add_done_callback(noted("text"))

    assert text.result().status_code == 201
    assert {answer.result().json()["code"] for answer in films} == {"file_damaged"}
    assert done.index("text") < 6  # at least one film waited longer than it


def test_who_hangs_up_while_the_file_waits_leaves_nothing(portal: Served):
    """It is whole and would be taken in; but nobody waits for the answer any more."""
    where = urlsplit(portal.url)
    head = (
        f"POST /files?form={uuid4()} HTTP/1.1\r\nHost: {where.netloc}\r\nOrigin: {portal.url}\r\n"
        f"X-File-Name: hangs-up.txt\r\nContent-Length: {len(TEXT)}\r\n\r\n"
    )
    ours = select(func.count()).select_from(Attachment).where(col(Attachment.name) == "hangs-up.txt")
    before = portal.store.read(_begun("video/mp4"))
    with ThreadPoolExecutor(6) as together:
        # Its own sender's films are before it in the queue.
        film = hostile_films.many_tracks()
        for _ in range(6):
            together.submit(_sends, portal, "a.mp4", film, "127.0.0.1")
        _until(portal, lambda work: _begun("video/mp4")(work) >= before + 6)
        with socket.create_connection((where.hostname, where.port), WAIT_SECONDS) as connection:
            connection.sendall(head.encode() + TEXT)
            _until(portal, lambda work: work.scalar(ours) == 1)  # else it hangs up before anybody listens

    _until(portal, lambda work: work.scalar(ours.where(col(Attachment.state) == "swept")) == 1)
