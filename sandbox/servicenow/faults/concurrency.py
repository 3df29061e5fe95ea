"""Somebody else is at work at the same time (faults 1 to 11)."""

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, ClassVar, Literal

from ..behaviour import Behaviour
from ..errors import Answer
from ..exchange import Exchange
from ..ledger import Commit, Write
from ..stock import SOMEBODY_ELSE
from ..tables import STATEMENT_FIELD
from ..times import from_wire, wire
from .frame import WRITES, Fault

ADDED = "<p>This paragraph was added by somebody else at the same moment.</p>"


@dataclass
class Somebody(Fault):
    """Somebody else edits the record that a request is about; the base of several faults.

    `at` is "arrive" (before the row is loaded) or "commit" (after that, before it is written). `text` is the new
    text, or None to add a paragraph to what is there. `second` is how the stamp lies to the one before.
    """

    methods: ClassVar[str] = WRITES
    by: str = SOMEBODY_ELSE
    column: str = STATEMENT_FIELD
    text: str | None = None
    at: Literal["arrive", "commit"] = "arrive"
    second: Literal["now", "same", "later"] = "now"
    stamps: bool = True

    async def serve(self, exchange: Exchange) -> Answer | None:
        """Edit before the row is loaded."""
        if self.at == "arrive":
            self.act(exchange)
        return None

    async def load(self, exchange: Exchange, write: Write) -> None:  # noqa: ARG002
        """Edit while the write is on its way."""
        if self.at == "commit":
            self.act(exchange)

    def act(self, exchange: Exchange) -> None:
        """Make the edit, if there is such a record."""
        row = self.sn.store.find(exchange.table, exchange.sys_id)
        if row is None:
            return
        before = row["sys_updated_on"]
        text = self.new_text(exchange, row.get(self.column, ""))
        self.sn.edit(exchange.table, exchange.sys_id, self.column, text, by=self.by, stamps=self.stamps)
        stamp = self._stamp(before)
        if self.stamps and stamp:
            self.sn.store.change(exchange.table, exchange.sys_id, {"sys_updated_on": stamp})

    def new_text(self, exchange: Exchange, present: str) -> str:  # noqa: ARG002
        """The text somebody else saves."""
        return present + ADDED if self.text is None else self.text

    def _stamp(self, before: str) -> str:
        if self.second == "same":
            return before
        moment = from_wire(before)
        if self.second == "later" and moment:
            return wire(max(self.sn.world.now(), moment + timedelta(seconds=1)))
        return ""


@dataclass
class EditBeforeWrite(Somebody):
    """1: the text itself is edited."""

    number: ClassVar[int] = 1
    name: ClassVar[str] = "edit_before_write"
    meaning: ClassVar[str] = "Somebody edits the same text just before our next write arrives."


@dataclass
class EditOtherColumn(Somebody):
    """2: another column moves, so counter and stamp do, and the text does not."""

    number: ClassVar[int] = 2
    name: ClassVar[str] = "edit_other_column"
    meaning: ClassVar[str] = "Somebody edits another field of the record; the counter moves, the text does not."
    column: str = "u_reviewer_note"
    text: str | None = "Looked at again."


@dataclass
class EditSameText(Somebody):
    """3: somebody saves the very text that we are about to write."""

    number: ClassVar[int] = 3
    name: ClassVar[str] = "edit_same_text"
    meaning: ClassVar[str] = "Somebody saves exactly our text just before we do."

    def new_text(self, exchange: Exchange, present: str) -> str:
        """What the request holds."""
        return str(json.loads(exchange.body).get(self.column, present))


@dataclass
class EditAfterWrite(Somebody):
    """4: after our answer is made, before anything is read again."""

    number: ClassVar[int] = 4
    name: ClassVar[str] = "edit_after_write"
    meaning: ClassVar[str] = "Somebody edits the text right after our write; our answer still shows our own."

    async def serve(self, exchange: Exchange) -> Answer | None:  # noqa: ARG002
        """Nothing yet."""
        return None

    async def answer(self, exchange: Exchange, answer: Answer) -> Answer:
        """Edit, now that the answer is made."""
        self.act(exchange)
        return answer


@dataclass
class ModCountModel(Fault):
    """5: where the new counter comes from when two saves cross."""

    number: ClassVar[int] = 5
    name: ClassVar[str] = "mod_count_model"
    meaning: ClassVar[str] = "The update counter is computed from the row as loaded, or counted in the database."
    model: Literal["loaded", "database"] = "database"

    def switch_on(self) -> None:
        """Set the model."""
        self.sn.behaviour.mod_count_from = self.model

    def switch_off(self) -> None:
        """Set the usual model."""
        self.sn.behaviour.mod_count_from = Behaviour().mod_count_from


@dataclass
class EditWithoutStamps(Somebody):
    """6: a script with `autoSysFields(false)`."""

    number: ClassVar[int] = 6
    name: ClassVar[str] = "edit_without_stamps"
    meaning: ClassVar[str] = (
        "A script changes the text; neither the counter nor the stamps move, and nothing is audited."
    )
    stamps: bool = False
    by: str = "system"


@dataclass
class StampRewind(Somebody):
    """7: an edit whose author forged `sys_updated_on` to lie in the past."""

    number: ClassVar[int] = 7
    name: ClassVar[str] = "stamp_rewind"
    meaning: ClassVar[str] = "Somebody edits the text with a time stamp set back, as the API allows."
    seconds: int = 86400

    def act(self, exchange: Exchange) -> None:
        """Edit, and set the stamp back."""
        super().act(exchange)
        if self.sn.has(exchange.table, exchange.sys_id):
            stamp = wire(self.sn.world.now() - timedelta(seconds=self.seconds))
            self.sn.store.change(exchange.table, exchange.sys_id, {"sys_updated_on": stamp})


@dataclass
class DeleteBetween(Somebody):
    """8: the record goes before, or while, our write is saved."""

    number: ClassVar[int] = 8
    name: ClassVar[str] = "delete_between"
    meaning: ClassVar[str] = "Somebody deletes the record just before our write."

    def act(self, exchange: Exchange) -> None:
        """Delete."""
        if self.sn.has(exchange.table, exchange.sys_id):
            self.sn.delete(exchange.table, exchange.sys_id, by=self.by)


@dataclass
class DeleteThenRecreate(DeleteBetween):
    """9: the record goes while our write is saved, and that write makes it again."""

    number: ClassVar[int] = 9
    name: ClassVar[str] = "delete_then_recreate"
    meaning: ClassVar[str] = "Somebody deletes the record during our write, and the write makes a new one of it."
    at: Literal["arrive", "commit"] = "commit"

    def switch_on(self) -> None:
        """Let updates make deleted rows again."""
        self.sn.behaviour.update_recreates = True

    def switch_off(self) -> None:
        """Let them answer 404 again."""
        self.sn.behaviour.update_recreates = False


@dataclass
class Zombie(Fault):
    """10: the request outlives its client: it is carried out some time after the connection was given up."""

    number: ClassVar[int] = 10
    name: ClassVar[str] = "zombie"
    meaning: ClassVar[str] = "Our write hangs until we give up, and is carried out some time later all the same."
    methods: ClassVar[str] = WRITES
    after: float = 0.5
    is_applied: bool = True

    async def load(self, exchange: Exchange, write: Write) -> None:
        """Wait for the client to give up, and then some more."""
        await exchange.wire.client_gone()
        exchange.wire.is_cut = True
        await asyncio.sleep(self.after)
        if not self.is_applied:
            write.values = {}


@dataclass
class ClientCrash(Fault):
    """11: the server's part in a crash of its client is to say when: `action` is called, and may kill it."""

    number: ClassVar[int] = 11
    name: ClassVar[str] = "client_crash"
    meaning: ClassVar[str] = "A moment for a test to kill the client: while its write is on the way, or just saved."
    methods: ClassVar[str] = WRITES
    action: Callable[[], Any] = field(default=lambda: None)
    when: Literal["before_commit", "after_commit"] = "after_commit"

    async def load(self, exchange: Exchange, write: Write) -> None:  # noqa: ARG002
        """Call before the row is written."""
        if self.when == "before_commit":
            self.action()

    async def committed(self, exchange: Exchange, commit: Commit) -> None:  # noqa: ARG002
        """Call after the row was written."""
        if self.when == "after_commit":
            self.action()


FAULTS: list[type[Fault]] = [
    EditBeforeWrite,
    EditOtherColumn,
    EditSameText,
    EditAfterWrite,
    ModCountModel,
    EditWithoutStamps,
    StampRewind,
    DeleteBetween,
    DeleteThenRecreate,
    Zombie,
    ClientCrash,
]
