import asyncio

import pytest

from core.domain.conflict import Choice
from core.domain.editing import Format
from core.errors import LossyText, NotAllowed, Refused, StaleCard
from core.models.edits import MovedEdit, SavedEdit
from core.usecases.conflicts.settling import SeenConflict, resolve_conflict
from core.usecases.pulling.pull import pull
from core.usecases.requests.asking import request_push
from core.usecases.requests.cards import request_card
from core.usecases.requests.drafts import prepare_push
from core.usecases.statements.editing import Typed, edit_form, save_typed
from core.usecases.statements.edits import get_statement, save_edit
from core.wiring import Core
from sandbox.data import Sample
from sandbox.servicenow import STATEMENT_FIELD, STATEMENTS, ServiceNow
from tests.cast import Cast, list_edits
from tests.usecases.forms import body_of, opened, typed_over

MARKDOWN, TABLE, IMAGE = "Payroll Cloud/AC-3", "Citizen Portal/CM-7", "Data Warehouse/SC-7"


@pytest.mark.parametrize("line_end", ["", "\n", "\r\n\r\n"])
async def test_an_unchanged_submit_changes_nothing_not_one_byte(
    core: Core, cast: Cast, sample: Sample, line_end: str
) -> None:
    for statement in sample.statements:
        before = await get_statement(core, statement.sys_id)
        try:
            form = await edit_form(core, cast.editor, before.id)
        except LossyText:
            continue
        if form.writing is None:
            typed = typed_over(
                form, fields={field.position: field.text for field in form.fields if field.may_be_edited}
            )
        else:
            typed = typed_over(form, body_of(form) + line_end)

        done = await save_typed(core, cast.editor, typed, source="test")

        assert isinstance(done, SavedEdit)
        assert done.own.is_empty
        after = await get_statement(core, statement.sys_id)
        assert (after.local, after.baseline, after.row_version) == (None, statement.html, before.row_version)
        assert await list_edits(core, before.id) == []


async def test_one_changed_word_leaves_the_bytes_of_every_other_block(core: Core, cast: Cast, sample: Sample) -> None:
    name = "Payroll Cloud/AC-2"
    form = await opened(core, cast.editor, name)
    assert form.writing is not None
    assert form.writing.format is Format.MARKDOWN

    text = body_of(form).replace("Guest accounts", "Visitor accounts")
    await save_typed(core, cast.editor, typed_over(form, text), source="test")

    local = (await get_statement(core, name)).local
    assert local is not None
    original = sample.statement("Payroll Cloud", "AC-2").html
    kept = [line for line in original.splitlines() if "Guest accounts" not in line and line.startswith("<p>")]
    assert kept
    assert all(line in local for line in kept)
    assert "Visitor accounts" in local


async def test_a_text_that_markdown_cannot_carry_is_offered_block_by_block_only(core: Core, cast: Cast) -> None:
    form = await opened(core, cast.editor, TABLE)

    assert form.writing is None
    assert any(field.may_be_edited for field in form.fields)
    assert any(not field.may_be_edited for field in form.fields)


async def test_words_typed_into_one_block_leave_the_table_beside_it_as_it_is(
    core: Core, cast: Cast, sample: Sample
) -> None:
    form = await opened(core, cast.editor, TABLE)
    first = next(field for field in form.fields if field.may_be_edited)

    await save_typed(
        core, cast.editor, typed_over(form, fields={first.position: "Quite new words & signs <b>."}), source="test"
    )

    local = (await get_statement(core, TABLE)).local
    original = sample.statement("Citizen Portal", "CM-7").html
    rows = original[original.index("<tr>") : original.rindex("</tr>")]
    assert local is not None
    assert "Quite new words &amp; signs &lt;b&gt;." in local
    assert "".join(rows.split()) in "".join(local.split())


async def test_an_emptied_block_goes_and_an_untouched_one_stays(core: Core, cast: Cast) -> None:
    form = await opened(core, cast.editor, TABLE)
    first = next(field for field in form.fields if field.may_be_edited)
    fields = {field.position: field.text for field in form.fields if field.may_be_edited} | {first.position: " "}

    done = await save_typed(core, cast.editor, typed_over(form, fields=fields), source="test")

    assert isinstance(done, SavedEdit)
    assert done.own.removed_words > 0
    assert done.own.added_words == 0


async def test_a_block_that_was_only_shown_cannot_be_written_into(core: Core, cast: Cast) -> None:
    form = await opened(core, cast.editor, TABLE)
    shown_only = next(field for field in form.fields if not field.may_be_edited)

    with pytest.raises(Refused):
        await save_typed(core, cast.editor, typed_over(form, fields={shown_only.position: "x"}), source="test")


async def test_a_statement_with_an_image_is_not_offered_for_editing(core: Core, cast: Cast) -> None:
    with pytest.raises(LossyText, match="image"):
        await opened(core, cast.editor, IMAGE)


@pytest.mark.parametrize("typed", ["![plan](https://intranet.example/plan.png)", "Text ![](x.png) more"])
async def test_an_image_typed_as_markdown_is_refused_and_not_dropped(core: Core, cast: Cast, typed: str) -> None:
    form = await opened(core, cast.editor, MARKDOWN)

    with pytest.raises(LossyText, match="image"):
        await save_typed(core, cast.editor, typed_over(form, typed), source="test")

    assert (await get_statement(core, MARKDOWN)).local is None


async def test_only_editors_of_the_system_open_the_form(core: Core, cast: Cast) -> None:
    with pytest.raises(NotAllowed):
        await opened(core, cast.approver, MARKDOWN)


async def test_of_two_people_the_second_is_shown_both_and_nothing_is_saved_over_the_first(
    core: Core, cast: Cast
) -> None:
    first, second = await opened(core, cast.editor, MARKDOWN), await opened(core, cast.requester, MARKDOWN)
    await save_typed(core, cast.editor, typed_over(first, body_of(first) + "\n\nThe editor's."), source="test")

    done = await save_typed(
        core, cast.requester, typed_over(second, body_of(second) + "\n\nThe requester's."), source="test"
    )

    assert isinstance(done, MovedEdit)
    assert done.subject.editor is not None
    assert done.subject.editor.name == "Editor"
    assert done.theirs is not None
    assert "The editor's." in done.theirs.new_text
    assert "The editor's." in done.yours.old_text
    assert "The requester's." in done.yours.new_text
    local = (await get_statement(core, MARKDOWN)).local
    assert local is not None
    assert "The editor’s" in local.replace("'", "’")
    assert "requester" not in local


async def test_after_being_shown_both_the_second_may_save_and_both_texts_stay_in_the_history(
    core: Core, cast: Cast
) -> None:
    first, second = await opened(core, cast.editor, MARKDOWN), await opened(core, cast.requester, MARKDOWN)
    await save_typed(core, cast.editor, typed_over(first, "The first."), source="test")
    moved = await save_typed(core, cast.requester, typed_over(second, "The second."), source="test")
    assert isinstance(moved, MovedEdit)

    again = Typed(second.subject.id, moved.subject.text_digest, second.subject.text_digest, "The second.")
    done = await save_typed(core, cast.requester, again, source="test")

    assert isinstance(done, SavedEdit)
    assert [edit.content for edit in await list_edits(core, second.subject.id)] == [
        "<p>The second.</p>",
        "<p>The first.</p>",
    ]


async def test_two_saves_at_the_same_moment_never_overwrite_unseen(core: Core, cast: Cast) -> None:
    form = await opened(core, cast.editor, MARKDOWN)

    outcomes = await asyncio.gather(
        save_typed(core, cast.editor, typed_over(form, "The editor's text."), source="test"),
        save_typed(core, cast.requester, typed_over(form, "The requester's text."), source="test"),
    )

    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["MovedEdit", "SavedEdit"]


async def test_the_same_text_sent_twice_is_saved_once_and_is_no_quarrel(core: Core, cast: Cast) -> None:
    form = await opened(core, cast.editor, MARKDOWN)

    outcomes = [await save_typed(core, cast.editor, typed_over(form, "One text."), source="test") for _ in range(2)]

    assert all(isinstance(outcome, SavedEdit) for outcome in outcomes)
    assert len(await list_edits(core, form.subject.id)) == 1


async def test_words_typed_into_blocks_keep_their_places_when_somebody_saved_first(core: Core, cast: Cast) -> None:
    first, second = await opened(core, cast.editor, TABLE), await opened(core, cast.requester, TABLE)
    position = next(field.position for field in first.fields if field.may_be_edited)
    await save_typed(core, cast.editor, typed_over(first, fields={position: ""}), source="test")

    moved = await save_typed(core, cast.requester, typed_over(second, fields={position: "My words."}), source="test")
    assert isinstance(moved, MovedEdit)
    assert [field.position for field in moved.fields] == [field.position for field in second.fields]

    again = Typed(
        second.subject.id, moved.subject.text_digest, second.subject.text_digest, None, {position: "My words."}
    )
    assert isinstance(await save_typed(core, cast.requester, again, source="test"), SavedEdit)
    assert "<p>My words.</p>" in str((await get_statement(core, TABLE)).local)


async def test_words_that_lost_their_places_are_refused_and_nothing_is_saved(
    core: Core, cast: Cast, sample: Sample, servicenow: ServiceNow
) -> None:
    form = await opened(core, cast.editor, TABLE)
    position = next(field.position for field in form.fields if field.may_be_edited)
    servicenow.edit(
        STATEMENTS, sample.sys_id("Citizen Portal", "CM-7"), STATEMENT_FIELD, "<p>All new.</p>", by="jane.roe"
    )
    await pull(core, is_full=True)

    with pytest.raises(StaleCard, match="places"):
        await save_typed(core, cast.editor, typed_over(form, fields={position: "My words."}), source="test")

    assert (await get_statement(core, TABLE)).local is None


async def test_an_edit_of_a_conflicted_statement_is_what_keep_local_keeps(
    core: Core, cast: Cast, sample: Sample, servicenow: ServiceNow
) -> None:
    sys_id = sample.sys_id("Payroll Cloud", "AC-3")
    statement = await get_statement(core, sys_id)
    await save_edit(core, cast.editor, statement.id, "<p>First words.</p>", source="test")
    servicenow.edit(STATEMENTS, sys_id, STATEMENT_FIELD, "<p>Their words.</p>", by="jane.roe")
    preview = await prepare_push(core, cast.requester, [statement.id])
    request = await request_push(core, cast.requester, preview.request_id)
    shown = request.open_conflicts[0]

    await save_edit(core, cast.editor, statement.id, "<p>First and their words.</p>", source="test")

    with pytest.raises(StaleCard):
        await resolve_conflict(core, cast.editor, SeenConflict(shown.id, shown.revision), Choice.KEEP_LOCAL)
    drawn = (await request_card(core, request.id)).open_conflicts[0]
    assert drawn.to_local.new_text == "First and their words."
    await resolve_conflict(core, cast.editor, SeenConflict(drawn.id, drawn.revision), Choice.KEEP_LOCAL)
    after = await get_statement(core, sys_id)
    assert (after.local, after.baseline) == ("<p>First and their words.</p>", "<p>Their words.</p>")


async def test_the_form_begins_from_the_local_text_where_there_is_one(core: Core, cast: Cast) -> None:
    statement = await get_statement(core, MARKDOWN)
    await save_edit(core, cast.editor, statement.id, "<p>My own.</p>", source="test")

    form = await opened(core, cast.editor, MARKDOWN)

    assert body_of(form) == "My own."
    assert (await get_statement(core, MARKDOWN)).present == "<p>My own.</p>"
