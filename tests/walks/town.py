"""One example's world: both stand-ins and the bot on a database of its own, which can be restarted and killed."""

import asyncio
import contextlib
import datetime as dt
import json
import logging
from collections.abc import Awaitable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bot.app import Bot, Pace, running_bot
from core.config import Settings
from core.usecases.approvals.clock import expire_requests, nudge_approvers
from core.usecases.pulling.pull import pull
from sandbox.servicenow import SERVICE_ACCOUNT, SERVICE_PASSWORD, STATEMENT_FIELD, STATEMENTS, Moment, ServiceNow
from sandbox.serving import running
from sandbox.slack import Delivery, Message, Workspace
from tests.clocks import MovedClock
from tests.faults.desk import SHORT, furnish
from tests.stage import ADMIN, CHANNEL, EDITOR, REQUESTER, slack_settings
from tests.walks.rows import Reader

STATEMENTS_THERE = 3
GROUP = "S0APPROVE"
# No spacing, no polling to wait for, and every right is read anew at each act.
QUICK = Pace(0.0, 0.01, 0.01, engine_poll=0.1, user_seconds=0.0, group_seconds=0.0, first_tick_seconds=3_600)
_OURS = ("Guard.", "Cards.", "Homes.", "Drawing.", "Notices.")
_STEADY_SECONDS = 0.02
_REST_SECONDS = 20.0


@dataclass(frozen=True)
class Write:
    """A write as it arrived at ServiceNow: the text, what stood there, when, and who could have approved then."""

    sys_id: str
    text: str
    before: str
    at: dt.datetime
    was_paused: bool
    entitled: frozenset[str]


@dataclass
class Town:
    """Everything one example happens in."""

    folder: Path
    template: Path
    required: int
    servicenow: ServiceNow = field(default_factory=ServiceNow)
    slack: Workspace = field(default_factory=Workspace)
    clock: MovedClock = field(default_factory=MovedClock)
    writes: list[Write] = field(default_factory=list)
    waiting: int = 0
    mistakes: list[str] = field(default_factory=list)
    _gate: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self._ear = _Ear(self.mistakes)

    async def open(self) -> None:
        """Start everything, and pull."""
        logging.getLogger().addHandler(self._ear)
        self.ids = furnish(self.servicenow, STATEMENTS_THERE)
        database = self.folder / "grcpush.db"
        for leftover in self.folder.iterdir():
            leftover.unlink()
        database.write_bytes(self.template.read_bytes())
        self.rows = Reader(database)
        self._gate.set()
        self._servers, self._app = contextlib.AsyncExitStack(), contextlib.AsyncExitStack()
        url = await self._servers.enter_async_context(running(self.servicenow.app))
        await self._servers.enter_async_context(self.slack.running())
        self.servicenow.on("before_write", self._arrived, table=STATEMENTS, user=SERVICE_ACCOUNT, times=None)
        settings = Settings(
            database_url=f"sqlite:///{database}",
            servicenow_url=url,
            servicenow_username=SERVICE_ACCOUNT,
            servicenow_password=SERVICE_PASSWORD,
            slack_channel=CHANNEL,
            editors=("editor@example.com", "requester@example.com", "second@example.com"),
            requesters=("requester@example.com", "second@example.com"),
            approvers=("@grc-approvers", "admin@example.com", "requester@example.com", "editor@example.com"),
            admins=("admin@example.com",),
            approvals_required=self.required,
            push_settle_seconds=0.0,
            push_requests_per_hour=1_000,
        )
        self._settings = slack_settings(settings, self.slack)
        await self._start()
        await pull(self.bot.core)

    async def close(self) -> None:
        """Stop everything."""
        logging.getLogger().removeHandler(self._ear)
        self.let_writes_go()
        await self._app.aclose()
        await self._servers.aclose()
        self.rows.close()

    async def restart(self) -> None:
        """Stop as for an upgrade: what is under way is finished first."""
        self.let_writes_go()
        await self._app.aclose()
        await self._start()

    async def kill(self) -> None:
        """End the run of the push wherever it is, and the process with it; what it had sent goes on in ServiceNow."""
        _cancel("PushRunner.", "Guard.", "Cards.")
        await self._app.aclose()
        self.let_writes_go()
        await self._start()

    async def _start(self) -> None:
        self._app = contextlib.AsyncExitStack()
        self.bot: Bot = await self._app.enter_async_context(running_bot(self._settings, clock=self.clock, pace=QUICK))
        object.__setattr__(self.bot.core, "waits", SHORT)
        self.slack.deliver_to(await self._app.enter_async_context(running(self.bot.server)))

    # ServiceNow -------------------------------------------------------------------------------------------------

    def hold_writes(self) -> None:
        """From now on writes wait before they are carried out."""
        self._gate.clear()

    def let_writes_go(self) -> None:
        self._gate.set()

    async def _arrived(self, moment: Moment) -> None:
        body = json.loads(moment.exchange.body)
        if STATEMENT_FIELD in body:
            self.writes.append(
                Write(
                    moment.sys_id,
                    body[STATEMENT_FIELD],
                    self.text(moment.sys_id),
                    self.clock.now(),
                    self.rows.is_paused(),
                    self.entitled(),
                )
            )
        self.waiting += 1
        try:
            await self._gate.wait()
        finally:
            self.waiting -= 1

    def text(self, sys_id: str) -> str:
        """What ServiceNow holds."""
        return self.servicenow.get(STATEMENTS, sys_id)[STATEMENT_FIELD]

    # Slack ------------------------------------------------------------------------------------------------------

    def entitled(self) -> frozenset[str]:
        """Who may approve now, going by the workspace and the settings alone."""
        users = self.slack.directory.users
        named = {*self.slack.directory.groups[GROUP].users, ADMIN, REQUESTER, EDITOR}
        return frozenset(one for one in named if not users[one].deleted)

    def set_approver(self, who: str) -> None:
        """Take a member out of the approvers' group, or bring them back."""
        members = self.slack.directory.groups[GROUP].users
        members.remove(who) if who in members else members.append(who)

    def record_url(self, sys_id: str) -> str:
        """Where people read a record in ServiceNow."""
        return f"{self._settings.servicenow_url}/nav_to.do?uri={STATEMENTS}.do?sys_id={sys_id}"

    def cards(self) -> list[Message]:
        """The cards of all push requests, oldest first."""
        return [message for message in self.slack.messages(CHANNEL) if "Push request #" in message.text]

    def replies(self) -> list[Message]:
        """Everything that was posted in the cards' threads."""
        return [reply for card in self.cards() for reply in self.slack.thread(CHANNEL, card.ts) if reply.is_reply]

    async def together(self, *doings: Awaitable[Delivery | None]) -> list[Delivery]:
        """What people do at the same moment, and everything that comes of it."""
        deliveries = await asyncio.gather(*doings)
        await self.rest()
        return [delivery for delivery in deliveries if delivery is not None]

    # Time -------------------------------------------------------------------------------------------------------

    async def clock_work(self) -> None:
        """What the scheduler does by the clock."""
        await nudge_approvers(self.bot.core)
        await expire_requests(self.bot.core)
        await self.rest()

    async def pull(self) -> None:
        await pull(self.bot.core)
        await self.rest()

    async def rest(self) -> None:
        """Until nothing is under way any more, but for writes that are held."""
        loop = asyncio.get_running_loop()
        began = steady_since = loop.time()
        seen = self.waiting
        while True:
            await asyncio.sleep(0.002)
            now = loop.time()
            if self._is_busy() or self.waiting != seen:
                seen, steady_since = self.waiting, now
            elif not self.waiting or now - steady_since > _STEADY_SECONDS:
                return
            assert now - began < _REST_SECONDS, "the bot does not come to rest"

    def _is_busy(self) -> bool:
        if any(_is_of(task, *_OURS) for task in asyncio.all_tasks()):
            return True
        return not self.waiting and self.rows.is_pushing() and not self.rows.is_paused()


class _Ear(logging.Handler):
    """Hears what the bot calls a mistake of its own."""

    def __init__(self, mistakes: list[str]) -> None:
        super().__init__(logging.ERROR)
        self._mistakes = mistakes

    def emit(self, record: logging.LogRecord) -> None:
        if record.name.startswith(("bot", "core")):
            trouble = record.exc_info[1] if record.exc_info else None
            self._mistakes.append(f"{record.getMessage()} {trouble!r}")


def _is_of(task: "asyncio.Task[Any]", *names: str) -> bool:
    return getattr(task.get_coro(), "__qualname__", "").startswith(names)


def _cancel(*names: str) -> None:
    for task in asyncio.all_tasks():
        if _is_of(task, *names):
            task.cancel()
