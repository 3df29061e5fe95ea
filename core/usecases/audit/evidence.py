"""The evidence about one push, read from the audit trail, which is checked first.

Who asked, who approved which content, what was there before, what was written, and how that was verified.
"""

import datetime as dt
import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from core.domain.actor import Actor, Role
from core.domain.audit import AuditKind, AuditRecord
from core.domain.diff import diff
from core.domain.origin import place_words
from core.domain.outcome import Level, Outcome, state_words, words
from core.domain.push import RequestState, sha256_of
from core.errors import NotAllowed
from core.models.evidence import Evidence, Said, ShownText, WriteEvidence
from core.store.audit import list_for
from core.store.audit_search import AuditFilter, walk_events
from core.store.push_tables import PushRequestRow, RequestItemRow
from core.store.pushes import get_request, list_approvals, list_items
from core.store.statements import Joined, get_many
from core.text.content import TextKind, readable, safe_display
from core.usecases.audit.verifying import verify_audit
from core.usecases.texts import in_thread
from core.wiring import Core

_VERBS = {
    AuditKind.PUSH_APPROVED.value: "Approved. ",
    AuditKind.PUSH_CHANGES_ASKED.value: "Asked for changes. ",
    AuditKind.PUSH_DECLINED.value: "Declined. ",
    AuditKind.PUSH_DECLINE_WITHDRAWN.value: "Withdrew the decline. ",
    AuditKind.PUSH_APPROVAL_VOIDED.value: "The approval of somebody who may not approve any more ceased to count. ",
}
_OF_TEXT = (AuditKind.STATEMENT_EDITED.value, AuditKind.CONFLICT_RESOLVED.value)


@dataclass(frozen=True)
class _Material:
    """Everything read from the database."""

    request: PushRequestRow
    items: Sequence[RequestItemRow]
    statements: dict[uuid.UUID, Joined]
    events: Sequence[AuditRecord]
    histories: dict[uuid.UUID, list[AuditRecord]]


async def push_evidence(core: Core, actor: Actor, request_id: uuid.UUID) -> Evidence:
    """The evidence about a push request, for admins, who asked for it, and who decided about it.

    Raises NotAllowed, NotFound.
    """
    async with core.db.reading() as tx:
        request = await get_request(tx, request_id)
        involved = {request.requested_by, *(row.person_id for row in await list_approvals(tx, request_id))}
    if actor.id not in involved and not actor.has_role(Role.ADMIN):
        raise NotAllowed(
            "The evidence of a push is for admins, its requester, and who decided about it.",
            gate="evidence",
            next_step="Ask one of them.",
        )
    verdict = await verify_audit(core)
    async with core.db.reading() as tx:
        items = await list_items(tx, request_id)
        statements = await get_many(tx, [item.statement_id for item in items])
        events = [record async for record in walk_events(tx, AuditFilter(request_id=request_id))]
        histories = {item.statement_id: await list_for(tx, "statement", str(item.statement_id)) for item in items}
    material = _Material(request, items, statements, events, histories)
    # One by one, so that whoever waits for a difference in Slack comes in between.
    writes = tuple([await in_thread(_write, material, item) for item in items])
    asked = _of_kind(events, AuditKind.PUSH_REQUESTED)[0]
    return Evidence(
        number=request.number or 0,
        host=core.servicenow.host,
        state=state_words(RequestState(request.state), [write.outcome for write in writes if write.outcome]),
        asked=_said(asked, "reason"),
        content_digest=request.content_digest,
        approvals_required=request.approvals_required,
        decisions=tuple(
            _said(record, "comment", verb=_VERBS[record.kind]) for record in events if record.kind in _VERBS
        ),
        released=tuple(_said(record) for record in _of_kind(events, AuditKind.PUSH_RELEASED, AuditKind.PUSH_RETRIED)),
        writes=writes,
        events=tuple(events),
        verdict=verdict,
        made_at=core.clock.now(),
        made_by=f"{actor.name} ({actor.email})" if actor.email else actor.name,
    )


def _write(material: _Material, item: RequestItemRow) -> WriteEvidence:
    row, control, system = material.statements[item.statement_id]
    kind, own = TextKind(row.kind), [r for r in material.events if r.entity_id == str(item.statement_id)]
    attempts = _of_kind(own, AuditKind.PUSH_ITEM_ATTEMPTED)
    ends = _of_kind(own, AuditKind.PUSH_ITEM_ENDED)
    before = _details(attempts[-1]) if attempts else {}
    end = _details(ends[-1]) if ends else {}
    pushed, at = _pushed(ends)
    outcome = Outcome(end["outcome"]) if end else None
    level = Level(end["level"]) if end.get("level") else None
    old, new = _text(before.get("remote_before"), kind), _text(pushed.get("content_pushed"), kind)
    return WriteEvidence(
        statement_id=item.statement_id,
        label=f"{system.name}/{control.number}",
        control_name=control.name,
        sn_sys_id=row.sn_sys_id,
        approved_sha256=item.local_sha256,
        readiness=item.readiness,
        reason=item.reason,
        written_by=_authors(material.histories[item.statement_id], item.local_sha256, attempts),
        before=old,
        before_by=str(before.get("remote_updated_by") or ""),
        pushed=new,
        change=diff(old.exact, new.exact, kind) if old and new else None,
        stored=_text(pushed.get("content_stored"), kind),
        outcome=outcome,
        sentence=words(outcome, level).sentence if outcome else "",
        level=level,
        detail=str(end.get("detail", "")),
        attempts=tuple(record.sequence for record in attempts),
        ended=tuple(record.sequence for record in ends),
        pushed_at=at,
    )


def _pushed(ends: Sequence[AuditRecord]) -> tuple[dict[str, Any], dt.datetime | None]:
    """The last record that names what was written, and when the first of its kind was made."""
    found = [(record, _details(record)) for record in ends]
    written = [(record, details) for record, details in found if details.get("content_pushed") is not None]
    return (written[-1][1], written[0][0].at) if written else ({}, None)


def _authors(history: Sequence[AuditRecord], sha256: str, attempts: Sequence[AuditRecord]) -> tuple[Said, ...]:
    """Who saved exactly this text, and who settled conflicts about it, before it was first sent."""
    sent_at = attempts[0].sequence if attempts else history[-1].sequence + 1 if history else 0
    return tuple(
        _said(record, "choice")
        for record in history
        if record.sequence < sent_at
        and record.kind in _OF_TEXT
        and _details(record).get("local_sha256", sha256) == sha256
    )


def _of_kind(records: Sequence[AuditRecord], *kinds: AuditKind) -> list[AuditRecord]:
    return [record for record in records if record.kind in {kind.value for kind in kinds}]


def _said(record: AuditRecord, key: str = "", *, verb: str = "") -> Said:
    details = _details(record)
    return Said(
        sequence=record.sequence,
        at=record.at,
        name=record.actor_name,
        email=record.actor_email,
        via=record.actor_via,
        where=place_words(record.place),
        words=safe_display(f"{verb}{details.get(key) or ''}".strip()),
        content_digest=str(details.get("content_digest") or ""),
    )


def _text(exact: object, kind: TextKind) -> ShownText | None:
    if not isinstance(exact, str):
        return None
    return ShownText(safe_display(readable(exact, kind)), exact, sha256_of(exact))


def _details(record: AuditRecord) -> dict[str, Any]:
    details: dict[str, Any] = json.loads(record.details)
    return details
