"""What people read for the members of the sets, said once: on pages, without a connection, and in exports.

Beside the sets, not in them: a page's catalogue has the texts of all modules that the page is made of.
"""

from typing import Final

from ticket_portal.i18n.catalogues import msg
from ticket_portal.sets.statuses import Status
from ticket_portal.sets.topics import Topic

STATUS_NAMES: Final = {
    Status.NEW: msg("Received"),
    Status.OPEN: msg("In progress"),
    Status.WAITING_CUSTOMER: msg("Waiting for you"),
    Status.ON_HOLD: msg("In progress"),
    Status.RESOLVED: msg("Resolved: please confirm"),
    Status.CLOSED: msg("Closed"),
    # Where the other ticket's number is known, it stands there too (components/ticket/tickets.py).
    Status.MERGED: msg("Joined with another ticket"),
}
TOPIC_NAMES: Final = {
    Topic.WITHDRAWAL: msg("Withdrawal"),
    Topic.DEPOSIT: msg("Deposit"),
    Topic.CARD: msg("Card"),
    Topic.ACCOUNT: msg("Account"),
    Topic.OTHER: msg("Something else"),
}
UNKNOWN: Final = "–"
"""For a member that a newer version wrote, and for none."""
