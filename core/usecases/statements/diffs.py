"""What is changed in one statement: against ServiceNow's text, or, in a conflict, by both sides."""

from dataclasses import dataclass

from core.domain.diff import TextDiff
from core.models.edits import MergePreview, Subject
from core.models.requests import ConflictCard
from core.store.conflicts import find_open
from core.store.statements import get_by_name, to_statement
from core.usecases.conflicts.merges import preview_both
from core.usecases.conflicts.settling import SeenConflict
from core.usecases.requests.cards import conflict_card
from core.usecases.statements.editing import get_subject
from core.usecases.texts import diff_texts
from core.wiring import Core


@dataclass(frozen=True)
class StatementDiff:
    """What a push would change, as far as the last look at ServiceNow knows.

    `conflict` holds the three-way view where there is one, `both` the text with both edits where they do not clash.
    """

    subject: Subject
    change: TextDiff
    conflict: ConflictCard | None = None
    both: MergePreview | None = None


async def statement_diff(core: Core, name: str) -> StatementDiff:
    """The difference for the statement a person means by a name. Raises NotFound."""
    async with core.db.reading() as tx:
        statement = to_statement(*await get_by_name(tx, name))
        found = await find_open(tx, statement.id)
    subject = await get_subject(core, statement.id)
    change = await diff_texts(statement.baseline, statement.present, statement.kind)
    if found is None:
        return StatementDiff(subject, change)
    conflict = await conflict_card(core, found.id)
    both = None
    if conflict.merge_digest:
        both = await preview_both(core, SeenConflict(conflict.id, conflict.revision), conflict.merge_digest)
    return StatementDiff(subject, conflict.to_local, conflict, both)
