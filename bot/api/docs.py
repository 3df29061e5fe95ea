"""The page about the API, made from its OpenAPI. It loads nothing: no foreign script may run where tokens are tried out."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse

from core.prose import rendered

router = APIRouter(include_in_schema=False)

_HARMLESS = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"


@dataclass(frozen=True)
class Endpoint:
    """One endpoint as the page shows it."""

    method: str
    path: str
    about: str
    parameters: list[dict[str, Any]]
    body: str
    answers: list[tuple[str, str, str]]


@router.get("/docs")
async def docs(request: Request) -> HTMLResponse:
    """Every endpoint, what it takes, and what it answers."""
    document = request.app.openapi()
    schemas = {name: json.dumps(schema, indent=2) for name, schema in sorted(document["components"]["schemas"].items())}
    page = rendered("api.html.j2", info=document["info"], endpoints=list(_endpoints(document)), schemas=schemas)
    return HTMLResponse(page, headers={"Content-Security-Policy": _HARMLESS})


def _endpoints(document: dict[str, Any]) -> Iterator[Endpoint]:
    for path, methods in document["paths"].items():
        for method, told in methods.items():
            yield Endpoint(
                method.upper(),
                path,
                told.get("description", ""),
                told.get("parameters", []),
                _schema_of(told.get("requestBody", {})),
                [
                    (status, HTTPStatus(int(status)).phrase, _schema_of(answer))
                    for status, answer in told["responses"].items()
                ],
            )


def _schema_of(part: dict[str, Any]) -> str:
    """The name of the schema of a body, or its kind of content when it has none."""
    for kind, content in part.get("content", {}).items():
        reference: str = content.get("schema", {}).get("$ref", "")
        return reference.rpartition("/")[2] or kind
    return ""
