"""Alerts: how soon they leave, and whether all arrive once while the provider fails every other time."""

import time
from datetime import timedelta
from typing import Any

import httpx
from sqlmodel import col, select

from tests.bench import people
from tests.bench.say import percentile, say
from tests.bench.server import Data, Server
from tests.delivery.provider import KEY, Door, Provider, running
from tests.push_service import PushService
from ticket_portal.delivery.mail.resend import Resend
from ticket_portal.delivery.outbox import Outbox
from ticket_portal.domain import sessions
from ticket_portal.domain.alerts import devices
from ticket_portal.domain.alerts.devices import DeviceForm
from ticket_portal.domain.alerts.kinds import Channel
from ticket_portal.domain.operations import qa
from ticket_portal.domain.people import Viewer
from ticket_portal.domain.tickets import messages
from ticket_portal.settings import Settings
from ticket_portal.store.tables import Account, Alert, Ticket
from ticket_portal.store.unit_of_work import Store, Work

AGENT = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36"
HOLD_SECONDS = 2
STEP_SECONDS = 60
MOST_TURNS = 2_000


def measure(data: Data, replies: int, failing: int) -> dict[str, Any]:
    """Seconds from the reply to the push, and from the end of its hold to the e-mail; then a provider that fails."""
    found = _how_soon(data, replies) | {"provider_fails_half": _half_fails(data, failing)}
    say(f"alerts: {found}")
    return found


def _how_soon(data: Data, replies: int) -> dict[str, Any]:
    service = PushService()
    with data.store() as store:
        viewer, numbers = store.read(_owner, replies)
        device = DeviceForm.parse(store.settings, service.subscribes().subscription, AGENT, "en")
        store.write(devices.add, viewer, device, "")
    token = people.cast(data).api_token
    with Server(data, alert_hold_seconds=HOLD_SECONDS) as server:
        headers = {"Authorization": f"Bearer {token}"}
        with httpx.Client(base_url=server.url, headers=headers, timeout=30) as api:
            for number in numbers:
                api.post(f"/api/v1/tickets/{number}/replies", json={"body": "An answer."}).raise_for_status()
        time.sleep(HOLD_SECONDS + 6)
    service.close()
    with data.store() as store:
        push, email = (store.read(_left_after, numbers, channel) for channel in ("push", "email"))
    return {
        "push_p95_s": round(percentile(push, 0.95), 2),
        "email_after_hold_p95_s": round(percentile(email, 0.95), 2),
        "pushes": len(push),
        "emails": len(email),
    }


def _owner(work: Work, count: int) -> tuple[Viewer, list[int]]:
    """The customer with the most tickets, and some of these."""
    account_id = work.session.exec(
        select(Ticket.account_id).where(col(Ticket.account_id).is_not(None))
    ).first()
    account = work.session.get_one(Account, account_id)
    open_ones = select(Ticket.number).where(Ticket.account_id == account_id, Ticket.status == "open")
    return sessions.of_account(account), [n or 0 for n in work.session.exec(open_ones.limit(count)).all()]


def _left_after(work: Work, numbers: list[int], channel: str) -> list[float]:
    sent = work.session.exec(
        select(Alert)
        .join(Ticket, col(Ticket.id) == col(Alert.ticket_id))
        .where(col(Ticket.number).in_(numbers), Alert.channel == channel, Alert.state == "sent")
    ).all()
    return [(alert.sent_at - alert.due_at).total_seconds() for alert in sent if alert.sent_at]


class _Unsteady(Door):
    """Fails every other request, half of these after having taken the mail."""

    turns = 0

    def parse_request(self) -> bool:
        _Unsteady.turns += 1
        self.server.answer = (503, "service_unavailable") if _Unsteady.turns % 4 == 1 else None
        self.server.lose_the_answer = _Unsteady.turns % 4 == 3
        return super().parse_request()


def _half_fails(data: Data, alerts: int) -> dict[str, int]:
    settings_of = {"mail": "resend", "resend_api_key": KEY, "test_mode": True, "data_dir": data.folder}
    with running() as provider:
        settings = Settings(_env_file=None, resend_api_url=provider.url, **settings_of)
        store, carrier = Store(settings), Resend(settings)
        try:
            outbox = Outbox(store, carrier, settings)
            _deliver_all(store, outbox)  # what others left
            provider.requests.clear()
            provider.sent.clear()
            provider.RequestHandlerClass = _Unsteady
            agent, numbers = store.read(_agent), store.read(_quiet_tickets, alerts)
            wanted = {
                f"{number}.{store.write(messages.reply, agent, number, people.words('An answer.')).seq}.email"
                for number in numbers
            }
            _deliver_all(store, outbox)
        finally:
            carrier.close()
            store.close()
        return _counted(provider, wanted)


def _deliver_all(store: Store, outbox: Outbox) -> None:
    for _ in range(MOST_TURNS):
        outbox.deliver_due()
        if not store.read(_waiting):
            return
        store.write(qa.advance, STEP_SECONDS)
    raise TimeoutError("alerts are still waiting")


def _counted(provider: Provider, wanted: set[str]) -> dict[str, int]:
    """`wanted`: how the idempotency keys of these alerts begin; what falls due by itself meanwhile is not theirs."""
    keys = [key.rsplit(".", 2)[0] for key in provider.sent]
    mails = [mail["headers"]["Message-ID"] for mail in provider.sent.values()]
    return {
        "alerts": len(wanted),
        "requests": len(provider.requests),
        "lost": len(wanted - set(keys)),
        "doubled": len(mails) - len(set(mails)) + len(keys) - len(set(keys)),
    }


def _quiet_tickets(work: Work, count: int) -> list[int]:
    """Open tickets of customers of whom nobody is told anything else."""
    mine = select(Ticket.number).where(Ticket.status == "open", col(Ticket.account_id).is_not(None))
    alerted = select(Alert.ticket_id).where(Alert.created_at > work.now - timedelta(hours=1))
    fresh = mine.where(col(Ticket.id).not_in(alerted.where(col(Alert.ticket_id).is_not(None))))
    return [number or 0 for number in work.session.exec(fresh.limit(count)).all()]


def _agent(work: Work) -> Viewer:
    return sessions.of_account(
        work.session.exec(select(Account).where(Account.role == "agent")).first() or Account()
    )


def _waiting(work: Work) -> int:
    states = col(Alert.state).in_(("waiting", "sending"))
    return len(work.session.exec(select(Alert.id).where(states, Alert.channel == Channel.EMAIL)).all())
