"""A small instance with a few statements, a database of its own, and people who push: where the fault tests work."""

import asyncio
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlmodel import col, select

from core.domain.statement import Statement
from core.models.requests import ItemResult, RequestCard
from core.store.tables import ConflictRow
from core.usecases.approvals.deciding import approve_push
from core.usecases.pushing.runner import PushRunner
from core.usecases.pushing.survey import has_waiting_work
from core.usecases.requests.asking import request_push
from core.usecases.requests.cards import request_card
from core.usecases.requests.drafts import prepare_push
from core.usecases.statements.edits import get_statement, save_edit
from core.wiring import Core, Waits
from sandbox.servicenow import CONTROLS, STATEMENT_FIELD, STATEMENTS, SYSTEMS, ServiceNow
from tests.cast import Cast

# Looks follow each other within moments; a write without an answer is looked at again after a third of a second.
SHORT = Waits(read_back=(0.03, 0.06, 0.1), audit=(0.0, 0.05, 0.1), again=0.02, late_landing=0.3)
CREATED = "2026-01-05 08:00:00"
THEIRS = "<p>Jane's own text, which nobody here has seen.</p>"


def original(number: int) -> str:
    """The text that ServiceNow holds at first."""
    return f"<p>Statement {number}: accounts are reviewed every quarter.</p><p>The list is kept for {number} years.</p>"


def ours(number: int) -> str:
    """The text that we push."""
    return f"<p>Statement {number}: accounts are reviewed every month.</p><p>The list is kept for {number} years.</p>"


def furnish(servicenow: ServiceNow, count: int) -> list[str]:
    """Fill the instance with a system and so many statements; gives back their sys_ids in order."""
    system = servicenow.add(SYSTEMS, name="Payroll")
    made = []
    for number in range(count):
        control = servicenow.add(CONTROLS, number=f"AC-{number + 1}", name=f"Control {number + 1}", system=system)
        fields = {"control": control, STATEMENT_FIELD: original(number), "sys_id": _sys_id(number + 1)}
        made.append(servicenow.add(STATEMENTS, **fields))
        created(servicenow, made[-1], CREATED)
    return made


def _sys_id(number: int) -> str:
    """One digit all over, which is easily read; beyond those, the number."""
    return f"{number:x}" * 32 if number < 16 else f"{number:032x}"


def created(servicenow: ServiceNow, sys_id: str, at: str) -> None:
    """Say when a statement came to be: records made within the same second could not be told apart."""
    servicenow.store.change(STATEMENTS, sys_id, {"sys_created_on": at})


@dataclass
class Desk:
    """What a test works with. `ids` are the sys_ids of the statements; the nth has the texts `original(n)`, `ours(n)`.

    `unseen` and `spoiled` are for the oracle: records on which an overwrite cannot be noticed, as the documentation
    says, and how many answers of status 200 the stand-in spoiled.
    """

    core: Core
    cast: Cast
    servicenow: ServiceNow
    ids: list[str]
    unseen: set[str] = field(default_factory=set)
    spoiled: int = 0

    async def edit(self, sys_ids: Sequence[str]) -> list[uuid.UUID]:
        """Save our texts locally; gives back the statements' ids."""
        saved = []
        for sys_id in sys_ids:
            statement = await get_statement(self.core, sys_id)
            text = ours(self.ids.index(sys_id))
            saved.append((await save_edit(self.core, self.cast.editor, statement.id, text, source="test")).id)
        return saved

    async def approved(self, *sys_ids: str) -> RequestCard:
        """A push of our texts for these statements (all of them by default), approved and not begun."""
        return await self._approved(await self.edit(sys_ids or self.ids))

    async def _approved(self, statements: Sequence[uuid.UUID]) -> RequestCard:
        preview = await prepare_push(self.core, self.cast.requester, statements)
        card = await request_push(self.core, self.cast.requester, preview.request_id)
        return await approve_push(self.core, self.cast.approver, card.id, shown_digest=card.content_digest)

    async def run(self) -> None:
        """What the engine's durable step runs, until nothing is left to push."""
        await PushRunner(self.core).drain()
        assert not await has_waiting_work(self.core), "the engine would begin anew for ever"

    async def push(self, *sys_ids: str) -> dict[str, ItemResult]:
        """Push our texts for these statements (all of them by default); gives back the results by sys_id."""
        card = await self.approved(*sys_ids)
        await self.run()
        return await self.results(card.id)

    async def push_one(self, sys_id: str = "") -> ItemResult:
        """Push our text for one statement, the first by default."""
        sys_id = sys_id or self.ids[0]
        return (await self.push(sys_id))[sys_id]

    async def push_saved(self, statement_id: uuid.UUID) -> ItemResult:
        """Push what was saved for one statement."""
        card = await self._approved([statement_id])
        await self.run()
        return next(iter((await self.results(card.id)).values()))

    async def results(self, request_id: uuid.UUID) -> dict[str, ItemResult]:
        """The newest results of a request by sys_id."""
        return {result.sn_sys_id: result for result in (await request_card(self.core, request_id)).results}

    async def late_look(self) -> None:
        """Let the time pass in which a write may still land, then have doubtful writes looked at."""
        await asyncio.sleep(self.core.waits.late_landing)
        await self.run()

    async def statement(self, sys_id: str) -> Statement:
        """The statement as we hold it."""
        return await get_statement(self.core, sys_id)

    async def conflict(self, sys_id: str) -> ConflictRow:
        """The one open conflict of a statement."""
        open_ones = await self.conflicts(sys_id)
        assert len(open_ones) == 1
        return open_ones[0]

    async def conflicts(self, sys_id: str) -> list[ConflictRow]:
        """The open conflicts of a statement."""
        statement = await self.statement(sys_id)
        async with self.core.db.reading() as tx:
            query = select(ConflictRow).where(
                ConflictRow.statement_id == statement.id, col(ConflictRow.is_open).is_(True)
            )
            return list((await tx.exec(query)).all())

    def text(self, sys_id: str) -> str:
        """What ServiceNow holds."""
        return self.servicenow.get(STATEMENTS, sys_id)[STATEMENT_FIELD]

    def save_theirs(self, sys_id: str, text: str = THEIRS, **how: object) -> None:
        """Somebody else saves the statement in ServiceNow."""
        self.servicenow.edit(STATEMENTS, sys_id, STATEMENT_FIELD, text, **how)

    def sends(self, sys_id: str) -> int:
        """How many writes of this record were asked for."""
        return sum(request.sys_id == sys_id and request.is_write for request in self.servicenow.requests)


def is_pushed_cleanly(desk: Desk, statement: Statement, sys_id: str) -> bool:
    """Whether nothing is left to do: no local edit, and the baseline is what ServiceNow holds."""
    return statement.local is None and statement.baseline == desk.text(sys_id)
