"""Known or unknown, foreign or missing: the same answer, by the same work."""

import re
from typing import Any

import httpx
import pytest
from sqlalchemy import event
from sqlmodel import col, select, update

from tests.security.conftest import World
from tests.security.server import Served
from ticket_portal.domain.accounts import accounts
from ticket_portal.domain.accounts.codes import CodeScope
from ticket_portal.domain.errors import DomainError, TooManyCodes
from ticket_portal.domain.guests import access
from ticket_portal.store.tables import GuestLink
from ticket_portal.store.unit_of_work import Store, Work

UNKNOWN = "A" * 43


class Counted:
    """How many statements and hashes some work needs."""

    def __init__(self, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
        """Watch the store and the hasher of this process."""
        self._engine = store.engine
        self.statements: list[str] = []
        self.hashes = 0
        verify, make = accounts.hasher.verify, accounts.hasher.hash
        monkeypatch.setattr(accounts.hasher, "verify", self._counting(verify))
        monkeypatch.setattr(accounts.hasher, "hash", self._counting(make))

    def _counting(self, function: Any) -> Any:
        def counted(*args: Any) -> Any:
            self.hashes += 1
            return function(*args)

        return counted

    def of(self, call: Any) -> tuple[int, int, str]:
        """Return statements, hashes and the refusal of a call."""
        self.statements, self.hashes, refusal = [], 0, ""

        def listen(*executed: Any) -> None:
            self.statements.append(executed[2])

        event.listen(self._engine, "before_cursor_execute", listen)
        try:
            call()
        except DomainError as error:
            refusal = error.code
        finally:
            event.remove(self._engine, "before_cursor_execute", listen)
        return len(self.statements), self.hashes, refusal


def test_a_sign_in_is_the_same_work_for_all(
    portal: Served,
    world: World,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """An unknown address costs the same slow hash and the same statements as a wrong password."""
    counted = Counted(portal.store, monkeypatch)
    accounts._nobodys_hash()  # made once per process
    known = counted.of(
        lambda: accounts.sign_in(portal.store, "ana@example.com", "wrong-password", "192.0.2.200")
    )
    unknown = counted.of(
        lambda: accounts.sign_in(portal.store, "who@example.com", "wrong-password", "192.0.2.201")
    )
    assert known == unknown
    assert known[1] == 1


def test_nobody_keeps_the_machine_hashing(
    portal: Served, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The slow hash of a new password is made only where a code can still be sent, or tried."""
    most = 5  # the portal of these tests has wide limits
    store = Store(portal.store.settings.model_copy(update={"limit_codes_per_hour": most}))
    counted = Counted(store, monkeypatch)
    reset = CodeScope(accounts.RESET, "ana@example.com", "a browser that never asked", "192.0.2.210")
    assert counted.of(lambda: accounts.reset_password(store, reset, "123456", "a long one of mine"))[1] == 0
    form = accounts.SignUp.parse("Somebody", "much-wanted@example.com", "a long one of mine", "en")
    tries = [
        counted.of(lambda n=n: accounts.ask_to_sign_up(store, form, f"browser {n}", f"192.0.2.{n}"))
        for n in range(most + 2)
    ]
    store.close()
    assert [t[1] for t in tries] == [1] * most + [0, 0]
    assert tries[-1][2] == TooManyCodes.code


@pytest.mark.parametrize(
    "scope", ["/auth/sign-in", "/auth/forgot-password", "/auth/find-ticket", "/auth/sign-up"]
)
def test_answers_do_not_tell_who_is_known(portal: Served, world: World, scope: str) -> None:
    """Same status, same place, same cookies, same headers, same empty body."""
    told: list[object] = []
    for email in ("budi@example.com", "nobody-knows@example.com"):
        form = {"email": email, "password": "a wrong one of mine", "name": "Somebody", "number": ""}
        answer = httpx.post(portal.url + scope, data=form, headers={"Origin": portal.url}, timeout=20)
        cookies = [re.sub(r"=[^;]*", "", c, count=1) for c in answer.headers.get_list("set-cookie")]
        kept = {k: v for k, v in answer.headers.items() if k not in ("date", "set-cookie")}
        told.append((answer.status_code, kept, cookies, answer.text))
    assert told[0] == told[1]


def test_foreign_and_missing_are_the_same(portal: Served, world: World) -> None:
    """Somebody else's ticket and no ticket: status, headers and every byte of the page."""
    for path in ("/tickets/{}", "/agent/tickets/{}", "/es/tickets/{}"):
        told = [
            httpx.get(portal.url + path.format(number), cookies=world.cookies["customer"])
            for number in (world.ana_number, 99999)
        ]
        assert [t.status_code for t in told] == [404, 404]
        assert told[0].content == told[1].content
        assert _comparable(told[0]) == _comparable(told[1])


def test_links_that_are_not_valid_are_the_same(portal: Served, world: World) -> None:
    """Unknown, malformed, revoked: one page. A valid one differs from them in its status alone."""

    def revoked(work: Work) -> str:
        link = work.session.exec(select(GuestLink).limit(1)).one()
        ticket = work.session.exec(select(access.Ticket).where(access.Ticket.id == link.ticket_id)).one()
        token = access.new_link(work, ticket)
        work.session.flush()
        hashed = access.keys.token_hash(token)
        work.session.exec(
            update(GuestLink).where(col(GuestLink.token_hash) == hashed).values(revoked_at=work.now)
        )
        return token

    tokens = [portal.store.write(revoked), UNKNOWN, "short", "A" * 44, "%00", "..%2f..", "a b"]
    told = [httpx.get(f"{portal.url}/guest/{token}") for token in tokens]
    assert {t.status_code for t in told} == {404}
    assert len({t.content for t in told[:4]}) == 1
    assert all(_comparable(t) == _comparable(told[0]) for t in told[:4])
    valid = httpx.get(f"{portal.url}/guest/{world.minh_link}")
    assert (valid.status_code, valid.content) == (200, told[0].content)


def _comparable(answer: httpx.Response) -> dict[str, str]:
    return {k: v for k, v in answer.headers.items() if k != "date"}
