"""What is chosen, as a query: ticks one by one, and whole filters less what is left out of them."""

import json
import uuid
from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict, dataclass

from sqlalchemy import ColumnElement, and_, false
from sqlmodel import col, or_

from core.store.modified import needs_names
from core.store.statements import StatementFilter, matching
from core.store.tables import SelectionRow, StatementRow


@dataclass(frozen=True)
class Picks:
    """What a selection holds. An id stands in `ticked` or in `left_out`, never in both."""

    ticked: frozenset[uuid.UUID] = frozenset()
    everything: tuple[StatementFilter, ...] = ()
    left_out: frozenset[uuid.UUID] = frozenset()

    @classmethod
    def of(cls, row: SelectionRow) -> "Picks":
        """What the row holds."""
        filters = tuple(filter_from(facts) for facts in json.loads(row.everything))
        return cls(_ids(row.chosen), filters, _ids(row.left_out))

    def save(self, row: SelectionRow) -> None:
        """Make this what the row holds."""
        row.chosen, row.left_out = _text(self.ticked), _text(self.left_out)
        row.everything = json.dumps([facts_of(wanted) for wanted in self.everything])

    def among(self, ids: Collection[uuid.UUID]) -> "Picks":
        """The same as far as it concerns these statements: thousands of others need not be told to the database."""
        return Picks(self.ticked & frozenset(ids), self.everything, self.left_out & frozenset(ids))

    @property
    def needs_names(self) -> bool:
        """Whether the test looks at controls or systems."""
        return any(needs_names(wanted) for wanted in self.everything)

    def test(self) -> ColumnElement[bool]:
        """The test that a chosen statement passes."""
        if not self.everything:
            return col(StatementRow.id).in_(self.ticked) if self.ticked else false()
        matches = or_(*(and_(*matching(wanted)) if matching(wanted) else _ALL for wanted in self.everything))
        whole = and_(matches, col(StatementRow.id).not_in(self.left_out))
        return or_(col(StatementRow.id).in_(self.ticked), whole) if self.ticked else whole


def facts_of(wanted: StatementFilter) -> dict[str, object]:
    """The filter as JSON holds it."""
    return {name: str(value) if isinstance(value, uuid.UUID) else value for name, value in asdict(wanted).items()}


def filter_from(facts: dict[str, object]) -> StatementFilter:
    """The filter that JSON held."""
    owner, controls = facts.get("owner_id"), facts.get("controls", ())
    words = {name: str(facts.get(name, "")) for name in ("system", "family", "text", "status")}
    return StatementFilter(
        **words,
        owner_id=uuid.UUID(str(owner)) if owner else None,
        controls=tuple(str(name) for name in controls) if isinstance(controls, Sequence) else (),
    )


_ALL = col(StatementRow.is_modified).is_(True)


def _ids(text: str) -> frozenset[uuid.UUID]:
    return frozenset(uuid.UUID(one) for one in json.loads(text))


def _text(ids: Iterable[uuid.UUID]) -> str:
    return json.dumps(sorted(statement_id.hex for statement_id in ids))
