"""API tokens: made and revoked by admins, each for one person; known again by their secret, of which only a hash is kept."""

import datetime as dt
import uuid
from collections.abc import Collection
from dataclasses import dataclass

from core.domain.actor import Actor, Identity, Role
from core.domain.audit import AuditEvent, AuditKind, instant
from core.domain.token import LONGEST_DAYS, ApiToken, secret_hash, token_parts, token_text
from core.errors import NotFound, StaleCard, UsageError
from core.ids import new_secret
from core.models.requests import PersonView
from core.store import audit
from core.store.api_tables import ApiTokenRow
from core.store.people import find_person, save_person
from core.store.tables import PersonRow
from core.store.tokens import find_token, list_tokens, token_of
from core.usecases.people.actors import audit_actor, person_views
from core.wiring import Core

# Its last use is written down at most this often: a write for each request would cost more than the request.
_LAST_USE_STEP = dt.timedelta(minutes=1)


@dataclass(frozen=True)
class TokenWish:
    """What a token is asked for: whose it is, the roles it may use, what people call it, how long it lasts in days."""

    email: str
    roles: Collection[Role]
    name: str = ""
    days: int = 90


@dataclass(frozen=True)
class TokenView:
    """A token as lists show it."""

    token: ApiToken
    person: PersonView
    email: str


@dataclass(frozen=True)
class Bearer:
    """Who holds a token that is good now."""

    token: ApiToken
    identity: Identity
    person_id: uuid.UUID


async def create_token(core: Core, actor: Actor, wish: TokenWish) -> str:
    """Make a token for a person; gives back its text, which is kept nowhere. Raises NotAllowed, UsageError."""
    actor.require(Role.ADMIN)
    if not wish.roles:
        raise UsageError("A token needs at least one role.", next_step="Name it with --role.")
    if not 1 <= wish.days <= LONGEST_DAYS:
        raise UsageError(f"A token lasts 1 to {LONGEST_DAYS} days.", next_step="Say how long with --expires-days.")
    if wish.email.count("@") != 1 or len(wish.email.split()) != 1:
        raise UsageError(f"“{wish.email}” is no e-mail address.", next_step="Name the person with --person EMAIL.")
    secret, now = new_secret(), core.clock.now()
    async with core.db.transaction() as tx:
        person = await find_person(tx, email=wish.email)
        if person is None:
            person = await save_person(tx, Identity(wish.email, wish.email), new_id=core.new_id(), now=now)
        row = ApiTokenRow(
            id=core.new_id(),
            person_id=person.id,
            name=wish.name,
            roles=",".join(sorted(role.value for role in set(wish.roles))),
            secret_sha256=secret_hash(secret),
            created_by=actor.id,
            created_at=now,
            expires_at=now + dt.timedelta(days=wish.days),
        )
        tx.add(row)
        await tx.flush()
        await audit.append(tx, now, _event(AuditKind.TOKEN_CREATED, actor, row, person))
    return token_text(row.id, secret)


async def all_tokens(core: Core, actor: Actor) -> list[TokenView]:
    """Every token there ever was, newest first. Raises NotAllowed."""
    actor.require(Role.ADMIN)
    async with core.db.reading() as tx:
        rows = await list_tokens(tx)
        people = await person_views(tx, [row.person_id for row in rows])
        emails = {row.person_id: (await tx.get_one(PersonRow, row.person_id)).email or "" for row in rows}
    return [TokenView(token_of(row), people[row.person_id], emails[row.person_id]) for row in rows]


async def revoke_token(core: Core, actor: Actor, token_id: uuid.UUID) -> None:
    """End a token at once. Raises NotAllowed, NotFound, StaleCard when it was revoked before."""
    actor.require(Role.ADMIN)
    async with core.db.transaction() as tx:
        row = await find_token(tx, token_id)
        if row is None:
            raise NotFound("There is no such token.", next_step="grcpush token list shows them.")
        if row.revoked_at is not None:
            raise StaleCard("This token is revoked already.", next_step="Nothing more is needed.")
        row.revoked_at = core.clock.now()
        tx.add(row)
        person = await tx.get_one(PersonRow, row.person_id)
        await audit.append(tx, core.clock.now(), _event(AuditKind.TOKEN_REVOKED, actor, row, person))


async def find_bearer(core: Core, text: str) -> Bearer | None:
    """Who holds this token; None when it is unknown, expired or revoked. Notes the use."""
    parts = token_parts(text)
    if parts is None:
        return None
    now = core.clock.now()
    async with core.db.reading() as tx:
        row = await find_token(tx, parts[0])
        token = token_of(row) if row is not None else None
        is_good = token is not None and token.is_secret(parts[1]) and token.is_live(now)
        if token is None or not is_good:
            return None
        person = await tx.get_one(PersonRow, token.person_id)
    if token.last_used_at is None or now - token.last_used_at >= _LAST_USE_STEP:
        await _note_use(core, token.id, now)
    return Bearer(token, Identity(person.name, person.email, person.slack_user_id, person.time_zone), person.id)


async def _note_use(core: Core, token_id: uuid.UUID, now: dt.datetime) -> None:
    async with core.db.transaction() as tx:
        row = await find_token(tx, token_id)
        if row is not None:
            row.last_used_at = now
            tx.add(row)


def _event(kind: AuditKind, actor: Actor, row: ApiTokenRow, person: PersonRow) -> AuditEvent:
    details = {
        "person_id": str(row.person_id),
        "person_email": person.email,
        "name": row.name,
        "roles": row.roles.split(","),
        "expires_at": instant(row.expires_at),
    }
    return AuditEvent(kind, audit_actor(actor), "token", str(row.id), details)
