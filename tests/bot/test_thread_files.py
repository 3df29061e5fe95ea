"""What is too long for a message stands in full in a file of the thread, and the message says so."""

import asyncio

import pytest

from core.domain.conflict import Choice
from core.domain.push import RequestState
from core.usecases.approvals.deciding import approve_push
from core.usecases.conflicts.settling import SeenConflict, resolve_conflict
from core.usecases.requests.asking import cancel_push, request_push
from core.usecases.requests.cards import request_card
from core.usecases.requests.drafts import prepare_push
from core.usecases.requests.drawings import outdated_requests
from core.usecases.statements.edits import get_statement, save_edit
from sandbox.servicenow import STATEMENT_FIELD, STATEMENTS
from sandbox.slack import Message, StoredFile
from tests.stage import CHANNEL, Stage

LONG = "Data Warehouse/SI-4"


def files_in(stage: Stage, card: Message) -> list[StoredFile]:
    """The files of the thread, oldest first."""
    shared = {(card.channel, reply.ts) for reply in stage.slack.thread(card.channel, card.ts)}
    return [file for file in stage.slack.files if shared & set(file.shared_in)]


async def a_long_conflict(stage: Stage) -> Message:
    """A request whose one statement of 20,000 characters was rewritten on both sides."""
    core = stage.bot.core
    statement = await get_statement(core, LONG)
    await save_edit(core, stage.cast.editor, statement.id, statement.baseline.replace("within", "inside"), source="cli")
    theirs = statement.baseline.replace("within", "in no more than")
    stage.servicenow.edit(STATEMENTS, statement.sn_sys_id, STATEMENT_FIELD, theirs, by="jane.roe")
    draft = await prepare_push(core, stage.cast.requester, [statement.id])
    asked = await request_push(core, stage.cast.requester, draft.request_id, channel=CHANNEL)
    return await stage.slack.wait_message(f"Push request #{asked.number}", channel=CHANNEL)


async def test_the_first_reply_under_a_card_is_a_file_with_every_change_of_the_request(stage: Stage) -> None:
    card = await stage.request(3)
    file = await stage.slack.wait_file("push-request-1.diff")

    assert [reply.files[0]["name"] for reply in stage.slack.thread(CHANNEL, card.ts)[1:2]] == [file.name]
    assert file.snippet_type == "diff"
    request = await stage.card_of(card)
    assert request.content_digest[:12] in file.title
    for line in request.lines:
        assert line.label in file.text
        assert line.change is not None
        changed = {run.text.strip() for block in line.change.blocks for run in block.runs if run.kind == "added"}
        assert all(words in file.text for words in changed)


async def test_a_redrawn_card_brings_no_second_file_of_the_same_content(stage: Stage) -> None:
    card = await stage.request(3)
    await stage.slack.wait_file("push-request-1.diff")
    request = await stage.card_of(card)

    await approve_push(stage.bot.core, stage.cast.approver, request.id, shown_digest=request.content_digest)
    await stage.until(card, "Done")

    assert len(files_in(stage, card)) == 1


async def test_while_conflicts_are_settled_there_is_no_file_and_then_one_of_what_is_to_be_approved(
    stage: Stage,
) -> None:
    card = await stage.request(with_conflicts=True)
    request = await stage.card_of(card)
    await stage.until_conflicts(card, len(request.open_conflicts))
    assert files_in(stage, card) == []

    for conflict in request.open_conflicts:
        seen = SeenConflict(conflict.id, conflict.revision)
        await resolve_conflict(stage.bot.core, stage.cast.requester, seen, Choice.KEEP_REMOTE)
    await stage.slack.wait_file("push-request-1.diff")

    (final,) = files_in(stage, card)
    settled = await request_card(stage.bot.core, request.id)
    assert settled.state is RequestState.WAITING
    assert settled.content_digest[:12] in final.title
    assert settled.content_digest[:12] in final.text
    kept = request.open_conflicts[0]
    assert kept.label in final.text


@pytest.mark.pitfall("U3", "P14")
async def test_a_conflict_too_long_for_its_message_is_in_the_thread_in_full_and_the_message_names_the_file(
    stage: Stage,
) -> None:
    card = await a_long_conflict(stage)
    (reply,) = await stage.until_conflicts(card, 1)

    file = next(file for file in files_in(stage, card) if "conflict" in file.name)
    assert reply.words.count(f"The file {file.name} in this thread shows all of it.") == 3
    conflict = (await stage.card_of(card)).open_conflicts[0]
    for diff in (conflict.remote_change, conflict.local_change, conflict.to_local):
        lines = [line for line in file.text.splitlines() if line[:2] in ("- ", "+ ")]
        assert sum(block.kind != "same" for block in diff.blocks) > 5
        assert len(lines) > 15
    for side in ("within", "inside", "in no more than"):
        assert side in file.text


async def test_a_conflict_that_fits_its_message_brings_no_file(stage: Stage) -> None:
    card = await stage.request(with_conflicts=True)
    await stage.until_conflicts(card, 4)

    assert files_in(stage, card) == []


async def test_when_the_long_conflict_changes_a_new_file_shows_it_and_the_message_names_the_new_one(
    stage: Stage,
) -> None:
    card = await a_long_conflict(stage)
    (reply,) = await stage.until_conflicts(card, 1)
    statement = await get_statement(stage.bot.core, LONG)
    assert statement.local is not None

    again = statement.local.replace("inside", "no later than after")
    await save_edit(stage.bot.core, stage.cast.editor, statement.id, again, source="cli")

    await stage.slack.wait_for(lambda: "conflict-2.diff" in reply.words)
    newest = [file for file in files_in(stage, card) if "conflict" in file.name][-1]
    assert "no later than after" in newest.text


async def test_control_signs_in_a_statement_do_not_reach_the_file(stage: Stage) -> None:
    statement = await get_statement(stage.bot.core, "Payroll Cloud/AC-3")
    evil = "<p>Safe \u202eesrever\u202c text, @channel and more.</p>"
    await save_edit(stage.bot.core, stage.cast.editor, statement.id, evil, source="cli")
    draft = await prepare_push(stage.bot.core, stage.cast.requester, [statement.id])
    await request_push(stage.bot.core, stage.cast.requester, draft.request_id, channel=CHANNEL)

    file = await stage.slack.wait_file("push-request-1.diff")

    assert "esrever" in file.text
    assert not {"\u202e", "\u202c"} & set(file.text)
    assert "@channel" not in file.text


async def test_where_slack_takes_no_files_the_card_and_its_conflicts_come_all_the_same(stage: Stage) -> None:
    stage.slack.faults.error("files.getUploadURLExternal", "missing_scope", times=None)
    card = await a_long_conflict(stage)

    (reply,) = await stage.until_conflicts(card, 1)

    assert "“Review” on the request's card shows all of it." in reply.words
    assert files_in(stage, card) == []
    assert len(stage.slack.calls.of("files.getUploadURLExternal")) == 1


async def test_a_file_that_slack_did_not_take_just_now_comes_later_and_holds_up_nothing(stage: Stage) -> None:
    stage.slack.faults.rate_limit("files.getUploadURLExternal", 2, retry_after=1)
    card = await stage.request(3)
    assert "Waiting for approval" in card.words

    file = await stage.slack.wait_file("push-request-1.diff")

    assert (file.shared_in[0][0]) == CHANNEL
    assert len(files_in(stage, card)) == 1


async def test_a_long_pause_that_slack_asks_for_a_file_holds_up_neither_the_card_nor_its_end(stage: Stage) -> None:
    stage.slack.faults.rate_limit("files.getUploadURLExternal", None, retry_after=600)
    card = await stage.request(2)
    await stage.slack.wait_for(lambda: stage.slack.calls.of("files.getUploadURLExternal"))
    request = await stage.card_of(card)

    await approve_push(stage.bot.core, stage.cast.approver, request.id, shown_digest=request.content_digest)
    await stage.until(card, "2 pushed")

    assert len(stage.slack.calls.of("files.getUploadURLExternal")) == 1


async def test_a_file_that_is_not_wanted_any_more_leaves_no_card_to_be_drawn_for_ever(stage: Stage) -> None:
    stage.slack.faults.server_error("files.getUploadURLExternal", None)
    card = await stage.request(3)
    await stage.until(card, "Waiting for approval")
    await stage.slack.wait_for(lambda: stage.slack.calls.of("files.getUploadURLExternal"))
    request = await stage.card_of(card)

    await cancel_push(stage.bot.core, stage.cast.requester, request.id)
    await stage.until(card, "Cancelled")

    async with asyncio.timeout(60):
        while await outdated_requests(stage.bot.core):  # noqa: ASYNC110 -- nobody is told of it
            await asyncio.sleep(0.05)
