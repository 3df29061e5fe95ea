"""The third way to settle a conflict, by clicks: both edits kept, or a merge that somebody writes."""

import asyncio

from bot.actions import Action, Callback
from bot.views.parts.fields import PICK, TEXT, part_of
from core.domain.merge_writing import LOCAL_MARK, REMOTE_MARK
from core.usecases.requests.asking import request_push
from core.usecases.requests.drafts import check_statements, prepare_push
from core.usecases.statements.edits import get_statement, save_edit
from sandbox.servicenow import STATEMENT_FIELD, STATEMENTS
from sandbox.slack import Message, View
from tests.stage import APPROVER, CHANNEL, EDITOR, REQUESTER, Stage

MERGEABLE, CLASHING = "Payroll Cloud/AC-2(3)", "Payroll Cloud/AU-6"
TABLE = (
    "<table><tbody><tr><td>Web</td><td>443</td></tr><tr><td>Database</td><td>5432</td></tr></tbody></table>"
    "<p>Reviewed.</p>"
)


async def reply_about(stage: Stage, card: Message, name: str) -> Message:
    """The conflict of this statement in the card's thread."""
    found = lambda: next((r for r in stage.conflicts(card) if f"Conflict on {name}:" in r.text), None)  # noqa: E731
    reply = await stage.slack.wait_for(found)
    assert reply is not None
    return reply


async def a_conflict(stage: Stage, name: str) -> Message:
    return await reply_about(stage, await stage.request(with_conflicts=True), name)


def field_of(view: View, kind: str = TEXT) -> str:
    return next(b["block_id"] for b in view.blocks if b["type"] == "input" and part_of(b["block_id"])[0] == kind)


def value_in(view: View) -> str:
    return str(view.state[field_of(view)]["typed"]["value"] or "")


async def test_both_edits_are_kept_after_they_were_shown_against_both_sides(stage: Stage) -> None:
    reply = await a_conflict(stage, MERGEABLE)
    before = await get_statement(stage.bot.core, MERGEABLE)

    await stage.click(REQUESTER, reply, Action.KEEP_BOTH)
    shown = await stage.slack.wait_view(REQUESTER, "What a push of it would change", callback_id=Callback.KEEP_BOTH)
    assert "What it changes of the local version" in shown.words
    assert "added: ten years" in shown.words or "added: ten" in shown.words
    assert (await get_statement(stage.bot.core, MERGEABLE)).local == before.local
    await stage.slack.person(REQUESTER).submit(shown)

    await stage.slack.wait_view(REQUESTER, "The merge is the local text now")
    await stage.until(reply, "Merged - by")
    merged = (await get_statement(stage.bot.core, MERGEABLE)).local
    assert merged is not None
    assert "within 15 minutes" in merged
    assert "ten years" in merged
    assert stage.written() == []


async def test_where_the_edits_clash_both_cannot_be_kept_but_a_merge_can_be_written(stage: Stage) -> None:
    reply = await a_conflict(stage, CLASHING)

    assert not stage.shows(reply, Action.KEEP_BOTH)
    assert stage.shows(reply, Action.WRITE_MERGE)


async def test_keep_both_is_refused_when_a_text_changed_after_it_was_drawn_and_the_reply_is_redrawn(
    stage: Stage,
) -> None:
    reply = await a_conflict(stage, MERGEABLE)
    pressed = stage.button(reply, Action.KEEP_BOTH)
    statement = await get_statement(stage.bot.core, MERGEABLE)
    theirs = stage.servicenow.get(STATEMENTS, statement.sn_sys_id)[STATEMENT_FIELD]
    moved = theirs.replace("ten years", "twelve years")
    stage.servicenow.edit(STATEMENTS, statement.sn_sys_id, STATEMENT_FIELD, moved, by="jane.roe")
    await check_statements(stage.bot.core, stage.cast.requester, [statement.id])

    await stage.click_again(REQUESTER, reply, pressed)

    await stage.slack.wait_view(REQUESTER, "changed again after this was drawn")
    await stage.until(reply, "twelve")
    assert (await get_statement(stage.bot.core, MERGEABLE)).local == statement.local


async def test_what_was_shown_is_not_saved_when_somebody_edited_meanwhile(stage: Stage) -> None:
    reply = await a_conflict(stage, MERGEABLE)
    await stage.click(REQUESTER, reply, Action.KEEP_BOTH)
    shown = await stage.slack.wait_view(REQUESTER, callback_id=Callback.KEEP_BOTH)
    statement = await get_statement(stage.bot.core, MERGEABLE)
    await save_edit(stage.bot.core, stage.cast.editor, statement.id, "<p>Quite another text.</p>", source="cli")

    await stage.slack.person(REQUESTER).submit(shown)

    await stage.slack.wait_view(REQUESTER, "changed again after this was drawn")
    assert (await get_statement(stage.bot.core, MERGEABLE)).local == "<p>Quite another text.</p>"


async def test_a_merge_is_written_previewed_against_both_sides_and_saved_as_previewed(stage: Stage) -> None:
    reply = await a_conflict(stage, CLASHING)
    editor = stage.slack.person(EDITOR)
    await stage.click(EDITOR, reply, Action.WRITE_MERGE)
    form = await stage.slack.wait_view(EDITOR, callback_id=Callback.MERGE)
    assert LOCAL_MARK in value_in(form)
    assert REMOTE_MARK in value_in(form)

    unsettled = await editor.submit(form)
    assert "not settled yet" in unsettled.errors[field_of(form)]
    text = "The internal control team and the desk review the daily summary together."
    await editor.submit(form, {field_of(form): text})
    shown = await stage.slack.wait_view(EDITOR, "The result.", callback_id=Callback.MERGE)
    assert "together" in shown.words
    assert value_in(shown) == text
    await editor.submit(shown, {field_of(shown): f"{text} Each day."})
    shown = await stage.slack.wait_view(EDITOR, "Each day.", callback_id=Callback.MERGE)
    assert (await get_statement(stage.bot.core, CLASHING)).local != f"<p>{text} Each day.</p>"
    await editor.submit(shown)

    await stage.until(reply, "Merged - by")
    assert (await get_statement(stage.bot.core, CLASHING)).local == f"<p>{text} Each day.</p>"


async def test_a_merge_is_not_lost_when_somebody_settled_the_conflict_first(stage: Stage) -> None:
    reply = await a_conflict(stage, CLASHING)
    await stage.click(EDITOR, reply, Action.WRITE_MERGE)
    form = await stage.slack.wait_view(EDITOR, callback_id=Callback.MERGE)
    await stage.click(REQUESTER, reply, Action.KEEP_LOCAL)
    await stage.until(reply, "Kept local")

    done = await stage.slack.person(EDITOR).submit(form, {field_of(form): "Half an hour of work."})

    assert "already settled this conflict with the local text" in done.errors[field_of(form)]
    assert value_in(form) == "Half an hour of work."
    assert form.is_open


async def test_who_may_not_settle_learns_it_at_the_field_and_nothing_is_saved(stage: Stage) -> None:
    reply = await a_conflict(stage, CLASHING)
    approver = stage.slack.person(APPROVER)
    await stage.click(APPROVER, reply, Action.WRITE_MERGE)
    form = await stage.slack.wait_view(APPROVER, callback_id=Callback.MERGE)
    await approver.submit(form, {field_of(form): "Mine."})
    shown = await stage.slack.wait_view(APPROVER, "The result.", callback_id=Callback.MERGE)

    done = await approver.submit(shown)

    assert "may settle this conflict" in done.errors[field_of(shown)]
    assert "Mine." not in str((await get_statement(stage.bot.core, CLASHING)).local)


async def test_rows_that_clash_are_picked_one_by_one(stage: Stage) -> None:
    card, reply = await a_conflict_of(stage, TABLE, TABLE.replace("5432", "5433"), TABLE.replace("5432", "6432"))
    editor = stage.slack.person(EDITOR)
    await stage.click(EDITOR, reply, Action.WRITE_MERGE)
    form = await stage.slack.wait_view(EDITOR, "Place 1", callback_id=Callback.MERGE)
    assert "Database | 5433" in form.words
    assert "Database | 6432" in form.words

    await editor.submit(form, {field_of(form, PICK): "remote"})
    shown = await stage.slack.wait_view(EDITOR, "The result.", callback_id=Callback.MERGE)
    await editor.submit(shown, {field_of(shown, PICK): "both"})
    shown = await stage.slack.wait_view(EDITOR, "added: Database | 5433", callback_id=Callback.MERGE)
    await editor.submit(shown)

    await stage.until(reply, "Merged - by")
    merged = str((await get_statement(stage.bot.core, "Payroll Cloud/AC-3")).local)
    assert merged.index("5433") < merged.index("6432")
    await stage.until(card, "Waiting for approval")


async def test_a_merge_that_fits_no_form_names_the_way_out(stage: Stage) -> None:
    def table(word: str) -> str:
        rows = (f"<tr><td>Service {n}</td><td>{word if n % 2 else 'same'} {n}</td></tr>" for n in range(40))
        return f"<table><tbody>{''.join(rows)}</tbody></table>"

    _, reply = await a_conflict_of(stage, table("old"), table("mine"), table("theirs"))

    await stage.click(EDITOR, reply, Action.WRITE_MERGE)

    shown = await stage.slack.wait_view(EDITOR, "cannot be written here")
    assert "grcpush edit 'Payroll Cloud/AC-3'" in shown.words
    assert "submit" not in shown.definition


async def test_two_people_who_keep_both_at_once_settle_it_once(stage: Stage) -> None:
    reply = await a_conflict(stage, MERGEABLE)
    views = []
    for who in (EDITOR, REQUESTER):
        await stage.click(who, reply, Action.KEEP_BOTH)
        views.append(await stage.slack.wait_view(who, callback_id=Callback.KEEP_BOTH))

    await asyncio.gather(
        stage.slack.person(EDITOR).submit(views[0]),
        stage.slack.person(REQUESTER).submit(views[1]),
    )

    def titles() -> list[str]:
        return sorted(view.title for view in views)

    await stage.slack.wait_for(lambda: titles() == ["Settled", "This was not done"])


async def test_undo_after_a_merge_offers_it_again(stage: Stage) -> None:
    reply = await a_conflict(stage, MERGEABLE)
    await stage.click(REQUESTER, reply, Action.KEEP_BOTH)
    await stage.slack.person(REQUESTER).submit(await stage.slack.wait_view(REQUESTER, callback_id=Callback.KEEP_BOTH))
    await stage.until(reply, "Merged - by")

    await stage.click(REQUESTER, reply, Action.UNDO_CHOICE)

    await stage.slack.wait_for(lambda: stage.shows(reply, Action.KEEP_BOTH))


async def a_conflict_of(stage: Stage, baseline: str, local: str, remote: str) -> tuple[Message, Message]:
    """A request with one conflict of these three texts: its card, and the reply in its thread."""
    core, name = stage.bot.core, "Payroll Cloud/AC-3"
    sys_id = stage.sample.sys_id("Payroll Cloud", "AC-3")
    stage.servicenow.edit(STATEMENTS, sys_id, STATEMENT_FIELD, baseline, by="jane.roe")
    statement = await get_statement(core, name)
    await check_statements(core, stage.cast.requester, [statement.id])
    await save_edit(core, stage.cast.editor, statement.id, local, source="cli")
    stage.servicenow.edit(STATEMENTS, sys_id, STATEMENT_FIELD, remote, by="jane.roe")
    draft = await prepare_push(core, stage.cast.requester, [statement.id])
    asked = await request_push(core, stage.cast.requester, draft.request_id, channel=CHANNEL)
    card = await stage.slack.wait_message(f"Push request #{asked.number}", channel=CHANNEL)
    return card, await reply_about(stage, card, name)
