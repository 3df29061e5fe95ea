"""The condition under which a statement may be written, told from the columns of the record itself.

ServiceNow would evaluate any encoded query, but only in a request of its own. What is decided here comes with the
same read as the text, so both are of one moment.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from core.errors import ConfigurationError
from core.servicenow.queries import COLUMN

_TERM = re.compile(rf"(?P<column>{COLUMN.pattern})(?P<operator>!=|=|IN|ISEMPTY|ISNOTEMPTY)(?P<value>.*)", re.DOTALL)


@dataclass(frozen=True)
class Comparison:
    """One comparison of one column."""

    column: str
    operator: str
    values: tuple[str, ...]

    def holds(self, row: Mapping[str, str]) -> bool:
        """Whether the row passes. A column that is not in the row passes nothing: what is unseen is not writable."""
        value = row.get(self.column)
        if value is None:
            return False
        match self.operator:
            case "ISEMPTY":
                return value == ""
            case "ISNOTEMPTY":
                return value != ""
            case "!=":
                return value.casefold() not in self.values
            case _:
                return value.casefold() in self.values


@dataclass(frozen=True)
class Condition:
    """All of the alternatives must hold, each of which is one of several tests. Without any it always holds."""

    alternatives: tuple[tuple[Comparison, ...], ...] = ()

    @classmethod
    def parse(cls, query: str) -> "Condition":
        """The condition an encoded query stands for: `=`, `!=`, `IN`, `ISEMPTY`, `ISNOTEMPTY`, `^` and `^OR`.

        Raises ConfigurationError for anything else: a condition that is not understood must not be guessed.
        """
        alternatives: list[tuple[Comparison, ...]] = []
        for part in query.strip().split("^") if query.strip() else ():
            if part.startswith("OR") and not part.startswith("ORDERBY") and alternatives:
                alternatives[-1] = (*alternatives[-1], _test(part[2:]))
            elif part != "EQ":
                alternatives.append((_test(part),))
        return cls(tuple(alternatives))

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that must be read for `holds`."""
        return tuple(dict.fromkeys(test.column for tests in self.alternatives for test in tests))

    def holds(self, row: Mapping[str, str]) -> bool:
        """Whether a row of raw values meets the condition. Letter case is ignored, as ServiceNow does."""
        return not self.unmet(row)

    def unmet(self, row: Mapping[str, str]) -> str:
        """What a row does not meet, in words: the columns of the first such test, with what they hold; empty if it meets all."""
        for tests in self.alternatives:
            if not any(test.holds(row) for test in tests):
                columns = dict.fromkeys(test.column for test in tests)
                return ", ".join(f"{column} is {_shown(row.get(column))}" for column in columns)
        return ""


def _shown(value: str | None) -> str:
    if value is None:
        return "not shown to the service account"
    return f"“{value}”" if value else "empty"


def _test(part: str) -> Comparison:
    found = _TERM.fullmatch(part)
    if found is None:
        raise _refused(part)
    operator, value = found["operator"], found["value"].casefold()
    if operator.endswith("EMPTY"):
        if value:
            raise _refused(part)
        return Comparison(found["column"], operator, ())
    if value.startswith("javascript:"):
        raise _refused(part)
    return Comparison(found["column"], operator, tuple(value.split(",")) if operator == "IN" else (value,))


def _refused(part: str) -> ConfigurationError:
    return ConfigurationError(
        f"GRCPUSH_SERVICENOW_WRITABLE_WHEN holds a condition that grcpush cannot check: “{part}”.",
        next_step="Use only =, !=, IN, ISEMPTY and ISNOTEMPTY on plain values, joined by ^ and ^OR; for example state=draft.",
    )
