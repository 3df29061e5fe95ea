"""The store's tests run on both databases where it matters."""

from tests.postgres import either_database_url, new_postgres_url, postgres_url

__all__ = ["either_database_url", "new_postgres_url", "postgres_url"]
