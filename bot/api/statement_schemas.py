"""Bodies of the statement endpoints."""

import uuid

from pydantic import BaseModel

from bot.api.values import Body, Moment, StatementText
from core.domain.statement import SyncStatus
from core.models.requests import StatementLine
from core.text.content import TextKind
from core.usecases.statements.slices import StatementSheet


class ModifiedStatement(BaseModel):
    """A statement that was changed here. `push_number` is the open push request it is part of."""

    id: uuid.UUID
    sn_sys_id: str
    control_id: str
    control_name: str
    system_name: str
    modified_at: Moment | None = None
    sync_status: SyncStatus
    content_preview: str
    owner: str | None = None
    push_number: int | None = None


class ModifiedStatementsResponse(BaseModel):
    """A page of the list. `total_count` counts all that match; `Link` names the next page."""

    statements: list[ModifiedStatement]
    total_count: int


class StatementsResponse(BaseModel):
    """A page of the list. `total_count` counts all that match; `Link` names the next page."""

    statements: list[ModifiedStatement]
    total_count: int


class StatementResponse(BaseModel):
    """One statement. `content` is what both sides last agreed on; `local_content` is there when it was changed here."""

    id: uuid.UUID
    sn_sys_id: str
    control_id: str
    control_name: str
    system_name: str
    kind: TextKind
    sync_status: SyncStatus
    content: str
    local_content: str | None = None
    modified_at: Moment | None = None
    modified_by: str | None = None
    sn_updated_at: Moment | None = None
    sn_updated_by: str


class LocalEditRequest(Body):
    """The new local text. HTML is sanitised when it is saved: the answer shows what was kept.

    A text that would clear the statement is refused unless `allow_empty` says that it should.
    """

    content: StatementText
    allow_empty: bool = False


def line_item(line: StatementLine) -> ModifiedStatement:
    """A line of a list."""
    return ModifiedStatement(
        id=line.id,
        sn_sys_id=line.sn_sys_id,
        control_id=line.control_number,
        control_name=line.control_name,
        system_name=line.system_name,
        modified_at=line.edited_at,
        sync_status=SyncStatus(line.sync_status),
        content_preview=line.preview,
        owner=line.owner.name if line.owner else None,
        push_number=line.held_by,
    )


def statement_response(sheet: StatementSheet) -> StatementResponse:
    """One statement with its texts."""
    statement = sheet.statement
    return StatementResponse(
        id=statement.id,
        sn_sys_id=statement.sn_sys_id,
        control_id=statement.control_number,
        control_name=statement.control_name,
        system_name=statement.system_name,
        kind=statement.kind,
        sync_status=statement.status,
        content=statement.baseline,
        local_content=statement.local,
        modified_at=statement.edited_at,
        modified_by=sheet.editor.name if sheet.editor else None,
        sn_updated_at=statement.stamp.updated_on,
        sn_updated_by=statement.stamp.updated_by,
    )
