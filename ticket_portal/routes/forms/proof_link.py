"""`/reset-password/<token>`: out of a mail, to a new password, or past a sign-in that strangers' guesses have paused.

The server writes the page itself: it needs no script, no socket and no cookie, and works in any browser. Following the
link changes nothing, because mail scanners follow links; the token is taken by the form's POST, once.
"""

from functools import partial

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from ticket_portal.addresses import is_token
from ticket_portal.domain.accounts import accounts, proof_links
from ticket_portal.domain.accounts.passwords import LONGEST, SHORTEST, SHORTEST_OF_TEAM
from ticket_portal.domain.accounts.proof_links import Proof
from ticket_portal.domain.errors import DomainError, LinkInvalid, TeamPasswordTooShort, by_code
from ticket_portal.i18n.catalogues import translate
from ticket_portal.routes.asgi import cookies
from ticket_portal.routes.forms.form_route import SubmittedForm, form_route, problem, to
from ticket_portal.routes.forms.server_pages import invalid, page
from ticket_portal.wiring import portal

PATH = "/reset-password/"


async def _look(request: Request) -> Response:
    """Show what the reader of the mail can do."""
    token = request.path_params["token"]
    try:
        proof = await portal().read(proof_links.preview, token)
    except LinkInvalid as error:
        return invalid(request, error)
    refused = request.query_params.get("problem", "")
    return page(
        "proof_link",
        proof.language,
        has_account=proof.has_account,
        token=token,
        least=SHORTEST,
        refused=refused,
        refusal=_refusal(proof, refused),
    )


async def _set_password(asked: SubmittedForm) -> Response:
    """Take the new password of who followed the link."""
    p, token = portal(), asked.text("token")
    change = partial(accounts.reset_by_link, p.store, token, asked.text("password"), asked.browser, asked.ip)
    try:
        await p.run(change)
    except LinkInvalid:
        return to(PATH + _as_segment(token))
    except DomainError as error:
        return to(f"{PATH}{_as_segment(token)}?problem={problem(error)['problem']}")
    response = to(asked.page("/sign-in", notice="password_changed"))
    cookies.drop(response, p.settings, cookies.SESSION)
    return response


async def _allow_browser(asked: SubmittedForm) -> Response:
    """Let this browser sign in, with the password as it is."""
    token = asked.text("token")
    try:
        await portal().write(accounts.allow_browser, token, asked.browser)
    except LinkInvalid:
        return to(PATH + _as_segment(token))
    return to(asked.page("/sign-in", notice="browser_allowed"))


def _refusal(proof: Proof, refused: str) -> str:
    kind = by_code(refused)
    if kind is None or not refused.startswith(("password_", "too_long")):
        return ""
    least = SHORTEST_OF_TEAM if kind is TeamPasswordTooShort else SHORTEST
    return translate(proof.language, kind.text, least=least, most=LONGEST)


def _as_segment(token: str) -> str:
    """Return what may stand in an address; a malformed token leads to the page of invalid links."""
    return token if is_token(token) else "invalid"


forms = [form_route("/auth/reset-by-link", _set_password), form_route("/auth/allow-browser", _allow_browser)]
routes = [Route(PATH + "{token}", _look), *forms]
