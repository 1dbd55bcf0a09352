"""The doors of "We found tickets sent from this e-mail": add them to the account, prove the address, undo it."""

from starlette.responses import Response

from ticket_portal.domain.errors import DomainError, ProofNeeded
from ticket_portal.domain.guests import claims
from ticket_portal.routes.forms.form_route import Asked, door, problem, to
from ticket_portal.wiring import portal


async def add(asked: Asked) -> Response:
    """Add the tickets; without a proof of the last day, send a code instead."""
    p = portal()
    viewer = await asked.viewer()
    try:
        await p.tell(claims.add, viewer, asked.browser)
    except ProofNeeded:
        return await send_code(asked)
    except DomainError as error:
        return to(asked.page("/tickets", **problem(error)))
    return to(asked.page("/tickets"))


async def send_code(asked: Asked) -> Response:
    """Send the code that proves the account's address."""
    try:
        await portal().tell(claims.send_code, await asked.viewer(), asked.browser, asked.ip)
    except DomainError as error:
        return to(asked.page("/tickets", **problem(error)))
    return to(asked.page("/tickets"))


async def verify(asked: Asked) -> Response:
    """Take the code; right, it adds the tickets. What was wrong is known to the page by the code that was tried."""
    try:
        await portal().tell(claims.verify, await asked.viewer(), asked.browser, asked.ip, asked.text("code"))
    except DomainError as error:
        return to(asked.page("/tickets", **problem(error)))
    return to(asked.page("/tickets"))


async def undo(asked: Asked) -> Response:
    """Give the tickets back to the guest that the person was."""
    try:
        await portal().tell(claims.undo, await asked.viewer())
    except DomainError as error:
        return to(asked.page("/tickets", **problem(error)))
    return to(asked.page("/tickets"))


routes = [
    door("/auth/claim", add),
    door("/auth/claim/send-code", send_code),
    door("/auth/claim/verify", verify),
    door("/auth/claim/undo", undo),
]
