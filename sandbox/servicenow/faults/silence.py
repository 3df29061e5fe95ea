"""The answer is 200 and yet the text is not what was sent (faults 12 to 21)."""

import asyncio
from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal

from ..behaviour import Behaviour
from ..errors import Answer, Refusal, aborted_by_rule
from ..exchange import Exchange
from ..ledger import Commit, Write
from ..query import parse
from ..records import fixed_id
from ..sanitizer import SANITIZE_PROPERTY, sanitized
from ..tables import STATEMENT_FIELD, STATEMENTS
from .frame import WRITES, Fault

FOOTER = "<p><em>Checked by the compliance workflow.</em></p>"


@dataclass
class FieldAclDrop(Fault):
    """12: a write rule of the field says no; the rest of the request is done and the answer is 200."""

    number: ClassVar[int] = 12
    name: ClassVar[str] = "field_acl_drop"
    meaning: ClassVar[str] = "The write is answered with 200 but the field is dropped: nothing is stored."
    methods: ClassVar[str] = WRITES
    column: str = STATEMENT_FIELD

    async def load(self, exchange: Exchange, write: Write) -> None:  # noqa: ARG002
        """Drop the value."""
        write.values.pop(self.column, None)


@dataclass
class ReadAclAbsent(Fault):
    """13: a read rule of the field says no; its key is absent from every answer."""

    number: ClassVar[int] = 13
    name: ClassVar[str] = "read_acl_absent"
    meaning: ClassVar[str] = "The field may not be read: its key is absent from the answers."
    column: str = STATEMENT_FIELD

    def shown(self, exchange: Exchange, record: dict[str, Any]) -> None:  # noqa: ARG002
        """Leave the key out."""
        record.pop(self.column, None)


@dataclass
class UnknownColumn(Fault):
    """14: the instance does not know a column: it is ignored in bodies and fields, and a filter on it lets all rows by."""

    number: ClassVar[int] = 14
    name: ClassVar[str] = "unknown_column"
    meaning: ClassVar[str] = "A column is unknown: ignored in writes and fields, and a filter on it returns every row."
    column: str = STATEMENT_FIELD
    returns_no_rows: bool = False

    async def arrive(self, exchange: Exchange) -> Answer | None:
        """Take the column's terms out of the query."""
        text = exchange.params.get("sysparm_query", "")
        names = {term.name for group in parse(text).groups for terms in group for term in terms}
        if self.column not in names:
            return None
        kept = [part for part in text.split("^") if not _is_about(part, self.column)]
        if self.returns_no_rows:
            kept.append("sys_idISEMPTY")
        exchange.params["sysparm_query"] = "^".join(kept)
        return None

    async def load(self, exchange: Exchange, write: Write) -> None:  # noqa: ARG002
        """Ignore it in the body."""
        write.values.pop(self.column, None)

    def shown(self, exchange: Exchange, record: dict[str, Any]) -> None:  # noqa: ARG002
        """Ignore it among the fields."""
        record.pop(self.column, None)


def _is_about(part: str, column: str) -> bool:
    """Whether one part of an encoded query is a term on `column`, with or without OR and NQ before it."""
    for prefix in ("", "OR", "NQ"):
        if part.startswith(prefix):
            terms = parse(part.removeprefix(prefix)).groups[0]
            if terms and terms[0][0].name == column:
                return True
    return False


@dataclass
class Truncation(Fault):
    """15: a text longer than `length` is cut, kept, or refused; with `in_dictionary` the dictionary tells the length."""

    number: ClassVar[int] = 15
    name: ClassVar[str] = "truncation"
    meaning: ClassVar[str] = "Text longer than the column is cut without a word (or kept, or refused)."
    methods: ClassVar[str] = WRITES
    column: str = STATEMENT_FIELD
    length: int = 200
    mode: Literal["cut", "keep", "400", "403"] = "cut"
    in_dictionary: bool = False
    _before: int = field(default=0, init=False)

    def switch_on(self) -> None:
        """Tell the length in the dictionary, if wanted."""
        column = self.sn.schema.column(STATEMENTS, self.column)
        self._before = column.max_length
        if self.in_dictionary:
            self.sn.world.change_column(STATEMENTS, self.column, max_length=self.length)

    def switch_off(self) -> None:
        """Restore the dictionary."""
        if self.in_dictionary:
            self.sn.world.change_column(STATEMENTS, self.column, max_length=self._before)

    async def load(self, exchange: Exchange, write: Write) -> None:  # noqa: ARG002
        """Cut or refuse."""
        text = write.values.get(self.column, "")
        if self.mode == "keep" or len(text) <= self.length:
            return
        if self.mode == "cut":
            write.values[self.column] = text[: self.length]
            return
        detail = f"Value of {self.column} exceeds the maximum length of {self.length}"
        raise Refusal(int(self.mode), "Operation Failed", detail)


@dataclass
class Sanitizer(Fault):
    """16: the sanitiser at work on what is saved."""

    number: ClassVar[int] = 16
    name: ClassVar[str] = "sanitizer"
    meaning: ClassVar[str] = (
        "ServiceNow rewrites the HTML when it is saved, so what is stored differs from what was sent."
    )
    methods: ClassVar[str] = WRITES
    mode: Literal["strip", "reserialise", "churn"] = "reserialise"
    column: str = STATEMENT_FIELD

    def switch_on(self) -> None:
        """Say so in the property."""
        self.sn.world.set_property(SANITIZE_PROPERTY, "true")

    def switch_off(self) -> None:
        """Take it back."""
        self.sn.world.set_property(SANITIZE_PROPERTY, "false")

    async def load(self, exchange: Exchange, write: Write) -> None:  # noqa: ARG002
        """Rewrite the value."""
        if self.column in write.values:
            write.values[self.column] = sanitized(write.values[self.column], self.mode)


@dataclass
class RuleRewrites(Fault):
    """17: a before rule changes what is saved."""

    number: ClassVar[int] = 17
    name: ClassVar[str] = "rule_rewrites"
    meaning: ClassVar[str] = "A business rule adds a footer to every text that is saved."
    methods: ClassVar[str] = WRITES
    column: str = STATEMENT_FIELD
    footer: str = FOOTER

    async def load(self, exchange: Exchange, write: Write) -> None:  # noqa: ARG002
        """Append the footer, unless it is there."""
        text = write.values.get(self.column)
        if text is not None and not text.endswith(self.footer):
            write.values[self.column] = text + self.footer


@dataclass
class RuleBumps(Fault):
    """18: an after rule, or an async one `delay` seconds later, saves the record again as another user."""

    number: ClassVar[int] = 18
    name: ClassVar[str] = "rule_bumps"
    meaning: ClassVar[str] = (
        "After our write a rule saves the record again, as another user, at once or a little later."
    )
    methods: ClassVar[str] = WRITES
    by: str = "system"
    delay: float = 0.0
    saves: int = 1
    column: str = "u_reviewer_note"

    async def committed(self, exchange: Exchange, commit: Commit) -> None:  # noqa: ARG002
        """Save again, now or later."""
        if self.delay <= 0:
            self._save(commit)
        else:
            asyncio.get_running_loop().call_later(self.delay, self._save, commit)

    def _save(self, commit: Commit) -> None:
        for _ in range(self.saves):
            row = self.sn.store.find(commit.table, commit.sys_id)
            if row is not None:
                note = f"Rule ran at update {row['sys_mod_count']}."
                self.sn.edit(commit.table, commit.sys_id, self.column, note, by=self.by, source="rule")


@dataclass
class NoopBumps(Fault):
    """19: whether an update that changes nothing counts."""

    number: ClassVar[int] = 19
    name: ClassVar[str] = "noop_bumps"
    meaning: ClassVar[str] = "A write of the value that is already there counts as an update all the same."
    is_on: bool = True

    def switch_on(self) -> None:
        """Let it count, or not."""
        self.sn.behaviour.noop_bumps = self.is_on

    def switch_off(self) -> None:
        """As usual again."""
        self.sn.behaviour.noop_bumps = Behaviour().noop_bumps


@dataclass
class ReadOnlyByState(Fault):
    """20: the field may be written only in one state of the record."""

    number: ClassVar[int] = 20
    name: ClassVar[str] = "read_only_by_state"
    meaning: ClassVar[str] = "The text can be changed only while the record is in draft; else it is dropped or refused."
    methods: ClassVar[str] = WRITES
    state: str = "draft"
    mode: Literal["drop", "403"] = "drop"
    column: str = STATEMENT_FIELD

    async def load(self, exchange: Exchange, write: Write) -> None:  # noqa: ARG002
        """Drop or refuse, by the state of the row as loaded."""
        if write.loaded.get("state") == self.state or self.column not in write.values:
            return
        if self.mode == "403":
            rule = "Lock statements outside draft"
            raise aborted_by_rule(write.table, rule, fixed_id("rule", rule))
        write.values.pop(self.column)


@dataclass
class JournalAppend(Fault):
    """21: the column is a journal: each write adds an entry. With `in_dictionary` its type there says so."""

    number: ClassVar[int] = 21
    name: ClassVar[str] = "journal_append"
    meaning: ClassVar[str] = "The field is a journal: every write adds to it, so a repeated write doubles the text."
    methods: ClassVar[str] = WRITES
    column: str = STATEMENT_FIELD
    in_dictionary: bool = False
    _before: str = field(default="html", init=False)

    def switch_on(self) -> None:
        """Tell the type in the dictionary, if wanted."""
        self._before = self.sn.schema.column(STATEMENTS, self.column).type
        if self.in_dictionary:
            self.sn.world.change_column(STATEMENTS, self.column, type="journal_input")

    def switch_off(self) -> None:
        """Restore the dictionary."""
        if self.in_dictionary:
            self.sn.world.change_column(STATEMENTS, self.column, type=self._before)

    async def load(self, exchange: Exchange, write: Write) -> None:  # noqa: ARG002
        """Put the entry before what is there; a column that is a journal by its type does so by itself."""
        if self.column in write.values and not self.in_dictionary:
            before = write.loaded.get(self.column, "")
            write.values[self.column] = (
                f"{write.values[self.column]}\n\n{before}" if before else write.values[self.column]
            )


FAULTS: list[type[Fault]] = [
    FieldAclDrop,
    ReadAclAbsent,
    UnknownColumn,
    Truncation,
    Sanitizer,
    RuleRewrites,
    RuleBumps,
    NoopBumps,
    ReadOnlyByState,
    JournalAppend,
]
