"""Errors as the API tells them: RFC 9457 problem details, each with a stable code."""

import logging
import math
import uuid
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse
from starlette.routing import Match

from core.errors import ConflictsRemain, GrcError, NotAllowed, RemoteError, RemoteThrottled, TooMuch
from core.ids import new_reference

log = logging.getLogger(__name__)

MEDIA_TYPE = "application/problem+json"

_STATUS = {
    "usage": 400,
    "not_found": 404,
    "not_allowed": 403,
    "lossy": 422,
    "too_much": 429,
    "configuration": 503,
    "remote_unavailable": 503,
    "remote_throttled": 503,
}
_NAMES = {
    400: "malformed_request",
    404: "not_found",
    405: "method_not_allowed",
    413: "too_large",
    415: "unsupported_media_type",
}


class Fault(BaseModel):
    """One thing that is wrong with a request. What was sent is not repeated."""

    field: str
    message: str


class Problem(BaseModel):
    """Why something was not done (RFC 9457). `code` is stable; the sentences may change."""

    type: str = "about:blank"
    title: str
    status: int = Field(ge=400, le=599)
    code: str
    detail: str
    next_step: str = ""
    retryable: bool = False
    gate: str | None = Field(None, description="For not_allowed: the rule that said no.")
    statement_ids: list[uuid.UUID] | None = Field(None, description="For conflicts_remain: the statements in conflict.")
    errors: list[Fault] | None = Field(None, description="For invalid_request: each field that is wrong.")
    reference: str | None = Field(None, description="For internal: the reference under which the log has the story.")


class ApiProblem(Exception):
    """Something only the API refuses: a missing token, a header that is needed, too many requests."""

    def __init__(self, status: int, code: str, detail: str, **headers: str) -> None:
        """Keep what the answer will say; header names are written with underscores."""
        super().__init__(detail)
        self.problem = Problem(title=HTTPStatus(status).phrase, status=status, code=code, detail=detail)
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}


def problem_response(problem: Problem, headers: Mapping[str, str] | None = None) -> JSONResponse:
    """The answer that tells the problem."""
    content = problem.model_dump(mode="json", exclude_none=True)
    return JSONResponse(content, problem.status, headers=headers, media_type=MEDIA_TYPE)


def responses(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """For the OpenAPI: these statuses come as problems."""
    content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {status: {"description": HTTPStatus(status).phrase, "content": content} for status in statuses}


def install_problems(server: FastAPI) -> None:
    """Have every error of the application answered as a problem."""
    server.add_exception_handler(ApiProblem, _api_problem)
    server.add_exception_handler(GrcError, _refused)
    server.add_exception_handler(RequestValidationError, _invalid)
    server.add_exception_handler(HTTPException, _http)
    server.add_exception_handler(Exception, _bug)


async def _api_problem(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, ApiProblem)  # noqa: S101 -- for the type checker: it is registered for this class
    return problem_response(error.problem, error.headers)


async def _refused(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, GrcError)  # noqa: S101
    status = _status_of(error)
    log.info("api.refused code=%s status=%s", error.code, status)
    headers = {}
    if isinstance(error, RemoteThrottled | TooMuch) and error.retry_after_seconds is not None:
        headers["Retry-After"] = str(max(1, math.ceil(error.retry_after_seconds)))
    problem = Problem(
        title=HTTPStatus(status).phrase,
        status=status,
        code=error.code,
        detail=error.sentence,
        next_step=error.next_step,
        retryable=error.retryable,
        gate=error.gate if isinstance(error, NotAllowed) else None,
        statement_ids=list(error.statement_ids) if isinstance(error, ConflictsRemain) else None,
    )
    return problem_response(problem, headers)


def _status_of(error: GrcError) -> int:
    """A rule that said no is a conflict with the present state, unless it is listed; ServiceNow's trouble is not ours."""
    if isinstance(error, NotAllowed) and error.gate == "identity":
        return 503
    if isinstance(error, TooMuch) and error.retry_after_seconds is None:
        return 422
    return _STATUS.get(error.code, 502 if isinstance(error, RemoteError) else 409)


async def _invalid(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)  # noqa: S101
    faults = [Fault(field=_place(fault["loc"]), message=str(fault["msg"])) for fault in error.errors()]
    if any(fault["type"] == "json_invalid" for fault in error.errors()):
        problem = Problem(title="Bad Request", status=400, code="malformed_request", detail="The body is not JSON.")
    else:
        problem = Problem(
            title=HTTPStatus(422).phrase,
            status=422,
            code="invalid_request",
            detail="The request is not as the API describes it.",
            errors=faults,
        )
    return problem_response(problem)


def _place(where: tuple[int | str, ...]) -> str:
    """The place of a fault as `query.limit` or `body.statement_ids.0`, cut short where a caller's own name for a field is long."""
    return ".".join(str(part) for part in where)[:100].encode("ascii", "replace").decode()


async def _http(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)  # noqa: S101
    code = _NAMES.get(error.status_code, "refused")
    headers = dict(error.headers or {})
    if error.status_code == 405:
        headers["Allow"] = ", ".join(sorted(_methods_of(request)))
    problem = Problem(
        title=HTTPStatus(error.status_code).phrase,
        status=error.status_code,
        code=code,
        detail=HTTPStatus(error.status_code).description or HTTPStatus(error.status_code).phrase,
    )
    return problem_response(problem, headers)


def _methods_of(request: Request) -> set[str]:
    """The methods of everything at the request's path."""
    matching = [route for route in request.app.routes if route.matches(request.scope)[0] is not Match.NONE]
    served = [route for route in matching if isinstance(route, APIRoute) and route.include_in_schema]
    return {method for route in served for method in route.methods or ()}


async def _bug(_request: Request, error: Exception) -> JSONResponse:
    reference = new_reference()
    log.error("api.failed reference=%s", reference, exc_info=error)
    problem = Problem(
        title="Internal Server Error",
        status=500,
        code="internal",
        detail="Something broke on our side.",
        next_step=f"Tell the operator the reference {reference}.",
        reference=reference,
    )
    return problem_response(problem)
