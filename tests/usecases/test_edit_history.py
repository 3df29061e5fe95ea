"""Every text that was saved, by whom and from where; and giving the local one up."""

import pytest

from core.errors import StaleCard
from core.usecases.statements.editing import save_typed
from core.usecases.statements.edits import get_statement, revert, save_edit
from core.usecases.statements.history import edit_history
from core.wiring import Core
from tests.cast import Cast
from tests.usecases.forms import body_of, opened, typed_over

MARKDOWN = "Payroll Cloud/AC-3"


async def test_the_history_tells_author_source_and_size_of_each_save(core: Core, cast: Cast) -> None:
    form = await opened(core, cast.editor, MARKDOWN)
    await save_typed(core, cast.editor, typed_over(form, body_of(form) + " Three more words."), source="slack")
    await save_edit(core, cast.requester, form.subject.id, "<p>Short.</p>", source="cli")
    await revert(core, cast.editor, form.subject.id)

    history = await edit_history(core, form.subject.id)

    assert history.total == 3
    told = [(entry.person.name if entry.person else None, entry.source, entry.is_dropped) for entry in history.entries]
    assert told == [("Editor", "revert", True), ("Requester", "cli", False), ("Editor", "slack", False)]
    sizes = [entry.change.size_in_words if entry.change else None for entry in history.entries]
    assert sizes[0] is None
    assert sizes[1] is not None


async def test_the_first_save_of_a_local_edit_is_compared_with_servicenows_text(core: Core, cast: Cast) -> None:
    form = await opened(core, cast.editor, MARKDOWN)
    await save_typed(core, cast.editor, typed_over(form, body_of(form) + "\n\nThree more words."), source="slack")

    (entry,) = (await edit_history(core, form.subject.id)).entries

    assert entry.change is not None
    assert entry.change.size_in_words == "+3 / -0 words"


async def test_a_long_history_says_how_much_is_not_listed(core: Core, cast: Cast) -> None:
    statement = await get_statement(core, MARKDOWN)
    for number in range(5):
        await save_edit(core, cast.editor, statement.id, f"<p>Version {number}.</p>", source="test")

    history = await edit_history(core, statement.id, limit=2)

    assert (len(history.entries), history.total) == (2, 5)
    assert history.entries[1].change is not None
    assert history.entries[1].change.old_text == "Version 2."


async def test_revert_gives_up_only_the_edit_that_was_seen(core: Core, cast: Cast) -> None:
    statement = await get_statement(core, MARKDOWN)
    seen = await save_edit(core, cast.editor, statement.id, "<p>Seen.</p>", source="test")
    await save_edit(core, cast.requester, statement.id, "<p>Not seen.</p>", source="test")

    with pytest.raises(StaleCard):
        await revert(core, cast.editor, statement.id, expected_row_version=seen.row_version)

    assert (await get_statement(core, MARKDOWN)).local == "<p>Not seen.</p>"
