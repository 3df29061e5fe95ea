"""SQLite behind a thread for each connection, as aiosqlite has it, with one turn of that thread for each query.

Aiosqlite hands every step of a query (cursor, execution, rows, end) to the thread by itself, and `BEGIN` is a query of its
own. Each handing over costs more than a small query does, so here all steps of a query, and the beginning of its
transaction, go together.
"""

import contextlib
import sqlite3
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any, Self

import aiosqlite

_ROWS_AT_ONCE = 64


class _LeavingNothing(sqlite3.Connection):
    """A connection that leaves no transaction behind.

    SQLite keeps a closed connection, and the write lock with it, for as long as a cursor of it is referenced anywhere. A task
    that was cancelled in the middle of a query leaves such a cursor behind until the garbage collector comes by.
    """

    def close(self) -> None:
        """Roll back what is open, then close; nothing happens when it is closed already."""
        with contextlib.suppress(sqlite3.ProgrammingError):
            if self.in_transaction:
                self.rollback()
        super().close()


class SqliteConnection(aiosqlite.Connection):
    """A connection whose cursors take one turn of the thread."""

    def __init__(self, connector: Callable[[], sqlite3.Connection]) -> None:
        """Open nothing yet; awaiting the object does."""
        super().__init__(connector, _ROWS_AT_ONCE)
        self._thread.daemon = True
        self._beginning = ""
        self._asked = self._done = 0

    def begin_with_next(self, beginning: str) -> None:
        """Have the next query begin a transaction in this way; one without any query needs none."""
        self._beginning = beginning

    def cursor(self) -> "SqliteCursor":  # type: ignore[override]
        """A cursor, without asking the thread for it."""
        return SqliteCursor(self)

    async def commit(self) -> None:
        """Commit the transaction, if one was begun."""
        if not self._is_at_rest():
            await super().commit()

    async def rollback(self) -> None:
        """Roll back the transaction, if one was begun."""
        if not self._is_at_rest():
            await super().rollback()

    async def run(self, method: str, sql: str, parameters: Any) -> tuple[sqlite3.Cursor, Sequence[Any]]:
        """Execute the query, in a transaction if one was asked for, and fetch all its rows."""
        beginning, self._beginning = self._beginning, ""
        return await self._execute(self._run, beginning, method, sql, parameters)  # type: ignore[no-any-return]

    def _run(self, beginning: str, method: str, sql: str, parameters: Any) -> tuple[sqlite3.Cursor, Sequence[Any]]:
        if beginning:
            self._conn.execute(beginning)
        cursor = self._conn.cursor()
        getattr(cursor, method)(sql, parameters)
        rows = cursor.fetchall() if cursor.description else ()
        return cursor, rows

    async def _execute(self, fn: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        self._asked += 1
        return await super()._execute(self._counted, partial(fn, *args, **kwargs))  # type: ignore[no-untyped-call]

    def _counted(self, function: Callable[[], Any]) -> Any:
        try:
            return function()
        finally:
            self._done += 1

    def _is_at_rest(self) -> bool:
        """Whether no transaction is open, nor may be opened by a query whose caller was cancelled."""
        self._beginning = ""
        return self._asked == self._done and not self.in_transaction


class SqliteCursor:
    """The result of one query at a time, whole."""

    arraysize = 1

    def __init__(self, connection: SqliteConnection) -> None:
        """A cursor without a result."""
        self._connection = connection
        self._rows: deque[Any] = deque()
        self.description: Any = None
        self.rowcount = -1
        self.lastrowid: int | None = None

    async def __aenter__(self) -> Self:
        return self

    async def execute(self, sql: str, parameters: Iterable[Any] | None = None) -> "SqliteCursor":
        """Execute a query and fetch its rows."""
        return await self._result("execute", sql, () if parameters is None else parameters)

    async def executemany(self, sql: str, parameters: Iterable[Iterable[Any]]) -> "SqliteCursor":
        """Execute a query once for each set of parameters."""
        return await self._result("executemany", sql, parameters)

    async def fetchone(self) -> Any:
        """The next row, None when there is none."""
        return self._rows.popleft() if self._rows else None

    async def fetchmany(self, size: int | None = None) -> list[Any]:
        """The next rows, at most so many."""
        return [self._rows.popleft() for _ in range(min(size or self.arraysize, len(self._rows)))]

    async def fetchall(self) -> list[Any]:
        """All rows that are left."""
        rows = list(self._rows)
        self._rows.clear()
        return rows

    async def close(self) -> None:
        """Forget the rows."""
        self._rows.clear()

    async def _result(self, method: str, sql: str, parameters: Any) -> "SqliteCursor":
        cursor, rows = await self._connection.run(method, sql, parameters)
        self.description, self.rowcount, self.lastrowid = cursor.description, cursor.rowcount, cursor.lastrowid
        self._rows = deque(rows)
        return self


def connect(path: str, *, busy_timeout_seconds: float) -> SqliteConnection:
    """A connection to the file, opened when it is awaited."""
    # Every use is in the connection's thread, one after the other; only SQLAlchemy's clean-up may come from another.

    def opened() -> sqlite3.Connection:
        # The driver must not begin transactions by itself: whether one takes the write lock is decided in `Database`.
        return sqlite3.connect(
            path,
            timeout=busy_timeout_seconds,
            isolation_level=None,
            check_same_thread=False,
            factory=_LeavingNothing,
        )

    return SqliteConnection(opened)
