"""The store's tests run on both databases where it matters."""

from collections.abc import AsyncIterator

import pytest

from core.store.database import Database


@pytest.fixture
async def database(either_database_url: str) -> AsyncIterator[Database]:
    """An empty database: SQLite, then PostgreSQL."""
    opened = Database(either_database_url)
    yield opened
    await opened.aclose()
