"""What a socket may say: events that exist, with arguments of the types that their handlers name.

Reflex 0.10.1 runs a handler with whatever arguments came, logs what failed with everything that was sent, and keeps a
future for ever for each event that no handler is registered for. Nothing of that kind reaches it.
"""

import inspect
import json
from collections.abc import Callable
from datetime import timedelta
from functools import cache
from typing import Any, get_type_hints
from uuid import uuid4

from pydantic import BaseModel, ConfigDict, ValidationError, create_model
from reflex_base.constants import CompileVars, SocketEvent
from reflex_base.environment import auto_reload_cooldown
from reflex_base.registry import RegistrationContext
from starlette.types import Scope

from ticket_portal.routes.asgi.handshake import bound_token, credentials_of, keep_little, tab_token
from ticket_portal.routes.asgi.socket import SOCKET_KEY, TRY_AGAIN_LATER, Socket
from ticket_portal.routes.asgi.tab_states import TabStates

LONGEST_PATH = 512
LONGEST_QUERY = 2_048
MOST_PARTS = 50
# All that pages read of their addresses. The first two are parts of paths; Reflex's client sends them among the others.
PARAMETERS = frozenset(
    {
        "number", "token", "next", "problem", "field", "until", "most", "notice", "follow_up", "original", "joined",
        "q", "show", "page",
    }
)  # fmt: skip

# Reflex's own events carry the browser's storage in it; no state of the portal is kept there.
_STORAGE = "vars"


def hear_only_what_fits(app: Any) -> None:
    """Let only such events through to Reflex; others are dropped silently."""
    namespace = app.event_namespace
    heard = namespace.on_event

    async def on_event(sid: str, data: Any = None) -> None:
        # A socket without a token can be answered nothing, and each of its events would be written into the log.
        event = cleaned(data) if sid in namespace.sid_to_token else None
        if event:
            await heard(sid, event)

    namespace.on_event = on_event


def keep_no_handshake(app: Any, states: TabStates) -> None:
    """Count the states of tabs as they connect and leave, and forget how a socket was opened once it is open.

    Reflex has read what it needs by then, and Engine.IO would keep the rest. So a socket connects once.
    """
    namespace = app.event_namespace
    connected, disconnected = namespace.on_connect, namespace.on_disconnect

    async def on_connect(sid: str, environ: dict[str, Any], auth: Any = None) -> bool:
        scope: Scope = environ.get("asgi.scope") or {}
        socket: Socket | None = scope.get(SOCKET_KEY)
        if socket is None:
            return False
        renamed = _name_anew(namespace, scope)
        token = tab_token(scope) or ""
        if not states.opened(token, socket.holder):
            socket.end_soon(TRY_AGAIN_LATER)
            return False
        if renamed:
            await namespace.emit("new_token", renamed, to=sid)
        environ["QUERY_STRING"] = f"token={token}"
        try:
            await connected(sid, environ, {CompileVars.CONNECT_AUTH_EVENT: await _boot_event(app, sid, auth)})
        except BaseException:
            states.closed(token)
            raise
        environ.clear()
        return True

    def on_disconnect(sid: str, *_reason: str) -> Any:
        token = namespace.sid_to_token.get(sid)
        if token:
            states.closed(token)
        return disconnected(sid)

    namespace.on_connect, namespace.on_disconnect = on_connect, on_disconnect


def _name_anew(namespace: Any, scope: Scope) -> str | None:
    """Give a second socket of an open tab a token of its own; return it, for the browser to keep.

    That is what copying a tab does. Reflex would make a token for it that the browser sends back at its next
    connection, and which would be bound to its cookies only then: it would come back to another state.
    """
    if tab_token(scope) not in namespace._token_manager.token_to_socket:
        return None
    found = credentials_of(scope)
    token = str(uuid4())
    keep_little(scope, bound_token(token, found), found)
    return token


async def _boot_event(app: Any, sid: str, auth: Any) -> Any:
    """Return the event that a page connects with, and have a page of another version reload.

    Reflex does the same, but writes what the client said into the log, as often as it is said.
    """
    said: dict[str, Any] = auth if isinstance(auth, dict) else {}
    theirs, ours = said.get(CompileVars.CONNECT_AUTH_STATE_SCHEMA), app._state._to_frontend_schema()
    if theirs is not None and theirs != ours:
        cooldown = auto_reload_cooldown() // timedelta(milliseconds=1)
        told = {"backend": ours, "reload_cooldown_ms": cooldown}
        await app.event_namespace.emit(str(SocketEvent.STATE_MISMATCH), told, to=sid)
    return said.get(CompileVars.CONNECT_AUTH_EVENT)


def cleaned(data: Any) -> dict[str, Any] | None:
    """Return an event as a browser of ours would have sent it, None for one that none of them sends."""
    if not isinstance(data, dict) or not isinstance(data.get("name"), str):
        return None
    registered = RegistrationContext.get().event_handlers.get(data["name"])
    payload = data.get("payload")
    payload = {} if payload is None else payload
    if registered is None or not isinstance(payload, dict):
        return None
    payload = _whole(payload)
    if _STORAGE in payload:
        payload = {**payload, _STORAGE: {}}
    try:
        _arguments(registered.handler.fn).model_validate(payload)
    except ValidationError:
        return None
    return {"name": data["name"], "payload": payload, "router_data": _place(data.get("router_data"))}


@cache
def _arguments(handler: Callable[..., Any]) -> type[BaseModel]:
    hints = get_type_hints(handler)
    fields: dict[str, Any] = {
        name: (hints.get(name, Any), ... if parameter.default is parameter.empty else parameter.default)
        for name, parameter in list(inspect.signature(handler).parameters.items())[1:]
    }
    return create_model("Arguments", __config__=ConfigDict(strict=True, extra="forbid"), **fields)


def _whole(payload: dict[str, Any]) -> dict[str, Any]:
    """Replace halves of characters: nothing can encode them, and a socket that echoes one breaks."""
    text = json.dumps(payload, ensure_ascii=False)
    try:
        text.encode()
    except UnicodeEncodeError:
        return json.loads(text.encode("utf-8", "replace"))
    return payload


def _place(said: Any) -> dict[str, Any]:
    """Return where the browser says to be: an address of this portal and what its pages read of it, texts all of them.

    It stays in the state for as long as that does, in five places: so of any other parameter nothing is kept.
    """
    said = said if isinstance(said, dict) else {}
    path, _, query = _text(said.get("asPath"), LONGEST_PATH + LONGEST_QUERY).partition("?")
    known = {part.partition("=")[0]: part for part in query[:LONGEST_QUERY].split("&")[:MOST_PARTS]}
    kept = "&".join(part for name, part in known.items() if name in PARAMETERS)
    return {
        "pathname": _address(said.get("pathname")),
        "asPath": _address(path) + (f"?{kept}" if kept else ""),
        "query": _parameters(said.get("query")),
    }


def _parameters(said: Any) -> dict[str, str]:
    if not isinstance(said, dict):
        return {}
    kept: dict[str, str] = {}
    left = LONGEST_QUERY
    for name in PARAMETERS & said.keys():
        value = _text(said[name], left)
        left -= len(value)
        if value:
            kept[name] = value
    return kept


def _address(said: Any) -> str:
    # Two slashes (or what an address parser reads as such) would begin another host's name.
    return "/" + "".join(_text(said, LONGEST_PATH).split()).lstrip("/\\")


def _text(said: Any, longest: int) -> str:
    return said[:longest].encode("utf-8", "replace").decode() if isinstance(said, str) else ""
