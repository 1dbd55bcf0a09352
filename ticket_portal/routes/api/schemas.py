"""The REST API described for machines (OpenAPI 3.1) and for people (one plain page without any script)."""

import base64
import hashlib
import json
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema
from starlette.requests import Request
from starlette.responses import Response

from ticket_portal.domain.accounts.api_tokens import PREFIX, Caller, Scope
from ticket_portal.domain.operations.answers import Answered, Problem
from ticket_portal.templates import raw, render

JSON = "application/json"
LONGEST_KEY = 255
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
    answers: type[Answered]
    status: int = 200
    query: type[BaseModel] | None = None


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
    sent = sorted({o.body for o in operations if o.body}, key=lambda m: m.__name__)
    answered = sorted({Problem, *(o.answers for o in operations)}, key=lambda m: m.__name__)
    _keys, schemas = models_json_schema(
        [*((m, "validation") for m in sent), *((m, "serialization") for m in answered)], ref_template=SCHEMAS
    )
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
            "schemas": schemas["$defs"],
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
        key = {"type": "string", "maxLength": LONGEST_KEY}
        parameters.append({"name": "Idempotency-Key", "in": "header", "description": about, "schema": key})
        content = {"application/json": {"schema": _reference(operation.body.__name__)}}
        described["requestBody"] = {"content": content, "required": bool(operation.body.model_fields)}
    answer = {"application/json": {"schema": _reference(operation.answers.__name__)}}
    problem = {"application/problem+json": {"schema": _reference(Problem.__name__)}}
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
    address = described["servers"][0]["url"]
    example = (
        f"curl {address}/api/v1/tickets \\\n"
        '  -H "Authorization: Bearer $TOKEN" -H "Content-Type: application/json" \\\n'
        '  -H "Idempotency-Key: order-4711" \\\n'
        """  -d '{"email": "ana@example.com", "subject": "Deposit", "body": "It has not arrived."}'"""
    )
    operations = [
        _section(method, path, operation, described["components"]["schemas"])
        for path, methods in described["paths"].items()
        for method, operation in methods.items()
    ]
    return render(
        "api.html",
        title=described["info"]["title"],
        style=raw(STYLE),
        example=example,
        operations=operations,
        codes=CODES,
    )


def _section(
    method: str, path: str, operation: dict[str, Any], schemas: dict[str, dict[str, Any]]
) -> dict[str, Any]:
    status, answers = next(iter(operation["responses"].items()))
    answer = _named(answers)
    return {
        "method": method.upper(),
        "path": path,
        "summary": operation["summary"],
        "description": operation["description"].replace("`", ""),
        "query": [p for p in operation["parameters"] if p["in"] == "query"],
        "fields": _fields(schemas[_named(operation["requestBody"])]) if "requestBody" in operation else None,
        "status": status,
        "answer": answer,
        "schema": json.dumps(schemas[answer], indent=2),
    }


def _named(described: dict[str, Any]) -> str:
    """Return the name of the schema of a body."""
    return described["content"][JSON]["schema"]["$ref"].rpartition("/")[2]


def _fields(schema: dict[str, Any]) -> list[tuple[str, bool]]:
    """Return the names of a schema's fields, and whether they can be left out."""
    return [(name, name not in schema.get("required", [])) for name in schema.get("properties", {})]
