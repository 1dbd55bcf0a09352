"""Addresses in e-mails; all begin with `PORTAL_BASE_URL`, nothing of them comes from a request."""

from ticket_portal.addresses import GUEST_LINK, TICKET
from ticket_portal.domain.alerts.outbox import Delivery
from ticket_portal.i18n.catalogues import known
from ticket_portal.i18n.locales import localized
from ticket_portal.settings import Settings


def page(settings: Settings, language: str, path: str) -> str:
    """Return the full address of a page in a language."""
    return settings.public_url + localized(known(language), path)


def ticket(settings: Settings, language: str, number: int, token: str) -> str:
    """Return where the recipient reads the ticket: a guest by their own link, a customer after signing in."""
    return page(settings, language, GUEST_LINK + token if token else f"{TICKET}{number}")


def mute_address(settings: Settings, delivery: Delivery) -> str:
    """Return the address that mutes this ticket for this recipient, after one more click there."""
    return f"{settings.public_url}/notifications/mute/{delivery.mute_token}"


def lock_address(settings: Settings, delivery: Delivery) -> str:
    """Return where a guest says that the ticket is not theirs, with one more click there."""
    return f"{settings.public_url}/notifications/not-me/{delivery.lock_token}"


def proof_address(settings: Settings, token: str) -> str:
    """Return where the recipient proves that they read the mail, by one more click there."""
    return f"{settings.public_url}/reset-password/{token}"
