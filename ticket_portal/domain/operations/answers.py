"""What the REST API answers: the answers are made of these models, and OpenAPI describes them from these models."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, PlainSerializer, WithJsonSchema

from ticket_portal.domain.history import MessageKind
from ticket_portal.sets.roles import AUTHORS
from ticket_portal.sets.statuses import Status

if TYPE_CHECKING:  # a type checker can't read a list that is made when the module is loaded
    StatusName: TypeAlias = str
    MessageKindName: TypeAlias = str
    AuthorName: TypeAlias = str
else:
    StatusName = Literal[tuple(map(str, Status))]
    MessageKindName = Literal[tuple(map(str, MessageKind))]
    AuthorName = Literal[tuple(map(str, AUTHORS))]
DetailKind = Literal["txid", "network", "amount", "moment", "screenshot", "text"]
Chain = Literal["", "bitcoin", "ethereum", "tron", "solana"]
Moment = Annotated[
    datetime,
    PlainSerializer(datetime.isoformat),
    WithJsonSchema({"type": "string", "format": "date-time"}),
]
Address = Annotated[str, Field(json_schema_extra={"format": "uri"})]


def _described(schema: dict[str, Any]) -> None:
    """Promise no client that a later version has no further field; and no titles, which only repeat the names."""
    schema.pop("additionalProperties", None)
    for named in (schema, *schema["properties"].values()):
        named.pop("title", None)


class Answered(BaseModel):
    """An answer, or a part of one: nothing that isn't named, nothing of another type. Its fields keep their order."""

    model_config = ConfigDict(extra="forbid", strict=True, json_schema_extra=_described)

    def plain(self) -> dict[str, Any]:
        """Return it as it is sent and kept. An optional field that is empty is left out."""
        return self.model_dump(mode="json", exclude_defaults=True)


class TicketState(Answered):
    """A ticket in three words: its number, its status, and where people read it."""

    number: Annotated[int, Field(json_schema_extra={"example": 12345})]
    status: StatusName
    url: Address


class Assignee(Answered):
    """The agent whose ticket it is."""

    email: str
    name: str


class AssignedTicket(TicketState):
    """A ticket's state, and whose it is."""

    assignee: Assignee | None


class Requester(Answered):
    """Whose ticket it is, and how they proved that the address is theirs; null: not at all."""

    email: str
    name: str
    verified_by: Literal["account", "code"] | None


class TicketSummary(TicketState):
    """A ticket without its messages."""

    subject: str
    language: str
    requester: Requester
    assignee: Assignee | None
    created_at: Moment
    updated_at: Annotated[Moment, Field(description="When anything that its requester can see happened last")]


class Detail(Answered):
    """One thing that was asked for, and what became of it."""

    kind: DetailKind
    label: str
    chain: Chain
    state: Literal["open", "answered", "declined"]
    answer: Annotated[str, Field(description="Why not, if declined; a moment in UTC")]
    zone: Annotated[str, Field(description="The time zone in which a moment was given")]


class Message(Answered):
    """Something written in a ticket."""

    seq: Annotated[int, Field(description="Place in the ticket's log")]
    kind: MessageKindName
    role: AuthorName
    author: str
    body: str
    created_at: Moment
    items: Annotated[
        list[Detail], Field(description="What a request for details asks for, and what became of it")
    ]


class Ticket(TicketSummary):
    """A ticket with its newest messages, internal notes included."""

    has_earlier: Annotated[bool, Field(description="Whether there are messages before the newest hundred")]
    messages: list[Message]


class TicketPage(Answered):
    """Tickets, the last activity first."""

    tickets: list[TicketSummary]
    next_cursor: Annotated[
        str | None,
        Field(description="Send it as `cursor`, with the same filters; null after the last page"),
    ]


class FieldProblem(Answered):
    """What is wrong with one field."""

    field: str
    detail: str


class Problem(Answered):
    """Problem details (RFC 9457)."""

    type: Address
    title: str
    status: int
    detail: str
    code: Annotated[str, Field(description="Stable; see the list in /api/docs")]
    errors: list[FieldProblem] = Field(default_factory=list[FieldProblem])
