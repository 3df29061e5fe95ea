"""Random walks over everything that people may do with push requests, and the law that no walk may break.

The walk keeps a book of its own: which texts each approval that was accepted was given for, and by whom. It reads nothing of
that back from the product but the texts, and holds every write that reaches ServiceNow against the book.
"""

import asyncio
import datetime as dt
import random
import uuid
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace

from core.domain.actor import Actor, Grant, Role
from core.domain.conflict import Choice
from core.domain.push import Readiness, RequestState
from core.errors import GrcError
from core.read_models import RequestCard
from core.store.pushes import list_items
from core.usecases.approval_clock import expire_requests, nudge_approvers, remind_approvers
from core.usecases.approvals import approve_push, ask_for_changes, decline_push, start_push, withdraw_decline
from core.usecases.cards import request_card
from core.usecases.conflicts import SeenConflict, resolve_conflict, undo_resolution
from core.usecases.drafts import prepare_push
from core.usecases.edits import get_statement, revert, save_edit
from core.usecases.push_runner import PushRunner
from core.usecases.pushes import cancel_push, leave_out, request_push, retry_failed
from core.usecases.undo import undo_push
from core.wiring import Core
from sandbox.servicenow import SERVICE_ACCOUNT, STATEMENT_FIELD, Commit
from tests.faults.desk import Desk

PEOPLE = ("editor", "requester", "approver", "second", "admin", "stranger")


class WalkClock:
    """The real time, and as much later as the walk has come."""

    def __init__(self) -> None:
        self.later = dt.timedelta()

    def now(self) -> dt.datetime:
        return dt.datetime.now(dt.UTC) + self.later


@dataclass
class _Booked:
    """What the walk knows of one request: by whom exactly these texts were approved, and who objects."""

    requester: str
    approved: dict[str, dict[str, str]] = field(default_factory=dict)
    objecting: set[str] = field(default_factory=set)


@dataclass
class Walk:
    """One walk. `step` does something at random; `refused` counts what the product said no to, `pushed` what was written."""

    seed: int
    desk: Desk
    required: int
    refused: Counter[str] = field(default_factory=Counter)
    done: Counter[str] = field(default_factory=Counter)
    pushed: int = 0
    faults: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.random = random.Random(self.seed)
        self.clock = WalkClock()
        settings = self.desk.core.settings.model_copy(
            update={"approvals_required": self.required, "push_requests_per_hour": 1_000}
        )
        self.desk.core = replace(self.desk.core, settings=settings, clock=self.clock)
        self.core.rights.of = self._roles_of
        self.lost: set[str] = set()
        self.books: dict[uuid.UUID, _Booked] = {}
        self.cards: dict[uuid.UUID, list[RequestCard]] = defaultdict(list)
        self.editors: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
        self.desk.servicenow.watch(self._written)

    @property
    def core(self) -> Core:
        """The product."""
        return self.desk.core

    def actor(self, name: str) -> Actor:
        """The person, with the roles held now."""
        actor: Actor = getattr(self.desk.cast, name)
        kept = tuple(grant for grant in actor.grants if not (grant.role is Role.APPROVER and name in self.lost))
        return replace(actor, grants=kept)

    async def step(self) -> None:
        """Do something. What the product refuses is counted; anything else it raises is a fault of it."""
        deeds: dict[Callable[[], Awaitable[None]], int] = {
            self._edit: 4,
            self._ask: 5,
            self._approve: 16,
            self._object: 2,
            self._withdraw: 3,
            self._start: 4,
            self.drain: 6,
            self._change_roles: 2,
            self._their_edit: 1,
            self._settle: 3,
            self._clerk: 2,
            self._undo: 1,
            self._time_passes: 1,
        }
        (deed,) = self.random.choices(list(deeds), list(deeds.values()))
        try:
            await deed()
            self.done[deed.__name__] += 1
        except GrcError as refusal:
            self.refused[type(refusal).code] += 1

    def _written(self, commit: Commit) -> None:
        """The law: a text is written only with enough people's approval of exactly this text in this place."""
        if commit.by != SERVICE_ACCOUNT or STATEMENT_FIELD not in commit.changes:
            return
        self.pushed += 1
        text = commit.changes[STATEMENT_FIELD][1]
        if not any(self._covers(booked, commit.sys_id, text) for booked in self.books.values()):
            self.faults.append(f"seed {self.seed}: {commit.sys_id} was written without a quorum for {text!r}")

    def _covers(self, booked: _Booked, sys_id: str, text: str) -> bool:
        authors = self.editors[sys_id][text]
        approving = {
            name
            for name, texts in booked.approved.items()
            if texts.get(sys_id) == text and name not in self.lost | authors | {booked.requester}
        }
        return len(approving) >= self.required and not booked.objecting

    async def _roles_of(self, slack_id: str) -> tuple[Grant, ...]:
        name = next(name for name in PEOPLE if getattr(self.desk.cast, name).slack_user_id == slack_id)
        return self.actor(name).grants

    async def _edit(self) -> None:
        sys_id, name = self.random.choice(self.desk.ids), self.random.choice(("editor", "requester"))
        statement = await get_statement(self.core, sys_id)
        if self.random.random() < 0.1:
            await revert(self.core, self.actor(name), statement.id)
            return
        text = f"<p>Written in walk {self.seed}, {self.random.randrange(10**6)}.</p>"
        saved = await save_edit(self.core, self.actor(name), statement.id, text, source="walk")
        self.editors[sys_id][saved.local or ""].add(name)

    async def _ask(self) -> None:
        found = [await get_statement(self.core, sys_id) for sys_id in self.desk.ids]
        wanted = [statement.id for statement in found if statement.local is not None]
        if wanted:
            chosen = self.random.sample(wanted, self.random.randint(1, len(wanted)))
            draft = await prepare_push(self.core, self.actor("requester"), chosen)
            tries = 2 if self.random.random() < 0.2 else 1
            asked = [request_push(self.core, self.actor("requester"), draft.request_id) for _ in range(tries)]
            answers = await asyncio.gather(*asked, return_exceptions=True)
            self.books[draft.request_id] = _Booked("requester")
            await self._see(draft.request_id)
            self._raise_bugs(answers)

    async def _see(self, request_id: uuid.UUID) -> None:
        """Somebody looks at the card: it may be clicked later, when it is long out of date."""
        self.cards[request_id].append(await request_card(self.core, request_id))

    def _some_card(self) -> RequestCard:
        """A card as it once was drawn; the newest, more often than not."""
        if not self.cards:
            raise GrcError("no card yet")
        waiting = [each for each, drawn in self.cards.items() if drawn[-1].state is RequestState.WAITING]
        likely = waiting if waiting and self.random.random() < 0.8 else list(self.cards)[-3:]
        request_id = self.random.choice(likely)
        drawn = self.cards[request_id]
        return drawn[-1] if self.random.random() < 0.7 else self.random.choice(drawn)

    async def _fresh(self, card: RequestCard) -> RequestCard:
        if self.random.random() < 0.8:
            await self._see(card.id)
            return self.cards[card.id][-1]
        return card

    async def _texts(self, request_id: uuid.UUID) -> dict[str, str]:
        """Exactly what the request would send now, by sys_id."""
        async with self.core.db.reading() as tx:
            items = [item for item in await list_items(tx, request_id) if item.readiness == Readiness.READY]
        names = {line.statement_id: line.sn_sys_id for line in (await request_card(self.core, request_id)).lines}
        return {names[item.statement_id]: item.local_content for item in items}

    async def _approve(self) -> None:
        card = await self._fresh(self._some_card())
        name = self.random.choice(("approver", "second", "approver", "second", *PEOPLE))
        names = ("approver", "second") if self.random.random() < 0.4 else (name,)
        for each in names:
            await self._approve_as(each, card)

    async def _approve_as(self, name: str, card: RequestCard) -> None:
        starts, texts = self.random.random() < 0.7, await self._texts(card.id)
        tries = self.random.choice((1, 1, 1, 2))
        clicks = [
            approve_push(self.core, self.actor(name), card.id, shown_digest=card.content_digest, starts_push=starts)
            for _ in range(tries)
        ]
        answers = await asyncio.gather(*clicks, return_exceptions=True)
        if any(isinstance(answer, RequestCard) for answer in answers):
            booked = self.books[card.id]
            booked.approved[name] = texts
            booked.objecting.discard(name)
        self._raise_bugs(answers)
        if all(isinstance(answer, GrcError) for answer in answers):
            raise next(answer for answer in answers if isinstance(answer, GrcError))

    async def _object(self) -> None:
        card, name = await self._fresh(self._some_card()), self.random.choice(("approver", "second", *PEOPLE))
        deed = self.random.choice((decline_push, ask_for_changes))
        await deed(self.core, self.actor(name), card.id, shown_digest=card.content_digest, comment="Not like this.")
        self.books[card.id].approved.pop(name, None)
        self.books[card.id].objecting.add(name)

    async def _withdraw(self) -> None:
        declined = [drawn[-1] for drawn in self.cards.values() if self.books[drawn[-1].id].objecting]
        card = self.random.choice(declined) if declined else self._some_card()
        name = self.random.choice(sorted(self.books[card.id].objecting) or PEOPLE)
        await withdraw_decline(self.core, self.actor(name), card.id, shown_digest=card.content_digest)
        self.books[card.id].objecting.discard(name)

    async def _start(self) -> None:
        card = await self._fresh(self._some_card())
        name = self.random.choice(PEOPLE)
        await start_push(self.core, self.actor(name), card.id, shown_digest=card.content_digest)

    async def drain(self) -> None:
        """The engine runs; each time it is a new one, as after a restart."""
        await PushRunner(self.core).drain()

    async def _change_roles(self) -> None:
        """A role is given or taken, which counts at the next look."""
        self.lost = set() if self.lost else {self.random.choice(("approver", "second"))}

    async def _their_edit(self) -> None:
        sys_id = self.random.choice(self.desk.ids)
        self.desk.save_theirs(sys_id, f"<p>Theirs, {self.random.randrange(10**6)}.</p>")

    async def _settle(self) -> None:
        card = await self._fresh(self._some_card())
        conflicts = [line.conflict for line in card.lines if line.conflict is not None]
        if not conflicts:
            raise GrcError("no conflict")
        conflict, name = self.random.choice(conflicts), self.random.choice(("editor", "requester"))
        seen = SeenConflict(conflict.id, conflict.revision)
        if not conflict.is_open:
            await undo_resolution(self.core, self.actor(name), seen)
        else:
            choice = self.random.choice((Choice.KEEP_LOCAL, Choice.KEEP_LOCAL, Choice.KEEP_REMOTE))
            await resolve_conflict(self.core, self.actor(name), seen, choice)
        await self._see(card.id)

    async def _clerk(self) -> None:
        card, actor = self._some_card(), self.actor(self.random.choice(PEOPLE))
        line = self.random.choice(card.lines)
        deeds = (
            lambda: retry_failed(self.core, actor, card.id),
            lambda: cancel_push(self.core, actor, card.id),
            lambda: leave_out(self.core, actor, card.id, line.statement_id),
            lambda: remind_approvers(self.core, actor, card.id),
        )
        await self.random.choice(deeds)()

    async def _undo(self) -> None:
        ended = [drawn[-1].id for drawn in self.cards.values()]
        undone = await undo_push(self.core, self.actor("requester"), self.random.choice(ended or [uuid.uuid4()]))
        for statement_id in undone.statement_ids:
            statement = await get_statement(self.core, str(statement_id))
            self.editors[statement.sn_sys_id][statement.local or ""].add("requester")

    async def _time_passes(self) -> None:
        self.clock.later += dt.timedelta(hours=self.random.choice((1, 6, 25)))
        await nudge_approvers(self.core)
        await expire_requests(self.core)

    def _raise_bugs(self, answers: list[RequestCard | BaseException]) -> None:
        for answer in answers:
            if isinstance(answer, BaseException) and not isinstance(answer, GrcError):
                raise answer
