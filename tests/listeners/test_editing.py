"""Editing in Slack, by clicks and typing of two people who want the same statement."""

import asyncio

import pytest

from bot.actions import Action, Callback
from bot.views.parts.fields import BLOCK, TEXT, part_of
from core.store.statements import get_by_name
from core.text.content import TextKind, leaf_blocks
from core.usecases.statements.edits import get_statement, save_edit
from core.usecases.statements.history import edit_history
from sandbox.servicenow import STATEMENT_FIELD, STATEMENTS
from sandbox.slack import View
from tests.cast import list_edits
from tests.stage import APPROVER, CHANNEL, EDITOR, REQUESTER, Stage

NAME, TABLE, LONG = "Payroll Cloud/AC-3", "Citizen Portal/CM-7", "Data Warehouse/SI-4"


async def opened(stage: Stage, who: str, name: str) -> View:
    """The form for a statement, by command."""
    await stage.slack.person(who).command("/grcpush", f"edit {name}", channel=CHANNEL)
    return await stage.slack.wait_view(who, name, callback_id=Callback.EDIT)


def field_of(view: View, kind: str = TEXT) -> str:
    """The block id of the form's first field of this kind."""
    return next(b["block_id"] for b in view.blocks if b["type"] == "input" and part_of(b["block_id"])[0] == kind)


def value_in(view: View, name: str) -> str:
    return str(view.state[name]["typed"]["value"] or "")


async def local(stage: Stage, name: str = NAME) -> str | None:
    return (await get_statement(stage.bot.core, name)).local


async def test_a_statement_is_edited_as_markdown_and_nothing_is_sent_to_servicenow(stage: Stage) -> None:
    form = await opened(stage, EDITOR, NAME)
    text = value_in(form, field_of(form))

    done = await stage.slack.person(EDITOR).submit(form, {field_of(form): f"{text}\n\n- **New** rule\n- Another"})

    assert done.ok
    shown = await stage.slack.wait_view(EDITOR, "Saved here.", callback_id=Callback.READ_ONLY)
    assert "A push would change (+3 / -0 words)" in shown.words
    saved = await local(stage)
    assert saved is not None
    assert "<strong>New</strong> rule" in saved
    assert stage.written() == []


async def test_an_unchanged_submit_changes_nothing(stage: Stage) -> None:
    form = await opened(stage, EDITOR, NAME)

    await stage.slack.person(EDITOR).submit(form)

    await stage.slack.wait_view(EDITOR, "Nothing was changed")
    statement = await get_statement(stage.bot.core, NAME)
    assert statement.local is None
    assert await list_edits(stage.bot.core, statement.id) == []


async def test_a_statement_with_a_table_is_edited_paragraph_by_paragraph(stage: Stage) -> None:
    form = await opened(stage, EDITOR, TABLE)
    assert "paragraph by paragraph" in form.words
    assert "5432" in form.words
    name = field_of(form, BLOCK)

    await stage.slack.person(EDITOR).submit(form, {name: "Only these ports are open."})

    await stage.slack.wait_view(EDITOR, "Saved here.")
    saved = await local(stage, TABLE)
    assert saved is not None
    assert "Only these ports are open." in saved
    assert "<td>5432</td>" in saved


async def test_two_paragraphs_in_one_field_are_refused_at_the_field_and_stay_there(stage: Stage) -> None:
    form = await opened(stage, EDITOR, TABLE)
    name = field_of(form, BLOCK)

    done = await stage.slack.person(EDITOR).submit(form, {name: "First.\n\nSecond."})

    assert "one paragraph only" in done.errors[name]
    assert value_in(form, name) == "First.\n\nSecond."
    assert form.is_open
    assert await local(stage, TABLE) is None


async def test_a_statement_of_20_000_characters_is_edited_paragraph_by_paragraph(stage: Stage) -> None:
    before = (await get_statement(stage.bot.core, LONG)).baseline
    form = await opened(stage, EDITOR, LONG)
    assert "too long for one field" in form.words
    name = field_of(form, BLOCK)

    await stage.slack.person(EDITOR).submit(form, {name: f"{value_in(form, name)} And more."})

    await stage.slack.wait_view(EDITOR, "Saved here.")
    saved = await local(stage, LONG)
    assert saved is not None
    assert len(saved) > 20_000
    was, now = ([block.html.strip() for block in leaf_blocks(text, TextKind.HTML)] for text in (before, saved))
    assert [old for old, new in zip(was, now, strict=True) if old != new] == [was[0]]


@pytest.mark.parametrize(
    ("html", "why"),
    [
        (f"<p>{'word ' * 1_000}</p>", "more than Slack's forms take"),
        ("<table><tbody><tr><td>Only</td><td>a table</td></tr></tbody></table>", "cannot hold without a loss"),
        ('<p>Plan: <img src="/plan.png"></p>', "content grcpush cannot carry: image"),
    ],
)
async def test_what_cannot_be_edited_here_says_why_and_where_instead(stage: Stage, html: str, why: str) -> None:
    stage.servicenow.edit(
        STATEMENTS, stage.sample.sys_id("Payroll Cloud", "AC-3"), STATEMENT_FIELD, html, by="jane.roe"
    )
    await stage.pull()
    await stage.slack.person(EDITOR).command("/grcpush", f"edit {NAME}", channel=CHANNEL)

    shown = await stage.slack.wait_view(EDITOR, why)

    assert "ServiceNow" in shown.words
    assert "submit" not in shown.definition


async def test_who_is_no_editor_learns_that_before_typing(stage: Stage) -> None:
    await stage.slack.person(APPROVER).command("/grcpush", f"edit {NAME}", channel=CHANNEL)

    shown = await stage.slack.wait_view(APPROVER, "role “editor”")

    assert "admin" in shown.words


@pytest.mark.parametrize(
    ("text", "answer"), [("edit", "needs the name"), ("edit Payroll Cloud/ZZ-9", "No statement is called")]
)
async def test_a_name_that_fits_nothing_is_told(stage: Stage, text: str, answer: str) -> None:
    await stage.slack.person(EDITOR).command("/grcpush", text, channel=CHANNEL)

    def told() -> bool:
        messages = [message.words for message in stage.slack.ephemerals(EDITOR)]
        return any(answer in words for words in (*messages, *(view.words for view in stage.slack.views(EDITOR))))

    await stage.slack.wait_for(told)


async def test_an_image_typed_as_markdown_is_refused_at_the_field_and_the_text_stays(stage: Stage) -> None:
    form = await opened(stage, EDITOR, NAME)
    typed = "See the plan: ![plan](https://intranet.example/plan.png)"

    done = await stage.slack.person(EDITOR).submit(form, {field_of(form): typed})

    assert "image" in done.errors[field_of(form)]
    assert value_in(form, field_of(form)) == typed
    assert await local(stage) is None


async def test_the_second_of_two_people_is_shown_both_texts_and_keeps_their_own(stage: Stage) -> None:
    first, second = await opened(stage, EDITOR, NAME), await opened(stage, REQUESTER, NAME)
    await stage.slack.person(EDITOR).submit(first, {field_of(first): "What the editor wrote."})
    await stage.slack.wait_view(EDITOR, "Saved here.")

    mine = "What the requester wrote."
    await stage.slack.person(REQUESTER).submit(second, {field_of(second): mine})

    shown = await stage.slack.wait_view(REQUESTER, "Somebody saved first")
    assert "<@U0EDITOR>" in shown.words
    assert "added: What the editor wrote." in shown.words
    assert "editor" in shown.words
    assert value_in(shown, field_of(shown)) == mine
    assert await local(stage) == "<p>What the editor wrote.</p>"

    await stage.slack.person(REQUESTER).submit(shown, {field_of(shown): "What both wrote."})
    await stage.slack.wait_view(REQUESTER, "Saved here.")
    assert await local(stage) == "<p>What both wrote.</p>"


async def test_the_second_of_two_people_keeps_words_typed_into_paragraphs(stage: Stage) -> None:
    first, second = await opened(stage, EDITOR, TABLE), await opened(stage, REQUESTER, TABLE)
    name = field_of(first, BLOCK)
    await stage.slack.person(EDITOR).submit(first, {name: "The editor's words."})
    await stage.slack.wait_view(EDITOR, "Saved here.")

    await stage.slack.person(REQUESTER).submit(second, {name: "The requester's words."})

    shown = await stage.slack.wait_view(REQUESTER, "Somebody saved first")
    assert value_in(shown, field_of(shown, BLOCK)) == "The requester's words."
    await stage.slack.person(REQUESTER).submit(shown)
    await stage.slack.wait_view(REQUESTER, "Saved here.")
    saved = await local(stage, TABLE)
    assert saved is not None
    assert "The requester's words." in saved
    assert "<td>5432</td>" in saved


async def test_a_double_click_on_save_saves_once(stage: Stage) -> None:
    form = await opened(stage, EDITOR, NAME)
    stage.slack.duplicate_deliveries = 1

    await stage.slack.person(EDITOR).submit(form, {field_of(form): "Once."})
    await stage.slack.wait_view(EDITOR, "Edit", callback_id=Callback.READ_ONLY)

    async def saves() -> int:
        statement = await get_statement(stage.bot.core, NAME)
        return (await edit_history(stage.bot.core, statement.id)).total

    await asyncio.sleep(0.2)
    assert await saves() == 1


async def test_a_save_that_takes_longer_than_slack_waits_is_done_all_the_same_and_the_text_stays(stage: Stage) -> None:
    form = await opened(stage, EDITOR, NAME)
    stage.slack.ack_timeout = 0.4
    async with stage.bot.core.db.transaction() as tx:
        # SQLite takes the write lock with the first query.
        await get_by_name(tx, NAME)
        done = await stage.slack.person(EDITOR).submit(form, {field_of(form): "Patience."})
        assert not done.ok
        assert value_in(form, field_of(form)) == "Patience."
        assert form.is_open

    await saved_in_the_end(stage, "<p>Patience.</p>")
    stage.slack.ack_timeout = 3.0
    await stage.slack.person(EDITOR).submit(form)
    await stage.slack.wait_view(EDITOR, "Nothing was changed")


async def saved_in_the_end(stage: Stage, text: str) -> None:
    async with asyncio.timeout(60):
        while await local(stage) != text:  # noqa: ASYNC110 -- it is the database that changes, and it tells nobody
            await asyncio.sleep(0.02)


async def a_preview(stage: Stage, control: str = "AC-7") -> View:
    await stage.edit()
    ravi = stage.slack.person(REQUESTER)
    await ravi.command("/grcpush", control, channel=CHANNEL)
    listing = await stage.slack.wait_ephemeral(REQUESTER, "AC-7")
    await ravi.click(listing, Action.PREVIEW_PUSH)
    return await stage.slack.wait_view(REQUESTER, "ready", callback_id=Callback.PREVIEW)


async def test_from_the_preview_a_statement_is_edited_and_the_preview_shows_the_new_change(stage: Stage) -> None:
    preview = await a_preview(stage)
    ravi = stage.slack.person(REQUESTER)
    await ravi.click(preview, Action.LINE_MENU, option="Edit")
    form = await stage.slack.wait_view(REQUESTER, "Payroll Cloud/AC-7", callback_id=Callback.EDIT)
    text = value_in(form, field_of(form))

    await ravi.submit(form, {field_of(form): text.replace("three failed", "four failed")})
    await stage.slack.wait_for(lambda: "four failed" in preview.words)
    sent = await ravi.submit(preview)

    assert sent.ok
    card = await stage.slack.wait_message("Push request #1", channel=CHANNEL)
    line = (await stage.card_of(card)).lines[0]
    assert line.change is not None
    assert "four failed" in line.change.new_text


async def test_revert_gives_the_edit_up_after_asking_and_the_history_keeps_it(stage: Stage) -> None:
    statement = await get_statement(stage.bot.core, NAME)
    await save_edit(stage.bot.core, stage.cast.editor, statement.id, "<p>Mine.</p>", source="cli")
    form = await opened(stage, EDITOR, NAME)

    await stage.click(EDITOR, form, Action.REVERT)

    await stage.slack.wait_view(EDITOR, "Back to the text in ServiceNow")
    assert await local(stage) is None
    await stage.slack.person(EDITOR).command("/grcpush", f"history {NAME}", channel=CHANNEL)
    shown = await stage.slack.wait_view(EDITOR, "gave up the local edit")
    assert "on the command line" in shown.words
    assert "<@U0EDITOR>" in shown.words
    assert not stage.shows(shown, Action.REVERT)


async def test_revert_after_somebody_elses_edit_is_refused(stage: Stage) -> None:
    statement = await get_statement(stage.bot.core, NAME)
    await save_edit(stage.bot.core, stage.cast.editor, statement.id, "<p>Mine.</p>", source="cli")
    form = await opened(stage, EDITOR, NAME)
    await save_edit(stage.bot.core, stage.cast.requester, statement.id, "<p>Theirs.</p>", source="cli")

    await stage.click(EDITOR, form, Action.REVERT)

    await stage.slack.wait_view(EDITOR, "Somebody changed this statement meanwhile")
    assert await local(stage) == "<p>Theirs.</p>"


async def test_the_history_opens_over_the_form_and_the_typed_text_stays(stage: Stage) -> None:
    form = await opened(stage, EDITOR, NAME)
    await stage.slack.person(EDITOR).fill(form, {field_of(form): "Half a thought"})

    await stage.click(EDITOR, form, Action.HISTORY)

    shown = await stage.slack.wait_view(EDITOR, "Nothing happened to this statement here")
    await stage.slack.person(EDITOR).close(shown)
    assert value_in(form, field_of(form)) == "Half a thought"


async def test_an_edit_while_the_statement_moved_in_servicenow_is_told_as_a_conflict_to_come(stage: Stage) -> None:
    preview = await a_preview(stage)
    assert preview.is_open
    statement = await get_statement(stage.bot.core, "Payroll Cloud/AC-7")
    stage.servicenow.edit(STATEMENTS, statement.sn_sys_id, STATEMENT_FIELD, "<p>Theirs.</p>", by="jane.roe")
    await stage.pull()

    form = await opened(stage, EDITOR, "Payroll Cloud/AC-7")

    assert "In conflict with ServiceNow" in form.words
    assert not stage.shows(form, Action.REVERT)
