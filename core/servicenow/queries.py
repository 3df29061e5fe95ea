"""Encoded queries: ServiceNow's filter language, built so that a value can never become part of the filter.

The language has no escape for `^`, and none for the comma inside `IN`. A value that holds one is refused, because
ServiceNow would read the rest of it as another condition, and a condition it does not understand it ignores, giving
back every row of the table.
"""

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass

from core.errors import ConfigurationError

WIRE_TIME = "%Y-%m-%d %H:%M:%S"
COLUMN = re.compile(r"[a-z_][a-z0-9_]*(?:\.[a-z_][a-z0-9_]*)*")
_SYS_ID = re.compile(r"[0-9A-Za-z_-]{1,64}")
_ORDERING = re.compile(r"(?:ORDERBY|GROUPBY|TRENDBY)")
_FORBIDDEN = re.compile(r"[\x00-\x1f^]")


def term(column: str, operator: str, value: str) -> str:
    """One condition. Raises ValueError for a column that is no name and for a value that cannot be carried."""
    if COLUMN.fullmatch(column) is None:
        raise ValueError("a column has lower-case letters, digits, underscores and dots")
    return f"{column}{operator}{_carried(value)}"


def among(column: str, values: Iterable[str]) -> str:
    """The condition that `column` holds one of `values`. Raises ValueError for a value with a comma or a caret."""
    carried = [_carried(value) for value in values]
    if any("," in value for value in carried):
        raise ValueError("a value in a list cannot hold a comma")
    return term(column, "IN", ",".join(carried))


def sys_id(value: str) -> str:
    """`value` itself, when it can be a record's identifier; it goes into addresses and filters. Raises ValueError."""
    if _SYS_ID.fullmatch(value) is None:
        raise ValueError("this is not a sys_id")
    return value


def instant(value: dt.datetime) -> str:
    """A literal as ServiceNow writes raw times: UTC, whole seconds. Raises ValueError for a time without a zone."""
    if value.tzinfo is None:
        raise ValueError("a time needs a zone")
    return value.astimezone(dt.UTC).strftime(WIRE_TIME)


def all_of(*conditions: str) -> str:
    """The conditions joined by AND, empty ones left out."""
    return "^".join(condition for condition in conditions if condition)


@dataclass(frozen=True)
class Scope:
    """The filter from the settings that says which records are ours: groups of conditions, one of which must hold."""

    groups: tuple[str, ...] = ("",)

    @classmethod
    def parse(cls, query: str) -> "Scope":
        """The scope that an encoded query copied from a ServiceNow list stands for.

        Raises ConfigurationError for a query that sorts or groups: paging needs its own order.
        """
        groups = []
        for group in query.strip().split("^NQ"):
            terms = [part for part in group.split("^") if part not in ("", "EQ")]
            if any(_ORDERING.match(part) for part in terms):
                raise ConfigurationError(
                    "The query that limits the pull must not sort or group.",
                    next_step="Take ORDERBY and GROUPBY out of GRCPUSH_SERVICENOW_QUERY.",
                )
            groups.append("^".join(terms))
        return cls(tuple(dict.fromkeys(groups)))

    def narrowed(self, *conditions: str) -> str:
        """The scope with more conditions, which hold in each group.

        Put only before or after the whole query, they would not bind the groups that `^NQ` opens, and a page would
        start again at the first record.
        """
        return "^NQ".join(all_of(*conditions, group) for group in self.groups)

    def columns(self) -> frozenset[str]:
        """The columns named: ServiceNow silently ignores a condition on one that does not exist."""
        terms = (part.removeprefix("OR") for group in self.groups for part in group.split("^"))
        found = (COLUMN.match(part) for part in terms)
        return frozenset(match.group() for match in found if match)


def can_carry(value: str) -> bool:
    """Whether a value may stand in a filter at all."""
    try:
        _carried(value)
    except ValueError:
        return False
    return True


def _carried(value: str) -> str:
    if _FORBIDDEN.search(value):
        raise ValueError("a value in a filter cannot hold a caret or a control character")
    if value.strip().lower().startswith("javascript:"):
        raise ValueError("a value in a filter cannot be an expression")
    return value
