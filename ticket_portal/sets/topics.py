"""What a ticket can be about; what people read for it is in `names`."""

from enum import StrEnum


class Topic(StrEnum):
    """What a new ticket is about, in the order of its form; choosing one is optional."""

    WITHDRAWAL = "withdrawal"
    DEPOSIT = "deposit"
    CARD = "card"
    ACCOUNT = "account"
    OTHER = "other"
