"""Which ticket the address of a page means."""

from collections.abc import Mapping
from dataclasses import dataclass

from ticket_portal.addresses import DESK_TICKET, TICKET, is_guest_link, number_in
from ticket_portal.domain.errors import NotFound
from ticket_portal.domain.guests import opening, page
from ticket_portal.domain.guests.opening import Opening
from ticket_portal.domain.guests.page import GuestPage
from ticket_portal.domain.people import Viewer
from ticket_portal.domain.sessions import Credentials
from ticket_portal.i18n.locales import bare
from ticket_portal.wiring import portal


@dataclass(frozen=True)
class TicketAddress:
    """A link's token or a ticket's number (`end`), and which of two joined tickets is meant."""

    end: str
    is_link: bool = False
    at_desk: bool = False
    original: bool = False
    joined: str = ""

    @classmethod
    def parse(cls, path: str, query: Mapping[str, str]) -> "TicketAddress":
        """Read it, in whatever language the path is."""
        place = bare(path)
        return cls(
            end=path.rsplit("/", 1)[-1],
            is_link=is_guest_link(place),
            at_desk=place.startswith(DESK_TICKET),
            original="original" in query,
            joined=query.get("joined", ""),
        )

    async def open(self, reader: Viewer) -> Opening:
        """Find a ticket by its number. Raises NotFound, TicketLocked."""
        number = number_in(self.end)
        if not number or (self.at_desk and not reader.of_team):
            raise NotFound
        return await portal().read(opening.by_number, reader, number, number_in(self.joined))

    async def arrive(self, viewer: Viewer, guest: Viewer, found: Credentials) -> GuestPage:
        """Return all that a guest's page begins with, in one read. Raises LinkInvalid."""
        p = portal()
        if self.is_link:
            return await p.read(page.arrive, self.end, found.browser, viewer, guest, original=self.original)
        number, joined = number_in(self.end), number_in(self.joined)
        return await p.read(
            page.arrive_at_own, number, found.browser, viewer, guest, found.guest, joined=joined
        )

    def leads_to(self, ticket: Opening) -> str:
        """Return the English address of the ticket in which a joined one goes on; "" where this one is to be shown."""
        if not ticket.merged_into or self.original or self.is_link or self.at_desk:
            return ""
        return f"{TICKET}{ticket.merged_into}?joined={ticket.number}"
