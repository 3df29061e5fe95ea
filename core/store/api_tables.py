"""Tables of the REST API."""

import datetime as dt
import uuid

from sqlalchemy import Text, UniqueConstraint
from sqlmodel import Field, SQLModel

from core.store.types import UtcDateTime


class ApiTokenRow(SQLModel, table=True):
    """A bearer token. Only the hash of its secret is kept; `roles` are the most it can give, separated by commas."""

    __tablename__ = "api_tokens"

    id: uuid.UUID = Field(primary_key=True)
    person_id: uuid.UUID = Field(foreign_key="people.id", index=True)
    name: str
    roles: str
    secret_sha256: str
    created_by: uuid.UUID = Field(foreign_key="people.id")
    created_at: dt.datetime = Field(sa_type=UtcDateTime)
    expires_at: dt.datetime = Field(sa_type=UtcDateTime)
    revoked_at: dt.datetime | None = Field(default=None, sa_type=UtcDateTime)
    last_used_at: dt.datetime | None = Field(default=None, sa_type=UtcDateTime)


class IdempotencyKeyRow(SQLModel, table=True):
    """A request that must not be done twice, and the answer it got; `status` None means that it is under way."""

    __tablename__ = "idempotency_keys"
    __table_args__ = (UniqueConstraint("person_id", "key"),)

    id: uuid.UUID = Field(primary_key=True)
    person_id: uuid.UUID = Field(foreign_key="people.id")
    key: str
    request_sha256: str
    started_at: dt.datetime = Field(sa_type=UtcDateTime, index=True)
    status: int | None = None
    location: str = ""
    body: str = Field(default="", sa_type=Text)
