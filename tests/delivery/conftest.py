"""The outbox with a carrier that does what a test tells it, and the events of a ticket as one line each."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlmodel import col, select

from tests.cast import asks_about, says
from tests.conftest import advance
from tests.delivery.postman import Postman
from tests.delivery.told import Told
from tests.push_service import PushService
from ticket_portal.delivery.outbox import Outbox
from ticket_portal.domain.people import NOBODY, Viewer
from ticket_portal.domain.tickets import conversation, messages, new_ticket, tickets
from ticket_portal.settings import Settings
from ticket_portal.store.tables import Alert
from ticket_portal.store.unit_of_work import Store, Work


@pytest.fixture
def postman() -> Postman:
    return Postman()


@pytest.fixture
def outbox(store: Store, postman: Postman) -> Outbox:
    return Outbox(store, postman, store.settings)


class Desk:
    """A guest's ticket and the team that works on it, each act in a transaction of its own."""

    def __init__(self, store: Store, team: Viewer, guest: Viewer) -> None:
        self.store, self.team, self.guest = store, team, guest
        self.number = store.write(new_ticket.submit, NOBODY, asks_about(guest), guest.address).number or 0

    def answers(self, text: str = "Please try again.") -> int:
        return self.store.write(messages.reply, self.team, self.number, says(text)).seq

    def asks_for_details(self) -> int:
        return self.store.write(messages.request_details, self.team, self.number, says("Which network?")).seq

    def resolves(self) -> None:
        self.store.write(tickets.resolve, self.team, self.number)

    def is_read(self, seq: int) -> None:
        self.store.write(conversation.seen, self.guest, self.number, seq)

    def later(self, **by: float) -> None:
        advance(self.store, **by)

    def alerts(self) -> list[Alert]:
        return self.store.read(_alerts)

    def states(self) -> list[tuple[str, str]]:
        return [(a.kind, a.state) for a in self.alerts()]


def _alerts(work: Work) -> list[Alert]:
    return list(work.session.exec(select(Alert).order_by(col(Alert.id))).all())


@pytest.fixture
def desk(store: Store, linh: Viewer, minh: Viewer) -> Desk:
    """Minh wrote to the team; the confirmation still waits."""
    return Desk(store, linh, minh)


@pytest.fixture
def quiet_desk(desk: Desk, outbox: Outbox, postman: Postman) -> Desk:
    """The same, after the confirmation left."""
    outbox.deliver_due()
    postman.took.clear()
    postman.tries.clear()
    return desk


@pytest.fixture
def mail_settings(tmp_path: Path) -> Settings:
    """The settings of a portal that writes mails at an address of its own."""
    return Settings(
        _env_file=None,  # pyright: ignore[reportCallIssue]
        data_dir=tmp_path,
        secret_key="a secret of the tests",  # pyright: ignore[reportArgumentType]
        base_url="https://support.example.com",
    )


@pytest.fixture
def service() -> Iterator[PushService]:
    it = PushService()
    yield it
    it.close()


@pytest.fixture
def told(store: Store, ana: Viewer, linh: Viewer, service: PushService, postman: Postman) -> Told:
    return Told(store, ana, linh, service, postman)
