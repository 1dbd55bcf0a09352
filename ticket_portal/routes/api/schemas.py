"""The REST API described for machines (OpenAPI 3.1) and for people (one plain page without any script)."""

import base64
import hashlib
import html
import json
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema
from starlette.requests import Request
from starlette.responses import Response

from ticket_portal.domain.accounts.api_tokens import PREFIX, Caller, Scope
from ticket_portal.sets.roles import AUTHORS
from ticket_portal.sets.statuses import Status

SCHEMAS = "#/components/schemas/{model}"


@dataclass(frozen=True)
class Operation:
    """One thing that the API does, where, which scope its token needs, and what it is sent: a body or a query."""

    method: str
    path: str
    scope: Scope
    summary: str
    body: type[BaseModel] | None
    endpoint: Callable[[Request, Caller], Awaitable[Response]]
    answers: str
    status: int = 200
    query: type[BaseModel] | None = None


ANSWERS: dict[str, dict[str, Any]] = {
    "TicketState": {
        "type": "object",
        "required": ["number", "status", "url"],
        "properties": {
            "number": {"type": "integer", "example": 12345},
            "status": {
                "type": "string",
                "enum": [*Status],
            },
            "url": {"type": "string", "format": "uri"},
        },
    },
    "Assignee": {
        "type": ["object", "null"],
        "description": "The agent whose ticket it is",
        "required": ["email", "name"],
        "properties": {"email": {"type": "string"}, "name": {"type": "string"}},
    },
    "AssignedTicket": {
        "allOf": [
            {"$ref": "#/components/schemas/TicketState"},
            {
                "type": "object",
                "required": ["assignee"],
                "properties": {"assignee": {"$ref": "#/components/schemas/Assignee"}},
            },
        ]
    },
    "Message": {
        "type": "object",
        "required": ["seq", "kind", "role", "author", "body", "created_at", "items"],
        "properties": {
            "seq": {"type": "integer", "description": "Place in the ticket's log"},
            "kind": {"type": "string", "enum": ["reply", "note", "details", "answers"]},
            "role": {"type": "string", "enum": [*AUTHORS]},
            "author": {"type": "string"},
            "body": {"type": "string"},
            "created_at": {"type": "string", "format": "date-time"},
            "items": {
                "type": "array",
                "description": "What a request for details asks for, and what became of it",
                "items": {"$ref": "#/components/schemas/Detail"},
            },
        },
    },
    "Detail": {
        "type": "object",
        "required": ["kind", "label", "chain", "state", "answer", "zone"],
        "properties": {
            "kind": {
                "type": "string",
                "enum": ["txid", "network", "amount", "moment", "screenshot", "text"],
            },
            "label": {"type": "string"},
            "chain": {"type": "string", "enum": ["", "bitcoin", "ethereum", "tron", "solana"]},
            "state": {"type": "string", "enum": ["open", "answered", "declined"]},
            "answer": {"type": "string", "description": "Why not, if declined; a moment in UTC"},
            "zone": {"type": "string", "description": "The time zone in which a moment was given"},
        },
    },
    "TicketSummary": {
        "allOf": [
            {"$ref": "#/components/schemas/AssignedTicket"},
            {
                "type": "object",
                "required": ["subject", "language", "requester", "created_at", "updated_at"],
                "properties": {
                    "subject": {"type": "string"},
                    "language": {"type": "string"},
                    "requester": {
                        "type": "object",
                        "properties": {
                            "email": {"type": "string"},
                            "name": {"type": "string"},
                            "verified_by": {"type": ["string", "null"], "enum": ["account", "code", None]},
                        },
                    },
                    "created_at": {"type": "string", "format": "date-time"},
                    "updated_at": {
                        "type": "string",
                        "format": "date-time",
                        "description": "When anything that its requester can see happened last",
                    },
                },
            },
        ]
    },
    "TicketPage": {
        "type": "object",
        "required": ["tickets", "next_cursor"],
        "properties": {
            "tickets": {"type": "array", "items": {"$ref": "#/components/schemas/TicketSummary"}},
            "next_cursor": {
                "type": ["string", "null"],
                "description": "Send it as `cursor`, with the same filters; null after the last page",
            },
        },
    },
    "Ticket": {
        "allOf": [
            {"$ref": "#/components/schemas/TicketSummary"},
            {
                "type": "object",
                "required": ["has_earlier", "messages"],
                "properties": {
                    "has_earlier": {
                        "type": "boolean",
                        "description": "Whether there are messages before the newest hundred",
                    },
                    "messages": {"type": "array", "items": {"$ref": "#/components/schemas/Message"}},
                },
            },
        ]
    },
    "Problem": {
        "type": "object",
        "description": "Problem details (RFC 9457)",
        "required": ["type", "title", "status", "detail", "code"],
        "properties": {
            "type": {"type": "string", "format": "uri"},
            "title": {"type": "string"},
            "status": {"type": "integer"},
            "detail": {"type": "string"},
            "code": {"type": "string", "description": "Stable; see the list in /api/docs"},
            "errors": {
                "type": "array",
                "items": {
                    "type": "object",
                    "properties": {"field": {"type": "string"}, "detail": {"type": "string"}},
                },
            },
        },
    },
}

CODES = {
    "bad_json": (400, "The body is not valid JSON in UTF-8."),
    "bad_idempotency_key": (400, "The Idempotency-Key is too long, or not printable ASCII."),
    "bad_cursor": (400, "The cursor is not one that the list gave."),
    "unauthorized": (401, "No token, or one that is unknown, expired or revoked."),
    "insufficient_scope": (403, "The token may only read."),
    "not_allowed": (403, "The agent may not do this."),
    "not_found": (404, "No such ticket, or no such address."),
    "method_not_allowed": (405, "The address exists, the method doesn't; see Allow."),
    "cannot_reopen": (409, "The ticket closed too long ago."),
    "merged": (409, "The conversation goes on in another ticket."),
    "too_large": (413, "The body is larger than 64 KiB."),
    "unsupported_media_type": (415, "The body is not application/json."),
    "invalid": (422, "A field is missing, unknown or of the wrong type; see errors."),
    "bad_address": (422, "This is not an email address."),
    "missing": (422, "A field is empty."),
    "empty_message": (422, "The message has no text."),
    "too_long": (422, "A field has more characters than allowed."),
    "idempotency_key_reused": (422, "The Idempotency-Key was used for a different request."),
    "not_an_agent": (422, "The address is not that of an active agent."),
    "too_many": (429, "Too many bad tokens came from your network; see Retry-After. Good ones still work."),
    "internal": (500, "Something broke here. Repeat the request with the same Idempotency-Key."),
}


TOKENS = (
    f"A token begins with {PREFIX} and has a scope: `read` may call what needs `read`, `write` may call everything. It "
    "works until it expires or is revoked."
)


def document(title: str, address: str, operations: Iterable[Operation]) -> dict[str, Any]:
    """Return the OpenAPI document."""
    operations = list(operations)
    models = sorted({o.body for o in operations if o.body}, key=lambda m: m.__name__)
    _keys, schemas = models_json_schema([(m, "validation") for m in models], ref_template=SCHEMAS)
    paths: dict[str, dict[str, Any]] = {}
    for operation in operations:
        paths.setdefault(f"/api{operation.path}", {})[operation.method.lower()] = _described(operation)
    return {
        "openapi": "3.1.0",
        "info": {"title": title, "version": "1"},
        "servers": [{"url": address}],
        "security": [{"token": []}],
        "paths": paths,
        "components": {
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer", "description": TOKENS}},
            "schemas": {**schemas.get("$defs", {}), **ANSWERS},
        },
    }


def _described(operation: Operation) -> dict[str, Any]:
    parameters: list[dict[str, Any]] = []
    if "{number}" in operation.path:
        parameters.append({"name": "number", "in": "path", "required": True, "schema": {"type": "integer"}})
    described: dict[str, Any] = {
        "summary": operation.summary,
        "description": f"Needs a token with the scope `{operation.scope}`.",
        "parameters": parameters,
    }
    if operation.query:
        for name, schema in operation.query.model_json_schema()["properties"].items():
            about = schema.pop("description", "")
            parameters.append({"name": name, "in": "query", "description": about, "schema": schema})
    if operation.body:
        about = "The same key with the same request again: the same answer, and nothing is done twice."
        key = {"type": "string", "maxLength": 255}
        parameters.append({"name": "Idempotency-Key", "in": "header", "description": about, "schema": key})
        content = {"application/json": {"schema": _reference(operation.body.__name__)}}
        described["requestBody"] = {"content": content, "required": bool(operation.body.model_fields)}
    answer = {"application/json": {"schema": _reference(operation.answers)}}
    problem = {"application/problem+json": {"schema": _reference("Problem")}}
    described["responses"] = {
        str(operation.status): {"description": "Done", "content": answer},
        "default": {"description": "Refused", "content": problem},
    }
    return described


def _reference(name: str) -> dict[str, str]:
    return {"$ref": SCHEMAS.format(model=name)}


STYLE = """
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { max-width: 50rem; margin: 2rem auto; padding: 0 1rem; }
pre { overflow-x: auto; padding: .75rem; border: 1px solid GrayText; border-radius: .5rem; }
table { border-collapse: collapse; } th, td { text-align: start; padding: .25rem 1rem .25rem 0; }
"""


def page_policy() -> str:
    """Return the Content-Security-Policy of the page: its own style, nothing else."""
    digest = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
    return f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; frame-ancestors 'none'"


def page(described: dict[str, Any]) -> str:
    """Return the document as a page for people."""
    address, title = described["servers"][0]["url"], html.escape(described["info"]["title"])
    operations = "".join(
        _section(method, path, operation, described["components"]["schemas"])
        for path, methods in described["paths"].items()
        for method, operation in methods.items()
    )
    codes = "".join(
        f'<tr id="{code}"><td><code>{code}</code></td><td>{status}</td><td>{html.escape(text)}</td></tr>'
        for code, (status, text) in CODES.items()
    )
    example = html.escape(
        f"curl {address}/api/v1/tickets \\\n"
        '  -H "Authorization: Bearer $TOKEN" -H "Content-Type: application/json" \\\n'
        '  -H "Idempotency-Key: order-4711" \\\n'
        """  -d '{"email": "ana@example.com", "subject": "Deposit", "body": "It has not arrived."}'"""
    )
    return f"""<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex"><title>{title}</title><style>{STYLE}</style></head>
<body><main>
<h1>{title}</h1>
<p>Requests carry a token made with <code>python -m ticket_portal create-api-token --agent EMAIL</code>; what they
do is done as that agent. A token with <code>--scope read</code> may only read; one ends when it expires (after a year,
if <code>--expires</code> says nothing else) and when it is revoked. Answers are JSON. For programs:
<a href="/api/openapi.json">openapi.json</a>.</p>
<pre tabindex="0" aria-label="Example">{example}</pre>
<p>Send an <code>Idempotency-Key</code> with everything that writes: a request that is repeated after a lost
connection is then answered as the first time, for a week, and nothing is done twice.</p>
{operations}
<h2>Problems</h2>
<p>Refusals are problem details (RFC 9457, <code>application/problem+json</code>). <code>code</code> is stable.</p>
<table><thead><tr><th scope="col">code</th><th scope="col">status</th><th scope="col">meaning</th></tr></thead>
<tbody>{codes}</tbody></table>
</main></body></html>
"""


def _section(method: str, path: str, operation: dict[str, Any], schemas: dict[str, Any]) -> str:
    status = next(iter(operation["responses"]))
    answer = operation["responses"][status]["content"]["application/json"]["schema"]["$ref"].rpartition("/")[
        2
    ]
    parts = [f"<h2>{method.upper()} {html.escape(path)}</h2><p>{html.escape(operation['summary'])}.</p>"]
    parts.append(f"<p>{html.escape(operation['description']).replace('`', '')}</p>")
    if query := [p for p in operation["parameters"] if p["in"] == "query"]:
        named = (f"<li><code>{p['name']}</code>: {html.escape(p['description'])}</li>" for p in query)
        parts.append(f"<p>Query, all optional:</p><ul>{''.join(named)}</ul>")
    if "requestBody" in operation:
        sent = operation["requestBody"]["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]
        parts.append(f"<p>Body: {_fields(schemas[sent])}</p>")
    parts.append(f"<p>Answer: {status}, {html.escape(answer)}</p>")
    parts.append(
        f'<pre tabindex="0" aria-label="{answer}">{html.escape(json.dumps(schemas[answer], indent=2))}</pre>'
    )
    return "".join(parts)


def _fields(schema: dict[str, Any]) -> str:
    needed = schema.get("required", [])
    named = (
        f"<code>{html.escape(name)}</code>{'' if name in needed else ' (optional)'}"
        for name in schema.get("properties", {})
    )
    return ", ".join(named) or "none"
