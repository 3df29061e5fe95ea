"""How a long push ended is told to who asked for it, once, in a direct message; unless they do not want that."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from sqlalchemy import update

from bot.actions import Action
from bot.app import Bot
from bot.views.requests.notices import END_IN_DOUBT
from core.config import Settings
from core.domain.outcome import Outcome
from core.domain.push import RequestState
from core.models.digests import DigestSettings
from core.store.push_tables import PushItemRow, PushRequestRow
from core.usecases.overview.past_pushes import last_push
from core.usecases.reminders.settings import save_digest_settings
from core.usecases.requests.drawings import begin_posting, outdated_requests
from sandbox.data import Sample
from sandbox.servicenow import STATEMENTS, Moment
from sandbox.slack import Message, Workspace
from tests.clocks import MovedClock
from tests.stage import APPROVER, REQUESTER, Stage, served_bot


@pytest.fixture
def clock() -> MovedClock:
    return MovedClock()


@pytest.fixture
async def bot(bot_settings: Settings, slack: Workspace, sample: Sample, clock: MovedClock) -> AsyncIterator[Bot]:
    async with served_bot(bot_settings, slack, clock=clock) as bot:
        yield bot


async def push_slowly(stage: Stage, clock: MovedClock, *, seconds: float) -> Message:
    """A push of three statements, so many seconds of which pass between the first and the second."""
    card = await stage.request(3)
    held, may_go_on = asyncio.Event(), asyncio.Event()

    async def hold(_moment: Moment) -> None:
        held.set()
        await may_go_on.wait()

    stage.servicenow.on("before_write", hold, table=STATEMENTS, nth=2)
    await stage.click(APPROVER, card, Action.APPROVE)
    async with asyncio.timeout(60):
        await held.wait()
    clock.forward(seconds=seconds)
    may_go_on.set()
    await stage.until(card, "3 pushed")
    return card


def told(stage: Stage) -> list[str]:
    return [message.text for message in stage.slack.direct_messages(REQUESTER)]


async def until_drawn(stage: Stage) -> None:
    """Until everything that there is to say about the request is said."""
    async with asyncio.timeout(60):
        while await outdated_requests(stage.bot.core):  # noqa: ASYNC110 -- it changes in the database
            await asyncio.sleep(0.02)


async def test_who_asked_learns_that_it_takes_long_and_then_how_it_ended_once(stage: Stage, clock: MovedClock) -> None:
    card = await push_slowly(stage, clock, seconds=40)
    await stage.slack.wait_for(lambda: told(stage))
    await until_drawn(stage)
    stage.bot.cards.changed((await stage.card_of(card)).id)
    await asyncio.sleep(0.2)

    (direct,) = told(stage)
    assert "Push request #1 has ended: Done" in direct
    assert "3 pushed" in direct
    hints = [message.text for message in stage.slack.ephemerals(REQUESTER)]
    assert hints in ([], ["Push request #1 takes longer. You get a direct message when it has ended."])
    assert all("has ended" not in reply.text for reply in stage.slack.thread(card.channel, card.ts))


async def test_a_quick_push_and_one_of_somebody_who_said_no_are_not_told(stage: Stage, clock: MovedClock) -> None:
    await save_digest_settings(stage.bot.core, stage.cast.requester, DigestSettings(tells_results=False))

    card = await push_slowly(stage, clock, seconds=40)
    await stage.slack.wait_for(lambda: "has ended" in stage.slack.thread(card.channel, card.ts)[-1].text)

    assert told(stage) == []
    assert stage.slack.ephemerals(REQUESTER) == []


@pytest.mark.parametrize("after_doing", [True, False])
async def test_where_slacks_answer_was_lost_it_is_looked_for_and_never_comes_twice(
    stage: Stage, clock: MovedClock, *, after_doing: bool
) -> None:
    stage.slack.faults.reset(
        "chat.postMessage", times=1, after_doing=after_doing, when=lambda call: call["channel"] == REQUESTER
    )

    await push_slowly(stage, clock, seconds=40)
    await stage.slack.wait_for(lambda: stage.slack.calls.of("conversations.history"))
    await stage.slack.wait_for(lambda: told(stage))
    await until_drawn(stage)

    assert len(told(stage)) == 1


async def look_shows(stage: Stage, card: Message, outcome: Outcome, state: RequestState) -> None:
    """One more look at the one write of the request found this."""
    known = await stage.card_of(card)
    async with stage.bot.core.db.transaction() as tx:
        await tx.exec(update(PushItemRow).values(outcome=outcome.value))
        await tx.exec(update(PushRequestRow).values(state=state.value, version=known.version + 1))
    stage.bot.cards.changed(known.id)
    await until_drawn(stage)


async def a_push_of_one(stage: Stage) -> Message:
    card = await stage.request(1)
    await stage.click(APPROVER, card, Action.APPROVE)
    await stage.until(card, "1 pushed")
    await until_drawn(stage)
    return card


def ends(stage: Stage, card: Message) -> list[str]:
    """What the thread says about the end of the push, without whom it is told."""
    said = [reply.text for reply in stage.slack.thread(card.channel, card.ts)]
    return [text.partition("#1 ")[2] for text in said if "has ended" in text]


async def test_after_a_doubt_the_thread_is_told_once_that_all_turned_out_well(stage: Stage) -> None:
    card = await a_push_of_one(stage)
    assert ends(stage, card) == []
    await look_shows(stage, card, Outcome.IN_DOUBT, RequestState.FAILED)
    doubt = "has ended: 1 not known yet, still checking. The card says more."
    assert ends(stage, card) == [doubt]
    listed = await last_push(stage.bot.core)
    assert listed is not None
    assert listed.state_words == "In doubt"

    for _ in range(2):
        await look_shows(stage, card, Outcome.PUSHED, RequestState.DONE)

    assert ends(stage, card) == [doubt, "has ended: 1 pushed. The card says more."]


async def test_a_doubt_that_was_being_told_when_the_process_died_is_resolved_for_whoever_read_it(stage: Stage) -> None:
    card = await a_push_of_one(stage)
    await begin_posting(stage.bot.core, END_IN_DOUBT, (await stage.card_of(card)).id)

    await look_shows(stage, card, Outcome.PUSHED, RequestState.DONE)

    assert ends(stage, card) == ["has ended: 1 pushed. The card says more."]
