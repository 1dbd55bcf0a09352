"""My tickets: a customer's own, live. What is shown of them (part, search, pages) is what the address says."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import reflex as rx

from ticket_portal.addresses import DESK, TICKETS
from ticket_portal.domain.people import Viewer
from ticket_portal.domain.tickets import search, tickets
from ticket_portal.domain.tickets.listing import TicketRow
from ticket_portal.i18n.locales import bare, localized
from ticket_portal.sets.statuses import IN_PART, ListPart
from ticket_portal.states.audiences import ACCOUNTS, open_to
from ticket_portal.states.live_page import behind, keep_fresh
from ticket_portal.states.session import SessionState
from ticket_portal.store.unit_of_work import Work
from ticket_portal.wiring import portal

log = logging.getLogger(__name__)

MOST_PAGES = 40


@dataclass(frozen=True)
class ListView:
    """What an address says of the list: which part, what is looked for, how many pages of it."""

    show: str = ListPart.ALL
    query: str = ""
    pages: int = 1

    @classmethod
    def parse(cls, typed: Mapping[str, str]) -> "ListView":
        """Read it; what makes no sense is the whole list."""
        show, page = typed.get("show", ""), typed.get("page", "")
        pages = int(page) if page.isascii() and page.isdecimal() and len(page) < 4 else 1
        return cls(
            show=show if show in IN_PART else ListPart.ALL,
            query=" ".join(typed.get("q", "")[: search.LONGEST_QUERY].split()),
            pages=min(max(pages, 1), MOST_PAGES),
        )

    @property
    def name(self) -> str:
        """One text for all of it."""
        return f"{self.show} {self.pages} {self.query}"


@dataclass(frozen=True)
class Listing:
    """The rows of a view, the first page apart: what changes is mostly there, and a list is sent whole."""

    rows: list[TicketRow]
    more_rows: list[TicketRow]
    has_more: bool
    counts: dict[str, int]


class TicketsState(SessionState):
    """The part of the list that the address names, read again when a ticket changes."""

    loaded: bool = False
    failed: bool = False
    view: str = ""
    show: str = ListPart.ALL
    query: str = ""
    rows: rx.Field[list[TicketRow]] = rx.field(default_factory=list)
    more_rows: rx.Field[list[TicketRow]] = rx.field(default_factory=list)
    has_more: bool = False
    counts: rx.Field[dict[str, int]] = rx.field(default_factory=dict)

    _not_private: ClassVar = frozenset({"loaded", "failed"})

    @rx.event
    @open_to(ACCOUNTS)
    async def load(self) -> Any:
        """Show what the address names; the team is led to its queue."""
        if (await self._viewer()).of_team:
            return rx.redirect(localized(self._language, DESK), replace=True)
        self._show(session_over=False)
        await self._refresh()
        return None

    @rx.event(background=True, supersedes=True)
    @open_to(ACCOUNTS)
    async def watch(self) -> None:
        """Keep the list as it is in the database, for as long as the page is open."""
        async with self:
            state = behind(self)
            viewer, token = await state._viewer(), state.rx_router_session.client_token
        await keep_fresh(self, token, {f"list:{viewer.account_id}", f"session:{viewer.session}"})

    @rx.event
    @open_to(ACCOUNTS)
    async def retry(self) -> None:
        """Try once more to read the list."""
        await self._refresh()

    async def _refresh(self) -> bool:
        await self._follow_clock()
        viewer = await self._viewer()
        if viewer.account_id is None:
            self._forget_private()
            self._show(session_over=self.loaded)
            return False
        if (
            viewer.of_team or bare(self._path) != TICKETS
        ):  # somewhere else by now: loaded again on the way back
            return False
        view = ListView.parse(self.rx_router_url.query_parameters)
        p = portal()
        try:
            found = await p.hub.shared(
                f"list:{viewer.account_id}", view.name, lambda: p.read(_listing, viewer, view)
            )
        except Exception:
            log.exception("A list of tickets could not be read.")
            self._show(failed=True, loaded=True)
            return True
        self._show(
            rows=found.rows,
            more_rows=found.more_rows,
            has_more=found.has_more,
            counts=found.counts,
            view=view.name,
            show=view.show,
            query=view.query,
            loaded=True,
            failed=False,
        )
        return True


def _listing(work: Work, viewer: Viewer, view: ListView) -> Listing:
    first = page = search.mine(work, viewer, view.query, view.show)
    more: list[TicketRow] = []
    for _ in range(view.pages - 1):
        if page.after:
            page = search.mine(work, viewer, view.query, view.show, page.after)
            more += page.rows
    has_more = bool(page.after) and view.pages < MOST_PAGES
    return Listing(first.rows, more, has_more, tickets.counts(work, viewer))
