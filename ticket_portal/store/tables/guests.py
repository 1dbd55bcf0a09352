"""The links of people without an account."""

from datetime import datetime

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from ticket_portal.store.tables.base import moment, reference


class GuestLink(SQLModel, table=True):
    """A link in an e-mail that leads one address to one ticket. Only the token's hash is here."""

    __table_args__ = (Index("ix_guest_link_ticket", "ticket_id", "address"),)

    token_hash: str = Field(primary_key=True)
    ticket_id: int = reference("ticket")
    address: str
    created_at: datetime = moment()
    revoked_at: datetime | None = moment(null=True)
