"""The engine's tests: `core` and its database are the root fixtures', on both databases unless a test asks for one."""

from urllib.parse import urlsplit

import psycopg
import pytest


@pytest.fixture
def database_url(either_database_url: str) -> str:
    """Once a SQLite file, once a PostgreSQL database."""
    return either_database_url


@pytest.fixture
def empty_postgres_url(postgres_url: str) -> str:
    """The address of a database in which nothing was ever made."""
    name = f"{urlsplit(postgres_url).path.lstrip('/')}_empty"
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    return urlsplit(postgres_url)._replace(path=f"/{name}").geturl()
