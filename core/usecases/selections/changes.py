"""What is changed in the statements of a list, one after the other: as far as the last look at ServiceNow knows."""

import json
import uuid

from core.domain.actor import Actor
from core.errors import NothingToPush
from core.models.edits import ListedChange
from core.store.modified import list_ids
from core.store.selections import filter_from
from core.store.statements import matching
from core.usecases.selections.choosing import own_selection
from core.usecases.statements.diffs import statement_diff
from core.wiring import Core


async def listed_change(core: Core, actor: Actor, selection_id: uuid.UUID, page: int) -> ListedChange:
    """What a push would change in one statement of the list; page counts from 0, and one outside gives the nearest.

    Raises NotFound when the list is not the actor's, and NothingToPush when nothing is left in it.
    """
    async with core.db.reading() as tx:
        row = await own_selection(tx, actor, selection_id)
        ids = await list_ids(tx, matching(filter_from(json.loads(row.query))))
    if not ids:
        raise NothingToPush("Nothing of this list is changed any more.", next_step="Type /grcpush for a new one.")
    page = max(0, min(page, len(ids) - 1))
    found = await statement_diff(core, str(ids[page]))
    return ListedChange(found.subject, found.change, page, len(ids))
