"""The outbox's worker: lets happen what is due by time, takes the alerts that are due, hands them to their carriers.

The rules (what, when, how often) are in `domain/alerts/outbox.py`; here is only the loop. It may run in every web
process and beside them: whoever takes an alert has it for two minutes.
"""

import asyncio
import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import suppress
from datetime import datetime
from typing import Any

from ticket_portal import measures
from ticket_portal.delivery import channels
from ticket_portal.delivery.mail import Carrier, Refused, Unavailable
from ticket_portal.delivery.push import Gone, PushCarrier
from ticket_portal.domain import limits, sessions
from ticket_portal.domain.accounts import codes, guessing, known_browsers, proof_links
from ticket_portal.domain.alerts import deadlines, notifications, outbox, undeliverable
from ticket_portal.domain.alerts.kinds import CHANNELS
from ticket_portal.domain.alerts.outbox import Delivery
from ticket_portal.domain.operations import api, feedback
from ticket_portal.domain.privacy import erasure
from ticket_portal.domain.tickets import deliveries, drafts, resolution, updates
from ticket_portal.logs import without_words
from ticket_portal.settings import Settings
from ticket_portal.store import signals
from ticket_portal.store.unit_of_work import DATABASE_AWAY, Store, Work

log = logging.getLogger(__name__)

LONGEST_NAP = 1.0
LONGEST_REST = 30.0
SWEEP_EVERY = 3600.0
FRESH_FOR = outbox.LEASE.total_seconds() / 3
PUSHES_AT_ONCE = 8
PUSHES_WAITED_FOR = 15.0


class Outbox:
    """One worker of the outbox."""

    def __init__(
        self, store: Store, carrier: Carrier, settings: Settings, pushes: PushCarrier | None = None
    ) -> None:
        """Nothing is taken before `run` or `deliver_due`."""
        self._store = store
        self._writers = channels.writers(settings, carrier, pushes)
        self._push_threads = ThreadPoolExecutor(PUSHES_AT_ONCE, "push")
        self._alone = threading.Lock()
        self._stopping = threading.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._woken: asyncio.Event | None = None
        self._swept_at = 0.0

    def deliver_due(self) -> int:
        """Deliver what is due until nothing is; return how many mails the carrier took."""
        sent = 0
        # In one process one at a time: the QA clock may be moved while a mail is on its way, past the lease.
        with self._alone:
            while not self._stopping.is_set():
                moved = self._let_time_work()
                taken = self._store.write(outbox.take_due)
                if not moved and not taken and not self._store.read(_mail_is_due):
                    break
                sent += self._deliver_all(taken)
        return sent

    async def run(self) -> None:
        """Deliver what becomes due, until cancelled; then the delivery in hand is still finished."""
        self._loop, self._woken = asyncio.get_running_loop(), asyncio.Event()
        self._stopping.clear()
        troubles = 0
        with ThreadPoolExecutor(1, "outbox") as thread:
            while True:
                self._woken.clear()
                turn = self._loop.run_in_executor(thread, self._turn)
                try:
                    nap = await asyncio.shield(turn)
                    troubles = 0
                except asyncio.CancelledError:
                    self._stopping.set()
                    with suppress(Exception):
                        await turn
                    self._stopping.clear()
                    raise
                except Exception as error:
                    troubles += 1
                    nap = min(LONGEST_REST, 2.0**troubles)
                    log.warning(
                        "the outbox rests for %.0f s: %s",
                        nap,
                        type(error).__name__,
                        exc_info=without_words(error),
                    )
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._woken.wait(), nap)

    def wake(self) -> None:
        """Look at once whether something is due; callable from any thread."""
        loop, woken = self._loop, self._woken
        if loop and woken:
            with suppress(RuntimeError):  # the loop has ended: no page waits
                loop.call_soon_threadsafe(woken.set)

    def _turn(self) -> float:
        """Do what there is to do; return how long to sleep. An idle turn is one read."""
        if time.monotonic() - self._swept_at > SWEEP_EVERY or not self._swept_at:
            self._store.write(sweep)
            for kind, channel, count in self._store.read(outbox.unknown):
                log.warning(
                    "alerts that wait for a version that knows them: %d (%s by %s)", count, kind, channel
                )
            self._swept_at = time.monotonic()
        wait = self._store.read(_seconds_until_due)
        if wait > 0:
            return min(wait, LONGEST_NAP)
        self.deliver_due()
        return min(max(self._store.read(_seconds_until_due), 0.0), LONGEST_NAP)

    def _let_time_work(self) -> int:
        """Do what is due by time; what can't be done must not hold up everybody's mail."""
        moved = 0
        for is_due, what in (
            (_time_is_due, resolution.run_due),
            (_deletion_is_due, erasure.run_due),
        ):
            try:
                moved += self._store.write(what) if self._store.read(is_due) else 0
            except Exception as error:
                log.warning(
                    "%s failed: %s", what.__module__, type(error).__name__, exc_info=without_words(error)
                )
        return moved

    def _deliver_all(self, taken: list[Delivery]) -> int:
        sent, began = 0, time.monotonic()
        # Beside the mails and beside each other: a browser names its push service, and one that lets us wait
        # must not hold up everybody's mail.
        pushes = [
            self._push_threads.submit(self._deliver, d) for d in taken if CHANNELS[d.channel].to_devices
        ]
        taken = [d for d in taken if not CHANNELS[d.channel].to_devices]
        for place, delivery in enumerate(taken):
            if self._stopping.is_set() or time.monotonic() - began > FRESH_FOR:
                # A slow carrier used the time up: others may take these before we get to them.
                self._store.write(outbox.put_back, taken[place:])
                break
            sent += self._deliver(delivery)
        done, _late = wait(pushes, PUSHES_WAITED_FOR)
        return sent + sum(push.result() for push in done)

    def _deliver(self, delivery: Delivery) -> bool:
        write = self._writers.get(delivery.channel)
        if (
            write is None
        ):  # its key was taken away: another process may still have it, and no other channel may say it
            self._failed(delivery, f"no carrier for {delivery.channel}")
            return False
        try:
            hand_over = write(delivery)
        except Exception as error:  # noqa: BLE001 - one mail that can't be written must not stop the others
            self._failed(delivery, f"can't be written: {type(error).__name__}", error, for_good=True)
            return False
        return self._hand_over(delivery, hand_over)

    def _hand_over(self, delivery: Delivery, hand_over: channels.HandOver) -> bool:
        try:
            carrier_id = hand_over()
        except Gone:
            self._note(delivery, outbox.gone, delivery)
            measures.settled(delivery.channel, measures.GONE)
        except Refused as refusal:
            self._failed(delivery, str(refusal), for_good=True)
            if refusal.no_such_address:
                self._note(delivery, undeliverable.mark, delivery.address, undeliverable.BOUNCED)
        except Unavailable as problem:
            self._failed(delivery, str(problem))
        except Exception as error:  # noqa: BLE001 - a carrier's own mistake is no reason to lose the mail
            self._failed(delivery, f"the carrier failed: {type(error).__name__}", error)
        else:
            self._note(delivery, outbox.delivered, delivery.id, carrier_id or "")
            measures.settled(delivery.channel, measures.SENT)
            return True
        return False

    def _failed(
        self, delivery: Delivery, problem: str, error: Exception | None = None, *, for_good: bool = False
    ) -> None:
        # The alert's own number, no address and no text: logs are read by more people than tickets.
        log.warning(
            "alert %d (%s), try %d: %s",
            delivery.id,
            delivery.kind,
            delivery.attempt,
            problem,
            exc_info=without_words(error) if error else None,
            extra={"reference": delivery.reference},
        )
        if state := self._note(delivery, outbox.failed, delivery, problem, for_good=for_good):
            measures.settled(delivery.channel, measures.FAILED if state == "failed" else measures.RETRY)

    def _note(self, delivery: Delivery, what: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """Write down what came of a delivery. Where its row can't take it, it is tried again after its lease."""
        try:
            return self._store.write(what, *args, **kwargs)
        except DATABASE_AWAY:
            raise
        except Exception as error:
            log.exception(
                "alert %d (%s): what came of it can't be written: %s",
                delivery.id,
                delivery.kind,
                type(error).__name__,
                exc_info=without_words(error),
                extra={"reference": delivery.reference},
            )
            return None


def next_due_at(work: Work) -> datetime | None:
    """Return when there is something to do next: a mail, a reminder, a closing, a deletion."""
    found = (outbox.next_due_at(work), deadlines.next_due_at(work), erasure.next_due_at(work))
    return min((at for at in found if at), default=None)


def _seconds_until_due(work: Work) -> float:
    due = next_due_at(work)
    return (due - work.now).total_seconds() if due else LONGEST_NAP


def _mail_is_due(work: Work) -> bool:
    return _has_come(work, outbox.next_due_at(work))


def _time_is_due(work: Work) -> bool:
    return _has_come(work, deadlines.next_due_at(work))


def _deletion_is_due(work: Work) -> bool:
    return _has_come(work, erasure.next_due_at(work))


def _has_come(work: Work, moment: datetime | None) -> bool:
    return moment is not None and moment <= work.now


def sweep(work: Work) -> None:
    """Delete rows past their retention, each kind after its own time."""
    for module in (
        api,
        codes,
        deliveries,
        drafts,
        feedback,
        guessing,
        known_browsers,
        limits,
        notifications,
        proof_links,
        sessions,
        signals,
        updates,
    ):
        module.sweep(work)
