"""The REST API: its endpoints, its errors, and what its description says."""

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from bot.api import audit, docs, push_deeds, pushes, statements
from bot.api.callers import Api
from bot.api.problems import Problem, install_problems

VERSION = "1.0"
DESCRIPTION = """
Take edited control statements back to ServiceNow GRC. Everything goes through the same rules as in Slack: conflicts are
settled first, others approve, every write is verified and audited.

Send a token, made by `grcpush token create`, as `Authorization: Bearer …`. Times are RFC 3339 in UTC. Errors are
`application/problem+json` with a stable `code`.
"""


def install_api(server: FastAPI, api: Api) -> None:
    """Serve the API under /api/v1."""
    server.state.api = api
    # The lists come first: /push/modified is no push job.
    for part in (statements.router, pushes.router, push_deeds.router, audit.router):
        server.include_router(part, generate_unique_id_function=lambda route: route.name)
    server.include_router(docs.router)
    install_problems(server)
    server.openapi = lambda: _described(server)  # type: ignore[method-assign]


def _described(server: FastAPI) -> dict[str, Any]:
    """The OpenAPI document, with the problems that every endpoint may answer."""
    if server.openapi_schema is None:
        document = get_openapi(
            title=server.title, version=VERSION, description=DESCRIPTION, routes=server.routes, tags=server.openapi_tags
        )
        schemas = document["components"]["schemas"]
        problem = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
        schemas |= problem.pop("$defs", {})
        schemas["Problem"] = problem
        for unused in ("HTTPValidationError", "ValidationError"):
            schemas.pop(unused, None)
        for path in document["paths"].values():
            for endpoint in path.values():
                for parameter in endpoint.get("parameters", []):
                    parameter["schema"] = _without_null(parameter["schema"])
                    parameter["required"] |= parameter["name"] == "If-Match"  # what is missing is told with 428
        server.openapi_schema = document
    return server.openapi_schema


def _without_null(schema: dict[str, Any]) -> dict[str, Any]:
    """What a parameter may be when it is there: leaving it out is another thing than sending null, which none can."""
    kinds = [kind for kind in schema.get("anyOf", []) if kind != {"type": "null"}]
    rest = {name: value for name, value in schema.items() if name != "anyOf"}
    return {**rest, **kinds[0]} if len(kinds) == 1 else schema
