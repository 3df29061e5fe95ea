"""A channel that shows titles only holds no word of any statement, from the question to the evidence."""

import json

import pytest

from bot.actions import Action, Callback
from core.config import Settings, load_settings
from core.errors import ConfigurationError
from core.models.requests import RequestCard
from sandbox.slack import Message, Workspace
from tests.listeners.test_merging import CLASHING, MERGEABLE, reply_about
from tests.stage import APPROVER, CHANNEL, EDITOR, REQUESTER, SECOND, Stage, slack_settings


@pytest.fixture
def bot_settings(settings: Settings, slack: Workspace) -> Settings:
    return slack_settings(settings, slack, slack_titles_only_channels=(CHANNEL,), approvers=("approver@example.com",))


def texts_of(card: RequestCard) -> set[str]:
    """Every stretch of a statement that the request or one of its conflicts is about, as far as it would be noticed."""
    changes = [line.change for line in card.lines]
    for line in card.lines:
        if line.conflict is not None:
            changes += [line.conflict.to_local, line.conflict.remote_change, line.conflict.local_change]
    runs = [run.text.strip() for change in changes if change for block in change.blocks for run in block.runs]
    return {text for text in runs if len(text) > 12}


def told_in_channel(stage: Stage, card: Message) -> str:
    return json.dumps([[m.text, m.blocks] for m in stage.slack.thread(CHANNEL, card.ts)], ensure_ascii=False)


async def test_no_text_of_a_statement_reaches_the_channel_and_the_review_shows_them_to_people_with_a_role(
    stage: Stage,
) -> None:
    card = await stage.request(3, with_conflicts=True)
    first, second = await stage.until_conflicts(card, 2)
    request = await stage.card_of(card)
    texts = texts_of(request)

    assert len(texts) > 5
    assert "In ServiceNow now (" in first.words
    assert "This channel shows no texts" in second.words
    await stage.click(SECOND, card, Action.REVIEW)
    await stage.slack.wait_view(SECOND, "are for people who have a role there")
    await stage.click(REQUESTER, card, Action.REVIEW)
    review = await stage.slack.wait_view(REQUESTER, request.open_conflicts[0].label)
    assert any(text in review.words for text in texts)

    await stage.click(REQUESTER, first, Action.KEEP_LOCAL)
    await stage.click(REQUESTER, second, Action.KEEP_LOCAL)
    await stage.until(card, "Waiting for approval")
    await stage.click(APPROVER, card, Action.APPROVE)
    await stage.until(card, "3 pushed")
    await stage.click(REQUESTER, card, Action.EVIDENCE)
    await stage.slack.wait_ephemeral(REQUESTER, "in your direct messages")

    told = told_in_channel(stage, card)
    assert [text for text in texts if text in told] == []
    (evidence,) = stage.slack.files
    assert CHANNEL not in {channel for channel, _ in evidence.shared_in}
    assert "Evidence of push request #1" in stage.slack.direct_messages(REQUESTER)[0].words


async def test_review_under_a_conflict_opens_that_one_with_its_choices_for_people_with_a_role(stage: Stage) -> None:
    card = await stage.request(3, with_conflicts=True)
    first, second = await stage.until_conflicts(card, 2)
    one, other = (await stage.card_of(card)).open_conflicts

    for action in (Action.SHOW_CONFLICT, Action.WRITE_MERGE):
        await stage.click(SECOND, first, action)
        await stage.slack.wait_view(SECOND, "are for people who have a role there")
    await stage.click(REQUESTER, first, Action.SHOW_CONFLICT)
    shown = await stage.slack.wait_view(REQUESTER, "In ServiceNow now")
    assert one.label in shown.words
    assert other.label not in shown.words
    for action in (Action.KEEP_LOCAL, Action.KEEP_REMOTE, Action.WRITE_MERGE, Action.LEAVE_OUT):
        assert stage.shows(shown, action)

    await stage.click(REQUESTER, shown, Action.KEEP_REMOTE)
    await stage.slack.wait_for(lambda: "Kept ServiceNow" in shown.words)
    await stage.until(first, "Kept ServiceNow")
    await stage.click(REQUESTER, shown, Action.UNDO_CHOICE)
    await stage.slack.wait_for(lambda: stage.shows(shown, Action.KEEP_LOCAL))
    await stage.click(REQUESTER, shown, Action.LEAVE_OUT)
    await stage.slack.wait_for(lambda: "Left out of this push" in shown.words)

    assert "Left out" not in second.words
    assert [text for text in texts_of(await stage.card_of(card)) if text in told_in_channel(stage, card)] == []


async def test_both_kept_over_the_open_conflict_shows_beneath_and_one_settled_elsewhere_is_drawn_as_it_is(
    stage: Stage,
) -> None:
    card = await stage.request(with_conflicts=True)
    mergeable, other = await reply_about(stage, card, MERGEABLE), await reply_about(stage, card, CLASHING)
    await stage.click(REQUESTER, mergeable, Action.SHOW_CONFLICT)
    shown = await stage.slack.wait_view(REQUESTER, "In ServiceNow now")
    await stage.click(REQUESTER, shown, Action.KEEP_BOTH)
    both = await stage.slack.wait_view(REQUESTER, callback_id=Callback.KEEP_BOTH)
    await stage.slack.person(REQUESTER).submit(both)
    await stage.slack.wait_for(lambda: "Merged" in shown.words)

    await stage.click(EDITOR, other, Action.SHOW_CONFLICT)
    moved = await stage.slack.wait_view(EDITOR, "In ServiceNow now")
    await stage.click(REQUESTER, other, Action.KEEP_LOCAL)
    await stage.until(other, "Kept local")
    await stage.click(EDITOR, moved, Action.KEEP_REMOTE)
    await stage.slack.wait_view(EDITOR, "already settled this conflict")
    await stage.slack.wait_for(lambda: "Kept local" in moved.words)


def test_a_channel_is_named_by_its_id_because_a_name_would_match_none() -> None:
    with pytest.raises(ConfigurationError, match="ids of channels"):
        load_settings({"GRCPUSH_SLACK_TITLES_ONLY_CHANNELS": "C0GRC,#grc-pushes"})
