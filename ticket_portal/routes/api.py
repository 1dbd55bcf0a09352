"""The REST API for the company's own systems: bearer tokens, one effect per Idempotency-Key, problem details.

No cookie counts here, so no other site can make a signed-in browser call it.
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime
from email.utils import format_datetime
from functools import partial, wraps
from typing import Annotated, Any, Literal, TypeVar
from uuid import uuid4

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, field_validator
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import BaseRoute, Mount, Route

from ticket_portal import wiring
from ticket_portal.domain import api, detail_requests, messages, new_ticket, resolution, tickets
from ticket_portal.domain.api import Answer, Caller
from ticket_portal.domain.errors import (
    CannotReopen,
    DomainError,
    Invalid,
    NotAllowed,
    NotFound,
    TicketMerged,
    TooMany,
)
from ticket_portal.domain.events import Posted
from ticket_portal.domain.messages import MessageForm
from ticket_portal.domain.new_ticket import TicketForm
from ticket_portal.domain.people import NOBODY, Viewer
from ticket_portal.i18n.catalogues import translate
from ticket_portal.routes import openapi
from ticket_portal.routes.bodies import whole
from ticket_portal.routes.openapi import Operation
from ticket_portal.store.unit_of_work import Work

LARGEST_BODY = 64 * 1024
LONGEST_KEY = 255
LARGEST_NUMBER = 2**31 - 1
NO_STORE = {"Cache-Control": "no-store"}

JSON = "application/json"

Endpoint = Callable[[Request, Caller], Awaitable[Response]]
Language = Literal["en", "es", "fr", "id", "uk", "vi"]


class Body(BaseModel):
    """What requests carry: nothing that isn't named, nothing of another type."""

    model_config = ConfigDict(extra="forbid", strict=True)

    @field_validator("*")
    @classmethod
    def _can_be_kept(cls, value: object) -> object:
        if isinstance(value, str) and "\0" in value:
            raise ValueError("must not contain the character U+0000")
        return value


class NewTicket(Body):
    """A ticket in somebody's name."""

    email: Annotated[str, StringConstraints(max_length=254)]
    name: Annotated[str, StringConstraints(max_length=new_ticket.LONGEST_NAME)] = ""
    language: Language = "en"
    subject: Annotated[str, StringConstraints(max_length=new_ticket.LONGEST_SUBJECT)]
    body: Annotated[str, StringConstraints(max_length=messages.LONGEST_BODY)]


class NewMessage(Body):
    """Something written in a ticket."""

    body: Annotated[str, StringConstraints(max_length=messages.LONGEST_BODY)]


class WantedDetail(Body):
    """One thing that is asked for; `label` says it in words, `chain` names the network of a transaction ID."""

    kind: Literal["txid", "network", "amount", "moment", "screenshot", "text"]
    label: Annotated[str, StringConstraints(max_length=detail_requests.LONGEST_LABEL)] = ""
    chain: Literal["", "bitcoin", "ethereum", "tron", "solana"] = ""


class NewDetailRequest(Body):
    """A question, or a list of typed items, or both."""

    body: Annotated[str, StringConstraints(max_length=messages.LONGEST_BODY)] = ""
    items: Annotated[list[WantedDetail], Field(max_length=detail_requests.MOST_ITEMS)] = Field(
        default_factory=list[WantedDetail]
    )


class Nothing(Body):
    """A request that needs no more than its address; an empty body or `{}`."""


Model = TypeVar("Model", bound=Body)


class Problem(Exception):
    """A refusal as RFC 9457 problem details; `code` is stable, `detail` is for the person who reads the log."""

    def __init__(
        self, status: int, code: str, detail: str, headers: dict[str, str] | None = None, **more: Any
    ) -> None:
        """Keep what the answer says."""
        super().__init__(code)
        self.status, self.code, self.detail = status, code, detail
        self.headers, self.more = headers or {}, more

    def response(self) -> Response:
        """Return the answer."""
        address = wiring.portal().settings.public_url
        content = {
            "type": f"{address}/api/docs#{self.code}",
            "title": TITLES[self.status],
            "status": self.status,
            "detail": self.detail,
            "code": self.code,
            **self.more,
        }
        headers = {**NO_STORE, **self.headers}
        return JSONResponse(content, self.status, headers, media_type="application/problem+json")


TITLES = {
    400: "Bad request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not found",
    405: "Method not allowed",
    409: "Conflict",
    413: "Content too large",
    415: "Unsupported media type",
    422: "Unprocessable content",
    429: "Too many requests",
    500: "Internal server error",
}
_STATUS: dict[type[DomainError], int] = {
    NotFound: 404,
    NotAllowed: 403,
    Invalid: 422,
    api.KeyReused: 422,
    CannotReopen: 409,
    TicketMerged: 409,
    TooMany: 429,
}


def for_agents(endpoint: Endpoint) -> Callable[[Request], Awaitable[Response]]:
    """Let in only who brings a valid token."""

    @wraps(endpoint)
    async def guarded(request: Request) -> Response:
        scheme, _space, token = request.headers.get("authorization", "").partition(" ")
        known = scheme.lower() == "bearer" and token.strip()
        caller = await wiring.portal().ask(api.caller, token.strip()) if known else Caller(NOBODY, "")
        if not caller.viewer.of_team:
            how = {"WWW-Authenticate": 'Bearer realm="ticket portal"'}
            raise Problem(401, "unauthorized", "Send a valid token: Authorization: Bearer <token>.", how)
        return await endpoint(request, caller)

    return guarded


def _ticket_form(sent: NewTicket) -> TicketForm:
    typed = {**sent.model_dump(exclude={"language"}), "client_id": str(uuid4())}
    # Checked as the requester's own form would be: the agent's name and address are not the ticket's.
    return TicketForm.parse(NOBODY, typed, sent.language)


def _message_form(sent: NewMessage) -> MessageForm:
    return MessageForm.parse({"body": sent.body, "client_id": str(uuid4())})


def _request_form(sent: NewDetailRequest) -> MessageForm:
    return MessageForm.parse_request({**sent.model_dump(), "client_id": str(uuid4())})


def _open(work: Work, viewer: Viewer, _number: int, form: TicketForm) -> Answer:
    return Answer(201, api.short(work, new_ticket.submit_for(work, viewer, form)))


def _reply(work: Work, viewer: Viewer, number: int, form: MessageForm) -> Answer:
    return _written(messages.reply(work, viewer, number, form))


def _note(work: Work, viewer: Viewer, number: int, form: MessageForm) -> Answer:
    return _written(messages.note(work, viewer, number, form))


def _request_details(work: Work, viewer: Viewer, number: int, form: MessageForm) -> Answer:
    return Answer(201, api.requested(work, messages.request_details(work, viewer, number, form)))


def _resolve(work: Work, viewer: Viewer, number: int, _form: Nothing) -> Answer:
    return Answer(200, api.short(work, tickets.resolve(work, viewer, number)))


def _close(work: Work, viewer: Viewer, number: int, _form: Nothing) -> Answer:
    return Answer(200, api.short(work, resolution.close(work, viewer, number)))


def _reopen(work: Work, viewer: Viewer, number: int, _form: Nothing) -> Answer:
    return Answer(200, api.short(work, resolution.reopen(work, viewer, number)))


def _written(message: Posted) -> Answer:
    return Answer(201, api.message(message))


Form = TypeVar("Form")
Does = Callable[[Work, Viewer, int, Form], Answer]


def _nothing(sent: Nothing) -> Nothing:
    return sent


def writing(
    model: type[Model], checked: Callable[[Model], Form], do: Does[Form]
) -> Callable[[Request], Awaitable[Response]]:
    """Return an endpoint that checks its request, then does one thing, once.

    `checked`: makes the domain's form of what was sent, which takes its time and is done before the transaction.
    """

    @for_agents
    async def endpoint(request: Request, caller: Caller) -> Response:
        body = await whole(request, LARGEST_BODY)
        if body is None:
            raise Problem(413, "too_large", f"The body may have {LARGEST_BODY} bytes at most.")
        sent = _parsed(model, request, body)
        asked = api.Request(_key(request), request.method, request.url.path, body)
        number = _number(request) if "number" in request.path_params else 0
        form = await asyncio.to_thread(checked, sent)
        answer = await wiring.portal().tell(api.once, caller, asked, partial(_do, do, number, form))
        headers = {**NO_STORE, "Idempotency-Replayed": "true"} if answer.repeated else NO_STORE
        return JSONResponse(answer.body, answer.status, headers)

    return endpoint


def _do(do: Does[Form], number: int, form: Form, work: Work, viewer: Viewer) -> Answer:
    return do(work, viewer, number, form)


@for_agents
async def read_ticket(request: Request, caller: Caller) -> Response:
    """Return a ticket and its newest messages."""
    found = await wiring.portal().ask(api.full, caller.viewer, _number(request))
    return JSONResponse(found, headers=NO_STORE)


def _parsed(model: type[Model], request: Request, body: bytes) -> Model:
    if not body and model is Nothing:
        return model()
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != JSON:
        raise Problem(415, "unsupported_media_type", f"Send Content-Type: {JSON}.")
    try:
        return model.model_validate_json(body)
    except ValidationError as error:
        mistakes = error.errors(include_url=False, include_input=False, include_context=False)
    if mistakes[0]["type"] == "json_invalid":
        raise Problem(400, "bad_json", "The body is not valid JSON in UTF-8.")
    errors = [{"field": ".".join(map(str, m["loc"])), "detail": m["msg"]} for m in mistakes]
    raise Problem(422, "invalid", "Some fields can't be used; see errors.", errors=errors)


def _key(request: Request) -> str:
    key = request.headers.get("idempotency-key", "")
    if len(key) > LONGEST_KEY or not key.isprintable() or not key.isascii():
        detail = f"An Idempotency-Key has at most {LONGEST_KEY} printable ASCII characters."
        raise Problem(400, "bad_idempotency_key", detail)
    return key


def _number(request: Request) -> int:
    typed = request.path_params["number"]
    # What no ticket's number can be is no ticket; the database would refuse a longer one in its own words.
    if not (typed.isascii() and typed.isdecimal() and len(typed) <= len(str(LARGEST_NUMBER))):
        raise NotFound
    number = int(typed)
    if number > LARGEST_NUMBER:
        raise NotFound
    return number


async def _problem(_request: Request, problem: Exception) -> Response:
    assert isinstance(problem, Problem)
    return problem.response()


async def _refused(_request: Request, error: Exception) -> Response:
    assert isinstance(error, DomainError)
    status = next((_STATUS[kind] for kind in type(error).__mro__ if kind in _STATUS), 400)
    values = {k: v.isoformat() if isinstance(v, datetime) else v for k, v in error.values.items()}
    detail = translate("en", error.text, **values)
    more = {"errors": [{"field": error.field, "detail": detail}]} if isinstance(error, Invalid) else {}
    until = error.values.get("until")
    headers = {"Retry-After": format_datetime(until, usegmt=True)} if until else {}
    return Problem(status, error.code, detail, headers, **more).response()


async def _no_route(_request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    code, detail = {
        404: ("not_found", "There is nothing at this address; see /api/docs."),
        405: ("method_not_allowed", "This address does not know that method."),
    }.get(error.status_code, ("refused", error.detail))
    return Problem(error.status_code, code, detail, dict(error.headers or {})).response()


async def _broken(_request: Request, _error: Exception) -> Response:
    detail = "Something broke on our side. Send the request again with the same Idempotency-Key."
    return Problem(500, "internal", detail).response()


OPERATIONS = (
    Operation(
        "POST",
        "/v1/tickets",
        "Open a ticket in somebody's name",
        NewTicket,
        writing(NewTicket, _ticket_form, _open),
        "TicketState",
        201,
    ),
    Operation(
        "GET", "/v1/tickets/{number}", "Read a ticket and its newest messages", None, read_ticket, "Ticket"
    ),
    Operation(
        "POST",
        "/v1/tickets/{number}/replies",
        "Answer publicly",
        NewMessage,
        writing(NewMessage, _message_form, _reply),
        "Message",
        201,
    ),
    Operation(
        "POST",
        "/v1/tickets/{number}/notes",
        "Write an internal note, which no customer ever sees",
        NewMessage,
        writing(NewMessage, _message_form, _note),
        "Message",
        201,
    ),
    Operation(
        "POST",
        "/v1/tickets/{number}/detail-requests",
        "Ask the customer for details: typed items, a question, or both; it is their turn then",
        NewDetailRequest,
        writing(NewDetailRequest, _request_form, _request_details),
        "Message",
        201,
    ),
    Operation(
        "POST",
        "/v1/tickets/{number}/resolve",
        "Say that it is solved; the customer is asked to confirm",
        Nothing,
        writing(Nothing, _nothing, _resolve),
        "TicketState",
    ),
    Operation(
        "POST",
        "/v1/tickets/{number}/close",
        "Close it without asking; the customer is told",
        Nothing,
        writing(Nothing, _nothing, _close),
        "TicketState",
    ),
    Operation(
        "POST",
        "/v1/tickets/{number}/reopen",
        "Take a resolved or lately closed ticket up again; the customer is told",
        Nothing,
        writing(Nothing, _nothing, _reopen),
        "TicketState",
    ),
)


def _described() -> dict[str, Any]:
    settings = wiring.portal().settings
    return openapi.document(f"{settings.company} Support: REST API", settings.public_url, OPERATIONS)


async def _document(_request: Request) -> Response:
    return JSONResponse(_described())


async def _docs(_request: Request) -> Response:
    return HTMLResponse(
        openapi.page(_described()), headers={"Content-Security-Policy": openapi.page_policy()}
    )


routes: list[BaseRoute] = [
    # An application of its own, so that its refusals are problem details and not the portal's pages.
    Mount(
        "/api",
        Starlette(
            routes=[
                Route("/docs", _docs),
                Route("/openapi.json", _document),
                *(Route(o.path, o.endpoint, methods=[o.method]) for o in OPERATIONS),
            ],
            exception_handlers={
                Problem: _problem,
                DomainError: _refused,
                HTTPException: _no_route,
                Exception: _broken,
            },
        ),
    )
]
