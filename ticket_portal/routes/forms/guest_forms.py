"""The forms of guests: the code that opens their tickets, leaving, lost links, "this wasn't me".

They take the forms that browsers themselves submit and lead back to a guest's page; what went wrong stands in the
address as a stable code (`problem=…`), or with the code that was tried.
"""

from urllib.parse import urlencode

from starlette.responses import Response

from ticket_portal.addresses import GUEST_LINK, GUEST_TICKET, GUEST_TICKETS, is_token, number_in, typed_number
from ticket_portal.domain import keys
from ticket_portal.domain.accounts import codes, sign_ins
from ticket_portal.domain.accounts.endings import Ending
from ticket_portal.domain.alerts import devices
from ticket_portal.domain.errors import DomainError, LinkInvalid
from ticket_portal.domain.guests import access, disown
from ticket_portal.routes.asgi import cookies
from ticket_portal.routes.forms import return_to
from ticket_portal.routes.forms.disown import PATH as NOT_ME
from ticket_portal.routes.forms.form_route import A_DAY, SubmittedForm, form_route, problem, to
from ticket_portal.wiring import portal


async def send_code(asked: SubmittedForm) -> Response:
    """Send a guest a code: to the address of the link, or of the session that ran out, and nowhere else."""
    token = asked.text("token")
    back = _guests_page(asked)
    try:
        if token:
            await portal().write(access.send_code, token, asked.browser, asked.ip, asked.language)
        else:
            session = asked.credentials.guest
            await portal().write(access.send_code_again, session, asked.browser, asked.ip, asked.language)
    except LinkInvalid:
        return to(back)
    except DomainError as error:
        return to(f"{back}?{urlencode({k: v for k, v in problem(error).items() if v})}")
    return to(back)


async def verify(asked: SubmittedForm) -> Response:
    """Take a guest's code; right, it opens the tickets of the proved address."""
    p = portal()
    token, typed = asked.text("token"), asked.text("code")
    response = to(_guests_page(asked))
    arrival = asked.arrival(asked.credentials.guest)
    try:
        if token:
            found = await p.write(access.verify, token, asked.browser, asked.ip, typed, arrival)
        else:
            session = asked.credentials.guest
            found = await p.write(access.verify_again, session, asked.browser, asked.ip, typed, arrival)
    except LinkInvalid:
        return response
    session, refusal = found
    if not refusal:
        asked.arrived()
        await p.write(devices.adopt, await p.viewer(keys.token_hash(session)), asked.browser)
        # It outlives the session: a page whose session ran out can ask for a code once more.
        seconds = p.settings.guest_session_hours * 3600 + A_DAY
        cookies.keep(response, p.settings, cookies.GUEST, session, seconds)
    return response


async def switch(asked: SubmittedForm) -> Response:
    """Lead somebody who is signed in as another person to the sign-in, and from there back to the link.

    They stay signed in until they sign in as somebody else.
    """
    response = to(asked.page("/sign-in"))
    return_to.remember(response, portal().settings, _guests_page(asked))
    return response


async def not_me(asked: SubmittedForm) -> Response:
    """Lead from a guest's link to the page that asks whether the ticket is not theirs."""
    try:
        token = await portal().read(disown.token_for, asked.text("token"))
        return to(f"{NOT_ME}{token}?language={asked.language}")
    except LinkInvalid:
        return to(_guests_page(asked))


async def leave(asked: SubmittedForm) -> Response:
    """End the guest's session."""
    p = portal()
    await p.write(sign_ins.end_here, asked.credentials.guest, "", asked.ip, Ending.LEFT)
    response = to(asked.page("/", notice="signed_out"))
    cookies.drop(response, p.settings, cookies.GUEST)
    return response


async def find_ticket(asked: SubmittedForm) -> Response:
    """Mail somebody the links of their tickets; the answer is the same whether there are any."""
    number = codes.digits(asked.text("number"))
    try:
        await portal().write(
            access.send_links_again,
            asked.text("email"),
            typed_number(number) if number else None,
            asked.ip,
            asked.language,
        )
    except DomainError as error:
        return to(asked.page("/find-ticket", **problem(error)))
    return to(asked.page("/find-ticket", notice="links_sent"))


def _guests_page(asked: SubmittedForm) -> str:
    """Return the address of the page that a guest's form stands on: a link's, or a ticket's of their list."""
    if token := asked.text("token"):
        # A malformed token leads to the page of invalid links.
        return asked.page(GUEST_LINK + (token if is_token(token) else "invalid"))
    number = number_in(asked.text("number"))
    return asked.page(f"{GUEST_TICKET}{number}" if number else GUEST_TICKETS)


routes = [
    form_route("/auth/guest/send-code", send_code),
    form_route("/auth/guest/verify", verify),
    form_route("/auth/guest/leave", leave),
    form_route("/auth/guest/switch", switch),
    form_route("/auth/guest/not-me", not_me),
    form_route("/auth/find-ticket", find_ticket),
]
