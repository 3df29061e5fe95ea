"""The cards: whatever Slack does, the push goes its way, and the last state arrives."""

import asyncio
import itertools
import re
import uuid
from dataclasses import replace

import pytest

from bot.actions import Action
from bot.app import running_bot
from bot.web.server import served
from core.config import Settings
from core.domain.actor import Identity
from core.domain.push import RequestState
from core.usecases.approvals.deciding import approve_push
from core.usecases.people.actors import remember
from core.usecases.pulling.pull import pull
from core.usecases.requests.asking import request_push
from core.usecases.requests.drafts import prepare_push
from core.usecases.statements.edits import get_statement
from sandbox.data import Sample
from sandbox.servicenow import STATEMENTS, Moment, ServiceNow
from sandbox.slack import Message, Workspace
from tests.cast import until_ended
from tests.stage import APPROVER, CHANNEL, FAST, REQUESTER, Stage, served_bot


async def approve(stage: Stage, card: Message) -> uuid.UUID:
    """The approver approves without a click: Slack may be out of order. Gives back the request's id."""
    request = await stage.card_of(card)
    await approve_push(stage.bot.core, stage.cast.approver, request.id, shown_digest=request.content_digest)
    return request.id


@pytest.mark.pitfall("P27", "U6")
async def test_slack_refusing_every_call_changes_nothing_in_servicenow_and_the_last_state_arrives_later(
    stage: Stage,
) -> None:
    card = await stage.request(4)
    before = card.words
    stage.slack.faults.refuse_everything()

    ended = await until_ended(stage.bot.core, await approve(stage, card))

    assert ended.state is RequestState.DONE
    assert len(stage.written()) == 4
    assert card.words == before
    stage.slack.faults.answer_again()
    await stage.until(card, "4 pushed")
    assert stage.slack.messages(CHANNEL) == [card]


@pytest.mark.pitfall("P27", "U6")
@pytest.mark.parametrize("kind", ["refuse_everything", "server_error", "reset"])
async def test_slack_out_of_order_from_the_middle_of_a_push_until_after_its_end_changes_nothing_in_servicenow(
    stage: Stage, kind: str
) -> None:
    card = await stage.request(8)
    seen: list[str] = []

    def break_slack(_moment: Moment) -> None:
        seen.append(card.words)
        getattr(stage.slack.faults, kind)(**({} if kind == "refuse_everything" else {"times": None}))

    stage.servicenow.on("before_write", break_slack, table=STATEMENTS, nth=4)
    await stage.click(APPROVER, card, Action.APPROVE)
    request = await stage.card_of(card)
    ended = await until_ended(stage.bot.core, request.id)
    stage.slack.faults.answer_again()
    await stage.until(card, "8 pushed")

    assert len(seen) == 1
    assert ended.state is RequestState.DONE
    assert all(result.is_success for result in ended.results)
    assert sorted(write.sys_id for write in stage.written()) == sorted(
        edit.sys_id for edit in stage.sample.local_edits[:8]
    )
    assert stage.slack.messages(CHANNEL) == [card]


@pytest.mark.pitfall("P27")
@pytest.mark.parametrize("kind", ["server_error", "reset"])
async def test_a_slack_that_answers_with_pages_or_hangs_up_holds_nothing_up(stage: Stage, kind: str) -> None:
    card = await stage.request(4)
    getattr(stage.slack.faults, kind)("chat.update", times=6)

    ended = await until_ended(stage.bot.core, await approve(stage, card))

    assert ended.state is RequestState.DONE
    await stage.until(card, "4 pushed")
    assert len(stage.written()) == 4


@pytest.mark.pitfall("P11", "U6")
async def test_when_slack_asks_for_a_pause_the_last_state_comes_after_it(stage: Stage) -> None:
    card = await stage.request(3)
    stage.slack.faults.rate_limit("chat.update", times=3, retry_after=0)

    await stage.click(APPROVER, card, Action.APPROVE)

    await stage.until(card, "3 pushed")
    assert [call.error for call in stage.slack.calls.refused()] == ["ratelimited"] * 3


@pytest.mark.pitfall("P8")
async def test_a_deleted_card_is_posted_anew_with_its_open_conflicts(stage: Stage) -> None:
    card = await stage.request(3, with_conflicts=True)
    old = await stage.until_conflicts(card, 2)
    stage.slack.posting.remove(card)

    await stage.click(REQUESTER, old[0], Action.KEEP_LOCAL)
    anew = await stage.slack.wait_message("Push request #1", channel=CHANNEL, after=card)
    (reply,) = await stage.until_conflicts(anew, 1)

    assert "1 conflict to settle" in anew.words
    await stage.click(REQUESTER, reply, Action.KEEP_LOCAL)
    await stage.until(anew, "Waiting for approval")
    await stage.click(APPROVER, anew, Action.APPROVE)
    await stage.until(anew, "pushed")


@pytest.mark.pitfall("P8")
async def test_a_reply_that_can_no_longer_be_changed_is_posted_anew_while_its_conflict_is_open(stage: Stage) -> None:
    card = await stage.request(1, with_conflicts=True)
    (old,) = await stage.until_conflicts(card, 1)
    statement = (await stage.card_of(card)).lines[0]
    stage.slack.faults.error("chat.update", "edit_window_closed", when=lambda call: call["ts"] == old.ts, times=None)

    await stage.save(statement.statement_id, "<p>Quokkas were added here.</p>")
    await stage.click(REQUESTER, old, Action.KEEP_LOCAL)
    (_, anew) = await stage.until_conflicts(card, 2)

    assert "Quokkas" in anew.words
    await stage.click(REQUESTER, anew, Action.KEEP_LOCAL)
    await stage.until(anew, "Kept local")


@pytest.mark.pitfall("P13", "P14")
@pytest.mark.parametrize("refusal", ["invalid_blocks", "msg_blocks_too_long"])
async def test_blocks_that_slack_refuses_are_replaced_by_the_text_that_tells_the_same(
    stage: Stage, caplog: pytest.LogCaptureFixture, refusal: str
) -> None:
    for method in ("chat.postMessage", "chat.update"):
        stage.slack.faults.error(method, refusal, times=None, when=lambda call: bool(call.get("blocks")))

    card = await stage.request(2)
    drawn = card.text, list(card.blocks)
    statement = await get_statement(stage.bot.core, stage.sample.local_edits[0].sys_id)
    await stage.save(statement.id, "<p>Quite another text.</p>")
    await stage.until(card, "Superseded")

    assert "waiting for approval" in drawn[0]
    assert drawn[1] == card.blocks == []
    assert "card.blocks_refused" in caplog.text


@pytest.mark.pitfall("P12")
async def test_a_channel_that_is_shut_to_the_bot_sends_the_card_to_the_requester(stage: Stage) -> None:
    stage.slack.directory.channels[CHANNEL].is_archived = True

    ids = await stage.edit(2)
    await stage.ask_for(ids)
    card = await stage.slack.wait_message("Push request #1")

    assert stage.slack.direct_messages(REQUESTER) == [card]
    await stage.click(APPROVER, card, Action.APPROVE)
    await stage.until(card, "2 pushed")


async def test_a_card_that_has_nowhere_to_go_is_told_of_once_in_plain_words_and_comes_when_its_requester_is_known(
    bot_settings: Settings,
    slack: Workspace,
    sample: Sample,
    servicenow: ServiceNow,
    caplog: pytest.LogCaptureFixture,
) -> None:
    settings = bot_settings.model_copy(update={"slack_channel": None})
    async with served_bot(settings, slack) as bot:
        stage = await Stage.set(bot, slack, servicenow, sample)
        (edited,) = await stage.edit(1)
        newcomer = Identity("Requester", "newcomer@example.com")
        person_id = await remember(bot.core, newcomer)
        asker = replace(stage.cast.requester, id=person_id, email=newcomer.email, slack_user_id=None)
        draft = await prepare_push(bot.core, asker, [edited])
        await request_push(bot.core, asker, draft.request_id)
        async with asyncio.timeout(60):
            while "card.not_drawn" not in caplog.text:  # noqa: ASYNC110 -- only the log tells
                await asyncio.sleep(0.02)
        await asyncio.sleep(0.5)

        told = [record for record in caplog.records if "card.not_drawn" in record.message]
        assert len(told) == 1
        assert "Set SLACK_CHANNEL" in told[0].message
        assert told[0].exc_info is None
        await remember(bot.core, replace(newcomer, slack_user_id="U0GUEST"))
        card = await stage.slack.wait_message("Push request #1")
        assert stage.slack.direct_messages("U0GUEST") == [card]


@pytest.mark.pitfall("P11")
async def test_drawings_are_no_closer_than_they_may_be(
    bot_settings: Settings, slack: Workspace, sample: Sample, servicenow: ServiceNow
) -> None:
    spacing = 0.3
    async with served_bot(bot_settings, slack, pace=replace(FAST, pushing_card_spacing=spacing)) as bot:
        stage = await Stage.set(bot, slack, servicenow, sample)
        card = await stage.request(14)
        servicenow.latency = 0.05
        await stage.click(APPROVER, card, Action.APPROVE)
        await stage.until(card, "14 pushed")

    with_results = re.compile(r": pushing, [1-9]\d* of 14")
    drawn = [call.at for call in slack.calls.of("chat.update") if with_results.search(call.args["text"])]
    assert drawn
    assert all(later - earlier >= spacing * 0.9 for earlier, later in itertools.pairwise(drawn))


@pytest.mark.pitfall("P11")
async def test_conflicts_are_posted_one_after_the_other_within_slacks_limits(
    bot_settings: Settings, slack: Workspace, sample: Sample, servicenow: ServiceNow
) -> None:
    spacing = 0.2
    async with served_bot(bot_settings, slack, pace=replace(FAST, card_spacing=spacing)) as bot:
        stage = await Stage.set(bot, slack, servicenow, sample)
        card = await stage.request(4, with_conflicts=True)
        await stage.until_conflicts(card, 3)

    posted = [call.at for call in slack.calls.of("chat.postMessage")]
    assert all(later - earlier >= spacing * 0.9 for earlier, later in itertools.pairwise(posted[1:]))


@pytest.mark.pitfall("P22", "U6")
async def test_what_changed_while_the_bot_was_down_is_drawn_at_its_next_start(
    bot_settings: Settings, slack: Workspace, sample: Sample, servicenow: ServiceNow
) -> None:
    async with served_bot(bot_settings, slack) as bot:
        stage = await Stage.set(bot, slack, servicenow, sample)
        card = await stage.request(3)
        slack.faults.refuse_everything()
        line = (await stage.card_of(card)).lines[0]
        await stage.save(line.statement_id, "<p>Another text, saved while Slack was away.</p>")
    assert "Waiting for approval" in card.words
    slack.faults.answer_again()

    async with served_bot(bot_settings, slack):
        await slack.wait_for(lambda: "Superseded" in card.words)

    assert slack.messages(CHANNEL) == [card]


@pytest.mark.pitfall("P22")
async def test_at_a_start_stale_buttons_are_redrawn_and_a_card_that_is_gone_is_posted_anew(
    bot_settings: Settings, slack: Workspace, sample: Sample, servicenow: ServiceNow
) -> None:
    async with served_bot(bot_settings, slack) as bot:
        stage = await Stage.set(bot, slack, servicenow, sample)
        stale = await stage.request(1)
        second = await stage.ask_for([(await stage.edit())[-1]])
        gone = await slack.wait_message(f"Push request #{second.number}", channel=CHANNEL)
    slack.posting.redraw(stale, "Drawn by an older version.", [])
    slack.posting.remove(gone)

    async with served_bot(bot_settings, slack):
        await slack.wait_for(lambda: "Waiting for approval" in stale.words)
        anew = await slack.wait_message("Push request #2", channel=CHANNEL)

    assert slack.messages(CHANNEL) == [stale, anew]


@pytest.mark.pitfall("P3", "M10")
async def test_a_stop_in_the_middle_of_a_push_loses_nothing_and_the_same_card_tells_the_end(
    bot_settings: Settings, slack: Workspace, sample: Sample, servicenow: ServiceNow
) -> None:
    is_writing, may_go_on = asyncio.Event(), asyncio.Event()

    async def hold(_moment: Moment) -> None:
        is_writing.set()
        await may_go_on.wait()

    async def a_bot_that_is_stopped_while_it_writes() -> Message:
        async with running_bot(bot_settings, pace=FAST) as bot:
            async with served(bot.server, "127.0.0.1", 0) as url:
                slack.deliver_to(url)
                await pull(bot.core)
                stage = await Stage.set(bot, slack, servicenow, sample)
                card = await stage.request(8)
                await stage.click(APPROVER, card, Action.APPROVE)
                await is_writing.wait()
            asyncio.get_running_loop().call_soon(may_go_on.set)
            return card

    servicenow.on("before_write", hold, table=STATEMENTS)
    card = await a_bot_that_is_stopped_while_it_writes()
    written_before = len(servicenow.writes())
    async with served_bot(bot_settings, slack):
        await slack.wait_for(lambda: "8 pushed" in card.words)

    written = [write.sys_id for write in servicenow.writes()]
    assert written_before < 8
    assert len(written) == len(set(written)) == 8
    assert slack.messages(CHANNEL) == [card]
