"""What is chosen, as a query: ticks one by one, and whole filters less what is left out of them."""

import json
import uuid
from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict, dataclass

from sqlalchemy import ColumnElement, and_, false, not_
from sqlmodel import col, or_

from core.store.json_rows import is_one_of
from core.store.statements import StatementFilter, matching
from core.store.tables import SelectionRow, StatementRow


@dataclass(frozen=True)
class Picks:
    """What a selection holds, ids as the hexadecimal that JSON has. An id stands in `ticked` or in `left_out`, never in both."""

    ticked: frozenset[str] = frozenset()
    everything: tuple[StatementFilter, ...] = ()
    left_out: frozenset[str] = frozenset()

    @classmethod
    def of(cls, row: SelectionRow) -> "Picks":
        """What the row holds."""
        filters = tuple(filter_from(facts) for facts in json.loads(row.everything))
        return cls(frozenset(json.loads(row.chosen)), filters, frozenset(json.loads(row.left_out)))

    def save(self, row: SelectionRow) -> None:
        """Make this what the row holds."""
        row.chosen, row.left_out = _json(self.ticked), _json(self.left_out)
        row.everything = json.dumps([facts_of(wanted) for wanted in self.everything])

    def test(self) -> ColumnElement[bool]:
        """The test that a chosen statement passes."""
        if not self.everything:
            return is_among(self.ticked) if self.ticked else false()
        matches = or_(*(and_(*matching(wanted)) if matching(wanted) else _ALL for wanted in self.everything))
        whole = and_(matches, not_(is_among(self.left_out)))
        return or_(is_among(self.ticked), whole) if self.ticked else whole


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
_ID: ColumnElement[uuid.UUID] = StatementRow.__table__.c.id  # type: ignore[attr-defined]


def is_among(ids: Collection[str]) -> ColumnElement[bool]:
    """The test for these statements, their ids in hexadecimal."""
    return is_one_of(_ID, ids)


def _json(ids: Iterable[str]) -> str:
    return json.dumps(sorted(ids))
