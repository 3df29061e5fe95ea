"""The statement endpoints: lists, one statement, its local text."""

import uuid
from enum import Enum
from typing import Annotated, Any

from fastapi import APIRouter, Header, Request, Response

from bot.api.callers import Caller, Its
from bot.api.etags import etag_of, expected_version, is_fresh, stale
from bot.api.pages import Wanted, link_next
from bot.api.problems import responses
from bot.api.statement_schemas import (
    LocalEditRequest,
    ModifiedStatementsResponse,
    StatementResponse,
    StatementsResponse,
    line_item,
    statement_response,
)
from bot.api.values import IfMatch
from core.errors import StaleCard
from core.usecases.statements.edits import revert, save_edit
from core.usecases.statements.slices import list_statements, statement_sheet

router = APIRouter(prefix="/api/v1")

_TAGS: list[str | Enum] = ["statements"]
_ETAG = {"ETag": {"description": "The version, for If-Match.", "schema": {"type": "string"}}}
_LINK = {"Link": {"description": "The next page, if there is one.", "schema": {"type": "string"}}}
_LIST: dict[int | str, dict[str, Any]] = {200: {"headers": _LINK}, **responses(401, 403, 422, 429, 500, 503)}
_ONE: dict[int | str, dict[str, Any]] = {
    200: {"headers": _ETAG},
    304: {"description": "Not Modified", "headers": _ETAG},
    **responses(401, 403, 404, 422, 429, 500, 503),
}
_CHANGE: dict[int | str, dict[str, Any]] = {
    200: {"headers": _ETAG},
    **responses(400, 401, 403, 404, 409, 412, 413, 422, 428, 429, 500, 503),
}

IfNoneMatch = Annotated[str | None, Header(alias="If-None-Match", max_length=2000, pattern=r"^[\x20-\x7e]*$")]


@router.get("/push/modified", response_model_exclude_none=True, responses=_LIST, tags=["push"])
async def modified(
    request: Request, response: Response, wanted: Wanted, _caller: Caller, its: Its
) -> ModifiedStatementsResponse:
    """The statements that were changed here and are not pushed yet, ordered by system, then control."""
    found = await list_statements(its.core, wanted.wanted(), wanted.part(), modified_only=True)
    link_next(request, response, wanted, found)
    return ModifiedStatementsResponse(statements=[line_item(line) for line in found.lines], total_count=found.total)


@router.get("/statements", response_model_exclude_none=True, responses=_LIST, tags=_TAGS)
async def statements(
    request: Request, response: Response, wanted: Wanted, _caller: Caller, its: Its
) -> StatementsResponse:
    """All statements, changed or not, ordered by system, then control."""
    found = await list_statements(its.core, wanted.wanted(), wanted.part(), modified_only=False)
    link_next(request, response, wanted, found)
    return StatementsResponse(statements=[line_item(line) for line in found.lines], total_count=found.total)


@router.get(
    "/statements/{statement_id}",
    response_model=StatementResponse,
    response_model_exclude_none=True,
    responses=_ONE,
    tags=_TAGS,
)
async def statement(
    statement_id: uuid.UUID, response: Response, _caller: Caller, its: Its, if_none_match: IfNoneMatch = None
) -> StatementResponse | Response:
    """One statement with its texts."""
    sheet = await statement_sheet(its.core, statement_id)
    tag = etag_of(sheet.statement)
    if is_fresh(sheet.statement, if_none_match):
        return Response(status_code=304, headers={"ETag": tag})
    response.headers["ETag"] = tag
    return statement_response(sheet)


@router.put("/statements/{statement_id}/local", response_model_exclude_none=True, responses=_CHANGE, tags=_TAGS)
async def put_local(
    statement_id: uuid.UUID,
    body: LocalEditRequest,
    response: Response,
    caller: Caller,
    its: Its,
    if_match: IfMatch = None,
) -> StatementResponse:
    """Save a local text, for the version named in If-Match. Nothing is sent to ServiceNow."""
    version = expected_version(if_match)
    try:
        saved = await save_edit(
            its.core,
            caller,
            statement_id,
            body.content,
            source="api",
            expected_row_version=version,
            allow_empty=body.allow_empty,
        )
    except StaleCard:
        raise stale() from None
    response.headers["ETag"] = etag_of(saved)
    return statement_response(await statement_sheet(its.core, statement_id))


@router.delete("/statements/{statement_id}/local", response_model_exclude_none=True, responses=_CHANGE, tags=_TAGS)
async def delete_local(
    statement_id: uuid.UUID, response: Response, caller: Caller, its: Its, if_match: IfMatch = None
) -> StatementResponse:
    """Drop the local text, at the version named in If-Match; it stays in the history."""
    version = expected_version(if_match)
    try:
        dropped = await revert(its.core, caller, statement_id, expected_row_version=version)
    except StaleCard:
        # A statement in conflict is refused in the same way, at whatever version.
        if version is None or (await statement_sheet(its.core, statement_id)).statement.row_version == version:
            raise
        raise stale() from None
    response.headers["ETag"] = etag_of(dropped)
    return statement_response(await statement_sheet(its.core, statement_id))
