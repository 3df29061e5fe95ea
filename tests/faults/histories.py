"""Random histories: pushes of random sets while others edit, delete and make records anew, and everything breaks.

Everything that happens is drawn from the seed and from what it happens to (the record, and the how-manieth write of it),
not from the order in which lanes come by; so a seed replays its history as far as timing allows at all.
"""

import asyncio
import random
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from core.domain.conflict import Choice, ConflictKind
from core.domain.push import RequestState
from core.errors import NotFound, Refused, RemoteError
from core.models.requests import RequestCard
from core.usecases.approvals.deciding import approve_push
from core.usecases.conflicts.settling import SeenConflict, resolve_conflict
from core.usecases.pulling.pull import pull
from core.usecases.pushing.runner import PushRunner
from core.usecases.pushing.survey import has_waiting_work
from core.usecases.requests.asking import request_push, retry_failed
from core.usecases.requests.cards import request_card
from core.usecases.requests.drafts import prepare_push
from core.usecases.statements.edits import get_statement, save_edit
from sandbox.servicenow import CONTROLS, STATEMENT_FIELD, STATEMENTS, Moment
from tests.faults.desk import Desk, created

WRITES = "PATCH,PUT,POST"
# What may happen to a write on its way: the fault's number and its settings.
BREAKAGES: tuple[tuple[int, dict[str, Any]], ...] = (
    (27, {"when": "before"}),
    (27, {"when": "after_commit"}),
    (27, {"when": "mid_body"}),
    (26, {"status": 500, "when": "before"}),
    (26, {"status": 502, "when": "after"}),
    (26, {"status": 504, "when": "before"}),
    (25, {"runs": True}),
    (25, {"runs": False}),
    (29, {}),
    (33, {}),
    (30, {"kind": "maintenance"}),
    (22, {"kind": "cancelled", "when": "after"}),
    (22, {"kind": "business_rule", "when": "before"}),
    (22, {"kind": "business_rule", "when": "after"}),
)
ZOMBIES: tuple[tuple[int, dict[str, Any]], ...] = ((10, {"after": 0.0}), (10, {"after": 0.15}))
MOMENTS = ("before_write", "before_commit", "after_commit")
MOST_WRITES = 8


@dataclass
class History:
    """One history at a desk. `play` it, then hold it against the oracle."""

    seed: int
    desk: Desk
    told: list[str] = field(default_factory=list)
    _seen: Counter[tuple[str, str]] = field(default_factory=Counter)
    _texts: Counter[str] = field(default_factory=Counter)
    _made: int = 0

    def chance(self, *what: object) -> random.Random:
        """The dice for one thing: the same in every replay."""
        return random.Random(f"{self.seed}/{'/'.join(str(part) for part in what)}")

    @property
    def has_zombies(self) -> bool:
        """Whether writes may land long after they were given up; then no text is changed without a trace between pushes.

        A late landing over a change that left no trace, with an old value read long before, is seen by nobody.
        """
        return self.seed % 2 == 0

    async def play(self) -> None:
        """A few rounds of edits, pulls and pushes among all that, and a quiet end in which everything is found out."""
        dice = self.chance("world")
        behaviour = self.desk.servicenow.behaviour
        behaviour.mod_count_from = dice.choice(["loaded", "database"])
        behaviour.audit_old_value = dice.choice(["loaded", "replaced"])
        behaviour.noop_bumps = dice.random() < 0.2
        behaviour.audit_delay = dice.choice([0.0, 0.0, 0.03])
        behaviour.commit_seconds = 0.0
        self._break_things()
        for event in MOMENTS:
            self.desk.servicenow.on(event, self._meddle, table=STATEMENTS, user="grcpush.svc", times=None)
        for number in range(dice.randint(2, 3)):
            await self._round(number)
        await self._calm_down()

    # What others and the network do ------------------------------------------------------------------------------

    def _break_things(self) -> None:
        for sys_id in self.desk.ids:
            dice = self.chance("network", sys_id)
            for nth in range(1, MOST_WRITES):
                if dice.random() < 0.25:
                    number, how = dice.choice([*BREAKAGES, *ZOMBIES] if self.has_zombies else BREAKAGES)
                    self.desk.servicenow.faults.on(number, sys_id=sys_id, method=WRITES, nth=nth, **how)
                    self.desk.spoiled += number in (27, 29, 30, 33)
        dice = self.chance("reads")
        for nth in range(2, 30):
            if dice.random() < 0.04:
                self.desk.servicenow.faults.on(26, method="GET", table=STATEMENTS, nth=nth)
        self.desk.servicenow.faults.on(34, method=WRITES, nth=dice.randint(1, 6))

    def _meddle(self, moment: Moment) -> None:
        """Somebody does something to the record of a write at one of its moments."""
        self._seen[moment.event, moment.sys_id] += 1
        dice = self.chance("meddling", moment.event, moment.sys_id, self._seen[moment.event, moment.sys_id])
        if dice.random() < 0.12:
            self._act(moment.sys_id, dice, may_hide=moment.event == "before_write")

    def _act(self, sys_id: str, dice: random.Random, *, may_hide: bool = True) -> None:
        servicenow = self.desk.servicenow
        deed = dice.choice(["text", "text", "text", "text", "column", "back", "delete", "remake", "hidden", "clear"])
        if not servicenow.has(STATEMENTS, sys_id):
            if deed == "remake":
                self._make(sys_id)
            return
        self.told.append(f"{deed} {sys_id[:4]}")
        if deed in ("text", "hidden"):
            self._texts[sys_id] += 1
            text = f"<p>Theirs for {sys_id[:4]}, number {self._texts[sys_id]}.</p>"
            self.desk.save_theirs(sys_id, text, stamps=deed == "text" or not may_hide)
        elif deed == "column":
            servicenow.edit(STATEMENTS, sys_id, "u_reviewer_note", f"Note {dice.random()}")
        elif deed == "back":
            self.desk.save_theirs(sys_id, "<p>What it was long ago.</p>")
        elif deed == "clear":
            self.desk.save_theirs(sys_id, "")
        else:
            servicenow.delete(STATEMENTS, sys_id)
            if deed == "remake":
                self._make(sys_id)

    def _make(self, sys_id: str) -> None:
        control = next(iter(self.desk.servicenow.store.rows(CONTROLS).keys))
        text = f"<p>Made anew as {sys_id[:4]}.</p>"
        self.desk.servicenow.add(STATEMENTS, sys_id=sys_id, control=control, **{STATEMENT_FIELD: text})
        self._made += 1
        created(self.desk.servicenow, sys_id, f"2026-02-01 08:{self._made // 60:02}:{self._made % 60:02}")

    # What we do ----------------------------------------------------------------------------------------------------

    async def _round(self, number: int) -> None:
        dice = self.chance("round", number)
        chosen = sorted(dice.sample(self.desk.ids, dice.randint(2, len(self.desk.ids))))
        statements = []
        for sys_id in chosen:
            try:
                statement = await get_statement(self.desk.core, sys_id)
                text = f"<p>Ours for {sys_id[:4]} in round {number}.</p>"
                statements.append(
                    (await save_edit(self.desk.core, self.desk.cast.editor, statement.id, text, source="test")).id
                )
            except Refused as error:
                self.told.append(f"not edited: {error.sentence}")
        self._others_act(dice)
        if dice.random() < 0.4:
            await self._tried(pull(self.desk.core, is_full=dice.random() < 0.5))
        card = await self._tried(self._ask(statements, dice))
        self._others_act(dice)
        if card is not None and card.state is RequestState.PUSHING:
            await self._push(dice, card)

    def _others_act(self, dice: random.Random) -> None:
        for sys_id in self.desk.ids:
            if dice.random() < 0.15:
                self._act(sys_id, dice, may_hide=not self.has_zombies)

    async def _ask(self, statements: list[Any], dice: random.Random) -> RequestCard:
        core, cast = self.desk.core, self.desk.cast
        preview = await prepare_push(core, cast.requester, statements)
        card = await request_push(core, cast.requester, preview.request_id)
        for conflict in card.open_conflicts:
            choice = dice.choice([Choice.KEEP_LOCAL, Choice.KEEP_REMOTE])
            await resolve_conflict(core, cast.requester, SeenConflict(conflict.id, conflict.revision), choice)
        card = await request_card(core, card.id)
        if card.state is RequestState.WAITING:
            card = await approve_push(core, cast.approver, card.id, shown_digest=card.content_digest)
        return card

    async def _push(self, dice: random.Random, card: RequestCard) -> None:
        for _ in range(dice.choice([0, 0, 1, 2])):
            await self._killed_after(dice.randint(1, 6), dice.choice(MOMENTS))
        await self.run()
        if dice.random() < 0.5:
            await self._settle_what_was_overwritten(dice)
        card = await request_card(self.desk.core, card.id)
        if card.retryable and dice.random() < 0.5:
            await self._tried(retry_failed(self.desk.core, self.desk.cast.requester, card.id))
            await self.run()

    async def run(self) -> None:
        """Push until nothing is left, as the engine does."""
        await PushRunner(self.desk.core).drain()
        assert not await has_waiting_work(self.desk.core)

    async def _killed_after(self, writes: int, event: str) -> None:
        """A run that dies when so many writes have come to a moment, or ends before."""
        run = asyncio.create_task(PushRunner(self.desk.core).drain())
        self.desk.servicenow.on(event, lambda _: _kill(run), table=STATEMENTS, user="grcpush.svc", nth=writes)
        await asyncio.wait([run])
        self.told.append(f"killed at {event} {writes}: {run.cancelled()}")
        if not run.cancelled():
            run.result()

    async def _settle_what_was_overwritten(self, dice: random.Random) -> None:
        for sys_id in self.desk.ids:
            for conflict in await self.desk.conflicts(sys_id):
                if conflict.kind == ConflictKind.OVERWROTE.value and dice.random() < 0.5:
                    choice = dice.choice([Choice.KEEP_LOCAL, Choice.KEEP_REMOTE])
                    seen = SeenConflict(conflict.id, conflict.revision)
                    await self._tried(resolve_conflict(self.desk.core, self.desk.cast.editor, seen, choice))

    async def _tried(self, work: Any) -> Any:
        """The work's result; None when it was refused in words, as people would be told."""
        try:
            return await work
        except (Refused, RemoteError, NotFound) as error:
            self.told.append(f"{type(error).__name__}: {error.sentence}")
            return None

    async def _calm_down(self) -> None:
        """Nothing breaks any more: what is still under way lands, and everything in doubt is found out."""
        self.desk.servicenow.hooks.clear()
        self.desk.servicenow.faults.clear()
        self.desk.servicenow.behaviour.audit_delay = 0.0
        await self.desk.core.servicenow.preflight(force=True)
        await self.run()
        await self.desk.late_look()
        await self.run()


def _kill(run: "asyncio.Task[None]") -> None:
    """End the run and its lanes at once, wherever they are: what they sent goes on in ServiceNow.

    A run that has ended is not to be killed, and the one after it is another's.
    """
    if run.done():
        return
    for task in asyncio.all_tasks():
        name = getattr(task.get_coro(), "__qualname__", "")
        if task is run or name.startswith("PushRunner."):
            task.cancel()
