"""The page about the API, made from its OpenAPI. It loads nothing: no foreign script may run where tokens are tried out."""

from collections.abc import Iterator
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse

from core.prose import rendered

router = APIRouter(include_in_schema=False)

_HARMLESS = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"


# What a value is held to, in the order in which it is told.
_LIMITS = ("minLength", "maxLength", "minItems", "maxItems", "minimum", "maximum")

Kind = list[tuple[str, str]]
"""What a value is, as words each with the name that follows them: that of a schema leads to it."""


@dataclass(frozen=True)
class Field:
    """One parameter or one key of a body as the page shows it; `place` says where it goes, and whether it may be missing."""

    name: str
    place: str
    kind: Kind
    limits: str
    about: str


@dataclass(frozen=True)
class Endpoint:
    """One endpoint as the page shows it."""

    method: str
    path: str
    about: str
    parameters: list[Field]
    body: Kind
    answers: list[tuple[str, str, Kind]]
    problems: list[str]


@dataclass(frozen=True)
class Schema:
    """One schema as the page shows it: the keys of an object, or what another value is."""

    name: str
    about: str
    fields: list[Field]
    kind: Kind


@router.get("/docs")
async def docs(request: Request) -> HTMLResponse:
    """Every endpoint, what it takes, and what it answers."""
    document = request.app.openapi()
    schemas = {name: _schema(name, schema) for name, schema in sorted(document["components"]["schemas"].items())}
    page = rendered("api.html.j2", info=document["info"], endpoints=list(_endpoints(document)), schemas=schemas)
    return HTMLResponse(page, headers={"Content-Security-Policy": _HARMLESS})


def _endpoints(document: dict[str, Any]) -> Iterator[Endpoint]:
    for path, methods in document["paths"].items():
        for method, told in methods.items():
            answers = [
                (status, HTTPStatus(int(status)).phrase, _content(answer))
                for status, answer in told["responses"].items()
            ]
            yield Endpoint(
                method.upper(),
                path,
                told.get("description", ""),
                [
                    _field(of["name"], f"{of['in']}, {'needed' if of['required'] else 'optional'}", of)
                    for of in told.get("parameters", [])
                ],
                _content(told.get("requestBody", {})),
                [answer for answer in answers if answer[2] != _PROBLEM],
                [status for status, _phrase, kind in answers if kind == _PROBLEM],
            )


def _schema(name: str, schema: dict[str, Any]) -> Schema:
    needed = schema.get("required", [])
    fields = [
        _field(key, "" if key in needed else "optional", value) for key, value in schema.get("properties", {}).items()
    ]
    return Schema(name, schema.get("description", ""), fields, _kind(schema))


def _field(name: str, place: str, told: dict[str, Any]) -> Field:
    schema = told.get("schema", told)
    limits = ", ".join(f"{limit} {schema[limit]}" for limit in _LIMITS if limit in schema)
    return Field(name, place, _kind(schema), limits, told.get("description", ""))


def _content(part: dict[str, Any]) -> Kind:
    """What a body is, or its kind of content when it has no schema; nothing where there is no body."""
    for media, content in part.get("content", {}).items():
        schema = content.get("schema", {})
        return _kind(schema) if {"$ref", "anyOf", "oneOf"} & schema.keys() else [("", media)]
    return []


def _kind(schema: dict[str, Any]) -> Kind:
    if "$ref" in schema:
        return [("", schema["$ref"].rpartition("/")[2])]
    if several := schema.get("anyOf", schema.get("oneOf")):
        kinds = [_kind(one) for one in several]
        return [*kinds[0], *((f" or {words}", name) for (words, name), *_rest in kinds[1:])]
    if "items" in schema:
        (words, name), *rest = _kind(schema["items"])
        return [(f"list of {words}", name), *rest]
    values = schema.get("enum", [schema["const"]] if "const" in schema else [])
    return [("", ", ".join(map(str, values)) or str(schema.get("format") or schema.get("type", "any value")))]


_PROBLEM: Kind = [("", "Problem")]
