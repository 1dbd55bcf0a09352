"""The doors that set cookies: signing up, in and out, a new password, a guest's code.

They take the forms that browsers themselves submit and lead back to a page; what went wrong stands in the address
as a stable code (`problem=…`), or with the code that was tried.
"""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Final
from urllib.parse import urlencode

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from ticket_portal.domain import accounts, codes, guests, keys, sessions
from ticket_portal.domain.accounts import RESET, SIGN_UP, SignUp
from ticket_portal.domain.codes import Door
from ticket_portal.domain.errors import DomainError, Invalid, LinkInvalid
from ticket_portal.domain.people import language
from ticket_portal.domain.sessions import Credentials
from ticket_portal.i18n.locales import localized, own_address
from ticket_portal.routes import cookies
from ticket_portal.routes.origin import refused
from ticket_portal.wiring import portal

MOST_FIELDS: Final = 12
LONGEST_FIELD: Final = 4_096


class Asked:
    """A submitted form, and the browser it came from."""

    def __init__(self, request: Request, form: FormData) -> None:
        """Take the form's texts; files are none of ours."""
        self.credentials: Credentials = cookies.credentials(request.scope)
        self._form = form
        self.language = language(self.text("language"))
        self.new_browser = ""
        if not self.credentials.browser:
            self.new_browser = keys.new_token()
        self.browser = keys.token_hash(self.new_browser) if self.new_browser else self.credentials.browser
        self.ip = self.credentials.ip

    def text(self, name: str) -> str:
        """Return a field's text, "" when it is missing or no text."""
        value = self._form.get(name)
        return value[:LONGEST_FIELD] if isinstance(value, str) else ""

    def page(self, path: str, **query: str) -> str:
        """Return the address of one of our pages in the form's language."""
        kept = {k: v for k, v in query.items() if v}
        return localized(self.language, path) + (f"?{urlencode(kept)}" if kept else "")

    def next_page(self, otherwise: str) -> str:
        """Return where the form leads: only ever to an address of this portal."""
        return own_address(self.text("next")) or self.page(otherwise)


Answer = Callable[[Asked], Awaitable[Response]]


def _door(path: str, answer: Answer) -> Route:
    async def endpoint(request: Request) -> Response:
        settings = portal().settings
        if refusal := refused(request, settings):
            return refusal
        async with request.form(max_files=0, max_fields=MOST_FIELDS, max_part_size=LONGEST_FIELD) as form:
            asked = Asked(request, form)
        response = await answer(asked)
        if asked.new_browser:
            cookies.keep(response, settings, cookies.BROWSER, asked.new_browser, cookies.YEAR)
        response.headers["Cache-Control"] = "no-store"
        return response

    return Route(path, endpoint, methods=["POST"])


def _to(address: str) -> Response:
    return RedirectResponse(address, 303)


def _problem(error: DomainError) -> dict[str, str]:
    until = error.values.get("until")
    return {
        "problem": error.code,
        "field": error.field if isinstance(error, Invalid) else "",
        "until": until.isoformat() if until else "",
        "most": str(error.values.get("most", "")),
    }


async def sign_in(asked: Asked) -> Response:
    """Sign in, and go where the person wanted to go."""
    p = portal()
    try:
        token = await p.run(
            partial(accounts.sign_in, p.store, asked.text("email"), asked.text("password"), asked.ip)
        )
    except DomainError as error:
        return _to(asked.page("/sign-in", **_problem(error), next=asked.text("next")))
    return await _signed_in(asked, token)


async def _signed_in(asked: Asked, token: str) -> Response:
    p = portal()
    if asked.credentials.session:
        # Whoever was signed in at this browser no longer is; without this, its other tabs would go on as theirs.
        await p.tell(sessions.end, asked.credentials.session)
    viewer = await p.viewer(keys.token_hash(token))
    response = _to(asked.next_page("/agent" if viewer.of_team else "/tickets"))
    s = p.settings
    seconds = s.agent_session_hours * 3600 if viewer.of_team else s.session_days * 86_400
    cookies.keep(response, s, cookies.SESSION, token, seconds)
    return response


async def sign_out(asked: Asked) -> Response:
    """End the session here and in this browser's other tabs."""
    p = portal()
    if asked.credentials.session:
        await p.tell(sessions.end, asked.credentials.session)
    response = _to(asked.page("/", notice="signed_out"))
    cookies.drop(response, p.settings, cookies.SESSION)
    return response


async def sign_up(asked: Asked) -> Response:
    """Take the form of a new account and send a code to its address."""
    p = portal()
    try:
        form = SignUp.parse(
            asked.text("name"),
            asked.text("email"),
            asked.text("password"),
            asked.language,
            asked.text("time_zone") or asked.credentials.zone or "UTC",
        )
        await p.run(partial(accounts.ask_to_sign_up, p.store, form, asked.browser, asked.ip))
    except DomainError as error:
        return _to(asked.page("/sign-up", **_problem(error), next=asked.text("next")))
    return _to(asked.page("/sign-up/code", next=asked.text("next")))


async def sign_up_again(asked: Asked) -> Response:
    """Send another code for the account that this browser is making."""
    p = portal()
    address = await p.ask(codes.newest_address, SIGN_UP, asked.browser)
    door = Door(SIGN_UP, address, asked.browser, asked.ip)
    try:
        await p.tell(accounts.ask_to_sign_up_again, door)
    except DomainError as error:
        return _to(asked.page("/sign-up/code", **_problem(error), next=asked.text("next")))
    return _to(asked.page("/sign-up/code", next=asked.text("next")))


async def finish_sign_up(asked: Asked) -> Response:
    """Take the code that proves the address; the account is made then."""
    p = portal()
    address = await p.ask(codes.newest_address, SIGN_UP, asked.browser)
    door = Door(SIGN_UP, address, asked.browser, asked.ip)
    token, refusal = await p.tell(accounts.finish_sign_up, door, asked.text("code"))
    if refusal:
        return _to(asked.page("/sign-up/code", **_problem(refusal), next=asked.text("next")))
    return await _signed_in(asked, token)


async def forgot_password(asked: Asked) -> Response:
    """Send a code for a new password; the answer is the same whether the address has an account."""
    try:
        await portal().tell(
            accounts.ask_to_reset, asked.text("email"), asked.language, asked.browser, asked.ip
        )
    except DomainError as error:
        return _to(asked.page("/forgot-password", **_problem(error)))
    return _to(asked.page("/reset-password"))


async def reset_password(asked: Asked) -> Response:
    """Take the code and the new password."""
    p = portal()
    address = await p.ask(codes.newest_address, RESET, asked.browser)
    door = Door(RESET, address, asked.browser, asked.ip)
    try:
        refusal = await p.run(
            partial(accounts.reset_password, p.store, door, asked.text("code"), asked.text("password"))
        )
    except DomainError as error:
        refusal = error
    if refusal:
        return _to(asked.page("/reset-password", **_problem(refusal)))
    response = _to(asked.page("/sign-in", notice="password_changed"))
    cookies.drop(response, p.settings, cookies.SESSION)
    return response


async def guest_send_code(asked: Asked) -> Response:
    """Send a guest a code, to the address of the link and nowhere else."""
    token = asked.text("token")
    back = asked.page(f"/guest/{_as_segment(token)}")
    try:
        await portal().tell(guests.send_code, token, asked.browser, asked.ip, asked.language)
    except LinkInvalid:
        return _to(back)
    except DomainError as error:
        return _to(f"{back}?{urlencode({k: v for k, v in _problem(error).items() if v})}")
    return _to(back)


async def guest_verify(asked: Asked) -> Response:
    """Take a guest's code; right, it opens the tickets of the proved address."""
    p = portal()
    token = asked.text("token")
    response = _to(asked.page(f"/guest/{_as_segment(token)}"))
    try:
        session, refusal = await p.tell(guests.verify, token, asked.browser, asked.ip, asked.text("code"))
    except LinkInvalid:
        return response
    if not refusal:
        cookies.keep(response, p.settings, cookies.GUEST, session, p.settings.guest_session_hours * 3600)
    return response


async def guest_leave(asked: Asked) -> Response:
    """End the guest's session."""
    p = portal()
    if asked.credentials.guest:
        await p.tell(sessions.end, asked.credentials.guest)
    response = _to(asked.page("/", notice="signed_out"))
    cookies.drop(response, p.settings, cookies.GUEST)
    return response


async def find_ticket(asked: Asked) -> Response:
    """Mail somebody the links of their tickets; the answer is the same whether there are any."""
    number = codes.digits(asked.text("number"))
    try:
        await portal().tell(
            guests.send_links_again,
            asked.text("email"),
            int(number[:12]) if number else None,
            asked.ip,
            asked.language,
        )
    except DomainError as error:
        return _to(asked.page("/find-ticket", **_problem(error)))
    return _to(asked.page("/find-ticket", notice="links_sent"))


def _as_segment(token: str) -> str:
    """Return what may stand in an address; a malformed token leads to the page of invalid links."""
    return token if token.replace("-", "").replace("_", "").isalnum() and token.isascii() else "invalid"


routes = [
    _door("/auth/sign-in", sign_in),
    _door("/auth/sign-out", sign_out),
    _door("/auth/sign-up", sign_up),
    _door("/auth/sign-up/code", finish_sign_up),
    _door("/auth/sign-up/new-code", sign_up_again),
    _door("/auth/forgot-password", forgot_password),
    _door("/auth/reset-password", reset_password),
    _door("/auth/guest/send-code", guest_send_code),
    _door("/auth/guest/verify", guest_verify),
    _door("/auth/guest/leave", guest_leave),
    _door("/auth/find-ticket", find_ticket),
]
