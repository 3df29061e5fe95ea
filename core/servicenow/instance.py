"""The ServiceNow instance: everything grcpush asks of it."""

import datetime as dt
import logging
from collections.abc import AsyncIterator, Sequence

from core.clock import Clock
from core.config import Settings
from core.domain.evidence import Save
from core.domain.statement import RemoteVersion
from core.servicenow.audit import Audit, AuditRow
from core.servicenow.gateway import Gateway, Readers, Watch
from core.servicenow.pacing import Pacing
from core.servicenow.preflight import Preflights
from core.servicenow.queries import Scope
from core.servicenow.reading import Reading
from core.servicenow.records import FieldMap
from core.servicenow.remarks import Preflight
from core.servicenow.statements import Page, Statements
from core.servicenow.writing import Writing

log = logging.getLogger(__name__)

_CHECK_READERS = 3
_SWEEP_READERS = 4
SEND_WITHIN_SECONDS = 2.0
CHECK_PATIENCE_SECONDS = 60.0


class ServiceNow:
    """One instance, as the settings describe it; one object in a process.

    It has a connection (and so a session) for each write lane, three for reads and four for sweeps; all of them share
    one sign-in and one pacing. Every method raises RemoteError. When ServiceNow asks for a pause, sweeps wait however
    long it is, other reads at most a minute and writes hardly at all, before they raise RemoteThrottled; `ready` waits.
    """

    def __init__(self, settings: Settings, clock: Clock) -> None:
        """Prepare; nothing is sent. Raises ConfigurationError for settings that cannot work."""
        self._gateway = Gateway(settings, clock)
        self._shape = FieldMap.from_settings(settings)
        self._readers = Readers(self._gateway, _CHECK_READERS, patience=CHECK_PATIENCE_SECONDS)
        self._sweepers = Readers(self._gateway, _SWEEP_READERS, patience=None)
        self._reading = Reading(self._readers, self._gateway.connections.base_url)
        sweeping = Reading(self._sweepers, self._gateway.connections.base_url)
        self._statements = Statements(self._reading, sweeping, self._shape, Scope.parse(settings.servicenow_query))
        self._writing = Writing(self._gateway, self._shape, lanes=settings.push_concurrency)
        self._classes: dict[str, str] = {}
        self.host = self._gateway.connections.host
        self._audit = Audit(self._reading, self._shape.field)
        self._preflights = Preflights(self._reading, self._audit, settings, clock, host=self.host)

    @property
    def pacing(self) -> Pacing:
        """How fast ServiceNow lets us go at present."""
        return self._gateway.pacing

    def watched_by(self, watch: Watch) -> None:
        """Have every exchange told to `watch`: method, status (0 when no answer came) and seconds."""
        self._gateway.watch = watch

    async def aclose(self) -> None:
        """Close every connection."""
        await self._writing.aclose()
        await self._readers.aclose()
        await self._sweepers.aclose()
        await self._gateway.aclose()

    async def ready(self) -> None:
        """Wait out a pause and renew a token that is due, so that the next requests go out without waiting."""
        await self._gateway.ready()

    async def read_many(self, sys_ids: Sequence[str]) -> dict[str, RemoteVersion]:
        """The present versions by sys_id. Records that are deleted, or hidden from us, are not in it.

        Asks for at most 150 records at a time, with all questions under way at once. Raises RemoteMalformed when
        other records come back than were asked for, and when no record shows the statement field.
        """
        found = await self._statements.read_many(sys_ids)
        for sys_id, (_, class_name) in found.items():
            self._remember_class(sys_id, class_name)
        return {sys_id: version for sys_id, (version, _) in found.items()}

    async def read_one(self, sys_id: str) -> RemoteVersion | None:
        """The present version of one record, None when it is deleted or hidden."""
        return (await self.read_many([sys_id])).get(sys_id)

    async def write(
        self, lane: int, sys_id: str, text: str, *, send_within: float = SEND_WITHIN_SECONDS
    ) -> RemoteVersion:
        """Set the statement of one record; gives back what ServiceNow says is stored now, which may differ.

        `lane` is 0 to push_concurrency - 1; a lane has one request under way at a time. Nothing is ever sent twice,
        except after a 401, which is a certain refusal. When the request cannot go out within `send_within` seconds
        (a pause, a renewal of the token) nothing is sent and RemoteThrottled or RemoteUnavailable is raised: the
        check that the caller made before is then too old to rely on.

        Raises OutcomeUnknown when the text may or may not have been written (also UnreadableOutcome, when ServiceNow
        says yes and does not show what it stored). Every other RemoteError means that nothing was written.
        """
        version, class_name = await self._writing.write(lane, sys_id, text, send_within=send_within)
        self._remember_class(sys_id, class_name)
        return version

    def pages(
        self,
        *,
        after: str = "",
        until: str | None = None,
        updated_since: dt.datetime | None = None,
        page_size: int = 200,
    ) -> AsyncIterator[Page]:
        """All records of the configured scope with `after` < sys_id <= `until`, in the order of their sys_id.

        With `updated_since` only those whose change stamp is not older. Ranges may be read side by side, up to four
        at once. Pages become smaller when ServiceNow cannot deliver them. The last page tells how many were hidden.
        """
        return self._statements.pages(after=after, until=until, updated_since=updated_since, page_size=page_size)

    async def count(self, *, updated_since: dt.datetime | None = None) -> int:
        """How many records the scope has, as ServiceNow counts them: hidden ones may be included."""
        return (await self._statements.statistics(updated_since))[0]

    async def newest_stamp(self) -> dt.datetime | None:
        """The latest change stamp in the scope, None when there is no record."""
        return (await self._statements.statistics(None))[1]

    async def audit_rows(self, sys_id: str, *, since: dt.datetime) -> list[AuditRow] | None:
        """The audited changes of a record's statement at or after `since`, oldest first.

        None when the audit cannot be read, which is not the same as an empty list: that only means that nothing was
        recorded, or not yet, since ServiceNow may write its audit some seconds late.
        """
        return await self._audit.rows(self._classes.get(sys_id, self._shape.table), sys_id, since)

    async def audited_saves(self, sys_id: str, *, since: dt.datetime) -> list[Save]:
        """The audited saves of a record at or after `since`, whichever column they changed; empty if unreadable."""
        return await self._audit.saves(self._classes.get(sys_id, self._shape.table), sys_id, since)

    async def preflight(self, *, force: bool = False) -> Preflight:
        """What speaks for and against a push, each remark in a sentence with its remedy. Does not raise RemoteError.

        A look without failures is good for an hour; a failed one is made again at the next call. `force` looks anew
        in any case, and tries credentials again that were refused a moment ago.
        """
        if not force:
            return await self._preflights.latest()
        self._gateway.forgive_sign_in()
        return await self._preflights.again()

    def _remember_class(self, sys_id: str, class_name: str) -> None:
        """Keep the class of records that belong to an extension of the table: their audit is filed under it."""
        if class_name and class_name != self._shape.table:
            self._classes[sys_id] = class_name
