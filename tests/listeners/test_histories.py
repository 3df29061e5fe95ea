"""`/grcpush history`: of a statement, of a person, of the pushes; page by page, and as a file for the asker alone."""

import csv
import io

import pytest

from bot.actions import Action
from bot.slack.manifest import app_manifest
from core.config import Settings
from core.domain.conflict import Choice
from core.usecases.conflicts.settling import SeenConflict, resolve_conflict
from core.usecases.overview.past_pushes import PAGE
from core.usecases.requests.asking import cancel_push
from core.usecases.statements.edits import get_statement, save_edit
from sandbox.slack import Message, Workspace
from tests.stage import ADMIN, APPROVER, CHANNEL, EDITOR, REQUESTER, Stage, slack_settings


async def asked(stage: Stage, who: str, typed: str, answer: str) -> Message:
    await stage.slack.person(who).command("/grcpush", typed, channel=CHANNEL)
    return await stage.slack.wait_ephemeral(who, answer)


def sent_to(stage: Stage, who: str) -> list[list[str]]:
    """The lines of the one file that came to somebody as a direct message."""
    (channel,) = {message.channel for message in stage.slack.direct_messages(who)}
    (file,) = [file for file in stage.slack.files if file.name.endswith("-history.csv")]
    assert {place for place, _ in file.shared_in} == {channel}
    return list(csv.reader(io.StringIO(file.text.removeprefix("\ufeff"))))


async def test_of_a_statement_it_tells_saves_settled_conflicts_and_pushes(stage: Stage) -> None:
    card = await stage.request(1, with_conflicts=True)
    (conflict,) = (await stage.card_of(card)).open_conflicts
    await resolve_conflict(
        stage.bot.core, stage.cast.editor, SeenConflict(conflict.id, conflict.revision), Choice.KEEP_LOCAL
    )
    await stage.until(card, "Waiting for approval")
    await stage.click(APPROVER, card, Action.APPROVE)
    await stage.until(card, "1 pushed")
    name = (await get_statement(stage.bot.core, stage.sample.local_edits[0].sys_id)).label

    await stage.slack.person(EDITOR).command("/grcpush", f"history {name}", channel=CHANNEL)
    shown = await stage.slack.wait_view(EDITOR, "ended the push of this statement")

    words = shown.words
    if stage.shows(shown, Action.HISTORY_OLDER):
        await stage.click(EDITOR, shown, Action.HISTORY_OLDER)
        await stage.slack.wait_for(lambda: "Page 2 of" in shown.words)
        words += shown.words
    for told in (
        "saved a text",
        "kept the local text",
        "asked for",
        "ended the push of this statement",
    ):
        assert told in words
    assert f"p{card.ts.replace('.', '')}" in str(shown.definition)


async def test_the_file_holds_every_page_and_comes_to_the_asker_alone(stage: Stage) -> None:
    statement = await get_statement(stage.bot.core, stage.sample.local_edits[0].sys_id)
    for number in range(11):
        await save_edit(
            stage.bot.core, stage.cast.editor, statement.id, f"<p>Text {number}.</p>", source="=HYPERLINK(1)"
        )
    await stage.slack.person(EDITOR).command("/grcpush", f"history {statement.label}", channel=CHANNEL)
    shown = await stage.slack.wait_view(EDITOR, "Page 1 of 2")

    await stage.click(EDITOR, shown, Action.HISTORY_CSV)
    await stage.slack.wait_for(lambda: "in your direct messages" in shown.words)

    head, *rows = sent_to(stage, EDITOR)
    assert len(rows) == 11
    assert {row[head.index("statement")] for row in rows} == {statement.label}
    assert all(row[head.index("more")].startswith("'=HYPERLINK(1)") for row in rows)
    assert stage.slack.messages(CHANNEL) == []


async def test_of_a_person_it_tells_what_they_did_and_nothing_of_others(stage: Stage) -> None:
    stage.slack.install(app_manifest("https://grc.example.com"))
    card = await stage.request(1)
    await stage.click(APPROVER, card, Action.APPROVE)
    await stage.until(card, "1 pushed")

    erin = await asked(stage, REQUESTER, "history @erin", "What Editor did")
    ada = await asked(stage, REQUESTER, "history approver@example.com 30d", "What Ada Approver did in the last 30 days")

    assert "saved a text of" in erin.words
    assert "approved" not in erin.words
    assert "approved" in ada.words
    await asked(stage, "U0OTHER", "history @erin", "other organisations")
    await asked(stage, REQUESTER, "history nobody@example.com", "has not met this person")
    await asked(stage, REQUESTER, "history @nobody", "did not say who that is")
    await stage.click(REQUESTER, ada, Action.HISTORY_CSV)
    await stage.slack.wait_ephemeral(REQUESTER, "in your direct messages")
    head, *rows = sent_to(stage, REQUESTER)
    assert {(row[head.index("did")], row[head.index("push_request")]) for row in rows} == {
        ("approved push request #1", "1"),
        ("started push request #1", "1"),
    }


class TestWithoutRoles:
    @pytest.fixture
    def bot_settings(self, settings: Settings, slack: Workspace) -> Settings:
        return slack_settings(settings, slack, admins=(), approvers=(), slack_titles_only_channels=(CHANNEL,))

    async def test_who_has_no_role_is_told_of_themselves_only(self, stage: Stage) -> None:
        await stage.edit(1)

        await asked(stage, EDITOR, "history admin@example.com", "The history has nothing that")
        await asked(stage, ADMIN, "history admin@example.com", "The history has nothing that")
        await asked(stage, ADMIN, "history editor@example.com", "told to people who have a role")

    async def test_where_texts_are_not_for_everybody_they_are_not_shown_to_who_has_no_role(self, stage: Stage) -> None:
        await stage.edit(1)
        name = stage.sample.local_edits[0].sys_id

        await stage.slack.person(ADMIN).command("/grcpush", f"history {name}", channel=CHANNEL)
        refused = await stage.slack.wait_view(ADMIN, "are for people who have a role there")
        await stage.slack.person(ADMIN).close(refused)
        listing = await asked(stage, ADMIN, "", "1 statement changed")
        await stage.click(ADMIN, listing, Action.SHOW_CHANGES)
        await stage.slack.wait_view(ADMIN, "are for people who have a role there")
        await stage.slack.person(EDITOR).command("/grcpush", f"history {name}", channel=CHANNEL)

        await stage.slack.wait_view(EDITOR, "saved a text")


async def test_the_pushes_there_were_are_turned_page_by_page_and_come_as_a_file(stage: Stage) -> None:
    (statement_id,) = await stage.edit(1)
    count = PAGE + 1
    for _ in range(count):
        request = await stage.ask_for([statement_id])
        await cancel_push(stage.bot.core, stage.cast.requester, request.id)

    told = await asked(stage, REQUESTER, "history mine 30d", f"{count} push requests by you, in the last 30 days")
    newest = told.words
    await stage.click(REQUESTER, told, Action.HISTORY_OLDER)
    await stage.slack.wait_for(lambda: "Page 2 of 2" in stage.slack.ephemerals(REQUESTER)[-1].words)
    oldest = stage.slack.ephemerals(REQUESTER)[-1]

    assert f"Push request #{count}" in newest
    assert "|Push request #1>" in oldest.words
    assert f"|Push request #{count}>" not in oldest.words
    assert not stage.shows(oldest, Action.HISTORY_OLDER)
    await stage.click(REQUESTER, oldest, Action.HISTORY_CSV)
    await stage.slack.wait_ephemeral(REQUESTER, "in your direct messages")
    head, *rows = sent_to(stage, REQUESTER)
    assert [row[head.index("push_request")] for row in rows] == [str(number) for number in range(count, 0, -1)]
    await asked(stage, EDITOR, "history mine", "There is no push request by you")
