"""The world of one server: clock, schema, rows, new sys_ids, and the metadata rows that describe the schema."""

import hashlib
import random
from collections.abc import Iterable
from datetime import datetime, timedelta

from .schema import Column, Schema, Table
from .store import Row, Store
from .tables import stock_schema
from .times import Clock, system_clock, wire

ADMIN = "admin"


def fixed_id(*names: str) -> str:
    """A sys_id made from names: the same in every run, as the rows of a shipped application are."""
    return hashlib.md5("/".join(names).encode(), usedforsecurity=False).hexdigest()


class World:
    """What the server knows. `clock_skew` is how far this server's clock runs ahead of the injected one."""

    def __init__(self, clock: Clock | None = None) -> None:
        self.clock: Clock = clock or system_clock
        self.clock_skew = timedelta()
        self.schema: Schema = stock_schema()
        self.store = Store(self.schema)
        self._random = random.Random(1)
        self.describe()

    def now(self) -> datetime:
        """The time by the clock of this server."""
        return self.clock() + self.clock_skew

    def new_id(self) -> str:
        """A fresh sys_id; the sequence is the same in every run."""
        return f"{self._random.getrandbits(128):032x}"

    def row(self, table: str, fields: Row, *, by: str) -> Row:
        """A complete new row: defaults, then `fields`, with the system columns filled in where not given."""
        now = wire(self.now())
        row = {element: column.default for element, column in self.schema.columns(table).items()}
        row |= {
            "sys_id": self.new_id() if "sys_id" not in fields else "",
            "sys_class_name": table,
            "sys_created_by": by,
            "sys_created_on": now,
            "sys_mod_count": "0",
            "sys_updated_by": by,
            "sys_updated_on": now,
        }
        return row | fields

    def load(self, table: str, rows: Iterable[Row]) -> list[str]:
        """Seed many rows at once, unlogged; gives back their sys_ids. Raises KeyError for an unknown column."""
        columns = self.schema.columns(table)
        made = []
        for fields in rows:
            unknown = fields.keys() - columns.keys()
            if unknown:
                raise KeyError(f"{table} has no column {', '.join(sorted(unknown))}")
            made.append(self.row(table, fields, by=ADMIN))
        self.store.put_many(table, made)
        return [row["sys_id"] for row in made]

    def describe(self) -> None:
        """Bring `sys_dictionary` and `sys_db_object` up to date with the schema."""
        for table in self.schema.tables.values():
            self.publish("sys_db_object", fixed_id("table", table.name), _table_facts(table))
            self.publish("sys_dictionary", fixed_id("collection", table.name), _collection_facts(table))
        for table, column in self.schema.declared():
            facts = _column_facts(table, column)
            self.publish("sys_dictionary", fixed_id("column", table.name, column.element), facts)

    def change_column(self, table: str, element: str, **changes: object) -> None:
        """Alter a dictionary entry: `type`, `max_length`, `read_only`, `mandatory`, `attributes`, ... or add a column."""
        self.schema.change(table, element, **changes)
        self.describe()

    def publish(self, table: str, sys_id: str, facts: Row) -> None:
        """Make the row `sys_id` hold these facts, unlogged."""
        if self.store.find(table, sys_id) is None:
            self.store.put(table, self.row(table, {"sys_id": sys_id, **facts}, by=ADMIN))
        else:
            self.store.change(table, sys_id, facts)

    def set_property(self, name: str, value: str) -> None:
        """Set a row of `sys_properties`."""
        self.publish("sys_properties", fixed_id("property", name), {"name": name, "value": value})


def flag(value: object) -> str:
    """A boolean as the platform writes it."""
    return "true" if value else "false"


def _table_facts(table: Table) -> Row:
    parent = fixed_id("table", table.parent) if table.parent else ""
    return {"name": table.name, "label": table.label, "super_class": parent, "ws_access": flag(table.web_access)}


def _collection_facts(table: Table) -> Row:
    return {
        "name": table.name,
        "element": "",
        "column_label": table.label,
        "internal_type": "collection",
        "audit": flag(table.audited),
    }


def _column_facts(table: Table, column: Column) -> Row:
    return {
        "name": table.name,
        "element": column.element,
        "column_label": column.label,
        "internal_type": column.type,
        "max_length": str(column.max_length),
        "reference": column.reference,
        "read_only": flag(column.read_only),
        "mandatory": flag(column.mandatory),
        "attributes": column.attributes,
        "audit": "false",
        "display": flag(table.display == column.element),
    }
