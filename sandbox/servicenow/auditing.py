"""`sys_audit`: a row for each changed column of an audited table, readable at once or a little later."""

import time
from dataclasses import dataclass, field

from .behaviour import Behaviour
from .ledger import Write
from .records import World
from .store import Row

# Kept out of the audit by the platform itself.
_NEVER = {"sys_mod_count", "sys_updated_on", "sys_updated_by"}


@dataclass
class Auditing:
    """Writes the audit rows. `tables` are the audited ones; the switch is not inherited by child tables."""

    world: World
    behaviour: Behaviour
    _waiting: list[tuple[float, Row]] = field(default_factory=list)

    def is_on(self, table: str) -> bool:
        """Whether changes of rows of this class are audited."""
        return self.world.schema.tables[table].audited

    def switch(self, table: str, on: bool) -> None:
        """Turn auditing of one table on or off."""
        self.world.schema.tables[table].audited = on
        self.world.describe()

    def record(self, write: Write, current: Row, replaced: dict[str, tuple[str, str]]) -> None:
        """Note the changed columns. Scripts that switch stamping off are taken to switch workflow off as well."""
        if not self.is_on(write.table) or not write.stamps:
            return
        columns = self.world.schema.columns(write.table)
        count = str(int(current.get("sys_mod_count") or "0") + 1)
        for name, (old, new) in replaced.items():
            if name in _NEVER or not columns[name].is_audited:
                continue
            seen = write.loaded.get(name, "") if self.behaviour.audit_old_value == "loaded" else old
            self._keep(
                {
                    "tablename": write.table,
                    "fieldname": name,
                    "documentkey": write.sys_id,
                    "oldvalue": seen,
                    "newvalue": new,
                    "user": write.by,
                    "record_checkpoint": count,
                },
                by=write.by,
            )

    def _keep(self, fields: Row, *, by: str) -> None:
        row = self.world.row("sys_audit", fields, by=by)
        if self.behaviour.audit_delay > 0:
            due = time.monotonic() + self.behaviour.audit_delay
            self._waiting.append((due, row))
        else:
            self.world.store.put("sys_audit", row)

    def flush(self, now: float) -> None:
        """Make the rows readable whose time (monotonic, in seconds) has come."""
        due = [row for at, row in self._waiting if at <= now]
        if due:
            self._waiting = [(at, row) for at, row in self._waiting if at > now]
            for row in due:
                self.world.store.put("sys_audit", row)

    def purge(self, sys_id: str | None = None) -> None:
        """Forget the audit rows of one record, or of all."""
        rows = self.world.store.rows("sys_audit")
        doomed = rows.with_value(sys_id) if sys_id else list(rows.by_id.values())
        for row in list(doomed):
            self.world.store.remove("sys_audit", row["sys_id"])
