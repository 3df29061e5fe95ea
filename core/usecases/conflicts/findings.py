"""Recording what a look at ServiceNow found: conflicts are opened and closed here, and nowhere else."""

from collections.abc import Mapping, Sequence

from sqlmodel.ext.asyncio.session import AsyncSession

from core.domain.audit import AuditActor, AuditEvent, AuditKind, instant
from core.domain.conflict import WHY_NOT, Finding, Standing, compare
from core.domain.statement import RemoteVersion, SyncStatus
from core.store import audit
from core.store.conflicts import open_by_statement
from core.store.statements import Joined, get_versions, to_statement
from core.store.tables import ConflictRow, StatementRow
from core.usecases.requests.life import conflict_gone, conflict_settled
from core.usecases.statements.rows import adopt_baseline, clear_local
from core.usecases.texts import in_thread
from core.wiring import Core

# Standings in which a conflict is over by itself: ServiceNow went back to the baseline, or holds the local text.
_AGREED = frozenset({Standing.UNCHANGED, Standing.MOVED_ELSEWHERE, Standing.ALREADY_THERE})


async def look(rows: Sequence[Joined], remote: Mapping[str, RemoteVersion]) -> list[Finding]:
    """How each statement stands towards what ServiceNow holds now."""
    statements = [to_statement(*row) for row in rows]
    return await in_thread(lambda: [compare(statement, remote.get(statement.sn_sys_id)) for statement in statements])


async def to_record(tx: AsyncSession, findings: Sequence[Finding]) -> list[Finding]:
    """The findings without those that change nothing, which are nearly all of a check: they need not be loaded again.

    That is a local edit on a baseline that ServiceNow still holds, known by its fingerprint, in no conflict, and with a row that
    is as it was looked at.
    """
    quiet = {
        finding.statement.id: finding.statement.row_version
        for finding in findings
        if finding.standing is Standing.UNCHANGED
        and finding.statement.baseline_token is not None
        and finding.statement.status is SyncStatus.MODIFIED
    }
    versions, in_conflict = await get_versions(tx, list(quiet)), await open_by_statement(tx, list(quiet))
    return [
        finding
        for finding in findings
        if (version := quiet.get(finding.statement.id)) is None
        or versions.get(finding.statement.id) != version
        or finding.statement.id in in_conflict
    ]


async def record(
    core: Core, tx: AsyncSession, rows: Mapping[str, StatementRow], findings: Sequence[Finding], actor: AuditActor
) -> dict[str, ConflictRow]:
    """Write the findings into the rows (by sys_id) and give back the conflicts that are open now, by sys_id.

    A statement that moved between the look and now is left as it is: the next look will see it. So is one that a push
    has in hand: that looks for itself.
    """
    conflicts: dict[str, ConflictRow] = {}
    edited = [rows[finding.statement.sn_sys_id] for finding in findings]
    known = await open_by_statement(tx, [row.id for row in edited if row.is_modified])
    for finding in findings:
        row = rows[finding.statement.sn_sys_id]
        if row.row_version != finding.statement.row_version or row.sync_status == SyncStatus.PUSHING.value:
            continue
        conflict = await _record_one(core, tx, row, finding, known.get(row.id), actor)
        if conflict is not None:
            conflicts[row.sn_sys_id] = conflict
    return conflicts


async def _record_one(
    core: Core,
    tx: AsyncSession,
    row: StatementRow,
    finding: Finding,
    existing: ConflictRow | None,
    actor: AuditActor,
) -> ConflictRow | None:
    if row.sync_status == SyncStatus.MISSING.value and finding.remote is not None:
        row.sync_status = (SyncStatus.MODIFIED if row.is_modified else SyncStatus.SYNCED).value
        row.row_version += 1
    if finding.standing is Standing.CONFLICT:
        return await _open(core, tx, row, finding, existing, actor)
    if existing is not None and finding.standing is not Standing.REPLACED:
        existing.is_open = False
        existing.revision += 1
        if row.sync_status == SyncStatus.CONFLICT.value:
            row.sync_status = SyncStatus.MODIFIED.value
        tx.add(existing)
    await _record_quiet(core, tx, row, finding, actor)
    if existing is not None and finding.standing in _AGREED and finding.remote is not None:
        existing.remote_content = finding.remote.text
        existing.remote_token = finding.remote_fingerprint.token if finding.remote_fingerprint else ""
        await tx.flush()
        await conflict_settled(core, tx, existing, row, actor)
    elif existing is not None and not existing.is_open:
        await tx.flush()
        await conflict_gone(core, tx, existing, WHY_NOT[finding.standing], actor)
    return None


async def _record_quiet(core: Core, tx: AsyncSession, row: StatementRow, finding: Finding, actor: AuditActor) -> None:
    """Everything but a conflict: the baseline follows ServiceNow where no local text is at stake."""
    token = finding.remote_fingerprint.token if finding.remote_fingerprint else None
    match finding.standing:
        case Standing.MISSING:
            if row.sync_status != SyncStatus.MISSING.value:
                row.sync_status = SyncStatus.MISSING.value
                row.row_version += 1
                await _tell(core, tx, AuditKind.STATEMENT_MISSING, finding, actor)
        case Standing.MOVED_ELSEWHERE | Standing.REMOTE_ONLY if finding.remote is not None:
            adopt_baseline(row, finding.remote.text, finding.remote.stamp, token)
            await _tell(core, tx, AuditKind.STATEMENT_REBASED, finding, actor)
        case Standing.ALREADY_THERE if finding.remote is not None:
            adopt_baseline(row, finding.remote.text, finding.remote.stamp, token)
            clear_local(row)
            await _tell(core, tx, AuditKind.STATEMENT_REBASED, finding, actor)
        case _:
            row.content_token = row.content_token or (token if finding.standing is Standing.UNCHANGED else None)
    tx.add(row)


async def _open(
    core: Core, tx: AsyncSession, row: StatementRow, finding: Finding, existing: ConflictRow | None, actor: AuditActor
) -> ConflictRow:
    remote, fingerprint = finding.remote, finding.remote_fingerprint
    if remote is None or fingerprint is None or row.local_content is None:
        raise ValueError("a conflict needs a local and a remote text")
    is_known = (
        existing is not None
        and existing.remote_token == fingerprint.token
        and existing.local_content == row.local_content
    )
    if existing is not None and is_known and row.sync_status == SyncStatus.CONFLICT.value:
        return existing
    conflict = existing or _first_sight(core, row, fingerprint.token)
    conflict.local_content, conflict.local_since = row.local_content, row.local_since
    conflict.local_edited_by, conflict.local_edited_at = row.edited_by, row.edited_at
    conflict.remote_content, conflict.remote_token = remote.text, fingerprint.token
    conflict.remote_mod_count, conflict.remote_updated_on = remote.stamp.mod_count, remote.stamp.updated_on
    conflict.remote_updated_by = remote.stamp.updated_by
    conflict.found_at = core.clock.now()
    conflict.revision += 1
    if row.sync_status != SyncStatus.CONFLICT.value:
        row.sync_status = SyncStatus.CONFLICT.value
        row.row_version += 1
    tx.add_all([row, conflict])
    await tx.flush()
    await _tell(core, tx, AuditKind.CONFLICT_REOPENED if existing else AuditKind.CONFLICT_OPENED, finding, actor)
    return conflict


def _first_sight(core: Core, row: StatementRow, remote_token: str) -> ConflictRow:
    return ConflictRow(
        id=core.new_id(),
        statement_id=row.id,
        revision=0,
        baseline_content=row.content,
        baseline_mod_count=row.sn_mod_count,
        baseline_updated_on=row.sn_updated_on,
        baseline_updated_by=row.sn_updated_by,
        local_content="",
        remote_content="",
        remote_token=remote_token,
        remote_mod_count=0,
        found_at=core.clock.now(),
    )


async def _tell(core: Core, tx: AsyncSession, kind: AuditKind, finding: Finding, actor: AuditActor) -> None:
    stamp = finding.remote.stamp if finding.remote else None
    details = {
        "sn_sys_id": finding.statement.sn_sys_id,
        "control": finding.statement.label,
        "standing": finding.standing.value,
        "remote_token": finding.remote_fingerprint.token if finding.remote_fingerprint else None,
        "remote_mod_count": stamp.mod_count if stamp else None,
        "remote_updated_on": instant(stamp.updated_on) if stamp and stamp.updated_on else None,
        "remote_updated_by": stamp.updated_by if stamp else None,
    }
    event = AuditEvent(kind, actor, "statement", str(finding.statement.id), details)
    await audit.append(tx, core.clock.now(), event)
