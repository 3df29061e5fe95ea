"""The rows of all tables, kept so that a page or a set of sys_ids costs as much as it holds, whatever the table's size."""

from bisect import bisect_left, insort
from collections.abc import Iterable, Iterator

from .schema import Schema

Row = dict[str, str]

# Clients look these tables up by one column, and a scan would grow with the length of the run.
INDEXED = {
    "sys_audit": "documentkey",
    "sys_dictionary": "name",
    "sys_db_object": "name",
    "sys_user": "user_name",
    "sys_user_role": "name",
    "sys_user_has_role": "user",
    "sys_properties": "name",
}


class Rows:
    """The rows visible from one table: its own and those of the tables that extend it."""

    def __init__(self, indexed: str | None) -> None:
        self.by_id: dict[str, Row] = {}
        self.indexed = indexed
        self._index: dict[str, dict[str, None]] = {}
        self._keys: list[str] = []
        self._is_sorted = True

    def __len__(self) -> int:
        return len(self.by_id)

    @property
    def keys(self) -> list[str]:
        """All sys_ids in order. Not to be changed by the reader."""
        if not self._is_sorted:
            self._keys.sort()
            self._is_sorted = True
        return self._keys

    def put(self, row: Row) -> None:
        """Add a row whose sys_id is new here."""
        self.by_id[row["sys_id"]] = row
        insort(self.keys, row["sys_id"])
        self.note(row)

    def put_many(self, rows: Iterable[Row]) -> None:
        """Add many rows at once; the order of the keys is made when it is next asked for."""
        for row in rows:
            self.by_id[row["sys_id"]] = row
            self._keys.append(row["sys_id"])
            self.note(row)
        self._is_sorted = False

    def remove(self, sys_id: str) -> None:
        """Take a row away; raises KeyError when it is not there."""
        self.forget(self.by_id.pop(sys_id))
        del self.keys[bisect_left(self.keys, sys_id)]

    def note(self, row: Row) -> None:
        """Enter a row into the index."""
        if self.indexed:
            self._index.setdefault(row.get(self.indexed, ""), {})[row["sys_id"]] = None

    def forget(self, row: Row) -> None:
        """Take a row out of the index, before its indexed column changes."""
        if self.indexed:
            self._index.get(row.get(self.indexed, ""), {}).pop(row["sys_id"], None)

    def with_value(self, value: str) -> Iterator[Row]:
        """The rows whose indexed column holds `value`, in the order they were made."""
        return (self.by_id[sys_id] for sys_id in list(self._index.get(value, ())))


class Store:
    """Rows of every table of a schema. A row is one shared dict, seen from its own table and from each ancestor."""

    def __init__(self, schema: Schema) -> None:
        self.schema = schema
        self._rows: dict[str, Rows] = {}

    def rows(self, table: str) -> Rows:
        """The rows of `table`; raises KeyError when the schema has no such table."""
        if table not in self._rows:
            if table not in self.schema:
                raise KeyError(table)
            self._rows[table] = Rows(INDEXED.get(table))
        return self._rows[table]

    def find(self, table: str, sys_id: str) -> Row | None:
        """The row itself (shared, not a copy), or None."""
        return self.rows(table).by_id.get(sys_id)

    def put(self, table: str, row: Row) -> None:
        """Add a row to `table`; raises ValueError when its sys_id is taken."""
        if row["sys_id"] in self.rows(table).by_id:
            raise ValueError(f"{table} {row['sys_id']} exists")
        for ancestor in self.schema.lineage(table):
            self.rows(ancestor).put(row)

    def put_many(self, table: str, rows: list[Row]) -> None:
        """Add many rows with new sys_ids."""
        for ancestor in self.schema.lineage(table):
            self.rows(ancestor).put_many(rows)

    def change(self, table: str, sys_id: str, values: Row) -> None:
        """Set values of a row; raises KeyError when it is not there."""
        row = self.rows(table).by_id[sys_id]
        shelves = [self.rows(at) for at in self.schema.lineage(row.get("sys_class_name") or table)]
        for rows in shelves:
            rows.forget(row)
        row.update(values)
        for rows in shelves:
            rows.note(row)

    def remove(self, table: str, sys_id: str) -> Row:
        """Take a row away and give it back; raises KeyError when it is not there."""
        row = self.rows(table).by_id[sys_id]
        for ancestor in self.schema.lineage(row.get("sys_class_name") or table):
            self.rows(ancestor).remove(sys_id)
        return row
