"""What became of e-mails that left: the carrier's reports, and undeliverable addresses (docs/contract.md#alerts).

A mail that comes back marks its address: nothing more is sent there until its owner says that it works, or shows it by
entering a code. Only codes are tried all the same, once for each request for one.
"""

from dataclasses import dataclass
from datetime import timedelta

from sqlmodel import col, delete, or_, select

from ticket_portal.domain import limits
from ticket_portal.domain.alerts import notifications, undeliverable
from ticket_portal.domain.alerts.outbox import DOES_NOT_ARRIVE
from ticket_portal.domain.alerts.undeliverable import BOUNCED, COMPLAINED
from ticket_portal.domain.errors import NotFound
from ticket_portal.domain.limits import Limit
from ticket_portal.domain.people import Viewer, require_team
from ticket_portal.domain.tickets import tickets
from ticket_portal.store.tables import Account, Alert, CarrierReport, Ticket
from ticket_portal.store.unit_of_work import Work

# A later word never takes back a worse one: they may arrive in any order.
RANKS = ("", "delayed", "delivered", BOUNCED, COMPLAINED)
RETENTION = timedelta(days=7)


class AlreadyTaken(Exception):
    """This report was taken before."""


@dataclass(frozen=True)
class Report:
    """What a carrier says of one mail: `what` is one of RANKS, `for_good` whether a bounce is final."""

    what: str
    carrier_id: str
    reference: str
    for_good: bool = True


@dataclass(frozen=True)
class AlertView:
    """One alert as the team sees it."""

    kind: str
    channel: str
    state: str
    at: str


@dataclass(frozen=True)
class AlertsView:
    """The newest alerts about a ticket, and why its requester's address gets none."""

    alerts: list[AlertView]
    mail_problem: str


def take(work: Work, report_id: str, report: Report) -> None:
    """Note what a carrier reports; about a mail that is not ours, or is gone, there is nothing to note.

    Raises AlreadyTaken for one that was taken before.
    """
    work.alone("carrier report", report_id)
    if work.session.get(CarrierReport, report_id):
        raise AlreadyTaken
    work.session.add(CarrierReport(id=report_id, at=work.now))
    alert = _find(work, report)
    if alert is None:
        return
    if _rank(report.what) > _rank(alert.report):
        alert.report, alert.reported_at = report.what, work.now
        work.session.add(alert)
        if alert.ticket_id:
            work.publish(f"alerts:{alert.ticket_id}")
    if report.what == COMPLAINED or (report.what == BOUNCED and report.for_good):
        undeliverable.mark(work, alert.address, report.what)
    elif report.what == "delivered" and alert.prepared_at:
        undeliverable.arrived(work, alert.address, since=alert.prepared_at)


def _rank(report: str) -> int:
    """Return how bad a report is; one of a newer version is never taken back by one that this version knows."""
    return RANKS.index(report) if report in RANKS else len(RANKS)


def try_again(work: Work, viewer: Viewer) -> None:
    """Write to the viewer's address again, beginning with one mail that says so. Raises NotFound, TooMany."""
    if not viewer.address:
        raise NotFound
    if not undeliverable.problem(work, viewer.address):
        return
    limits.spend(
        work,
        Limit("mail_trials", work.settings.limit_mail_trials_per_hour, timedelta(hours=1)),
        viewer.address,
    )
    undeliverable.clear(work, viewer.address)
    language, zone = viewer.language, viewer.time_zone
    if viewer.account_id is None:
        query = (
            select(Ticket.language).where(Ticket.address == viewer.address).order_by(col(Ticket.id).desc())
        )
        language = work.session.exec(query.limit(1)).first() or language
    notifications.about_trial(work, viewer.address, language, zone)


def of_ticket(work: Work, viewer: Viewer, number: int) -> AlertsView:
    """Return what became of the newest alerts about a ticket (the team). Raises NotFound."""
    require_team(viewer)
    ticket = tickets.find(work, viewer, number)
    account = work.session.get(Account, ticket.account_id) if ticket.account_id else None
    found = [a for a in notifications.of_ticket(work, ticket.id) if a.state != "gathered"]
    views = [
        AlertView(a.kind, a.channel, _state(a), (a.reported_at or a.sent_at or a.created_at).isoformat())
        for a in found
    ]
    return AlertsView(views, undeliverable.problem(work, account.address if account else ticket.address))


def sweep(work: Work) -> None:
    """Forget reports that can't be replayed any more: their signature has expired."""
    work.session.exec(delete(CarrierReport).where(col(CarrierReport.at) < work.now - RETENTION))


def _find(work: Work, report: Report) -> Alert | None:
    """By the carrier's id, or by the reference that went along: it may report before we noted the id."""
    by = [col(Alert.carrier_id) == report.carrier_id] if report.carrier_id else []
    by += [col(Alert.reference) == report.reference] if report.reference else []
    return work.session.exec(select(Alert).where(or_(*by)).limit(1).with_for_update()).first() if by else None


def _state(alert: Alert) -> str:
    """One word for the team: queued, sent and what was reported since, or why it did not leave."""
    if alert.state == "sent":
        return alert.report or "sent"
    if alert.state == "dropped":
        return "held" if alert.problem.startswith(DOES_NOT_ARRIVE) else "not_needed"
    if alert.state == "failed":
        return "failed"
    return "retrying" if alert.problem else "queued"
