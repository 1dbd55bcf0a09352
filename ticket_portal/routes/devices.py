"""What browsers ask about push beside a page.

`/devices/key` is what they subscribe with. `/devices/renew`: one whose push service gave it a new address says so, from
its service worker. No page is open then, and maybe the session has ended: that it knows the old address is the
proof. Push services make these addresses long and random, and we never disclose them.
"""

import json
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from ticket_portal.delivery import vapid
from ticket_portal.domain.alerts import devices
from ticket_portal.domain.alerts.devices import DeviceForm
from ticket_portal.domain.errors import DomainError
from ticket_portal.routes.asgi.bodies import whole
from ticket_portal.routes.asgi.origin import refused
from ticket_portal.wiring import portal

LARGEST_BODY = 8_000


async def _key(_request: Request) -> Response:
    """Give the public key, nothing where the portal sends no pushes."""
    private = portal().settings.vapid_key
    key = vapid.public_key(private) if private else ""
    return Response(key, media_type="text/plain", headers={"Cache-Control": "no-store"})


async def _renew(request: Request) -> Response:
    p = portal()
    if refusal := refused(request, p.settings):
        return refusal
    typed = await _read(request)
    try:
        agent = request.headers.get("user-agent", "")
        form = DeviceForm.parse(p.settings, typed.get("subscription") or {}, agent, "")
        await p.write(devices.renew, str(typed.get("endpoint"))[: devices.LONGEST_ENDPOINT], form)
    except (DomainError, AttributeError):
        # The same answer for an unknown address and for nonsense: it reveals no addresses.
        return Response("Not Found", 404, media_type="text/plain", headers={"Cache-Control": "no-store"})
    return Response(status_code=204, headers={"Cache-Control": "no-store"})


async def _read(request: Request) -> dict[str, Any]:
    try:
        typed = json.loads(await whole(request, LARGEST_BODY) or b"")
    except (ValueError, RecursionError):
        return {}
    return typed if isinstance(typed, dict) else {}


routes = [Route("/devices/key", _key), Route("/devices/renew", _renew, methods=["POST"])]
