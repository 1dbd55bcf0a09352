"""A customer with a ticket and a phone, the agent who answers, and the worker between them."""

from sqlmodel import col, select

from tests.cast import opens, says
from tests.conftest import advance
from tests.delivery.postman import Postman
from tests.push_service import Browser, PushService
from ticket_portal.delivery.outbox import Outbox
from ticket_portal.delivery.push.webpush import WebPush
from ticket_portal.domain.alerts import devices
from ticket_portal.domain.alerts.devices import DeviceForm
from ticket_portal.domain.people import Viewer
from ticket_portal.domain.tickets import messages
from ticket_portal.store.tables import Alert, Device
from ticket_portal.store.unit_of_work import Store, Work

PHONE = "Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/140.0 Mobile Safari/537.36"


class Told:
    """Ana with a ticket and a phone, Linh who answers, and the worker between them."""

    def __init__(
        self, store: Store, ana: Viewer, linh: Viewer, service: PushService, postman: Postman
    ) -> None:
        self.store, self.ana, self.linh, self.service = store, ana, linh, service
        self.outbox = Outbox(store, postman, store.settings, WebPush(store.settings))
        self.ticket = store.write(ticket_of, ana)
        self.outbox.deliver_due()
        self.phone = self.subscribes("phone")

    def subscribes(self, name: str, viewer: Viewer | None = None) -> Browser:
        browser = self.service.subscribes(name)
        form = DeviceForm.parse(self.store.settings, browser.subscription, PHONE, "en")
        self.store.write(devices.add, viewer or self.ana, form, f"browser-{name}")
        return browser

    def answers(self, text: str = "Please try again.") -> int:
        return self.store.write(messages.reply, self.linh, self.ticket, says(text)).seq

    def delivers(self, **after: float) -> None:
        if after:
            advance(self.store, **after)
        self.outbox.deliver_due()

    def pushes(self) -> list[tuple[str, str, str]]:
        return self.store.read(_pushes)

    def devices(self) -> int:
        return self.store.read(lambda work: len(work.session.exec(select(Device)).all()))


def ticket_of(work: Work, viewer: Viewer) -> int:
    return opens(work, viewer).number or 0


def _pushes(work: Work) -> list[tuple[str, str, str]]:
    rows = work.session.exec(select(Alert).where(Alert.channel == "push").order_by(col(Alert.id))).all()
    return [(a.kind, a.state, a.problem) for a in rows]
