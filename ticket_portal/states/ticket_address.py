"""Which ticket the address of a page means."""

from collections.abc import Mapping
from dataclasses import dataclass

from ticket_portal.domain.errors import NotFound
from ticket_portal.domain.guests import opening
from ticket_portal.domain.guests.opening import Opening
from ticket_portal.domain.people import Viewer
from ticket_portal.i18n.locales import bare
from ticket_portal.wiring import portal

GUESTS_OWN = "/guest/tickets/"


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
            is_link=place.startswith("/guest/") and not place.startswith(GUESTS_OWN),
            at_desk=place.startswith("/agent/"),
            original="original" in query,
            joined=query.get("joined", ""),
        )

    async def open(self, reader: Viewer) -> Opening:
        """Find the ticket. Raises NotFound, TicketLocked."""
        if self.is_link:
            return await portal().read(opening.by_link, reader, self.end, original=self.original)
        number = _number(self.end)
        if not number or (self.at_desk and not reader.of_team):
            raise NotFound
        return await portal().read(opening.by_number, reader, number, _number(self.joined))

    def leads_to(self, ticket: Opening) -> str:
        """Return the English address of the ticket in which a joined one goes on; "" where this one is to be shown."""
        if not ticket.merged_into or self.original or self.is_link or self.at_desk:
            return ""
        return f"/tickets/{ticket.merged_into}?joined={ticket.number}"


def _number(typed: str) -> int:
    """Return a ticket's number from an address; 0 if it is none."""
    # isdecimal() alone would take digits of other scripts, which no address of ours has.
    return int(typed) if typed.isascii() and typed.isdecimal() and len(typed) <= 12 else 0
