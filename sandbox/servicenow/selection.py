"""Which rows a query selects, by the cheapest way: named sys_ids, an index, a range of sorted sys_ids, else a scan."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Collection, Iterable, Iterator
from itertools import islice
from typing import Any

from .query import Predicate, Query, Reading, Term, getter, number, predicate
from .store import Row, Rows

_RANGE = {">", ">=", "<", "<="}


class Selection:
    """The rows of one table that a query selects, in the query's order.

    Without an order the rows come as they were made, save where a range of sys_ids was asked for: a client that
    pages must name its order.
    """

    def __init__(self, table: str, query: Query, reading: Reading) -> None:
        self._table = table
        self._reading = reading
        self._rows = reading.store.rows(table)
        self._order = query.order
        self._window: tuple[int, int] | None = None
        self._named: list[Row] | None = None
        groups = query.groups
        if len(groups) == 1:
            groups = [self._shortcut(groups[0])]
        self._test = self._any_group(groups)

    def total(self) -> int:
        """How many rows are selected."""
        if self._test is None:
            return self._hi - self._lo if self._window else len(self._candidates_known())
        return sum(1 for _ in self._matching())

    def page(self, offset: int, limit: int) -> list[Row]:
        """The rows from `offset` on, at most `limit`."""
        if self._is_in_key_order():
            if self._test is None:
                keys = self._rows.keys[self._lo + offset : min(self._lo + offset + limit, self._hi)]
                return [self._rows.by_id[key] for key in keys]
            return list(islice(self._matching(), offset, offset + limit))
        return self._sorted(self._matching())[offset : offset + limit]

    def all(self) -> list[Row]:
        """Every selected row, in order."""
        return self.page(0, len(self._rows))

    @property
    def _lo(self) -> int:
        return self._window[0] if self._window else 0

    @property
    def _hi(self) -> int:
        return self._window[1] if self._window else len(self._rows)

    def _shortcut(self, group: list[list[Term]]) -> list[list[Term]]:
        """Take the terms out of `group` that narrow the candidates by themselves, and give back the rest."""
        rest = []
        bounds = []
        for alternatives in group:
            term = alternatives[0]
            if len(alternatives) > 1:
                rest.append(alternatives)
            elif term.name == "sys_id" and term.operator in _RANGE:
                bounds.append(term)
            elif self._named is None and (named := _named_rows(self._rows, term)) is not None:
                self._named = named
            else:
                rest.append(alternatives)
        if self._named is not None:
            return rest + [[term] for term in bounds]
        if bounds:
            self._window = _window(self._rows.keys, bounds)
        return rest

    def _any_group(self, groups: list[list[list[Term]]]) -> Predicate | None:
        tests = [self._all_terms(group) for group in groups]
        if any(test is None for test in tests):
            return None
        known = [test for test in tests if test is not None]
        return known[0] if len(known) == 1 else lambda row: any(test(row) for test in known)

    def _all_terms(self, group: list[list[Term]]) -> Predicate | None:
        tests = []
        for alternatives in group:
            made = [test for term in alternatives if (test := predicate(term, self._table, self._reading))]
            if made:
                tests.append(made[0] if len(made) == 1 else _any_of(made))
        if not tests:
            return None
        return tests[0] if len(tests) == 1 else lambda row: all(test(row) for test in tests)

    def _is_in_key_order(self) -> bool:
        if self._named is not None:
            return False
        return self._order == [("sys_id", False)] or (not self._order and self._window is not None)

    def _candidates_known(self) -> Collection[Row]:
        return self._named if self._named is not None else self._rows.by_id.values()

    def _matching(self) -> Iterator[Row]:
        candidates: Iterable[Row]
        if self._named is None and (self._window or self._is_in_key_order()):
            by_id = self._rows.by_id
            keys = self._rows.keys
            candidates = (by_id[keys[at]] for at in range(self._lo, self._hi))
        else:
            candidates = self._candidates_known()
        return iter(candidates) if self._test is None else filter(self._test, candidates)

    def _sorted(self, rows: Iterable[Row]) -> list[Row]:
        ordered = list(rows)
        for name, descending in reversed(self._order):
            read = getter(self._reading.store, self._table, name)
            columns = self._reading.schema.walk(self._table, name)
            if read is None or columns is None:
                continue
            ordered.sort(key=_key(read, columns[-1].type), reverse=descending)
        return ordered


def _any_of(tests: list[Predicate]) -> Predicate:
    return lambda row: any(test(row) for test in tests)


def _key(read: Callable[[Row], str], kind: str) -> Callable[[Row], Any]:
    if kind == "integer":
        return lambda row: number(read(row))
    return read


def _named_rows(rows: Rows, term: Term) -> list[Row] | None:
    """The rows a term names outright, or None when it does not."""
    if term.operator not in {"=", "IN"}:
        return None
    values = [term.value] if term.operator == "=" else list(dict.fromkeys(term.value.split(",")))
    if term.name == "sys_id":
        return [rows.by_id[value] for value in values if value in rows.by_id]
    if term.name == rows.indexed:
        return [row for value in values for row in rows.with_value(value)]
    return None


def _window(keys: list[str], bounds: list[Term]) -> tuple[int, int]:
    low, high = 0, len(keys)
    for term in bounds:
        if term.operator == ">":
            low = max(low, bisect_right(keys, term.value))
        elif term.operator == ">=":
            low = max(low, bisect_left(keys, term.value))
        elif term.operator == "<":
            high = min(high, bisect_left(keys, term.value))
        else:
            high = min(high, bisect_right(keys, term.value))
    return low, max(low, high)
