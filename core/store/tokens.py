"""Queries for API tokens."""

import uuid

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from core.domain.actor import Role
from core.domain.token import ApiToken
from core.store.api_tables import ApiTokenRow


async def find_token(tx: AsyncSession, token_id: uuid.UUID) -> ApiTokenRow | None:
    """The token with this id, live or not."""
    return await tx.get(ApiTokenRow, token_id, populate_existing=True)


async def list_tokens(tx: AsyncSession) -> list[ApiTokenRow]:
    """Every token there ever was, newest first."""
    return list((await tx.exec(select(ApiTokenRow).order_by(col(ApiTokenRow.created_at).desc()))).all())


def token_of(row: ApiTokenRow) -> ApiToken:
    """The row as a value."""
    return ApiToken(
        id=row.id,
        person_id=row.person_id,
        name=row.name,
        roles=frozenset(Role(role) for role in row.roles.split(",")),
        secret_sha256=row.secret_sha256,
        created_at=row.created_at,
        expires_at=row.expires_at,
        revoked_at=row.revoked_at,
        last_used_at=row.last_used_at,
    )
