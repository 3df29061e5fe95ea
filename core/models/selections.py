"""What the drawings of a selection are made of."""

import datetime as dt
import uuid
from dataclasses import dataclass

from core.models.requests import PersonView, StatementLine, StatementList


@dataclass(frozen=True)
class Narrowing:
    """The filter of a list, in words; what is empty does not limit."""

    system: str = ""
    owner: PersonView | None = None
    family: str = ""
    text: str = ""
    status: str = ""
    controls: tuple[str, ...] = ()

    @property
    def is_any(self) -> bool:
        """Whether anything limits the list."""
        return self != Narrowing()


@dataclass(frozen=True)
class Overview:
    """What a long list is summed up by: the statements of each system, and those that wait longest."""

    systems: tuple[tuple[str, int], ...]
    oldest: tuple[StatementLine, ...]


@dataclass(frozen=True)
class Earlier:
    """A selection of the same person that was not asked to be pushed."""

    id: uuid.UUID
    chosen: int
    updated_at: dt.datetime


@dataclass(frozen=True)
class SelectionView:
    """What a person has chosen, over one page of the list.

    `chosen` are those of the page that are chosen, `chosen_total` counts them over all pages and filters; `free` is how
    many of the list can be chosen at once: those in no conflict and in no open push request. `all_changed` is how many
    statements are changed in all, for a list that is narrowed.
    """

    id: uuid.UUID
    revision: int
    chosen: frozenset[uuid.UUID]
    listing: StatementList
    mine_only: bool = False
    chosen_total: int = 0
    free: int = 0
    all_changed: int = 0
    narrowing: Narrowing = Narrowing()
    overview: Overview | None = None
    earlier: Earlier | None = None
    is_paused: bool = False
    is_read_only: bool = False


@dataclass(frozen=True)
class Choices:
    """What a filter may be set to: value, words, and how many statements that leaves."""

    entries: tuple[tuple[str, str, int], ...]
