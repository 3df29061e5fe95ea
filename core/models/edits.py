"""What the use cases of editing and merging give back: facts ready to be shown, with no way to change anything."""

import datetime as dt
import uuid
from dataclasses import dataclass

from core.domain.diff import TextDiff
from core.domain.editing import BlockField, Written
from core.domain.merge_writing import ClashTexts
from core.domain.statement import Labelled
from core.models.requests import ConflictCard, PersonView


@dataclass(frozen=True)
class Subject(Labelled):
    """The statement that is edited, as it stands: `text_digest` is the SHA-256 of its present text.

    `held_by` is the number of the open push request it is part of.
    """

    id: uuid.UUID
    sn_sys_id: str
    control_number: str
    control_name: str
    system_name: str
    row_version: int
    text_digest: str
    is_modified: bool
    is_conflict: bool
    editor: PersonView | None
    edited_at: dt.datetime | None
    held_by: int | None = None


@dataclass(frozen=True)
class EditForm:
    """A statement to be edited: as one text where that is proved to come back, and block by block.

    `lost_look` names what of its look saving drops, such as `borders`.
    """

    subject: Subject
    writing: Written | None
    fields: tuple[BlockField, ...]
    lost_look: tuple[str, ...] = ()


@dataclass(frozen=True)
class SavedEdit:
    """What a save did: `own` is what it changed (empty when nothing), `pending` what a push would change now."""

    subject: Subject
    own: TextDiff
    pending: TextDiff


@dataclass(frozen=True)
class MovedEdit:
    """Nothing was saved, because somebody saved first: `theirs` is what they changed (None where that cannot be told).

    `yours` reads from their text to the one that was typed: what saving it anyway would change. `fields` are the blocks
    of the text that the form was made of.
    """

    subject: Subject
    theirs: TextDiff | None
    yours: TextDiff
    fields: tuple[BlockField, ...] = ()


@dataclass(frozen=True)
class HistoryEntry:
    """One saved text: what it changed, compared with the text before it (None where that one is not known).

    `is_dropped` means that the local edit was given up.
    """

    saved_at: dt.datetime
    person: PersonView | None
    source: str
    change: TextDiff | None
    is_dropped: bool


@dataclass(frozen=True)
class History:
    """The newest entries first; `total` counts all of them."""

    subject: Subject
    entries: tuple[HistoryEntry, ...]
    total: int


@dataclass(frozen=True)
class MergeForm:
    """A merge to be written: as one text where that is proved to come back, else by picking among the clashes.

    `is_clean` means that no clash is left to settle. `reason` says why the texts as a whole could not be merged.
    """

    conflict: ConflictCard
    writing: Written | None
    clashes: tuple[ClashTexts, ...]
    is_clean: bool
    reason: str = ""


@dataclass(frozen=True)
class MergePreview:
    """A merged text against both sides, before it counts: `digest` is its SHA-256.

    `from_remote` is what a push of it would change in ServiceNow, `from_local` what it changes of the local version.
    """

    conflict: ConflictCard
    digest: str
    from_remote: TextDiff
    from_local: TextDiff


@dataclass(frozen=True)
class ListedChange:
    """What is changed in one statement of a list, and which page of how many it is; pages count from 0."""

    subject: Subject
    change: TextDiff
    page: int
    pages: int
