"""A guest's page: everything it begins with is read at once, whether the address was proved or not."""

from collections.abc import Callable
from dataclasses import dataclass, field

from ticket_portal.domain.accounts.codes import CodeStatus
from ticket_portal.domain.addresses import masked
from ticket_portal.domain.alerts import devices
from ticket_portal.domain.alerts.devices import DeviceView
from ticket_portal.domain.errors import NotFound
from ticket_portal.domain.guests import access, opening
from ticket_portal.domain.guests.opening import Opening
from ticket_portal.domain.people import NOBODY, Viewer
from ticket_portal.domain.permissions import can_read
from ticket_portal.domain.tickets import tickets
from ticket_portal.sets.roles import Role
from ticket_portal.store.unit_of_work import Work


@dataclass(frozen=True)
class GuestPage:
    """What a guest's page begins with. Before the proof: the ticket's number, the masked address, where the code is.

    `proved`: whether the guest, or the customer who is signed in, has proved the ticket's address.
    `signed_in_as`: the masked address of an account that is not the ticket's.
    `opening`: how the conversation begins for whoever reads it here, or why they may not read it.
    """

    number: int
    masked_address: str
    code: CodeStatus
    opening: Opening | NotFound
    proved: bool = False
    bounced: bool = False
    signed_in_as: str = ""
    others: int = 0
    devices: list[DeviceView] = field(default_factory=list)


def arrive(
    work: Work,
    token: str,
    browser: str,
    viewer: Viewer = NOBODY,
    guest: Viewer = NOBODY,
    *,
    original: bool = False,
) -> GuestPage:
    """Return what the page of a link shows; nothing changes by looking. Raises LinkInvalid, LinkMoved.

    `viewer` and `guest`: whose sessions this browser has. `original`: show a joined ticket itself.
    """
    ticket = access.look_up_link(work, token)
    reader = access.reader(viewer, guest)
    proved = can_read(guest, ticket) or (viewer.role == Role.CUSTOMER and can_read(viewer, ticket))
    return GuestPage(
        number=ticket.number,
        masked_address=masked(ticket.link_address),
        code=access.code_status(work, ticket, browser),
        opening=_or_refusal(lambda: opening.of_link(work, reader, ticket, original=original)),
        proved=proved,
        bounced=access.has_bounced(work, ticket),
        signed_in_as=masked(viewer.address) if viewer.account_id and not proved else "",
        others=tickets.other_tickets_count(work, guest) if proved and guest.address else 0,
        devices=devices.mine(work, reader),
    )


def arrive_at_own(
    work: Work, number: int, browser: str, viewer: Viewer, guest: Viewer, session: str, *, joined: int = 0
) -> GuestPage:
    """Return what a ticket's page of a guest's own list shows. Raises LinkInvalid without a guest's session.

    `session`: the hash of the guest's session; one that ran out lets its owner ask for a code. `joined`: the number of
    the ticket that led here.
    """
    if guest.address:
        address, code = masked(guest.address), CodeStatus()
    else:
        again = access.look_again(work, session, browser)
        address, code = again.masked_address, again.code
    reader = access.reader(viewer, guest)
    return GuestPage(
        number=number,
        masked_address=address,
        code=code,
        opening=_or_refusal(lambda: opening.by_number(work, reader, number, joined)),
        proved=bool(guest.address),
        others=tickets.other_tickets_count(work, guest) if guest.address else 0,
        devices=devices.mine(work, reader),
    )


def _or_refusal(begin: Callable[[], Opening]) -> Opening | NotFound:
    try:
        return begin()
    except NotFound as refusal:
        return refusal
