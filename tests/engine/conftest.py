"""The engine's tests: `core` and its database are the root fixtures', on both databases unless a test asks for one."""

from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest

from tests.postgres import new_postgres_url, postgres_url

__all__ = ["new_postgres_url", "postgres_url"]


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest, empty_database: Path, tmp_path: Path) -> str:
    """Once a SQLite file, once a PostgreSQL database."""
    if request.param == "postgres":
        url: str = request.getfixturevalue("postgres_url")
        return url
    path = tmp_path / "grcpush.db"
    path.write_bytes(empty_database.read_bytes())
    return f"sqlite:///{path}"


@pytest.fixture
def empty_postgres_url(postgres_url: str) -> str:
    """The address of a database in which nothing was ever made."""
    name = f"{urlsplit(postgres_url).path.lstrip('/')}_empty"
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    return urlsplit(postgres_url)._replace(path=f"/{name}").geturl()
