"""The people of the demo, known by name in the docs. Their password is for nothing but a demo."""

from dataclasses import dataclass

from ticket_portal.domain import sessions
from ticket_portal.domain.accounts import accounts
from ticket_portal.domain.people import Viewer
from ticket_portal.sets.roles import Role
from ticket_portal.store.unit_of_work import Work

PASSWORD = "portal-demo-1"  # noqa: S105 - public, and refused in production


@dataclass(frozen=True)
class Person:
    """Somebody with an account."""

    address: str
    name: str
    role: str = Role.CUSTOMER
    language: str = "en"
    time_zone: str = "UTC"


ANA = Person("ana@example.com", "Ana", time_zone="Europe/Madrid")
BUDI = Person("budi@example.com", "Budi", language="id", time_zone="Asia/Jakarta")
LINH = Person("linh@example.com", "Linh", role=Role.AGENT, time_zone="Asia/Ho_Chi_Minh")
ADMIN = Person("admin@example.com", "Admin", role=Role.ADMIN)
HEAVY = Person("heavy@example.com", "Maya")

CAST = (ANA, BUDI, LINH, ADMIN)
GUEST = "guest@example.com"


@dataclass(frozen=True)
class Cast:
    """The people of the demo as viewers."""

    ana: Viewer
    budi: Viewer
    linh: Viewer
    admin: Viewer


def cast(work: Work, password_hash: str) -> Cast:
    """Make the accounts that are missing, and return their owners."""
    return Cast(*(viewer(work, person, password_hash) for person in CAST))


def viewer(work: Work, person: Person, password_hash: str) -> Viewer:
    """Return a person as a viewer; the account is made if it is missing."""
    account = accounts.find(work, person.address)
    if account is None:
        account = accounts.create(work, person.address, person.name, password_hash, person.role)
        account.language, account.time_zone = person.language, person.time_zone
    return sessions.of_account(account)


def password_hash() -> str:
    """Return the hash of the demo's password; slow on purpose, so it is made once and outside any transaction."""
    return accounts.hasher.hash(PASSWORD)
