"""The Aggregate API: counts, least and greatest values, whole or by group. Counts are strings."""

from collections.abc import Callable
from typing import Any

from .errors import Answer, method_not_supported
from .exchange import Exchange
from .incoming import check_headers
from .instance import Instance
from .query import getter
from .store import Row
from .table_api import TableApi


class StatsApi:
    """Answers requests under /api/now/stats. Which tables are open and which rows are meant, the Table API knows."""

    def __init__(self, sn: Instance, tables: TableApi) -> None:
        self._sn = sn
        self._tables = tables

    async def answer(self, exchange: Exchange) -> Answer:
        """The answer to a signed-in request; raises Refusal. Counts come before the access rules for rows."""
        check_headers(exchange)
        if exchange.method != "GET":
            raise method_not_supported(exchange.method)
        self._tables.check_table(exchange.table)
        await self._sn.hooks.fire("before_read", exchange)
        selection = self._tables.selection(exchange)
        group_by = _names(exchange, "sysparm_group_by")
        if not group_by and not _names(exchange, "sysparm_max_fields") and not _names(exchange, "sysparm_min_fields"):
            return Answer.of({"result": {"stats": {"count": str(selection.total())}}})
        rows = selection.all()
        if group_by:
            return Answer.of({"result": self._groups(exchange, group_by, rows)})
        return Answer.of({"result": {"stats": self._stats(exchange, rows)}})

    def _groups(self, exchange: Exchange, names: list[str], rows: list[Row]) -> list[dict[str, Any]]:
        readers = self._readers(exchange, names)
        groups: dict[tuple[str, ...], list[Row]] = {}
        for row in rows:
            groups.setdefault(tuple(read(row) for read in readers.values()), []).append(row)
        return [
            {
                "stats": self._stats(exchange, members),
                "groupby_fields": [
                    {"field": field, "value": value} for field, value in zip(readers, values, strict=True)
                ],
            }
            for values, members in groups.items()
        ]

    def _stats(self, exchange: Exchange, rows: list[Row]) -> dict[str, Any]:
        stats: dict[str, Any] = {}
        if exchange.is_true("sysparm_count"):
            stats["count"] = str(len(rows))
        for kind, choose in (("min", min), ("max", max)):
            readers = self._readers(exchange, _names(exchange, f"sysparm_{kind}_fields"))
            if readers:
                stats[kind] = {
                    name: choose((value for row in rows if (value := read(row))), default="")
                    for name, read in readers.items()
                }
        return stats

    def _readers(self, exchange: Exchange, names: list[str]) -> dict[str, Callable[[Row], str]]:
        """Readers of the columns that exist; a name that is no column is ignored, as elsewhere."""
        found = {name: getter(self._sn.store, exchange.table, name) for name in names}
        return {name: read for name, read in found.items() if read is not None}


def _names(exchange: Exchange, parameter: str) -> list[str]:
    return [name.strip() for name in exchange.param(parameter).split(",") if name.strip()]
