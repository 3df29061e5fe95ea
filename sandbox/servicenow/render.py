"""Rows as the Table API shows them: chosen fields, raw or display values, links of references."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from .access import Access
from .query import getter
from .records import World
from .schema import TYPES_WITH_DATES, Column
from .store import Row
from .times import shown
from .users import User

Cell = Callable[[Row], Any]


@dataclass(frozen=True)
class View:
    """How one request wants its rows. `fields` empty means all; `display` is "false", "true" or "all"."""

    user: User
    base_url: str
    fields: tuple[str, ...] = ()
    display: str = "false"
    with_links: bool = True


class Renderer:
    """Makes the function that shows rows of one table to one user."""

    def __init__(self, world: World, access: Access) -> None:
        self._world = world
        self._access = access

    def shower(self, table: str, view: View) -> Callable[[Row], dict[str, Any]]:
        """A function from a row to its JSON object. Unknown and unreadable fields are absent from it."""
        cells: list[tuple[str, Cell]] = []
        for path in view.fields or tuple(self._world.schema.columns(table)):
            cell = self._cell(table, path, view)
            if cell is not None:
                cells.append((path, cell))
        return lambda row: {path: cell(row) for path, cell in cells}

    def _cell(self, table: str, path: str, view: View) -> Cell | None:
        columns = self._world.schema.walk(table, path)
        read = getter(self._world.store, table, path)
        if columns is None or read is None or not self._is_readable(table, columns, view.user):
            return None
        last = columns[-1]
        if view.display == "false":
            return self._linked(read, last, view) if last.reference and view.with_links else read
        display = self._display(read, last, view.user)
        if view.display == "true":
            if last.reference and view.with_links:
                return self._linked(read, last, view, display=display)
            return display
        return self._both(read, display, last, view)

    def _is_readable(self, table: str, columns: list[Column], user: User) -> bool:
        for column in columns:
            if not self._access.may_see_field(user, table, column.element):
                return False
            table = column.reference
        return True

    def _link(self, column: Column, value: str, view: View) -> str:
        return f"{view.base_url}/api/now/table/{column.reference}/{value}"

    def _linked(self, read: Callable[[Row], str], column: Column, view: View, display: Cell | None = None) -> Cell:
        def cell(row: Row) -> Any:
            value = read(row)
            if not value:
                return ""
            link = self._link(column, value, view)
            return {"display_value": display(row), "link": link} if display else {"link": link, "value": value}

        return cell

    def _both(self, read: Callable[[Row], str], display: Cell, column: Column, view: View) -> Cell:
        def cell(row: Row) -> Any:
            value = read(row)
            pair = {"display_value": display(row), "value": value}
            if column.reference and value and view.with_links:
                pair["link"] = self._link(column, value, view)
            return pair

        return cell

    def _display(self, read: Callable[[Row], str], column: Column, user: User) -> Cell:
        if column.type in TYPES_WITH_DATES:
            return lambda row: shown(read(row), zone=user.time_zone, java_format=user.date_format)
        if column.choices:
            labels = dict(column.choices)
            return lambda row: labels.get(read(row), read(row))
        if column.reference:
            targets = self._world.store.rows(column.reference).by_id
            shown_by = self._world.schema.display_column(column.reference)
            return lambda row: targets.get(read(row), {}).get(shown_by, "")
        return read
