"""Two processes over one database and one Slack: they never fight over a message, and a death in between posts nothing twice."""

import asyncio
import uuid
from collections.abc import Callable

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.drawing.requests import Drawer, Drawing
from bot.slack.errors import SLACK_TROUBLE
from bot.slack.people import People
from bot.slack.retries import retry_handlers
from core.store.messages import REQUEST
from core.usecases.requests.asking import request_push
from core.usecases.requests.drafts import prepare_push
from core.usecases.requests.drawings import begin_posting, may_draw, outdated_requests
from core.wiring import Core
from sandbox.data import Sample
from sandbox.slack import Message, Workspace
from tests.cast import Cast, make_local_edits

CHANNEL = "C0GRC"
MakeDrawing = Callable[..., Drawing]


@pytest.fixture
def database_url(either_database_url: str) -> str:
    """Once a SQLite file, once a PostgreSQL database."""
    return either_database_url


@pytest.fixture
def drawing(core: Core, slack: Workspace) -> MakeDrawing:
    """Makes what draws in one process, under a name of its own."""
    handlers = retry_handlers()
    client = AsyncWebClient(token=slack.bot_token, base_url=f"{slack.url}/api/", retry_handlers=handlers)
    people = People(core, client, slack.team_id)
    return lambda name, seconds=30.0: Drawing(
        core, client, people, lambda sys_id: f"https://x/{sys_id}", Drawer(name, seconds)
    )


@pytest.fixture
async def request_id(core: Core, cast: Cast, sample: Sample) -> uuid.UUID:
    """A push request that is not in Slack yet."""
    preview = await prepare_push(core, cast.requester, await make_local_edits(core, cast.editor, sample, 2))
    return (await request_push(core, cast.requester, preview.request_id)).id


def cards(slack: Workspace) -> list[Message]:
    return [message for message in slack.messages(CHANNEL) if "Push request #1" in message.words]


async def test_two_that_find_the_card_missing_in_the_same_moment_post_it_once(
    drawing: MakeDrawing, slack: Workspace, request_id: uuid.UUID, core: Core
) -> None:
    one, two = drawing("one"), drawing("two")
    slack.faults.slow("chat.postMessage", 0.3)

    drawn = await asyncio.gather(one.draw(request_id), two.draw(request_id))
    late = await two.draw(request_id)

    assert sorted(each.has_more for each in drawn) == [False, True]
    assert not late.has_more
    assert len(cards(slack)) == 1
    assert await outdated_requests(core) == []


@pytest.mark.pitfall("P8")
async def test_a_card_whose_post_was_never_answered_is_found_in_the_channel_and_not_posted_again(
    drawing: MakeDrawing, slack: Workspace, request_id: uuid.UUID
) -> None:
    slack.faults.reset("chat.postMessage", after_doing=True)
    with pytest.raises(SLACK_TROUBLE):
        await drawing("one").draw(request_id)

    assert not (await drawing("two").draw(request_id)).has_more
    assert not (await drawing("one").draw(request_id)).has_more

    assert len(cards(slack)) == 1


async def test_a_card_in_direct_messages_whose_post_was_never_answered_is_found_there(
    core: Core, drawing: MakeDrawing, slack: Workspace, request_id: uuid.UUID
) -> None:
    slack.directory.channels[CHANNEL].is_archived = True
    slack.faults.reset("chat.postMessage", after_doing=True, when=lambda call: call["channel"] == "U0REQUEST")
    with pytest.raises(SLACK_TROUBLE):
        await drawing("one").draw(request_id)

    assert not (await drawing("two").draw(request_id)).has_more

    assert len(slack.direct_messages("U0REQUEST")) == 1


async def test_without_the_right_to_look_a_post_without_an_answer_is_repeated_once_and_no_more(
    drawing: MakeDrawing, slack: Workspace, request_id: uuid.UUID
) -> None:
    slack.scopes.discard("channels:history")
    slack.faults.reset("chat.postMessage", after_doing=True)
    with pytest.raises(SLACK_TROUBLE):
        await drawing("one").draw(request_id)

    for name in ("two", "one", "two"):
        await drawing(name).draw(request_id)

    assert len(cards(slack)) == 2


async def test_a_process_that_died_before_its_post_is_followed_by_one_that_posts_when_its_time_is_over(
    drawing: MakeDrawing, slack: Workspace, request_id: uuid.UUID, core: Core
) -> None:
    assert await may_draw(core, request_id, "dead", 60.0)
    await begin_posting(core, REQUEST, request_id)
    two = drawing("two")

    assert (await two.draw(request_id)).has_more
    assert cards(slack) == []
    assert await may_draw(core, request_id, "dead", 0.05)  # as if its minute were nearly over
    async with asyncio.timeout(60):
        while (await two.draw(request_id)).has_more:  # noqa: ASYNC110 -- only drawing tells
            await asyncio.sleep(0.05)

    assert len(cards(slack)) == 1


async def test_one_that_is_slower_than_its_right_lasts_gives_up_and_the_next_finds_what_it_posted(
    drawing: MakeDrawing, slack: Workspace, request_id: uuid.UUID
) -> None:
    slack.faults.slow("chat.postMessage", 2.0)
    with pytest.raises(TimeoutError):
        await drawing("slow", seconds=0.6).draw(request_id)

    assert not (await drawing("two").draw(request_id)).has_more

    assert len(cards(slack)) == 1


async def test_a_refused_post_leaves_nothing_to_look_for(
    drawing: MakeDrawing, slack: Workspace, request_id: uuid.UUID
) -> None:
    slack.faults.error("chat.postMessage", "no_permission")
    with pytest.raises(SLACK_TROUBLE):
        await drawing("one").draw(request_id)

    await drawing("two").draw(request_id)

    assert len(cards(slack)) == 1
    assert not slack.calls.of("conversations.history")
