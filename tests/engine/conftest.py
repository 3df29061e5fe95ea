"""The engine's tests on PostgreSQL: `core` and its database are the root fixtures' with another address."""

from urllib.parse import urlsplit

import psycopg
import pytest

from tests.postgres import new_postgres_url, postgres_url

__all__ = ["new_postgres_url", "postgres_url"]


@pytest.fixture
def database_url(postgres_url: str) -> str:
    return postgres_url


@pytest.fixture
def empty_postgres_url(postgres_url: str) -> str:
    """The address of a database in which nothing was ever made."""
    name = f"{urlsplit(postgres_url).path.lstrip('/')}_empty"
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    return urlsplit(postgres_url)._replace(path=f"/{name}").geturl()
