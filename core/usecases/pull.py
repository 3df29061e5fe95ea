"""Taking over what ServiceNow holds: local edits are kept, conflicts and missing records marked."""

import datetime as dt
import logging
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from core.config import FieldKind
from core.domain.audit import SYSTEM_ACTOR, AuditEvent, AuditKind, instant
from core.domain.conflict import Standing
from core.domain.statement import RemoteVersion, SyncStatus
from core.errors import ConfigurationError
from core.read_models import PullReport
from core.store import audit
from core.store.pulls import last_pull
from core.store.statements import get_many, known_by_sys_id
from core.store.tables import ControlRow, PullRow, StatementRow, SystemRow
from core.text.content import TextKind
from core.usecases.findings import look, record
from core.usecases.rows import adopt_baseline
from core.wiring import Core

log = logging.getLogger(__name__)

# How far an incremental pull looks back behind the last one: time stamps are taken before a save becomes visible, and
# the zone of a literal in a query is not certain, so the overlap covers more than half a day.
OVERLAP = dt.timedelta(hours=15)


@dataclass
class _Tally:
    """What a pull counted so far."""

    received: int = 0
    new: int = 0
    updated: int = 0
    conflicts: int = 0
    hidden: int = 0


async def pull(
    core: Core, *, is_full: bool = False, on_progress: Callable[[int, int], None] | None = None
) -> PullReport:
    """Read the statements that changed in ServiceNow (all of them, when `is_full` or for the first time).

    Every page is committed by itself, so an interrupted pull loses nothing. A full pull also finds deletions and edits
    that moved no time stamp. `on_progress` is told (received, expected). Raises ConfigurationError, RemoteError.
    """
    kind = await _field_kind(core)
    preflight = await core.servicenow.preflight()
    async with core.db.reading() as tx:
        last = await last_pull(tx)
    if last is not None and last.host != core.servicenow.host:
        raise ConfigurationError(
            f"The statements here were pulled from {last.host}, not from {core.servicenow.host}.",
            next_step="Use a database of its own for each ServiceNow instance.",
        )
    is_full = is_full or last is None
    since = None if is_full or last is None or last.watermark is None else last.watermark - OVERLAP
    run = PullRow(
        id=core.new_id(),
        is_full=is_full,
        host=core.servicenow.host,
        instance_name=preflight.instance_name,
        started_at=core.clock.now(),
    )
    watermark = await core.servicenow.newest_stamp()
    expected = await core.servicenow.count(updated_since=since)
    tally, seen = _Tally(), set[str]()
    async for page in core.servicenow.pages(updated_since=since):
        await _store_page(core, page.versions, kind, tally)
        tally.hidden = page.hidden or tally.hidden
        seen.update(version.sys_id for version in page.versions)
        if on_progress is not None:
            on_progress(tally.received, expected)
    missing = await _mark_missing(core, seen) if is_full else 0
    await _finish(core, run, tally, watermark, missing)
    seconds = (core.clock.now() - run.started_at).total_seconds()
    return PullReport(
        tally.received, tally.new, tally.updated, tally.conflicts, missing, tally.hidden, seconds, is_full
    )


async def _field_kind(core: Core) -> TextKind:
    configured = core.settings.servicenow_field_kind
    if configured is not FieldKind.AUTO:
        return TextKind(configured.value)
    return (await core.servicenow.preflight()).field_kind


async def _store_page(core: Core, versions: Sequence[RemoteVersion], kind: TextKind, tally: _Tally) -> None:
    """Take one page over: new records, unedited ones that changed, and the standing of those with a local edit."""
    by_sys_id = {version.sys_id: version for version in versions}
    async with core.db.reading() as tx:
        known = await known_by_sys_id(tx, by_sys_id)
        edited = await get_many(tx, [row.id for row in known.values() if row.is_modified])
    findings = await look(list(edited.values()), by_sys_id)
    async with core.db.transaction() as tx:
        fresh = await known_by_sys_id(tx, by_sys_id)
        places = _Places(core, tx)
        for sys_id, version in by_sys_id.items():
            row = fresh.get(sys_id)
            if row is None:
                await _insert(core, tx, version, kind, await places.control(version))
                tally.new += 1
            elif not row.is_modified and await _refresh(tx, row, version):
                tally.updated += 1
        await tx.flush()
        current = {sys_id: row for sys_id, row in fresh.items() if row.is_modified}
        due = [finding for finding in findings if finding.statement.sn_sys_id in current]
        await record(
            core, tx, current, [finding for finding in due if finding.standing is not Standing.UNCHANGED], SYSTEM_ACTOR
        )
        tally.conflicts += sum(finding.standing is Standing.CONFLICT for finding in due)
    tally.received += len(versions)


async def _insert(core: Core, tx: AsyncSession, version: RemoteVersion, kind: TextKind, control_id: uuid.UUID) -> None:
    tx.add(
        StatementRow(
            id=core.new_id(),
            sn_sys_id=version.sys_id,
            control_id=control_id,
            kind=kind.value,
            content=version.text,
            sn_mod_count=version.stamp.mod_count,
            sn_updated_on=version.stamp.updated_on,
            sn_updated_by=version.stamp.updated_by,
            sn_created_on=version.stamp.created_on,
            sync_status=SyncStatus.SYNCED.value,
            pulled_at=core.clock.now(),
        )
    )


async def _refresh(tx: AsyncSession, row: StatementRow, version: RemoteVersion) -> bool:
    """Take the version over into a row without a local edit; whether anything moved."""
    is_same = row.content == version.text and row.sn_mod_count == version.stamp.mod_count
    if is_same and row.sync_status == SyncStatus.SYNCED.value:
        return False
    if row.sync_status == SyncStatus.PUSHING.value:
        return False
    adopt_baseline(row, version.text, version.stamp, None)
    row.sn_created_on = version.stamp.created_on
    row.sync_status = SyncStatus.SYNCED.value
    tx.add(row)
    return True


class _Places:
    """Finds or makes the control (and its system) a record belongs to, each looked up once a page."""

    def __init__(self, core: Core, tx: AsyncSession) -> None:
        self._core = core
        self._tx = tx
        self._systems: dict[str, uuid.UUID] = {}
        self._controls: dict[tuple[uuid.UUID, str], uuid.UUID] = {}

    async def control(self, version: RemoteVersion) -> uuid.UUID:
        """The id of the record's control; its name follows ServiceNow's."""
        system_id = await self._system(version.system_name or "(no system)")
        number = version.control_number or version.sys_id
        key = (system_id, number)
        if key not in self._controls:
            query = select(ControlRow).where(ControlRow.system_id == system_id, ControlRow.number == number)
            row = (await self._tx.exec(query)).first() or ControlRow(
                id=self._core.new_id(), system_id=system_id, number=number, name=version.control_name
            )
            row.name = version.control_name
            self._tx.add(row)
            await self._tx.flush()
            self._controls[key] = row.id
        return self._controls[key]

    async def _system(self, name: str) -> uuid.UUID:
        if name not in self._systems:
            row = (await self._tx.exec(select(SystemRow).where(SystemRow.name == name))).first()
            row = row or SystemRow(id=self._core.new_id(), name=name)
            self._tx.add(row)
            await self._tx.flush()
            self._systems[name] = row.id
        return self._systems[name]


async def _mark_missing(core: Core, seen: set[str]) -> int:
    """Mark the statements a full pull did not see; nothing of them is deleted here."""
    async with core.db.reading() as tx:
        query = select(StatementRow.sn_sys_id).where(StatementRow.sync_status != SyncStatus.MISSING.value)
        gone = [sys_id for sys_id in (await tx.exec(query)).all() if sys_id not in seen]
    still_there = await core.servicenow.read_many(gone) if gone else {}
    confirmed = [sys_id for sys_id in gone if sys_id not in still_there]
    async with core.db.transaction() as tx:
        events = []
        for row in (await known_by_sys_id(tx, confirmed)).values():
            row.sync_status = SyncStatus.MISSING.value
            row.row_version += 1
            tx.add(row)
            details = {"sn_sys_id": row.sn_sys_id}
            events.append(AuditEvent(AuditKind.STATEMENT_MISSING, SYSTEM_ACTOR, "statement", str(row.id), details))
        await audit.append(tx, core.clock.now(), *events)
    return len(confirmed)


async def _finish(core: Core, run: PullRow, tally: _Tally, watermark: dt.datetime | None, missing: int) -> None:
    run.ended_at, run.watermark, run.outcome = core.clock.now(), watermark, "done"
    run.received, run.hidden = tally.received, tally.hidden
    details: Mapping[str, object] = {
        "is_full": run.is_full,
        "received": tally.received,
        "new": tally.new,
        "updated": tally.updated,
        "conflicts": tally.conflicts,
        "missing": missing,
        "hidden": tally.hidden,
        "watermark": instant(watermark) if watermark else None,
    }
    async with core.db.transaction() as tx:
        tx.add(run)
        await audit.append(
            tx, core.clock.now(), AuditEvent(AuditKind.PULL_FINISHED, SYSTEM_ACTOR, "pull", str(run.id), details)
        )
