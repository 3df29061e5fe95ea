"""The audit endpoint: the trail, for admins."""

import json
import uuid
from typing import Annotated, Any

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from bot.api.callers import Caller, Its
from bot.api.problems import responses
from bot.api.values import LARGEST_COUNT, Instant, Moment, Words
from bot.evidence import evidence_page
from core.domain.actor import Role
from core.domain.audit import AuditKind, AuditRecord
from core.store.audit_search import AuditFilter
from core.usecases.audit.evidence import push_evidence
from core.usecases.audit.searching import search_audit
from core.usecases.requests.lookup import push_status
from core.usecases.texts import in_thread

router = APIRouter(prefix="/api/v1", tags=["audit"])

_PAGE: dict[int | str, dict[str, Any]] = {
    200: {"content": {"text/html": {"schema": {"type": "string"}}}, "description": "A page that loads nothing."},
    **responses(401, 403, 404, 422, 429, 500, 503),
}
_ORIGIN = (
    "Where it was done: in Slack the `surface` (message, modal, command, home, shortcut or reply) with the ids of its `channel` "
    "and `message`; over the API the name of the `token`. Empty for what grcpush does itself."
)
# The page is opened where a browser trusts the address it came from, so it may not do anything there.
_HARMLESS = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; sandbox"


class AuditQuery(BaseModel):
    """Which events. What is empty does not limit."""

    model_config = ConfigDict(extra="forbid")

    statement: uuid.UUID | None = Field(None, description="What happened to this statement and the pushes it was in.")
    push: uuid.UUID | None = Field(None, description="Everything about the push request of this push job.")
    person: Words = Field("", description="The id or e-mail address of who did it.")
    kind: AuditKind | None = None
    since: Instant | None = Field(None, description="Not before this instant.")
    until: Instant | None = Field(None, description="Before this instant.")
    after: int = Field(0, ge=0, le=LARGEST_COUNT, description="Only events behind the one with this number.")
    limit: int = Field(100, ge=1, le=1000, description="How many to give at most.")


class AuditItem(BaseModel):
    """One event, in its place in the chain of hashes."""

    sequence: int
    at: Moment
    kind: str
    actor_id: str
    actor_name: str
    actor_email: str
    actor_via: str
    origin: dict[str, str] = Field(description=_ORIGIN)
    entity_type: str
    entity_id: str
    details: dict[str, Any]
    previous_hash: str
    hash: str


class AuditResponse(BaseModel):
    """Events in order. `next_after` goes into `after` for the next page; it is null at the end."""

    events: list[AuditItem]
    next_after: int | None = None


@router.get("/audit", responses=responses(401, 403, 404, 422, 429, 500, 503))
async def audit(wanted: Annotated[AuditQuery, Query()], caller: Caller, its: Its) -> AuditResponse:
    """The events that match, in order. Only for admins: the trail holds every text that was ever pushed."""
    caller.require(Role.ADMIN)
    request_id = (await push_status(its.core, wanted.push)).request_id if wanted.push else None
    chosen = AuditFilter(
        statement_id=wanted.statement,
        request_id=request_id,
        person=wanted.person,
        kind=wanted.kind.value if wanted.kind else "",
        since=wanted.since,
        until=wanted.until,
    )
    records = await search_audit(its.core, caller, chosen, after=wanted.after, limit=wanted.limit + 1)
    page = records[: wanted.limit]
    next_after = page[-1].sequence if len(records) > wanted.limit else None
    return AuditResponse(events=[_item(record) for record in page], next_after=next_after)


@router.get("/push/{job_id}/evidence", response_class=Response, responses=_PAGE)
async def evidence(job_id: uuid.UUID, caller: Caller, its: Its) -> Response:
    """The evidence about the push request of this job, for people to read. Only for admins."""
    caller.require(Role.ADMIN)
    found = await push_evidence(its.core, caller, (await push_status(its.core, job_id)).request_id)
    page = await in_thread(evidence_page, found)
    return Response(page, media_type="text/html", headers={"Content-Security-Policy": _HARMLESS})


def _item(record: AuditRecord) -> AuditItem:
    return AuditItem(**{**vars(record), "origin": record.place, "details": json.loads(record.details)})
