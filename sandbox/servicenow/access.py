"""Who may read and write what: roles by table, and rows and fields that are closed to somebody."""

from dataclasses import dataclass, field

from .schema import Schema
from .store import Row
from .users import READERS, WRITERS, User

_OPEN_TO_ALL = {"sys_user", "sys_user_role", "sys_user_has_role", "sys_dictionary", "sys_db_object"}


def _stock_readers() -> dict[str, set[str]]:
    return {"sys_audit": {"admin", "sn_compliance.auditor"}, "sys_properties": set(READERS)}


@dataclass
class Access:
    """The access rules. The dicts may be changed by a test: table -> roles of which one is enough."""

    schema: Schema
    readers: dict[str, set[str]] = field(default_factory=_stock_readers)
    writers: dict[str, set[str]] = field(default_factory=dict)
    # (table, sys_id) and (table, element) that only an admin sees; a field closed to writing is dropped silently.
    hidden_rows: set[tuple[str, str]] = field(default_factory=set)
    hidden_fields: set[tuple[str, str]] = field(default_factory=set)
    unwritable_fields: set[tuple[str, str]] = field(default_factory=set)

    def may_read(self, user: User, table: str) -> bool:
        """Whether anything of the table is for this user."""
        if "admin" in user.roles or table in _OPEN_TO_ALL:
            return True
        default = READERS if table.startswith("sn_") else {"admin"}
        return bool(user.roles & self.readers.get(table, default))

    def may_write(self, user: User, table: str) -> bool:
        """Whether this user may change rows of the table."""
        default = WRITERS if table.startswith("sn_") else {"admin"}
        return bool(user.roles & self.writers.get(table, default))

    def may_see(self, user: User, table: str, row: Row) -> bool:
        """Whether this user may read this row."""
        return "admin" in user.roles or (table, row["sys_id"]) not in self.hidden_rows

    def may_see_field(self, user: User, table: str, element: str) -> bool:
        """Whether this user may read the column; a column that may not be read is absent from the answer."""
        return "admin" in user.roles or not self._is_closed(self.hidden_fields, table, element)

    def may_write_field(self, table: str, element: str) -> bool:
        """Whether the column is open to writing."""
        return not self._is_closed(self.unwritable_fields, table, element)

    def _is_closed(self, closed: set[tuple[str, str]], table: str, element: str) -> bool:
        return bool(closed) and any((at, element) in closed for at in self.schema.lineage(table))
