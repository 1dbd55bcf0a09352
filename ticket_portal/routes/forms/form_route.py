"""Shared code of the routes that take native form posts."""

from collections.abc import Awaitable, Callable
from typing import Final
from urllib.parse import urlencode

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from ticket_portal.domain.accounts import known_browsers
from ticket_portal.domain.errors import DomainError, Invalid
from ticket_portal.domain.people import Viewer, language
from ticket_portal.domain.sessions import Arrival, Credentials
from ticket_portal.i18n.locales import localized
from ticket_portal.routes.asgi import cookies
from ticket_portal.routes.asgi.origin import refused
from ticket_portal.wiring import portal

MOST_FIELDS: Final = 12
LONGEST_FIELD: Final = 4_096
A_DAY: Final = 86_400


class SubmittedForm:
    """A submitted form, and the browser it came from."""

    def __init__(self, request: Request, form: FormData) -> None:
        """Take the form's texts; files are none of ours."""
        settings = portal().settings
        self.cookies = cookies.given(request.scope)
        self.credentials: Credentials = cookies.credentials(request.scope, settings)
        self._form = form
        self.language = language(self.text("language"))
        self.new_browser = ""
        self.browser = self.credentials.browser
        if not self.browser:
            self.new_browser = known_browsers.new_token(settings)
            self.browser = known_browsers.token_hash(settings, self.new_browser)
        self._next_browser = known_browsers.new_token(settings)
        self.ip = self.credentials.ip
        self.user_agent = request.headers.get("user-agent", "")

    def text(self, name: str) -> str:
        """Return a field's text, "" when it is missing or no text."""
        value = self._form.get(name)
        return value[:LONGEST_FIELD] if isinstance(value, str) else ""

    def arrival(self, session: str) -> Arrival:
        """Return what a sign-in, or a guest's proof, must know of the browser; `session` is the one that it replaces.

        Where it succeeds, call `arrived`.
        """
        successor = known_browsers.token_hash(portal().settings, self._next_browser)
        return Arrival(self.user_agent, self.browser, successor, session, self.ip)

    def arrived(self) -> None:
        """Let the browser have its new token; its things were moved to it with the proof."""
        self.new_browser = self._next_browser
        self.browser = known_browsers.token_hash(portal().settings, self.new_browser)

    def keep_browser(self, response: Response) -> None:
        """Let the answer bring the browser its token, if it has a new one."""
        if self.new_browser:
            cookies.keep(response, portal().settings, cookies.BROWSER, self.new_browser, cookies.YEAR)

    async def viewer(self) -> Viewer:
        """Return who is signed in at the browser."""
        return await portal().viewer(self.credentials.session)

    def page(self, path: str, **query: str) -> str:
        """Return the address of one of our pages in the form's language."""
        kept = {k: v for k, v in query.items() if v}
        return localized(self.language, path) + (f"?{urlencode(kept)}" if kept else "")


Answer = Callable[[SubmittedForm], Awaitable[Response]]


def form_route(path: str, answer: Answer) -> Route:
    """Make the route of a form of ours: refused from other sites, bound to the browser, never kept."""

    async def endpoint(request: Request) -> Response:
        settings = portal().settings
        if refusal := refused(request, settings):
            return refusal
        async with request.form(max_files=0, max_fields=MOST_FIELDS, max_part_size=LONGEST_FIELD) as form:
            asked = SubmittedForm(request, form)
        response = await answer(asked)
        asked.keep_browser(response)
        response.headers["Cache-Control"] = "no-store"
        return response

    endpoint.__qualname__ = answer.__qualname__  # as the log calls it
    endpoint.__module__ = answer.__module__
    return Route(path, endpoint, methods=["POST"])


def to(address: str) -> Response:
    """Lead on with a GET."""
    return RedirectResponse(address, 303)


def problem(error: DomainError) -> dict[str, str]:
    """Return a refusal as an address carries it."""
    until = error.values.get("until")
    return {
        "problem": error.code,
        "field": error.field if isinstance(error, Invalid) else "",
        "until": until.isoformat() if until else "",
        "most": str(error.values.get("most", "")),
    }
