"""The REST API for the company's own systems: bearer tokens, one effect per Idempotency-Key, problem details.

No cookie counts here, so no other site can make a signed-in browser call it.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from email.utils import format_datetime
from functools import partial, wraps
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeAlias, TypeVar
from uuid import uuid4

from pydantic import (
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    field_validator,
)
from starlette.applications import Starlette
from starlette.background import BackgroundTask
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import BaseRoute, Mount, Route

from ticket_portal import wiring
from ticket_portal.addresses import number_in
from ticket_portal.domain.accounts import api_tokens
from ticket_portal.domain.accounts.api_tokens import BadToken, Caller, Scope, ScopeMissing
from ticket_portal.domain.addresses import LONGEST_ADDRESS
from ticket_portal.domain.desk import assignment
from ticket_portal.domain.errors import (
    CannotReopen,
    DomainError,
    Invalid,
    NotAllowed,
    NotFound,
    TicketMerged,
    TooMany,
)
from ticket_portal.domain.history import PostedMessage
from ticket_portal.domain.operations import answers, api
from ticket_portal.domain.operations.answers import (
    AssignedTicket,
    Chain,
    DetailKind,
    FieldProblem,
    Message,
    StatusName,
    Ticket,
    TicketPage,
    TicketState,
)
from ticket_portal.domain.operations.api import Answer
from ticket_portal.domain.people import NOBODY, Viewer
from ticket_portal.domain.tickets import detail_requests, messages, new_ticket, resolution, tickets
from ticket_portal.domain.tickets.messages import MessageForm
from ticket_portal.domain.tickets.new_ticket import TicketForm
from ticket_portal.i18n.catalogues import translate
from ticket_portal.i18n.locales import LOCALES
from ticket_portal.routes.api import schemas
from ticket_portal.routes.api.schemas import JSON, LONGEST_KEY, Operation
from ticket_portal.routes.asgi.bodies import whole
from ticket_portal.routes.asgi.cookies import caller
from ticket_portal.store.unit_of_work import Work

LARGEST_BODY = 64 * 1024
NO_STORE = {"Cache-Control": "no-store"}

Endpoint = Callable[[Request, Caller], Awaitable[Response]]
# What requests may name; a type checker can't read a list that is made when the module is loaded.
if TYPE_CHECKING:
    LanguageCode: TypeAlias = str
else:
    LanguageCode = Literal[tuple(LOCALES)]


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
    language: LanguageCode = "en"
    subject: Annotated[str, StringConstraints(max_length=new_ticket.LONGEST_SUBJECT)]
    body: Annotated[str, StringConstraints(max_length=messages.LONGEST_BODY)]


class NewMessage(Body):
    """Something written in a ticket."""

    body: Annotated[str, StringConstraints(max_length=messages.LONGEST_BODY)]


class WantedDetail(Body):
    """One thing that is asked for; `label` says it in words, `chain` names the network of a transaction ID."""

    kind: DetailKind
    label: Annotated[str, StringConstraints(max_length=detail_requests.LONGEST_LABEL)] = ""
    chain: Chain = ""


class NewDetailRequest(Body):
    """A question, or a list of typed items, or both."""

    body: Annotated[str, StringConstraints(max_length=messages.LONGEST_BODY)] = ""
    items: Annotated[list[WantedDetail], Field(max_length=detail_requests.MOST_ITEMS)] = Field(
        default_factory=list[WantedDetail]
    )


class NewAssignee(Body):
    """Whose a ticket is to be: the address of an active agent, or null for the queue."""

    agent: Annotated[str, StringConstraints(max_length=LONGEST_ADDRESS)] | None


class TicketFilter(BaseModel):
    """Which tickets are listed. Everything in a query is text, so it is not strict about types."""

    model_config = ConfigDict(extra="forbid")

    cursor: Annotated[str, Field(max_length=200, description="`next_cursor` of the page before")] = ""
    limit: Annotated[
        int, Field(ge=1, le=api.LARGEST_PAGE, description=f"Tickets a page, {api.LARGEST_PAGE} at most")
    ] = api.PAGE
    status: Annotated[StatusName | None, Field(description="Only tickets with this status")] = None
    updated_since: Annotated[
        AwareDatetime | None,
        Field(description="Only tickets updated at or after this moment, such as 2026-11-30T12:00:00Z"),
    ] = None


class Nothing(Body):
    """A request that needs no more than its address; an empty body or `{}`."""


Model = TypeVar("Model", bound=Body)


class Problem(Exception):
    """A refusal as RFC 9457 problem details; `code` is stable, `detail` is for the person who reads the log."""

    def __init__(
        self,
        status: int,
        code: str,
        detail: str,
        headers: dict[str, str] | None = None,
        errors: Sequence[FieldProblem] = (),
    ) -> None:
        """Keep what the answer says."""
        super().__init__(code)
        self.status, self.code, self.detail = status, code, detail
        self.headers, self.errors = headers or {}, list(errors)

    def response(self) -> Response:
        """Return the answer."""
        address = wiring.portal().settings.public_url
        content = answers.Problem(
            type=f"{address}/api/docs#{self.code}",
            title=TITLES[self.status],
            status=self.status,
            detail=self.detail,
            code=self.code,
            errors=self.errors,
        )
        headers = {**NO_STORE, **self.headers}
        return JSONResponse(content.plain(), self.status, headers, media_type="application/problem+json")


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
    BadToken: 401,
    ScopeMissing: 403,
    NotFound: 404,
    NotAllowed: 403,
    Invalid: 422,
    api.KeyReused: 422,
    CannotReopen: 409,
    TicketMerged: 409,
    TooMany: 429,
}


def for_agents(operation: Operation) -> Callable[[Request], Awaitable[Response]]:
    """Return an operation's endpoint that lets in only who brings a good token with the operation's scope.

    The token is looked at before anything of the request is read.
    """

    @wraps(operation.endpoint)
    async def guarded(request: Request) -> Response:
        caller = await _caller(request)
        api_tokens.require_scope(caller, operation.scope)
        response = await operation.endpoint(request, caller)
        if caller.note_use:
            # After the answer: a request that only reads does not wait for the database's writers.
            response.background = BackgroundTask(_note_use, caller)
        return response

    return guarded


async def _note_use(caller: Caller) -> None:
    await wiring.portal().write(api_tokens.note_use, caller)


async def _caller(request: Request) -> Caller:
    scheme, _space, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise BadToken  # no token is no guess, and costs nothing: it isn't counted
    portal = wiring.portal()
    return await portal.run(
        lambda: api_tokens.authenticate(portal.store, token.strip(), caller(request.scope))
    )


def _ticket_form(sent: NewTicket) -> TicketForm:
    typed = {**sent.model_dump(exclude={"language"}), "client_id": str(uuid4())}
    # Checked as the requester's own form would be: the agent's name and address are not the ticket's.
    return TicketForm.parse(NOBODY, typed, sent.language)


def _message_form(sent: NewMessage) -> MessageForm:
    return MessageForm.parse({"body": sent.body, "client_id": str(uuid4())})


def _request_form(sent: NewDetailRequest) -> MessageForm:
    return MessageForm.parse_request({**sent.model_dump(), "client_id": str(uuid4())})


def _open(work: Work, viewer: Viewer, _number: int, form: TicketForm) -> Answer:
    return Answer.of(201, api.short(work, new_ticket.submit_for(work, viewer, form)))


def _reply(work: Work, viewer: Viewer, number: int, form: MessageForm) -> Answer:
    return _written(messages.reply(work, viewer, number, form))


def _note(work: Work, viewer: Viewer, number: int, form: MessageForm) -> Answer:
    return _written(messages.note(work, viewer, number, form))


def _request_details(work: Work, viewer: Viewer, number: int, form: MessageForm) -> Answer:
    return Answer.of(201, api.requested(work, messages.request_details(work, viewer, number, form)))


def _resolve(work: Work, viewer: Viewer, number: int, _form: Nothing) -> Answer:
    return Answer.of(200, api.short(work, tickets.resolve(work, viewer, number)))


def _close(work: Work, viewer: Viewer, number: int, _form: Nothing) -> Answer:
    return Answer.of(200, api.short(work, resolution.close(work, viewer, number)))


def _reopen(work: Work, viewer: Viewer, number: int, _form: Nothing) -> Answer:
    return Answer.of(200, api.short(work, resolution.reopen(work, viewer, number)))


def _assign(work: Work, viewer: Viewer, number: int, sent: NewAssignee) -> Answer:
    return Answer.of(200, api.assigned(work, assignment.assign(work, viewer, number, sent.agent)))


def _written(message: PostedMessage) -> Answer:
    return Answer.of(201, api.message(message))


Form = TypeVar("Form")
Does = Callable[[Work, Viewer, int, Form], Answer]


def _as_sent(sent: Model) -> Model:
    return sent


def writing(model: type[Model], checked: Callable[[Model], Form], do: Does[Form]) -> Endpoint:
    """Return an endpoint that checks its request, then does one thing, once.

    `checked`: makes the domain's form of what was sent, which takes its time and is done before the transaction.
    """

    async def endpoint(request: Request, caller: Caller) -> Response:
        body = await whole(request, LARGEST_BODY)
        if body is None:
            raise Problem(413, "too_large", f"The body may have {LARGEST_BODY} bytes at most.")
        sent = _parsed(model, request, body)
        asked = api.Request(_key(request), request.method, request.url.path, body)
        number = _number(request) if "number" in request.path_params else 0
        form = await asyncio.to_thread(checked, sent)
        answer = await wiring.portal().write(api.once, caller, asked, partial(_do, do, number, form))
        headers = {**NO_STORE, "Idempotency-Replayed": "true"} if answer.repeated else NO_STORE
        return JSONResponse(answer.body, answer.status, headers)

    return endpoint


def _do(do: Does[Form], number: int, form: Form, work: Work, viewer: Viewer) -> Answer:
    return do(work, viewer, number, form)


async def read_ticket(request: Request, caller: Caller) -> Response:
    """Return a ticket and its newest messages."""
    found = await wiring.portal().read(api.full, caller.viewer, _number(request))
    return JSONResponse(found.plain(), headers=NO_STORE)


async def list_tickets(request: Request, caller: Caller) -> Response:
    """Return a page of tickets."""
    try:
        wanted = TicketFilter.model_validate(dict(request.query_params))
    except ValidationError as error:
        raise _invalid(error) from None
    found = await wiring.portal().run(
        lambda: wiring.portal().store.read(
            api.page,
            caller.viewer,
            cursor=wanted.cursor,
            limit=wanted.limit,
            status=wanted.status or "",
            updated_since=wanted.updated_since,
        )
    )
    return JSONResponse(found.plain(), headers=NO_STORE)


def _parsed(model: type[Model], request: Request, body: bytes) -> Model:
    if not body and model is Nothing:
        return model()
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != JSON:
        raise Problem(415, "unsupported_media_type", f"Send Content-Type: {JSON}.")
    try:
        return model.model_validate_json(body)
    except ValidationError as error:
        raise _invalid(error) from None


def _invalid(error: ValidationError) -> Problem:
    mistakes = error.errors(include_url=False, include_input=False, include_context=False)
    if mistakes[0]["type"] == "json_invalid":
        return Problem(400, "bad_json", "The body is not valid JSON in UTF-8.")
    errors = [FieldProblem(field=".".join(map(str, m["loc"])), detail=m["msg"]) for m in mistakes]
    return Problem(422, "invalid", "Some fields can't be used; see errors.", errors=errors)


def _key(request: Request) -> str:
    key = request.headers.get("idempotency-key", "")
    if len(key) > LONGEST_KEY or not key.isprintable() or not key.isascii():
        detail = f"An Idempotency-Key has at most {LONGEST_KEY} printable ASCII characters."
        raise Problem(400, "bad_idempotency_key", detail)
    return key


def _number(request: Request) -> int:
    # What no ticket's number can be is no ticket; the database would refuse a longer one in its own words.
    if not (number := number_in(request.path_params["number"])):
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
    errors = [FieldProblem(field=error.field, detail=detail)] if isinstance(error, Invalid) else []
    until = error.values.get("until")
    headers = {"Retry-After": format_datetime(until, usegmt=True)} if until else {}
    if isinstance(error, (BadToken, ScopeMissing)):
        headers["WWW-Authenticate"] = _challenge(error)
    return Problem(status, error.code, detail, headers, errors).response()


def _challenge(error: BadToken | ScopeMissing) -> str:
    """Return what RFC 6750, section 3, says of a bearer token that is refused."""
    realm = 'Bearer realm="ticket portal"'
    if isinstance(error, ScopeMissing):
        return f'{realm}, error="insufficient_scope", scope="{error.values["scope"]}"'
    return realm


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
        "GET",
        "/v1/tickets",
        Scope.READ,
        "List tickets, the last activity first, a page at a time",
        None,
        list_tickets,
        TicketPage,
        query=TicketFilter,
    ),
    Operation(
        "POST",
        "/v1/tickets",
        Scope.WRITE,
        "Open a ticket in somebody's name",
        NewTicket,
        writing(NewTicket, _ticket_form, _open),
        TicketState,
        201,
    ),
    Operation(
        "GET",
        "/v1/tickets/{number}",
        Scope.READ,
        "Read a ticket and its newest messages",
        None,
        read_ticket,
        Ticket,
    ),
    Operation(
        "POST",
        "/v1/tickets/{number}/replies",
        Scope.WRITE,
        "Answer publicly",
        NewMessage,
        writing(NewMessage, _message_form, _reply),
        Message,
        201,
    ),
    Operation(
        "POST",
        "/v1/tickets/{number}/notes",
        Scope.WRITE,
        "Write an internal note, which no customer ever sees",
        NewMessage,
        writing(NewMessage, _message_form, _note),
        Message,
        201,
    ),
    Operation(
        "POST",
        "/v1/tickets/{number}/detail-requests",
        Scope.WRITE,
        "Ask the customer for details: typed items, a question, or both; it is their turn then",
        NewDetailRequest,
        writing(NewDetailRequest, _request_form, _request_details),
        Message,
        201,
    ),
    Operation(
        "POST",
        "/v1/tickets/{number}/resolve",
        Scope.WRITE,
        "Say that it is solved; the customer is asked to confirm",
        Nothing,
        writing(Nothing, _as_sent, _resolve),
        TicketState,
    ),
    Operation(
        "POST",
        "/v1/tickets/{number}/close",
        Scope.WRITE,
        "Close it without asking; the customer is told",
        Nothing,
        writing(Nothing, _as_sent, _close),
        TicketState,
    ),
    Operation(
        "POST",
        "/v1/tickets/{number}/reopen",
        Scope.WRITE,
        "Take a resolved or lately closed ticket up again; the customer is told",
        Nothing,
        writing(Nothing, _as_sent, _reopen),
        TicketState,
    ),
    Operation(
        "POST",
        "/v1/tickets/{number}/assign",
        Scope.WRITE,
        "Give it to an agent, or with null back to the queue; the customer is not told",
        NewAssignee,
        writing(NewAssignee, _as_sent, _assign),
        AssignedTicket,
    ),
)


def _described() -> dict[str, Any]:
    settings = wiring.portal().settings
    return schemas.document(f"{settings.company} Support: REST API", settings.public_url, OPERATIONS)


async def _document(_request: Request) -> Response:
    return JSONResponse(_described())


async def _docs(_request: Request) -> Response:
    return HTMLResponse(
        schemas.page(_described()), headers={"Content-Security-Policy": schemas.page_policy()}
    )


def _routes() -> list[Route]:
    """Return a route for each address: with one for each method, a wrong one would be told of the first alone."""
    found: dict[str, dict[str, Callable[[Request], Awaitable[Response]]]] = {}
    for operation in OPERATIONS:
        found.setdefault(operation.path, {})[operation.method] = for_agents(operation)
    return [Route(path, _by_method(endpoints), methods=list(endpoints)) for path, endpoints in found.items()]


def _by_method(
    endpoints: dict[str, Callable[[Request], Awaitable[Response]]],
) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        return await endpoints["GET" if request.method == "HEAD" else request.method](request)

    return endpoint


def _application() -> Starlette:
    found = Starlette(
        routes=[Route("/docs", _docs), Route("/openapi.json", _document), *_routes()],
        exception_handlers={
            Problem: _problem,
            DomainError: _refused,
            HTTPException: _no_route,
            Exception: _broken,
        },
    )
    # A redirect to the address without the slash would be built from the Host header, which the client chooses.
    found.router.redirect_slashes = False
    return found


# An application of its own, so that its refusals are problem details and not the portal's pages.
routes: list[BaseRoute] = [Mount("/api", _application())]
