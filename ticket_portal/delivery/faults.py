"""Fault injection for tests: mail that is down, devices that are gone, a slow database. Test mode only."""

import time
from typing import Any

from sqlalchemy import Engine, event

from ticket_portal.delivery.emails import Email
from ticket_portal.delivery.mail import Carrier, Unavailable
from ticket_portal.delivery.push import Gone, Push, PushCarrier

MAIL_DOWN = "fault:mail_down:"
PUSH_GONE = "fault:push_gone:"
SLOW_DATABASE = "fault:slow_database_ms:"


class Faults:
    """A carrier that can be made unreachable, and a wait before every statement of this process.

    Set by topics of the live signal, so that every process follows.
    """

    def __init__(self, carrier: Carrier, engine: Engine) -> None:
        """Change nothing until told to."""
        self.mail_down = self.push_gone = False
        self.slow_database_ms = 0
        self._carrier = carrier
        event.listen(engine, "before_cursor_execute", self._wait)

    def send(self, email: Email) -> str | None:
        """Hand the mail to the real carrier. Raises Unavailable while it is down, and what the carrier raises."""
        if self.mail_down:
            raise Unavailable("the provider is down (set by a tester)")
        return self._carrier.send(email)

    def pushing(self, carrier: PushCarrier) -> PushCarrier:
        """Return a carrier that says of every device that it is gone, while a tester wants that."""
        return _Pushes(self, carrier)

    def hear(self, topics: set[str]) -> None:
        """Follow what a tester told one of the processes."""
        for topic in topics:
            if topic.startswith(MAIL_DOWN):
                self.mail_down = topic == MAIL_DOWN + "1"
            elif topic.startswith(PUSH_GONE):
                self.push_gone = topic == PUSH_GONE + "1"
            elif topic.startswith(SLOW_DATABASE):
                self.slow_database_ms = int(topic.removeprefix(SLOW_DATABASE))

    def _wait(self, *_statement: Any) -> None:
        if self.slow_database_ms:
            time.sleep(self.slow_database_ms / 1000)


class _Pushes:
    def __init__(self, faults: Faults, carrier: PushCarrier) -> None:
        self._faults = faults
        self._carrier = carrier

    def send(self, push: Push) -> None:
        if self._faults.push_gone:
            raise Gone
        self._carrier.send(push)
