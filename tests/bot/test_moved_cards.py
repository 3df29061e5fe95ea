"""A card that Slack lets nobody change any more, or that it refuses in its channel: people are told where to look."""

import asyncio
import uuid
from collections import Counter

import pytest

from bot.actions import Action
from bot.background import Background
from bot.drawing.cards import Cards, Spacing
from bot.drawing.requests import Drawn
from sandbox.slack import Message
from tests.stage import APPROVER, CHANNEL, REQUESTER, Stage


async def edited(stage: Stage, card: Message) -> None:
    """Something on the card changes."""
    line = (await stage.card_of(card)).lines[0]
    await stage.save(line.statement_id, "<p>Quite another text.</p>")


@pytest.mark.pitfall("P8")
@pytest.mark.parametrize("refusal", ["cant_update_message", "edit_window_closed", "block_mismatch"])
async def test_a_card_that_may_not_be_changed_is_followed_by_another_and_points_to_it(
    stage: Stage, refusal: str
) -> None:
    old = await stage.request(1)
    stage.slack.faults.error("chat.update", refusal, when=lambda call: call["ts"] == old.ts, times=None)

    await edited(stage, old)
    new = await stage.slack.wait_message("Superseded", channel=CHANNEL, after=old)
    pointer = await stage.slack.wait_message("not updated any more", thread_ts=old.ts)

    assert new.thread_ts is None
    assert f"p{new.ts.replace('.', '')}" in pointer.text
    assert stage.slack.messages(CHANNEL) == [old, new]


@pytest.mark.pitfall("P8", "P22")
async def test_a_click_on_the_card_that_was_left_behind_still_counts_for_what_it_shows_or_is_refused(
    stage: Stage,
) -> None:
    old = await stage.request(1)
    stage.slack.faults.error("chat.update", "edit_window_closed", when=lambda call: call["ts"] == old.ts, times=None)
    await edited(stage, old)
    await stage.slack.wait_message("not updated any more", thread_ts=old.ts)

    await stage.click(APPROVER, old, Action.APPROVE)

    await stage.slack.wait_ephemeral(APPROVER, "nothing to approve")
    assert stage.written() == []


@pytest.mark.pitfall("P12")
@pytest.mark.parametrize(
    ("why", "words"), [("private", "/invite @grcpush"), ("archived", "Ask an admin to set another SLACK_CHANNEL")]
)
async def test_a_card_that_went_to_the_requester_says_why_and_how_to_mend_it(
    stage: Stage, why: str, words: str
) -> None:
    channel = stage.slack.directory.channels[CHANNEL]
    if why == "private":
        channel.is_private = True
        channel.members.remove(stage.slack.bot_user_id)
    else:
        channel.is_archived = True

    await stage.ask_for(await stage.edit(1))
    card = await stage.slack.wait_message("Push request #1")
    told = await stage.slack.wait_message("This card belongs in", thread_ts=card.ts)

    assert stage.slack.direct_messages(REQUESTER) == [card]
    assert f"<#{CHANNEL}>" in told.text
    assert words in told.text


class Drawing:
    """Draws nothing, notes when it should, and never has enough."""

    def __init__(self) -> None:
        self.drawn: Counter[uuid.UUID] = Counter()

    async def draw(self, request_id: uuid.UUID) -> Drawn:
        self.drawn[request_id] += 1
        return Drawn(is_pushing=True, has_more=True)


async def draws_of(count: int) -> Counter[uuid.UUID]:
    """How often each of so many cards is drawn in half a second, when one alone has its turn every 50 ms."""
    drawing, background = Drawing(), Background()
    cards = Cards(None, drawing, background, Spacing(0.05, 0.05, 0.05))  # type: ignore[arg-type]
    for number in range(count):
        cards.changed(uuid.UUID(int=number))
    await asyncio.sleep(0.5)
    cards.close()
    await background.drain(1)
    return drawing.drawn


@pytest.mark.pitfall("P11")
async def test_the_more_pushes_there_are_the_seldomer_each_card_is_drawn() -> None:
    alone, shared = await asyncio.gather(draws_of(1), draws_of(8))

    assert 4 <= alone.total() <= 11
    assert shared.total() <= 8 * 4
    assert len(shared) == 8
