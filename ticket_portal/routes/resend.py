"""`POST /webhooks/resend`: what became of our e-mails. The signature is the proof, no cookie or origin is needed.

A webhook that was taken once is refused with 409, so that an overheard one can't be replayed.
"""

import logging
from datetime import datetime

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from ticket_portal.delivery import webhooks
from ticket_portal.delivery.webhooks import NotProved, NotUnderstood
from ticket_portal.domain.tickets import deliveries
from ticket_portal.domain.tickets.deliveries import AlreadyTaken
from ticket_portal.routes.asgi.bodies import whole
from ticket_portal.store.unit_of_work import Work
from ticket_portal.wiring import portal

LARGEST_BODY = 256 * 1024

log = logging.getLogger(__name__)


async def hear(request: Request) -> Response:
    """Take a webhook. Without PORTAL_RESEND_WEBHOOK_SECRET there is no such address."""
    p = portal()
    secret = p.settings.resend_webhook_secret.get_secret_value()
    if not secret:
        return PlainTextResponse("Not Found", 404)
    body = await whole(request, LARGEST_BODY)
    if body is None:
        return PlainTextResponse("Too large.", 413)
    try:
        name = webhooks.prove(secret, request.headers, body, await p.read(_now))
        report = webhooks.report(body)
        if report:
            await p.write(deliveries.take, name, report)
    except NotProved:
        # Nothing of what was sent: it may quote people.
        log.warning("a webhook without a valid signature was refused", extra={"once_a_minute": True})
        return PlainTextResponse("The signature is missing, wrong or too old.", 401)
    except NotUnderstood:
        return PlainTextResponse("That is no event of an email.", 400)
    except AlreadyTaken:
        return PlainTextResponse("This webhook was taken before.", 409)
    return Response(status_code=204)


def _now(work: Work) -> datetime:
    return work.now


routes = [Route("/webhooks/resend", hear, methods=["POST"])]
