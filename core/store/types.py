"""Column types that behave alike on SQLite and PostgreSQL."""

import datetime as dt
from typing import Any

from sqlalchemy import DateTime, Dialect, Text, TypeDecorator
from sqlalchemy.types import TypeEngine


class UtcDateTime(TypeDecorator[dt.datetime]):
    """An instant. Refuses naive values, gives back aware ones in UTC (SQLite itself forgets the zone)."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: dt.datetime | None, dialect: Dialect) -> dt.datetime | None:
        """The value in UTC; raises ValueError when it has no zone."""
        del dialect
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant without a zone cannot be stored")
        return value.astimezone(dt.UTC)

    def process_result_value(self, value: Any, dialect: Dialect) -> dt.datetime | None:
        """The stored instant, aware, in UTC."""
        del dialect
        if value is None:
            return None
        stored: dt.datetime = value
        return stored.replace(tzinfo=dt.UTC) if stored.tzinfo is None else stored.astimezone(dt.UTC)


class KeyText(TypeDecorator[str]):
    """A text that is sorted character by character on both databases, and not by PostgreSQL's locale."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[str]:
        """Text, in PostgreSQL's plainest order."""
        return dialect.type_descriptor(Text(collation="C") if dialect.name == "postgresql" else Text())
