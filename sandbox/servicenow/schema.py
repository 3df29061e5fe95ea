"""Which tables and columns there are; each column lives on the table that declares it, as in the real dictionary."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

TYPES_WITH_DATES = {"glide_date_time", "due_date"}
JOURNAL_TYPES = {"journal", "journal_input", "journal_list"}


@dataclass(frozen=True)
class Column:
    """One column as `sys_dictionary` describes it. `attributes` is the dictionary's comma list (`no_audit`, ...)."""

    element: str
    label: str
    type: str = "string"
    max_length: int = 40
    reference: str = ""
    read_only: bool = False
    mandatory: bool = False
    attributes: str = ""
    default: str = ""
    choices: tuple[tuple[str, str], ...] = ()

    @property
    def is_audited(self) -> bool:
        """False where the attribute `no_audit` keeps the column out of the audit."""
        return "no_audit" not in self.attributes.split(",")


@dataclass
class Table:
    """One table; `columns` are those it declares itself. `display` names the column a reference is shown by."""

    name: str
    label: str
    parent: str = ""
    columns: dict[str, Column] = field(default_factory=dict)
    display: str = ""
    audited: bool = False
    web_access: bool = True


SYSTEM_COLUMNS = (
    Column("sys_id", "Sys ID", "GUID", 32),
    Column("sys_class_name", "Class", "sys_class_name", 80),
    Column("sys_created_by", "Created by"),
    Column("sys_created_on", "Created", "glide_date_time"),
    Column("sys_mod_count", "Updates", "integer"),
    Column("sys_updated_by", "Updated by"),
    Column("sys_updated_on", "Updated", "glide_date_time"),
)


class Schema:
    """The tables of one server. Every change of a column goes through `change`, so that cached columns stay true."""

    def __init__(self, tables: list[Table]) -> None:
        self.tables: dict[str, Table] = {table.name: table for table in tables}
        self._columns: dict[str, dict[str, Column]] = {}

    def __contains__(self, name: object) -> bool:
        return name in self.tables

    def lineage(self, name: str) -> list[str]:
        """`name` and its ancestors, nearest first."""
        chain = []
        while name:
            chain.append(name)
            name = self.tables[name].parent
        return chain

    def columns(self, name: str) -> dict[str, Column]:
        """All columns of a table, its own and the inherited ones, by element."""
        if name not in self._columns:
            found: dict[str, Column] = {}
            for ancestor in reversed(self.lineage(name)):
                found.update(self.tables[ancestor].columns)
            self._columns[name] = found
        return self._columns[name]

    def column(self, name: str, element: str) -> Column | None:
        """The column `element` as seen from table `name`, or None."""
        return self.columns(name).get(element)

    def walk(self, name: str, path: str) -> list[Column] | None:
        """The columns along a dot-walked path (`control.system.name`), or None when a step does not exist."""
        steps = []
        for element in path.split("."):
            column = self.column(name, element) if name in self.tables else None
            if column is None:
                return None
            steps.append(column)
            name = column.reference
        return steps

    def change(self, name: str, element: str, **changes: object) -> None:
        """Alter or add a column where `name` or its ancestor declares it (`max_length=100`, `read_only=True`, ...)."""
        declared_on = next((at for at in self.lineage(name) if element in self.tables[at].columns), name)
        table = self.tables[declared_on]
        current = table.columns.get(element) or Column(element, element.replace("_", " ").capitalize())
        table.columns[element] = replace(current, **changes)  # type: ignore[arg-type]
        self._columns.clear()

    def display_column(self, name: str) -> str:
        """The column by which a record of this table is shown, `sys_id` where none is marked."""
        return next((self.tables[at].display for at in self.lineage(name) if self.tables[at].display), "sys_id")

    def declared(self) -> Iterator[tuple[Table, Column]]:
        """Every column with the table that declares it."""
        for table in self.tables.values():
            for column in table.columns.values():
                yield table, column


def table(name: str, label: str, *columns: Column, parent: str = "", display: str = "") -> Table:
    """A table; one without a parent declares the system columns."""
    own = columns if parent else (*SYSTEM_COLUMNS, *columns)
    return Table(name, label, parent, {column.element: column for column in own}, display)
