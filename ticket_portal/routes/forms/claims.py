"""The form routes of "We found tickets sent from this e-mail": add them to the account, prove the address, undo it."""

from starlette.responses import Response

from ticket_portal.addresses import TICKETS
from ticket_portal.domain.errors import DomainError, ProofNeeded
from ticket_portal.domain.guests import claims
from ticket_portal.routes.forms.form_route import SubmittedForm, form_route, problem, to
from ticket_portal.wiring import portal


async def add(asked: SubmittedForm) -> Response:
    """Add the tickets; without a proof of the last day, send a code instead."""
    p = portal()
    viewer = await asked.viewer()
    try:
        await p.write(claims.add, viewer, asked.browser)
    except ProofNeeded:
        return await send_code(asked)
    except DomainError as error:
        return to(asked.page(TICKETS, **problem(error)))
    return to(asked.page(TICKETS))


async def send_code(asked: SubmittedForm) -> Response:
    """Send the code that proves the account's address."""
    try:
        await portal().write(claims.send_code, await asked.viewer(), asked.browser, asked.ip)
    except DomainError as error:
        return to(asked.page(TICKETS, **problem(error)))
    return to(asked.page(TICKETS))


async def verify(asked: SubmittedForm) -> Response:
    """Take the code; right, it adds the tickets. What was wrong is known to the page by the code that was tried."""
    try:
        await portal().write(claims.verify, await asked.viewer(), asked.browser, asked.ip, asked.text("code"))
    except DomainError as error:
        return to(asked.page(TICKETS, **problem(error)))
    return to(asked.page(TICKETS))


async def undo(asked: SubmittedForm) -> Response:
    """Give the tickets back to the guest that the person was."""
    try:
        await portal().write(claims.undo, await asked.viewer())
    except DomainError as error:
        return to(asked.page(TICKETS, **problem(error)))
    return to(asked.page(TICKETS))


routes = [
    form_route("/auth/claim", add),
    form_route("/auth/claim/send-code", send_code),
    form_route("/auth/claim/verify", verify),
    form_route("/auth/claim/undo", undo),
]
