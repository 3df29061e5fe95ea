"""Encoded queries: terms joined by `^` (and), `^OR` (or with the term before), `^NQ` (a new group), and the order.

There is no escape for `^`, so a value can never hold one. Names and operators are case-sensitive.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from .schema import TYPES_WITH_DATES, Schema
from .store import Row, Store

Predicate = Callable[[Row], bool]

_OPERATORS = (
    "NOT LIKE", "NOT IN", "STARTSWITH", "ENDSWITH", "ISNOTEMPTY", "ISEMPTY", "BETWEEN", "SAMEAS", "NSAMEAS",
    "ANYTHING", "LIKE", "IN", "!=", ">=", "<=", "=", ">", "<",
)  # fmt: skip
_TERM = re.compile(rf"([a-z0-9_.]+)({'|'.join(_OPERATORS)})(.*)", re.DOTALL)
_ORDER = re.compile(r"ORDERBY(DESC)?([a-z0-9_.]+)")


@dataclass(frozen=True)
class Term:
    """One condition. `operator` is "" where the text was no condition at all."""

    name: str
    operator: str
    value: str


@dataclass
class Query:
    """Groups (any may hold) of alternatives lists (all must hold) of terms (any may hold), and the order."""

    groups: list[list[list[Term]]] = field(default_factory=lambda: [[]])
    order: list[tuple[str, bool]] = field(default_factory=list)


def parse(text: str) -> Query:
    """The query that `text` spells. Never raises: what cannot be read becomes a term without an operator."""
    query = Query()
    for part in text.split("^"):
        order = _ORDER.fullmatch(part)
        if order:
            query.order.append((order[2], bool(order[1])))
        elif part.startswith("NQ"):
            query.groups.append([[_term(part[2:])]])
        elif part.startswith("OR") and query.groups[-1]:
            query.groups[-1][-1].append(_term(part[2:]))
        elif part and part != "EQ":
            query.groups[-1].append([_term(part)])
    return query


def _term(text: str) -> Term:
    match = _TERM.fullmatch(text)
    return Term(*match.groups()) if match else Term(text, "", "")


@dataclass(frozen=True)
class Reading:
    """How the values of a query are read: literals of datetimes become UTC, bad terms are dropped or match nothing."""

    store: Store
    literal: Callable[[str], str] = lambda value: value
    invalid_matches_nothing: bool = False

    @property
    def schema(self) -> Schema:
        """The tables the query is about."""
        return self.store.schema


def getter(store: Store, table: str, path: str) -> Callable[[Row], str] | None:
    """A function that reads a dot-walked column of a row of `table`, or None when there is no such column."""
    columns = store.schema.walk(table, path)
    if columns is None:
        return None
    first, *rest = [column.element for column in columns]
    if not rest:
        return lambda row: row.get(first, "")
    targets = [store.rows(column.reference).by_id for column in columns[:-1]]
    steps = list(zip(targets, rest, strict=True))

    def walked(row: Row) -> str:
        value = row.get(first, "")
        for by_id, element in steps:
            target = by_id.get(value)
            if target is None:
                return ""
            value = target.get(element, "")
        return value

    return walked


def predicate(term: Term, table: str, reading: Reading) -> Predicate | None:
    """The test that `term` makes of a row; None for an invalid term that is to be ignored."""
    read = getter(reading.store, table, term.name) if term.operator else None
    if read is None:
        return (lambda _row: False) if reading.invalid_matches_nothing else None
    columns = reading.schema.walk(table, term.name) or []
    kind = columns[-1].type
    if term.operator in _SETS:
        return _SETS[term.operator](read, term.value)
    if term.operator in {"SAMEAS", "NSAMEAS"}:
        return _compared_with_column(read, term, table, reading)
    literal = reading.literal if kind in TYPES_WITH_DATES else str
    if term.operator == "BETWEEN":
        low, _, high = term.value.partition("@")
        return _both(_compare(read, ">=", literal(low), kind), _compare(read, "<=", literal(high), kind))
    if term.operator in _ORDERED:
        return _compare(read, term.operator, literal(term.value), kind)
    return _TEXTUAL[term.operator](read, term.value.lower())


def _both(one: Predicate, other: Predicate) -> Predicate:
    return lambda row: one(row) and other(row)


def _compared_with_column(read: Callable[[Row], str], term: Term, table: str, reading: Reading) -> Predicate | None:
    other = getter(reading.store, table, term.value)
    if other is None:
        return None
    if term.operator == "SAMEAS":
        return lambda row: read(row) == other(row)
    return lambda row: read(row) != other(row)


_ORDERED: dict[str, Callable[[object, object], bool]] = {
    "=": lambda one, other: one == other,
    "!=": lambda one, other: one != other,
    ">": lambda one, other: one > other,  # type: ignore[operator]
    ">=": lambda one, other: one >= other,  # type: ignore[operator]
    "<": lambda one, other: one < other,  # type: ignore[operator]
    "<=": lambda one, other: one <= other,  # type: ignore[operator]
}


def number(value: str) -> float:
    """The value of an integer column for comparing; an empty or odd one counts as minus infinity."""
    try:
        return float(value)
    except ValueError:
        return float("-inf")


def _compare(read: Callable[[Row], str], operator: str, value: str, kind: str) -> Predicate:
    holds = _ORDERED[operator]
    if kind == "integer":
        wanted = number(value)
        return lambda row: holds(number(read(row)), wanted)
    if operator in {"<", "<="}:
        # A database compares nothing with an empty value: it is null there.
        return lambda row: read(row) != "" and holds(read(row), value)
    return lambda row: holds(read(row), value)


def _members(read: Callable[[Row], str], value: str) -> Predicate:
    wanted = set(value.split(","))
    return lambda row: read(row) in wanted


def _strangers(read: Callable[[Row], str], value: str) -> Predicate:
    unwanted = set(value.split(","))
    return lambda row: read(row) not in unwanted


_SETS: dict[str, Callable[[Callable[[Row], str], str], Predicate]] = {
    "IN": _members,
    "NOT IN": _strangers,
    "ISEMPTY": lambda read, _value: lambda row: read(row) == "",
    "ISNOTEMPTY": lambda read, _value: lambda row: read(row) != "",
    "ANYTHING": lambda _read, _value: lambda _row: True,
}

# The databases under the platform compare text without regard to case in these.
_TEXTUAL: dict[str, Callable[[Callable[[Row], str], str], Predicate]] = {
    "LIKE": lambda read, value: lambda row: value in read(row).lower(),
    "NOT LIKE": lambda read, value: lambda row: value not in read(row).lower(),
    "STARTSWITH": lambda read, value: lambda row: read(row).lower().startswith(value),
    "ENDSWITH": lambda read, value: lambda row: read(row).lower().endswith(value),
}
