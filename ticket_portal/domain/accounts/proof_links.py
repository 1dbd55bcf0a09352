"""Links in mails that prove an address by 256 random bits, where six digits would be too few.

They work in any browser, once, for half an hour. Only the token's hash is kept. Following one changes nothing (mail
scanners follow links); the form on its page does.
"""

from dataclasses import dataclass
from datetime import timedelta

from sqlmodel import col, delete, select, update

from ticket_portal.domain import keys
from ticket_portal.domain.errors import LinkInvalid
from ticket_portal.store.tables import Account, ProofLink
from ticket_portal.store.unit_of_work import Work

TOKEN_LENGTH = 43
RETENTION = timedelta(days=1)


@dataclass(frozen=True)
class Proof:
    """What a valid link shows to the reader of the mail: whether there is an account, and its language."""

    address: str
    language: str
    has_account: bool


def new(work: Work, address: str, language: str, lives: timedelta | None = None) -> str:
    """Return the token of a new link for this address; earlier ones stay until they run out or one is used."""
    lives = lives or timedelta(minutes=work.settings.proof_link_minutes)
    token = keys.new_token()
    work.insert(
        ProofLink,
        token_hash=keys.token_hash(token),
        address=address,
        language=language,
        created_at=work.now,
        expires_at=work.now + lives,
    )
    return token


def preview(work: Work, token: str) -> Proof:
    """Return what a link proves; nothing changes by looking. Raises LinkInvalid: unknown, used, too old look alike."""
    link = _find(work, token)
    account = work.session.exec(select(Account.language).where(Account.address == link.address)).first()
    return Proof(link.address, account or link.language, account is not None)


def use(work: Work, token: str) -> str:
    """Use a link up, and every other of its address; return the address that it proves. Raises LinkInvalid."""
    work.alone("proof_link", keys.token_hash(token))
    address = _find(work, token).address
    end_all(work, address)
    return address


def end_all(work: Work, address: str) -> None:
    """Make all links of an address worthless."""
    work.session.exec(
        update(ProofLink)
        .where(col(ProofLink.address) == address, col(ProofLink.used_at).is_(None))
        .values(used_at=work.now)
    )


def sweep(work: Work) -> None:
    """Delete links that ran out a day ago."""
    work.session.exec(delete(ProofLink).where(col(ProofLink.expires_at) < work.now - RETENTION))


def _find(work: Work, token: str) -> ProofLink:
    query = select(ProofLink).where(ProofLink.token_hash == keys.token_hash(token))
    link = work.session.exec(query).first() if len(token) == TOKEN_LENGTH else None
    if link is None or link.used_at or work.now >= link.expires_at:
        raise LinkInvalid
    return link
