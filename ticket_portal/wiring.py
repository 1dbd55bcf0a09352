"""Builds the parts of the portal from its settings, once per process; the only place that picks adapters."""

import asyncio
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Concatenate, ParamSpec, TypeVar

from ticket_portal import measures
from ticket_portal import settings as settings_module
from ticket_portal.delivery.faults import Faults
from ticket_portal.delivery.files import FileDesk
from ticket_portal.delivery.live import Hub
from ticket_portal.delivery.mail import Carrier
from ticket_portal.delivery.mail.mailbox import Mailbox
from ticket_portal.delivery.mail.resend import Resend
from ticket_portal.delivery.mail.smtp import Smtp
from ticket_portal.delivery.outbox import Outbox
from ticket_portal.delivery.push import PushCarrier
from ticket_portal.delivery.push.captured import Captured
from ticket_portal.delivery.push.webpush import WebPush
from ticket_portal.domain import sessions
from ticket_portal.domain.accounts import accounts
from ticket_portal.domain.people import NOBODY, Viewer
from ticket_portal.settings import Settings
from ticket_portal.store import files
from ticket_portal.store.unit_of_work import Store, Work

P = ParamSpec("P")
T = TypeVar("T")

THREADS = 8
VIEWER_KEPT = 10.0


@dataclass
class Portal:
    """The running parts of one process."""

    settings: Settings
    store: Store
    hub: Hub
    outbox: Outbox
    files: FileDesk
    faults: Faults | None = None
    # Its own small pool: a handful of threads keeps both cores busy, more would only queue at the database.
    _threads: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(THREADS, "domain"))

    async def read(self, function: Callable[Concatenate[Work, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a reading domain function in a thread; the event loop never waits for the database."""
        return await self.run(lambda: self.store.read(function, *args, **kwargs))

    async def write(
        self, function: Callable[Concatenate[Work, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Run a writing domain function in a thread, and commit."""
        return await self.run(lambda: self.store.write(function, *args, **kwargs))

    async def run(self, call: Callable[[], T]) -> T:
        """Run anything that blocks in a thread."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, call)

    async def work(self) -> None:
        """Deliver what is due and keep the files tidy, until cancelled."""
        tidying = asyncio.create_task(self.files.keep_tidy())
        try:
            await self.outbox.run()
        finally:
            tidying.cancel()

    async def viewer(self, token_hash: str) -> Viewer:
        """Return who has a session; asked again when the session changed, and every few seconds for its age."""
        if not token_hash:
            return NOBODY
        return await self.hub.shared(
            f"session:{token_hash}", "", lambda: self.read(sessions.viewer, token_hash), max_age=VIEWER_KEPT
        )

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Keep the hub, and where the settings say so the outbox's worker, running while inside."""
        await self.run(accounts.prepare)
        async with self.hub.running():
            worker = asyncio.create_task(self.work()) if self.settings.worker else None
            try:
                yield
            finally:
                if worker:
                    worker.cancel()
                    with suppress(asyncio.CancelledError):
                        await worker


@lru_cache(maxsize=1)
def portal() -> Portal:
    """Return this process's portal, built at the first call."""
    return build(settings_module.load())


def build(settings: Settings) -> Portal:
    """Build a portal from settings."""
    store = Store(settings)
    store.timers.append(measures.WRITE_SECONDS.observe)
    hub = Hub(store)
    mails = carrier(settings, store)
    faults = Faults(mails, store.engine) if settings.test_mode else None
    pushes = push_carrier(settings, store)
    outbox = Outbox(store, faults or mails, settings, faults.pushing(pushes) if faults and pushes else pushes)
    if faults:
        hub.listeners.append(faults.hear)
    hub.listeners.append(lambda topics: outbox.wake() if topics & {"outbox", "clock"} else None)
    desk = FileDesk(store, files.opened(settings), settings)
    return Portal(settings, store, hub, outbox, desk, faults)


def carrier(settings: Settings, store: Store) -> Carrier:
    """Return the carrier that the settings name."""
    if settings.mail == "smtp":
        return Smtp(settings)
    return Resend(settings) if settings.mail == "resend" else Mailbox(store)


def push_carrier(settings: Settings, store: Store) -> PushCarrier | None:
    """Return what brings pushes away; None without a key."""
    if not settings.vapid_key:
        return None
    real = WebPush(settings)
    return Captured(store, real) if settings.test_mode else real
