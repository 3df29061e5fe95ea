"""One page of a pull: new records, unedited ones that changed, the standing of those with a local edit, and the missing."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from core.domain.audit import SYSTEM_ACTOR
from core.domain.conflict import Finding, Standing, compare
from core.domain.statement import RemoteVersion, Stamp, SyncStatus
from core.errors import RemoteMalformed
from core.store.pulled import Arrivals, Held, held_by_sys_id, take_over
from core.store.statements import get_many, known_by_sys_id, to_statement
from core.store.tables import StatementRow
from core.text.content import TextKind
from core.usecases.conflicts.findings import record
from core.usecases.texts import in_thread
from core.wiring import Core

log = logging.getLogger(__name__)


@dataclass
class Tally:
    """What a pull counted so far."""

    received: int = 0
    new: int = 0
    updated: int = 0
    conflicts: int = 0
    missing: int = 0
    hidden: int = 0


@dataclass(frozen=True)
class Stretch:
    """A part of the table, `after` < sys_id <= `until` (to the end when None), and what was read of it."""

    after: str
    until: str | None
    versions: Sequence[RemoteVersion]


@dataclass(frozen=True)
class Look:
    """What is to be stored of some stretches: `moved` are versions that differ from ours where there is no local edit.

    `newcomers` are the records that were not among ours, or were found only when asked for by name; `displaced` are of another
    control or system than they were, or their control was renamed. `rebased` are those whose record was cloned over or made
    anew, and is taken for the one we knew from now on. `gone` were not found even by name.
    """

    newcomers: Arrivals
    displaced: Arrivals
    moved: Sequence[tuple[Held, RemoteVersion]]
    findings: Sequence[Finding]
    rebased: frozenset[str]
    gone: Sequence[str]


async def look_at(core: Core, stretches: Sequence[Stretch], *, is_full: bool) -> Look:
    """Hold stretches against what we have. A full pull also looks for what is gone, and takes over replaced records.

    A version with a lower update count than ours may have been read before a push of ours landed, so it is read again.
    """
    versions = {version.sys_id: version for stretch in stretches for version in stretch.versions}
    async with core.db.reading() as tx:
        rows = await held_by_sys_id(tx, versions)
        in_question = [
            row.id for sys_id, row in rows.items() if row.is_modified and _is_in_question(row, versions[sys_id])
        ]
        edited = await get_many(tx, in_question)
        expected = [sys_id for stretch in stretches for sys_id in await _held(tx, stretch)] if is_full else []
    absent = [sys_id for sys_id in expected if sys_id not in versions]
    behind = [sys_id for sys_id, row in rows.items() if versions[sys_id].stamp.mod_count < row.sn_mod_count]
    again = await _read_again(core, [*behind, *absent])
    if again is not None:
        versions = {sys_id: version for sys_id, version in versions.items() if sys_id not in behind} | again
    statements = [to_statement(*joined) for joined in edited.values()]
    findings = [
        await in_thread(compare, statement, versions[statement.sn_sys_id])
        for statement in statements
        if statement.sn_sys_id in versions
    ]
    replaced = frozenset(
        finding.statement.sn_sys_id for finding in findings if is_full and finding.standing is Standing.REPLACED
    )
    displaced = [sys_id for sys_id, row in rows.items() if sys_id in versions and row.is_displaced(versions[sys_id])]
    return Look(
        Arrivals.of([version for sys_id, version in versions.items() if sys_id not in rows], core.new_id),
        Arrivals.of([versions[sys_id] for sys_id in displaced], core.new_id),
        [
            (row, versions[sys_id])
            for sys_id, row in rows.items()
            if sys_id in versions and _has_moved(row, versions[sys_id])
        ],
        [_as_same_record(finding) if finding.statement.sn_sys_id in replaced else finding for finding in findings],
        replaced,
        [sys_id for sys_id in absent if again is not None and sys_id not in again],
    )


async def store(core: Core, tx: AsyncSession, seen: Look, kind: TextKind, tally: Tally) -> None:
    """Take over what was seen, as far as the rows are still as they were then; the next look will see the others."""
    new = seen.newcomers.versions
    arrived = await held_by_sys_id(tx, [version.sys_id for version in new])
    inserted = await seen.newcomers.insert(tx, kind, core.clock.now())
    if inserted != len(new) - len(arrived):
        raise RuntimeError(f"{inserted} of {len(new) - len(arrived)} new statements were stored")
    tally.new += inserted
    await seen.displaced.place(tx)
    later = [(arrived[version.sys_id], version) for version in new if version.sys_id in arrived]
    tally.updated += await take_over(tx, [*seen.moved, *(pair for pair in later if _is_later(*pair))])
    rows = await known_by_sys_id(tx, [*(finding.statement.sn_sys_id for finding in seen.findings), *seen.gone])
    edited = {sys_id: row for sys_id, row in rows.items() if row.is_modified}
    due = [finding for finding in seen.findings if finding.statement.sn_sys_id in edited]
    for finding in due:
        if finding.statement.sn_sys_id in seen.rebased and finding.remote is not None:
            row, stamp = edited[finding.statement.sn_sys_id], finding.remote.stamp
            row.sn_mod_count, row.sn_created_on = stamp.mod_count, stamp.created_on
    await record(core, tx, edited, due, SYSTEM_ACTOR)
    tally.conflicts += sum(finding.standing is Standing.CONFLICT for finding in due)
    gone = {sys_id: rows[sys_id] for sys_id in seen.gone if sys_id in rows}
    await record(core, tx, gone, await _gone(tx, gone), SYSTEM_ACTOR)
    tally.missing += sum(row.sync_status == SyncStatus.MISSING.value for row in gone.values())


async def _held(tx: AsyncSession, stretch: Stretch) -> Sequence[str]:
    """The records of the stretch that we hold and believe to be there."""
    query = select(StatementRow.sn_sys_id).where(
        StatementRow.sync_status != SyncStatus.MISSING.value, col(StatementRow.sn_sys_id) > stretch.after
    )
    if stretch.until is not None:
        query = query.where(col(StatementRow.sn_sys_id) <= stretch.until)
    return (await tx.exec(query)).all()


async def _read_again(core: Core, sys_ids: Sequence[str]) -> dict[str, RemoteVersion] | None:
    """The present versions of these records; None when they cannot be shown, which says nothing about their being there."""
    if not sys_ids:
        return {}
    try:
        return await core.servicenow.read_many(sys_ids)
    except RemoteMalformed as error:
        log.warning("pull.not_read_again count=%s code=%s", len(sys_ids), error.code)
        return None


def _as_same_record(finding: Finding) -> Finding:
    """The finding under the assumption that the record is the one we knew, whatever its marks say."""
    remote = finding.remote
    if remote is None:
        return finding
    return compare(replace(finding.statement, stamp=Stamp(-1, None, "", remote.stamp.created_on)), remote)


def _is_later(row: Held, version: RemoteVersion) -> bool:
    """Whether the version is to be taken over into a row that was not looked at before."""
    return version.stamp.mod_count >= row.sn_mod_count and _has_moved(row, version)


def _has_moved(row: Held, version: RemoteVersion) -> bool:
    """Whether the version is to be taken over into a row, which has no local edit."""
    if row.is_modified or row.sync_status == SyncStatus.PUSHING.value:
        return False
    return not (_is_baseline(row, version) and row.sync_status == SyncStatus.SYNCED.value)


def _is_in_question(row: Held, version: RemoteVersion) -> bool:
    """Whether the standing of a local edit may be another than it was: not when the version is the baseline, byte for byte."""
    is_same_record = row.sn_created_on in (None, version.stamp.created_on)
    return not (is_same_record and _is_baseline(row, version) and row.sync_status == SyncStatus.MODIFIED.value)


def _is_baseline(row: Held, version: RemoteVersion) -> bool:
    return row.content == version.text and row.sn_mod_count == version.stamp.mod_count


async def _gone(tx: AsyncSession, rows: Mapping[str, StatementRow]) -> list[Finding]:
    """The findings for what was not found, and is not found when asked for by name; nothing of it is deleted here."""
    found = await get_many(tx, [row.id for row in rows.values()])
    return [Finding(to_statement(*joined), Standing.MISSING, None) for joined in found.values()]
