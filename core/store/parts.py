"""Long lists of ids, asked for in parts."""

from collections.abc import Iterator, Sequence
from typing import TypeVar

# A database takes only so many values in one query: SQLite 32,766, PostgreSQL 65,535. Shorter ones are planned faster.
LARGEST = 500

T = TypeVar("T")


def in_parts(values: Sequence[T]) -> Iterator[Sequence[T]]:
    """The values in their order, in parts that one query can hold."""
    for start in range(0, len(values), LARGEST):
        yield values[start : start + LARGEST]
