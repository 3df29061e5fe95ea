"""From the Table API's rows, where everything is a string, to versions of statements."""

import contextlib
import datetime as dt
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from operator import itemgetter
from typing import Any

from core.config import Settings
from core.domain.statement import RemoteVersion, Stamp
from core.errors import ConfigurationError, RemoteMalformed
from core.servicenow.conditions import Condition
from core.servicenow.queries import COLUMN

STAMP_COLUMNS = ("sys_mod_count", "sys_updated_on", "sys_updated_by", "sys_created_on", "sys_class_name")
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


@dataclass(frozen=True)
class FieldMap:
    """Which table and columns hold what, as the settings say."""

    table: str
    field: str
    control_number: str
    control_name: str
    system_name: str
    writable_when: Condition

    @classmethod
    def from_settings(cls, settings: Settings) -> "FieldMap":
        """The mapping of the settings.

        Raises ConfigurationError for what is no column's name, for a condition that cannot be checked, and for a
        statement field that is one of ServiceNow's own columns: writing those would forge the stamps by which changes
        are noticed.
        """
        if settings.servicenow_field.startswith("sys_"):
            raise ConfigurationError(f"GRCPUSH_SERVICENOW_FIELD cannot be {settings.servicenow_field}.")
        for setting in ("control_id_field", "control_name_field", "system_field"):
            column = getattr(settings, f"servicenow_{setting}")
            if column and COLUMN.fullmatch(column) is None:
                raise ConfigurationError(
                    f"GRCPUSH_SERVICENOW_{setting.upper()} is not the name of a column.",
                    next_step="Use element names joined by dots, in small letters, for example control.system.name.",
                )
        return cls(
            table=settings.servicenow_table,
            field=settings.servicenow_field,
            control_number=settings.servicenow_control_id_field,
            control_name=settings.servicenow_control_name_field,
            system_name=settings.servicenow_system_field,
            writable_when=Condition.parse(settings.servicenow_writable_when),
        )

    @cached_property
    def context_columns(self) -> tuple[str, ...]:
        """The columns that say which control and system a record belongs to; an empty setting names none."""
        return tuple(column for column in (self.control_number, self.control_name, self.system_name) if column)

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """Everything that is ever read of a record, each column once."""
        wanted = ("sys_id", self.field, *STAMP_COLUMNS, *self.context_columns, *self.writable_when.columns)
        return tuple(dict.fromkeys(wanted))

    def is_readable(self, row: Mapping[str, Any]) -> bool:
        """Whether the row shows the statement at all: ServiceNow leaves out a column the reader may not see."""
        return self.field in row and "sys_mod_count" in row

    def version(self, row: Mapping[str, Any]) -> RemoteVersion:
        """The version a row shows. Raises RemoteMalformed when it is not a row of ours."""
        if self.field not in row:
            raise RemoteMalformed(
                f"ServiceNow's answer lacks the field {self.field}, so what is stored there cannot be told.",
                next_step=f"Give the service account read access to {self.table}.{self.field}, and check its spelling.",
            )
        values = self._values(row)
        if not values.get("sys_id"):
            raise RemoteMalformed("ServiceNow answered with a record that has no sys_id.")
        stamp = Stamp(
            mod_count=_count(values.get("sys_mod_count")),
            updated_on=parse_time(values.get("sys_updated_on", "")),
            updated_by=values.get("sys_updated_by", ""),
            created_on=parse_time(values.get("sys_created_on", "")),
        )
        lock = self.writable_when.unmet(values)
        return RemoteVersion(
            sys_id=values["sys_id"],
            text=values[self.field],
            stamp=stamp,
            control_number=values.get(self.control_number, ""),
            control_name=values.get(self.control_name, ""),
            system_name=values.get(self.system_name, ""),
            is_writable=not lock,
            lock=lock,
        )

    def _values(self, row: Mapping[str, Any]) -> Mapping[str, str]:
        """The columns that the row has, as text that any database can hold."""
        with contextlib.suppress(KeyError, TypeError):
            # Nearly all rows are whole and without what `plain` is for; asked of all columns together, that is told fast.
            values = self._all_columns(row)
            if _is_storable("".join(values)):
                return dict(zip(self.columns, values, strict=True))
        return {column: plain(row[column]) for column in self.columns if column in row}

    @cached_property
    def _all_columns(self) -> Callable[[Mapping[str, Any]], tuple[str, ...]]:
        """Gives all columns of a row, at once. Raises KeyError when one is not there."""
        return itemgetter(*self.columns)


def plain(value: Any) -> str:
    """A raw column value as text that any database can hold.

    A reference may come as an object with a link although that was switched off; its `value` is what counts. NUL and
    lone surrogates, which JSON can carry and neither UTF-8 nor PostgreSQL can, become U+FFFD.
    """
    if isinstance(value, dict):
        value = value.get("value", "")
    if isinstance(value, str):
        return value if _is_storable(value) else _UNSTORABLE.sub("\N{REPLACEMENT CHARACTER}", value)
    if value is None:
        return ""
    raise RemoteMalformed("ServiceNow answered with a value that is not text.")


def parse_time(value: str) -> dt.datetime | None:
    """The instant of a raw date-time column, which is in UTC with whole seconds; None when it is empty.

    Raises RemoteMalformed for any other form: a time in somebody's display format would be read hours off.
    """
    if not value:
        return None
    # The form is asked for first: Python takes weeks, zones and fractions too.
    is_raw = len(value) == 19 and value[4] == value[7] == "-" and value[10] == " " and value[13] == value[16] == ":"
    try:
        return dt.datetime.fromisoformat(value + "+00:00" if is_raw else "")
    except ValueError:
        raise RemoteMalformed(
            "ServiceNow answered with a time that is not in its raw form.",
            next_step="Something between grcpush and ServiceNow turns raw values into display values.",
        ) from None


def _is_storable(value: str) -> bool:
    if not value.isascii():
        try:
            value.encode()  # much faster than searching, and it fails just for lone surrogates
        except UnicodeEncodeError:
            return False
    return "\x00" not in value


def _count(value: str | None) -> int:
    if value is None:
        raise RemoteMalformed(
            "ServiceNow's answer lacks sys_mod_count, without which changes cannot be noticed safely.",
            next_step="Give the service account read access to the sys_ columns of the table.",
        )
    if not value:
        return 0
    if not (value.isascii() and value.isdigit()):
        raise RemoteMalformed("ServiceNow answered with a sys_mod_count that is not a number.")
    return int(value)
