"""Looking before asking: check statements against ServiceNow, and draft a push request for a preview."""

import asyncio
import uuid
from collections.abc import Callable, Mapping, Sequence

from core.domain.actor import Actor, Role
from core.domain.conflict import WHY_NOT, Finding, Standing
from core.domain.push import Readiness, RequestState
from core.errors import NothingToPush, TooMuch
from core.models.requests import PushPreview
from core.store.push_tables import PushRequestRow, RequestItemRow
from core.store.pushes import open_requests_with
from core.store.statements import Outline, get_many, get_outlines, get_rows
from core.store.tables import ConflictRow
from core.usecases.conflicts.findings import look, record, to_record
from core.usecases.people.actors import audit_actor
from core.usecases.requests.cards import push_preview
from core.usecases.requests.life import fill_item
from core.wiring import Core

# A request made in Slack or on the command line; it runs as jobs of at most PUSH_MAX_STATEMENTS.
MAX_STATEMENTS_PER_REQUEST = 1_000


async def check_statements(core: Core, actor: Actor, statement_ids: Sequence[uuid.UUID]) -> list[Finding]:
    """How these statements stand towards ServiceNow now; conflicts found are stored. Raises NotFound, RemoteError."""
    findings = await _look(core, list(dict.fromkeys(statement_ids)), lambda outlines: outlines)
    await _record(core, actor, findings, request=None)
    return findings


async def prepare_push(
    core: Core, actor: Actor, statement_ids: Sequence[uuid.UUID], *, reason: str = ""
) -> PushPreview:
    """Check the statements against ServiceNow and draft a request for them; nobody else sees it before `request_push`.

    `reason` is offered in the preview, where an earlier request had one; what counts is the one given when asking.
    Raises NotAllowed, NotFound, NothingToPush, TooMuch, and RemoteError when ServiceNow cannot be asked.
    """
    wanted = list(dict.fromkeys(statement_ids))
    if not wanted:
        raise NothingToPush("No statement is chosen.", next_step="Tick at least one.")
    if len(wanted) > MAX_STATEMENTS_PER_REQUEST:
        raise TooMuch(
            f"A push request holds at most {MAX_STATEMENTS_PER_REQUEST:,} statements; {len(wanted):,} are chosen.",
            next_step="Set a filter, and choose all that match it.",
        )

    def modified(outlines: list[Outline]) -> list[Outline]:
        actor.require(Role.REQUESTER, tuple(sorted({outline.system_name for outline in outlines})))
        if not any(outline.is_modified for outline in outlines):
            raise NothingToPush("None of these statements is modified.", next_step="List them again.")
        return [outline for outline in outlines if outline.is_modified]

    findings = await _look(core, wanted, modified)
    policy = core.policy()
    draft = PushRequestRow(
        id=core.new_id(),
        state=RequestState.DRAFT.value,
        requested_by=actor.id,
        reason=reason,
        approvals_required=policy.approvals_required,
        expires_hours=policy.expires_hours,
        in_chat=policy.in_chat,
        created_at=core.clock.now(),
    )
    await _record(core, actor, findings, request=draft)
    return await push_preview(core, draft.id)


async def _look(
    core: Core, wanted: Sequence[uuid.UUID], narrow: Callable[[list[Outline]], list[Outline]]
) -> list[Finding]:
    """How those of the statements that `narrow` lets through stand towards ServiceNow now.

    Our texts are read while ServiceNow is asked, but as they were before: a version that is read now is never older.
    """
    try:
        async with asyncio.TaskGroup() as group, core.db.reading() as tx:
            outlines = narrow(await get_outlines(tx, wanted))
            asking = group.create_task(core.servicenow.read_many([outline.sn_sys_id for outline in outlines]))
            rows = await get_many(tx, [outline.id for outline in outlines])
    except ExceptionGroup as failures:
        raise failures.exceptions[0] from None
    return await look([rows[outline.id] for outline in outlines], asking.result())


async def _record(core: Core, actor: Actor, findings: list[Finding], request: PushRequestRow | None) -> None:
    """Record what was found, and the draft request if one is being made."""
    wanted = [finding.statement.id for finding in findings]
    async with core.db.transaction() as tx:
        due = await to_record(tx, findings)
        fresh = {row.sn_sys_id: row for row in await get_rows(tx, [finding.statement.id for finding in due])}
        conflicts = await record(core, tx, fresh, due, audit_actor(actor))
        if request is not None:
            held = await open_requests_with(tx, wanted)
            tx.add(request)
            await tx.flush()
            for position, finding in enumerate(findings):
                item = _draft_item(core, request, position, finding, conflicts)
                if (holder := held.get(finding.statement.id)) is not None:
                    item.readiness, item.reason = (
                        Readiness.REFUSED.value,
                        f"It is part of push request #{holder.number}.",
                    )
                tx.add(item)


def _draft_item(
    core: Core, request: PushRequestRow, position: int, finding: Finding, conflicts: Mapping[str, ConflictRow]
) -> RequestItemRow:
    conflict = conflicts.get(finding.statement.sn_sys_id)
    if finding.may_be_pushed:
        readiness = Readiness.READY
    elif finding.standing is Standing.CONFLICT:
        readiness = Readiness.CONFLICT
    else:
        readiness = Readiness.SAME if finding.standing is Standing.ALREADY_THERE else Readiness.REFUSED
    reason = WHY_NOT.get(finding.standing, "")
    if readiness is Readiness.CONFLICT and conflict is None:
        readiness, reason = Readiness.REFUSED, "It was changed while ServiceNow was asked; preview it again."
    item = RequestItemRow(
        id=core.new_id(),
        request_id=request.id,
        statement_id=finding.statement.id,
        position=position,
        readiness=readiness.value,
        reason=reason,
        conflict_id=conflict.id if conflict else None,
        local_content="",
        local_sha256="",
        remote_content="",
    )
    remote, token = finding.remote, finding.remote_fingerprint
    fill_item(item, finding.statement.local or "", remote.text if remote else "", token.token if token else "")
    return item
