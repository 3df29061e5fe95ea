"""How a measurement begins: a pulled database, people, local edits, a request that waits for its approval."""

import contextlib
import tempfile
import uuid
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any

from sqlmodel import col, select

from bot.local import make_engine, open_core
from core.config import Settings
from core.domain.actor import Actor, Grant, Identity, Role
from core.engine.durable import Engine
from core.models.requests import RequestCard
from core.store.tables import StatementRow
from core.usecases.people.actors import remember
from core.usecases.pulling.pull import pull
from core.usecases.requests.asking import request_push
from core.usecases.requests.drafts import prepare_push
from core.usecases.statements.edits import save_edit
from core.wiring import Core
from sandbox.servicenow import SERVICE_ACCOUNT, SERVICE_PASSWORD

MORE = "<p>One more sentence, written for the measurement.</p>"


@contextlib.contextmanager
def a_folder() -> Any:
    with tempfile.TemporaryDirectory(prefix="grcpush-bench-") as folder:
        yield Path(folder)


def settings_for(url: str, database_url: str, **more: Any) -> Settings:
    return Settings(
        database_url=database_url,
        servicenow_url=url,
        servicenow_username=SERVICE_ACCOUNT,
        servicenow_password=SERVICE_PASSWORD,
        editors=("editor@example.com",),
        requesters=("requester@example.com",),
        approvers=("approver@example.com",),
        push_requests_per_hour=10_000,
        **more,
    )


@contextlib.asynccontextmanager
async def a_core(url: str, database_url: str) -> AsyncIterator[Core]:
    """The use cases' collaborators, with everything pulled."""
    async with open_core(settings_for(url, database_url)) as core:
        await pull(core)
        yield core


@contextlib.asynccontextmanager
async def an_engine(core: Core) -> AsyncIterator[Engine]:
    """The push engine as `serve` has it."""
    engine = make_engine(core)
    core.signals.work_released = engine.wake
    await engine.start()
    try:
        yield engine
    finally:
        await engine.stop()


async def a_person(core: Core, name: str, *roles: Role) -> Actor:
    email = f"{name}@example.com"
    person_id = await remember(core, Identity(name.title(), email))
    return Actor(person_id, name.title(), email, None, tuple(Grant(role) for role in roles))


async def edit(core: Core, sys_ids: Sequence[str], sentence: str = MORE) -> list[uuid.UUID]:
    """Local edits of these statements; gives back their ids."""
    editor = await a_person(core, "editor", Role.EDITOR)
    async with core.db.reading() as tx:
        query = select(StatementRow.id, StatementRow.content).where(col(StatementRow.sn_sys_id).in_(sys_ids))
        rows = (await tx.exec(query)).all()
    for statement_id, content in rows:
        await save_edit(core, editor, statement_id, content + sentence, source="benchmark")
    return [statement_id for statement_id, _ in rows]


async def request(core: Core, statement_ids: Sequence[uuid.UUID]) -> RequestCard:
    """A push request for these statements that waits for its approval."""
    requester = await a_person(core, "requester", Role.REQUESTER)
    draft = await prepare_push(core, requester, statement_ids)
    return await request_push(core, requester, draft.request_id)
