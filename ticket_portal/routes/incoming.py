"""What a socket may say: events that exist, with arguments of the types that their handlers name.

Reflex 0.10.1 runs a handler with whatever arguments came, logs what failed with everything that was sent, and keeps a
future for ever for each event that no handler is registered for. Nothing of that kind reaches it.
"""

import inspect
import json
from collections.abc import Callable
from functools import cache
from typing import Any, get_type_hints

from pydantic import BaseModel, ConfigDict, ValidationError, create_model
from reflex_base.registry import RegistrationContext

LONGEST_PLACE = 2_048
MOST_PARAMETERS = 50

# Reflex's own events carry the browser's storage in it; no state of the portal is kept there.
_STORAGE = "vars"


def hear_only_what_fits(app: Any) -> None:
    """Let only such events through to Reflex; others are dropped without a word, as if nobody had spoken."""
    namespace = app.event_namespace
    heard = namespace.on_event

    async def on_event(sid: str, data: Any = None) -> None:
        # A socket without a token can be answered nothing, and each of its events would be written into the log.
        event = cleaned(data) if sid in namespace.sid_to_token else None
        if event:
            await heard(sid, event)

    namespace.on_event = on_event


def keep_no_handshake(app: Any) -> None:
    """Forget how a socket was opened once it is open: Reflex has read what it needs, and Engine.IO would keep the rest.

    So a socket connects once; it is refused a second time, which no browser of ours asks for.
    """
    namespace = app.event_namespace
    connected = namespace.on_connect

    async def on_connect(sid: str, environ: dict[str, Any], auth: Any = None) -> bool:
        if environ:
            await connected(sid, environ, auth)
        known = bool(environ)
        environ.clear()
        return known

    namespace.on_connect = on_connect


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
    """Return where the browser says to be: an address of this portal and its parameters, texts all of them."""
    said = said if isinstance(said, dict) else {}
    query = said.get("query")
    parameters = list(query.items())[:MOST_PARAMETERS] if isinstance(query, dict) else []
    return {
        "pathname": _address(said.get("pathname")),
        "asPath": _address(said.get("asPath")),
        "query": {_text(k): _text(v) for k, v in parameters if isinstance(k, str) and isinstance(v, str)},
    }


def _address(said: Any) -> str:
    # Two slashes (or what an address parser reads as such) would begin another host's name.
    return "/" + "".join(_text(said).split()).lstrip("/\\") if isinstance(said, str) else "/"


def _text(said: str) -> str:
    return said[:LONGEST_PLACE].encode("utf-8", "replace").decode()
