"""A card that Slack lets nobody change any more, or that it refuses in its channel: people are told where to look."""

import asyncio
import uuid
from collections import Counter

import pytest

from bot.actions import Action
from bot.background import Background
from bot.drawing.cards import Cards, Spacing, longest_pause
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


def kept(drawing: Drawing, background: Background, count: int) -> Cards:
    """So many cards that always have more to show; one alone has its turn every 50 ms."""
    cards = Cards(None, drawing, background, Spacing(0.05, 0.05, 0.05))  # type: ignore[arg-type]
    for number in range(count):
        cards.changed(uuid.UUID(int=number))
    return cards


class LongPush(Drawing):
    """Draws a push that goes on."""

    async def draw(self, request_id: uuid.UUID) -> Drawn:
        self.drawn[request_id] += 1
        return Drawn(is_pushing=True, has_more=False)


@pytest.mark.pitfall("P11", "U6")
async def test_a_long_push_is_drawn_seldomer_and_what_is_more_than_progress_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("bot.drawing.cards._SHARE_OF_PUSH", 1_000)
    drawing, background = LongPush(), Background()
    cards = Cards(None, drawing, background, Spacing(0.02, 0.02, 0.02))  # type: ignore[arg-type]
    request_id = uuid.UUID(int=1)

    for _ in range(30):
        cards.progressed(request_id)
        await asyncio.sleep(0.02)
    seldom = drawing.drawn.total()
    cards.changed(request_id)
    await asyncio.sleep(0.1)

    assert seldom == 2
    assert drawing.drawn.total() == 3
    cards.close()
    await background.drain(1)


@pytest.mark.parametrize(("minutes", "seconds"), [(0, 0), (1, 3), (2, 6), (5, 10), (60, 10)])
def test_the_pause_grows_with_the_push_up_to_ten_seconds(minutes: int, seconds: int) -> None:
    assert longest_pause(minutes * 60) == pytest.approx(seconds)


@pytest.mark.pitfall("P11")
async def test_the_more_pushes_there_are_the_seldomer_each_card_is_drawn() -> None:
    alone, among_eight, background = Drawing(), Drawing(), Background()
    began = asyncio.get_running_loop().time()
    both = [kept(alone, background, 1), kept(among_eight, background, 8)]

    async with asyncio.timeout(60):
        while alone.drawn.total() < 10:  # noqa: ASYNC110 -- only the drawing tells
            await asyncio.sleep(0.01)
    took = asyncio.get_running_loop().time() - began
    for cards in both:
        cards.close()
    await background.drain(1)

    assert took >= 9 * 0.05
    assert len(among_eight.drawn) == 8
    assert max(among_eight.drawn.values()) < 10
