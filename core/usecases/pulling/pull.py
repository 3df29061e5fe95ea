"""Taking over what ServiceNow holds: local edits are kept, conflicts and missing records marked."""

import asyncio
import datetime as dt
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from core.config import FieldKind
from core.domain.audit import SYSTEM_ACTOR, AuditEvent, AuditKind, instant
from core.errors import ConfigurationError
from core.models.requests import PullReport
from core.servicenow.remarks import Preflight
from core.store import audit
from core.store.pulls import last_full_pull, last_pull, unfinished_pull
from core.store.tables import PullRow
from core.text.content import TextKind
from core.usecases.pulling.pages import Look, Stretch, Tally, look_at, store
from core.wiring import Core

log = logging.getLogger(__name__)

# How far an incremental pull looks back behind the last one. A stamp is taken before the save becomes visible, and a
# transaction may run for five minutes; where the zone of a time in a query is not certain, up to 14 hours more.
OVERLAP = dt.timedelta(minutes=10)
OVERLAP_IN_ANY_ZONE = dt.timedelta(hours=15)
SWEEP_EVERY = dt.timedelta(days=1)
# A pull that broke off is gone on with for this long; after that it is begun anew.
_RESUMED_WITHIN = dt.timedelta(hours=12)
# The table is read in four parts side by side, by the first hexadecimal digit of the sys_id; a few records in one.
_BOUNDS = ("", "4", "8", "c")
_FEW = 400
_READ = "*"
# Pages that may wait to be stored while more are read; it bounds the memory of a pull.
_MOST_WAITING = 4

Progress = Callable[[int, int], None]


async def pull(core: Core, *, is_full: bool = False, on_progress: Progress | None = None) -> PullReport:
    """Read the statements that changed in ServiceNow (all of them, when `is_full` or for the first time).

    Every page is committed with how far it came, so a pull that breaks off loses nothing and the next one goes on from
    there. A full pull also finds deletions, edits that moved no time stamp, records cloned over, and controls that
    were renamed. `on_progress` is told (received, expected). Raises ConfigurationError, RemoteError.
    """
    preflight = await core.servicenow.preflight()
    async with core.db.reading() as tx:
        last = await last_pull(tx)
    _check_instance(core, last, preflight, is_full=is_full)
    is_full = is_full or last is None
    since = None if is_full or last is None else _since(last, preflight)
    before = await _extent(core, since)
    row = await _unfinished(core, preflight, is_full=is_full) or _new(core, preflight, before, is_full=is_full)
    return await _Pull(core, row, _kind(core, preflight), since, before, on_progress or _untold).run()


async def scheduled_pull(core: Core) -> PullReport:
    """The pull that is due by the clock: of what changed, and once a day of everything."""
    async with core.db.reading() as tx:
        last = await last_full_pull(tx)
    return await pull(core, is_full=last is None or core.clock.now() - last.started_at >= SWEEP_EVERY)


@dataclass(frozen=True)
class _Extent:
    """How many records there are to read, and the newest change stamp in the scope."""

    count: int
    newest: dt.datetime | None


async def _extent(core: Core, since: dt.datetime | None) -> _Extent:
    count, newest = await asyncio.gather(core.servicenow.count(updated_since=since), core.servicenow.newest_stamp())
    return _Extent(count, newest)


def _check_instance(core: Core, last: PullRow | None, preflight: Preflight, *, is_full: bool) -> None:
    if last is None:
        return
    if last.host != core.servicenow.host:
        raise ConfigurationError(
            f"The statements here were pulled from {last.host}, not from {core.servicenow.host}.",
            next_step="Use a database of its own for each ServiceNow instance.",
        )
    if last.instance_name != preflight.instance_name and not (is_full or preflight.has_failed):
        raise ConfigurationError(
            f"{last.host} calls itself {preflight.instance_name} now, not {last.instance_name}: it was cloned over.",
            next_step="Pull everything again (grcpush pull --full), and compare before pushing.",
        )


def _since(last: PullRow, preflight: Preflight) -> dt.datetime | None:
    if last.watermark is None:
        return None
    return last.watermark - (OVERLAP if preflight.is_utc_proved else OVERLAP_IN_ANY_ZONE)


def _kind(core: Core, preflight: Preflight) -> TextKind:
    configured = core.settings.servicenow_field_kind
    return preflight.field_kind if configured is FieldKind.AUTO else TextKind(configured.value)


async def _unfinished(core: Core, preflight: Preflight, *, is_full: bool) -> PullRow | None:
    """The pull of this kind that broke off, if it is to be gone on with."""
    async with core.db.transaction() as tx:
        left = await unfinished_pull(tx, is_full=is_full)
        if left is None:
            return None
        is_same = (left.host, left.instance_name) == (core.servicenow.host, preflight.instance_name)
        if is_same and core.clock.now() - left.started_at < _RESUMED_WITHIN:
            log.info("pull.resumed received=%s", left.received)
            return left
        left.outcome = "abandoned"
        tx.add(left)
    return None


def _new(core: Core, preflight: Preflight, before: _Extent, *, is_full: bool) -> PullRow:
    """A pull that begins now.

    Its watermark is the newest stamp before anything is read, but never in the future: anybody who may write can forge
    a stamp, and a forged one must not hide all later edits.
    """
    now = core.clock.now()
    return PullRow(
        id=core.new_id(),
        is_full=is_full,
        host=core.servicenow.host,
        instance_name=preflight.instance_name,
        started_at=now,
        watermark=None if before.newest is None else min(before.newest, now),
        last_sys_id="|".join(_BOUNDS if before.count > _FEW else _BOUNDS[:1]),
    )


def _untold(_received: int, _expected: int) -> None:
    """Nobody asked to be told."""


@dataclass(frozen=True)
class _Read:
    """Something that was read of a part of the table, and the cursor of the part when it is stored."""

    part: int
    stretch: Stretch
    cursor: str
    hidden: int = 0


@dataclass
class _Pull:
    """One pull under way. `row.last_sys_id` holds how far each part of the table was read."""

    core: Core
    row: PullRow
    kind: TextKind
    since: dt.datetime | None
    before: _Extent
    on_progress: Progress

    def __post_init__(self) -> None:
        """Go on from where the row says. Pages that came in while others were stored are stored together."""
        self._began_at = self.core.clock.now()
        self._cursors = self.row.last_sys_id.split("|")
        self._tally = Tally(received=self.row.received, hidden=self.row.hidden)
        self._waiting = asyncio.Queue[_Read](maxsize=_MOST_WAITING)
        self._looked_at = asyncio.Queue[tuple[Sequence[_Read], Look]](maxsize=1)

    async def run(self) -> PullReport:
        """Read what is left, and end the pull."""
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._look())
                group.create_task(self._store())
                for part, cursor in enumerate(self._cursors):
                    if cursor != _READ:
                        group.create_task(self._read(part))
        except ExceptionGroup as failures:
            raise failures.exceptions[0] from None
        has_moved = await _extent(self.core, self.since) != self.before
        await self._finish(has_moved=has_moved)
        tally, seconds = self._tally, (self.core.clock.now() - self._began_at).total_seconds()
        return PullReport(
            received=tally.received,
            new=tally.new,
            updated=tally.updated,
            conflicts=tally.conflicts,
            missing=tally.missing,
            hidden=tally.hidden,
            seconds=seconds,
            is_full=self.row.is_full,
            has_moved=has_moved,
        )

    async def _read(self, part: int) -> None:
        """Read one part of the table, from where it was left to its end."""
        after = self._cursors[part]
        until = _BOUNDS[part + 1] if part + 1 < len(self._cursors) else None
        async for page in self.core.servicenow.pages(after=after, until=until, updated_since=self.since):
            last = page.versions[-1].sys_id if page.versions else after
            await self._waiting.put(_Read(part, Stretch(after, last, page.versions), last, page.hidden))
            after = last
        await self._waiting.put(_Read(part, Stretch(after, until, ()), _READ))

    async def _look(self) -> None:
        """Look at what was read, all that waits at once, until every part is read to its end."""
        left = sum(cursor != _READ for cursor in self._cursors)
        while left:
            due = [await self._waiting.get()]
            while not self._waiting.empty():
                due.append(self._waiting.get_nowait())
            left -= sum(read.cursor == _READ for read in due)
            seen = await look_at(self.core, [read.stretch for read in due], is_full=self.row.is_full)
            await self._looked_at.put((due, seen))

    async def _store(self) -> None:
        """Store what was looked at, while the next pages are."""
        while any(cursor != _READ for cursor in self._cursors):
            await self._take(*await self._looked_at.get())

    async def _take(self, due: Sequence[_Read], seen: Look) -> None:
        async with self.core.db.transaction() as tx:
            await store(self.core, tx, seen, self.kind, self._tally)
            for read in due:
                self._tally.received += len(read.stretch.versions)
                self._tally.hidden += read.hidden
                self._cursors[read.part] = read.cursor
            self.row.last_sys_id = "|".join(self._cursors)
            self.row.received, self.row.hidden = self._tally.received, self._tally.hidden
            self.row = await tx.merge(self.row)
        self.on_progress(self._tally.received, self.before.count)

    async def _finish(self, *, has_moved: bool) -> None:
        row, tally = self.row, self._tally
        row.ended_at, row.outcome = self.core.clock.now(), "done"
        details = {
            "is_full": row.is_full,
            "received": tally.received,
            "new": tally.new,
            "updated": tally.updated,
            "conflicts": tally.conflicts,
            "missing": tally.missing,
            "hidden": tally.hidden,
            "has_moved": has_moved,
            "watermark": instant(row.watermark) if row.watermark else None,
        }
        log.info(
            "pull.done is_full=%s received=%s conflicts=%s missing=%s hidden=%s has_moved=%s",
            row.is_full,
            tally.received,
            tally.conflicts,
            tally.missing,
            tally.hidden,
            has_moved,
        )
        async with self.core.db.transaction() as tx:
            await tx.merge(row)
            event = AuditEvent(AuditKind.PULL_FINISHED, SYSTEM_ACTOR, "pull", str(row.id), details)
            await audit.append(tx, self.core.clock.now(), event)
