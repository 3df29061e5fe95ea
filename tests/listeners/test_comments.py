"""U12: what people say in a thread, change and delete there is kept with the audit trail, and nothing of it is erased."""

import asyncio
import json
from collections.abc import Callable

import pytest
from sqlmodel import select

from core.domain.audit import AuditKind, AuditRecord
from core.store.audit_search import AuditFilter
from core.store.people import find_person
from core.store.push_tables import CommentRow
from core.usecases.audit.searching import latest_audit
from core.usecases.audit.verifying import verify_audit
from core.usecases.requests.comments import Said, keep_comment
from tests.stage import APPROVER, CHANNEL, EDITOR, Stage

COMMENTS = (AuditKind.COMMENT_MADE, AuditKind.COMMENT_CHANGED, AuditKind.COMMENT_DELETED)


async def told(stage: Stage) -> list[AuditRecord]:
    """The events about comments, in order."""
    found = await latest_audit(stage.bot.core, stage.cast.admin, AuditFilter(), limit=500)
    return [record for record in found if record.kind in {kind.value for kind in COMMENTS}]


async def until(stage: Stage, is_so: Callable[[list[AuditRecord]], bool]) -> list[AuditRecord]:
    """The events, once they are so: Slack's events are acknowledged before they are handled."""
    async with asyncio.timeout(60):
        while not is_so(found := await told(stage)):  # noqa: ASYNC110 -- only the rows tell
            await asyncio.sleep(0.02)
    return found


async def comment(stage: Stage) -> CommentRow:
    async with stage.bot.core.db.reading() as tx:
        return (await tx.exec(select(CommentRow))).one()


def texts(records: list[AuditRecord]) -> list[tuple[str, str]]:
    return [(record.kind, json.loads(record.details)["text"]) for record in records]


async def test_an_edited_and_deleted_reply_keeps_every_wording(stage: Stage) -> None:
    card = await stage.request(1)
    erin = stage.slack.person(EDITOR)
    said = await erin.say(CHANNEL, "Reviewed yearly.", card.ts)
    await until(stage, lambda found: len(found) == 1)

    erin.edit(said, "Reviewed monthly.")
    await until(stage, lambda found: len(found) == 2)
    erin.delete(said)
    found = await until(stage, lambda found: len(found) == 3)

    assert texts(found) == [
        ("comment:made", "Reviewed yearly."),
        ("comment:changed", "Reviewed monthly."),
        ("comment:deleted", "Reviewed monthly."),
    ]
    made, changed, deleted = found
    assert made.place == changed.place == deleted.place == {"surface": "reply", "channel": CHANNEL, "message": said.ts}
    assert made.actor_email == changed.actor_email == "editor@example.com"
    # Slack does not tell who deleted it: an admin of the workspace may have.
    assert (deleted.actor_name, json.loads(deleted.details)["said_by"]) == ("grcpush", str(stage.cast.editor.id))
    kept = await comment(stage)
    assert (kept.text, kept.is_deleted) == ("Reviewed monthly.", True)
    assert (await verify_audit(stage.bot.core)).fault == ""


async def test_what_slack_delivers_twice_or_late_neither_undoes_an_edit_nor_brings_a_deleted_reply_back(
    stage: Stage,
) -> None:
    card = await stage.request(1)
    erin, core = stage.slack.person(EDITOR), stage.bot.core
    said = await erin.say(CHANNEL, "First.", card.ts)
    original = stage.slack.deliveries[-1]
    await until(stage, lambda found: len(found) == 1)
    erin.edit(said, "Second.")
    await until(stage, lambda found: len(found) == 2)
    assert said.edited is not None
    second = Said(CHANNEL, said.ts, card.ts, "Second.", said.edited["ts"])

    await stage.slack.forging.again(original)
    assert not await keep_comment(core, stage.cast.editor, second)
    late = Said(CHANNEL, said.ts, card.ts, "In between.", str(float(said.ts) + 0.0001))
    assert await keep_comment(core, stage.cast.editor, late)
    erin.delete(said)
    await until(stage, lambda found: found[-1].kind == "comment:deleted")
    assert not await keep_comment(core, stage.cast.editor, Said(CHANNEL, said.ts, card.ts, "First."))

    kept = await comment(stage)
    assert (kept.text, kept.is_deleted) == ("Second.", True)
    assert [text for _, text in texts(await told(stage))] == ["First.", "Second.", "In between.", "Second."]


async def test_a_change_whose_reply_was_never_told_of_keeps_both_wordings(stage: Stage) -> None:
    card = await stage.request(1)
    ada = stage.slack.person(APPROVER)
    stage.slack.subscriptions.discard("message.channels")
    said = await ada.say(CHANNEL, "Unheard.", card.ts)
    stage.slack.subscriptions.add("message.channels")

    ada.edit(said, "Heard.")
    found = await until(stage, lambda found: len(found) == 2)

    assert texts(found) == [("comment:made", "Unheard."), ("comment:changed", "Heard.")]


@pytest.mark.parametrize("who", ["U0GUEST", "U0OTHER"])
async def test_guests_and_strangers_leave_no_trace_whatever_they_do_with_their_words(stage: Stage, who: str) -> None:
    card = await stage.request(1)
    person = stage.slack.person(who)
    said = await person.say(CHANNEL, "Approved, as far as I see.", card.ts)
    person.edit(said, "Approved!")
    person.delete(said)
    erin = await stage.slack.person(EDITOR).say(CHANNEL, "A colleague's word.", card.ts)
    found = await until(stage, bool)

    assert texts(found) == [("comment:made", erin.text)]


async def test_what_is_said_while_slack_does_not_tell_by_whom_is_kept_under_the_slack_id(stage: Stage) -> None:
    card = await stage.request(1)
    core = stage.bot.core
    stage.slack.faults.error("users.info", "internal_error", times=None)
    ada, sam = stage.slack.person(APPROVER), stage.slack.person("U0SECOND")
    async with core.db.transaction() as tx:
        row = await find_person(tx, slack_user_id="U0SECOND")
        assert row is not None
        await tx.delete(row)

    await ada.say(CHANNEL, "From somebody known.", card.ts)
    await sam.say(CHANNEL, "From somebody not met yet.", card.ts)
    found = await until(stage, lambda found: len(found) == 2)
    stage.slack.faults.answer_again()
    await sam.say(CHANNEL, "Again.", card.ts)
    *_, last = await until(stage, lambda found: len(found) == 3)

    names = {json.loads(record.details)["text"]: record.actor_name for record in found}
    assert names["From somebody not met yet."] == "U0SECOND"
    assert names["From somebody known."] != APPROVER
    assert last.actor_id == next(each.actor_id for each in found if each.actor_name == "U0SECOND")
    assert last.actor_name != "U0SECOND"


async def test_what_a_bot_says_in_the_thread_is_no_comment(stage: Stage) -> None:
    card = await stage.request(1)
    answer = await stage.bot.client.chat_postMessage(channel=CHANNEL, thread_ts=card.ts, text="A robot's view.")
    await stage.bot.client.chat_update(channel=CHANNEL, ts=answer["ts"], text="A robot's other view.")
    await stage.bot.client.chat_delete(channel=CHANNEL, ts=answer["ts"])
    await stage.slack.person(EDITOR).say(CHANNEL, "A person's view.", card.ts)

    found = await until(stage, bool)

    assert texts(found) == [("comment:made", "A person's view.")]
