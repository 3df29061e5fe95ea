"""Many values or rows as one parameter of a query, in JSON.

SQLAlchemy handles each parameter by itself, and SQLite's driver takes Python's lock again for each row: thousands of them take
longer to hand over than to store. The database unpacks JSON without either.
"""

import datetime as dt
import json
import uuid
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Dialect, FunctionElement, String, TypeDecorator
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.types import TypeEngine

from core.store.types import UtcDateTime


class EachOf(FunctionElement[Any]):
    """The values in a JSON array, as a subquery; its argument is the array as text."""

    inherit_cache = True


@compiles(EachOf, "sqlite")
def _each_of_in_sqlite(element: EachOf, compiler: SQLCompiler, **options: Any) -> str:
    return f"(SELECT value FROM json_each({compiler.process(element.clauses, **options)}))"  # noqa: S608 -- a parameter


@compiles(EachOf, "postgresql")
def _each_of_in_postgresql(element: EachOf, compiler: SQLCompiler, **options: Any) -> str:
    array = f"CAST({compiler.process(element.clauses, **options)} AS json)"
    return f"(SELECT CAST(value AS {element.type.compile(compiler.dialect)}) FROM json_array_elements_text({array}))"  # noqa: S608


def is_one_of(column: ColumnElement[Any], values: Iterable[str]) -> ColumnElement[bool]:
    """The test whether the column is one of these; ids as hexadecimal."""
    wanted = EachOf(json.dumps(list(values)))
    wanted.type = column.type
    return column.op("IN", is_comparison=True)(wanted)


def packed(rows: Iterable[Sequence[Any]]) -> str:
    """The rows as JSON. Ids and times are as SQLite keeps them."""
    return json.dumps(list(rows), default=_as_text, ensure_ascii=False)


def unpacked(columns: Mapping[str, TypeEngine[Any]], dialect: Dialect) -> str:
    """A query for the rows of the parameter `rows` with these columns."""
    if dialect.name == "sqlite":
        # It stores what JSON holds. A cast would make a number of a time.
        found = ", ".join(f"value ->> {place} AS {name}" for place, name in enumerate(columns))
        return f"SELECT {found} FROM json_each(:rows)"  # noqa: S608 -- names of ours
    found = ", ".join(
        f"{_cast(f'(value ->> {place})', kind, dialect)} AS {name}"
        for place, (name, kind) in enumerate(columns.items())
    )
    return f"SELECT {found} FROM json_array_elements(CAST(:rows AS json))"  # noqa: S608 -- names of ours


def _cast(value: str, kind: TypeEngine[Any], dialect: Dialect) -> str:
    if isinstance(kind.impl if isinstance(kind, TypeDecorator) else kind, String):
        return value
    if isinstance(kind, UtcDateTime):
        return f"CAST({value} AS timestamp) AT TIME ZONE 'UTC'"
    return f"CAST({value} AS {kind.compile(dialect)})"


def _as_text(value: object) -> str:
    if isinstance(value, dt.datetime):
        return value.astimezone(dt.UTC).replace(tzinfo=None).isoformat(" ", "microseconds")
    if isinstance(value, uuid.UUID):
        return value.hex
    raise TypeError(f"no column holds {value!r}")
