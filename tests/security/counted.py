"""The production server with short-lived states, which also tells how much it keeps (`GET /kept`)."""

from typing import Any

from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from ticket_portal import app as portal_app
from ticket_portal import asgi
from ticket_portal.routes.asgi import tab_states


def create() -> ASGIApp:
    """The portal, for granian's `--factory`."""
    served = asgi.create()
    app: Any = portal_app.app
    tab_states.STRANGERS_STATE_SECONDS = 0.5
    portal_app.SWEEP_EVERY = 0.2

    async def counted(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"] == "/kept":
            return await JSONResponse(_kept(app))(scope, receive, send)
        return await served(scope, receive, send)

    return counted


def _kept(app: Any) -> dict[str, int]:
    names, manager, processor = app.event_namespace, app.state_manager, app.event_processor
    tables = {
        "sid_to_token": names.sid_to_token,
        "token_to_socket": names._token_manager.token_to_socket,
        "router_data": names._static_router_data,
        "client_errors": names._client_error_counts,
        "environ": app.sio.environ,
        "rooms": [sid for rooms in app.sio.manager.rooms.values() for room in rooms.values() for sid in room],
        "connecting": [sid for sids in app.sio.manager.pending_connect.values() for sid in sids],
        "binary": app.sio._binary_packet,
        "engine": [socket for socket in app.sio.eio.sockets.values() if not socket.closed],
        "states": manager.states,
        "locks": manager._states_locks,
        "expiring": manager._token_expires_at,
        "futures": processor._futures,
        "superseded": processor._superseded,
        "queues": processor._token_queues,
        "hydrating": processor._pending_hydrates,
    }
    return {name: len(table) for name, table in tables.items()}
