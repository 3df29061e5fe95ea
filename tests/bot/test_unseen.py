"""What the service account may not read any more is told in the channel: once for each finding, and no more."""

from collections.abc import AsyncIterator

import aiohttp
import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.drawing.unseen import tell_findings
from bot.slack.retries import retry_handlers
from bot.views.people.home import home_tab
from core.usecases.overview.home import home_view
from core.usecases.pulling.pull import pull
from core.usecases.requests.drafts import prepare_push
from core.wiring import Core
from sandbox.data import Sample
from sandbox.servicenow import STATEMENTS, ServiceNow
from sandbox.slack import Message, Workspace
from tests.cast import Cast, make_local_edits

CHANNEL = "C0GRC"


@pytest.fixture
async def client(slack: Workspace) -> AsyncIterator[AsyncWebClient]:
    async with aiohttp.ClientSession() as session:
        address, handlers = f"{slack.url}/api/", retry_handlers()
        yield AsyncWebClient(token=slack.bot_token, base_url=address, session=session, retry_handlers=handlers)


def notices(slack: Workspace) -> list[Message]:
    return slack.messages(CHANNEL)


def hide(servicenow: ServiceNow, sample: Sample, *numbers: int) -> None:
    servicenow.access.hidden_rows |= {(STATEMENTS, sample.local_edits[number].sys_id) for number in numbers}


async def test_a_statement_that_is_not_shown_any_more_is_named_once_and_one_that_follows_once_more(
    core: Core, cast: Cast, client: AsyncWebClient, slack: Workspace, servicenow: ServiceNow, sample: Sample
) -> None:
    await make_local_edits(core, cast.editor, sample, 1)
    assert await tell_findings(core, client) == 0
    hide(servicenow, sample, 0)
    await pull(core, is_full=True)

    for _ in range(3):
        await tell_findings(core, client)
        await pull(core)
        await pull(core, is_full=True)
    (first,) = notices(slack)
    hide(servicenow, sample, 1)
    await pull(core, is_full=True)
    await tell_findings(core, client)

    _, second = notices(slack)
    assert "does not show 1 statement any more, gone or hidden: Payroll Cloud/AC-2." in first.words
    assert "1 of them with a local edit, which is kept" in first.words
    assert "counts 1 row more than it shows" in first.words
    assert "AC-2(3)" in second.words
    assert "local edit" not in second.words


async def test_what_a_check_before_a_push_found_is_told_with_the_next_pull(
    core: Core, cast: Cast, client: AsyncWebClient, slack: Workspace, servicenow: ServiceNow, sample: Sample
) -> None:
    ids = await make_local_edits(core, cast.editor, sample, 2)
    hide(servicenow, sample, 0)
    await prepare_push(core, cast.requester, ids)
    assert await tell_findings(core, client) == 0

    await pull(core)

    assert [await tell_findings(core, client) for _ in range(2)] == [1, 0]
    assert "Payroll Cloud/AC-2." in notices(slack)[0].words


async def test_an_answer_that_was_lost_tells_nothing_twice(
    core: Core, client: AsyncWebClient, slack: Workspace, servicenow: ServiceNow, sample: Sample
) -> None:
    hide(servicenow, sample, 0)
    await pull(core, is_full=True)
    slack.faults.reset("chat.postMessage", after_doing=True)

    assert [await tell_findings(core, client) for _ in range(3)] == [0, 0, 0]

    assert len(notices(slack)) == 1


@pytest.mark.pitfall("P13")
async def test_where_slack_refuses_the_blocks_the_channel_is_told_in_plain_words(
    core: Core, client: AsyncWebClient, slack: Workspace, servicenow: ServiceNow, sample: Sample
) -> None:
    hide(servicenow, sample, 0)
    await pull(core, is_full=True)
    slack.faults.error("chat.postMessage", "invalid_blocks", times=None, when=lambda call: bool(call.get("blocks")))

    assert [await tell_findings(core, client) for _ in range(2)] == [1, 0]

    (told,) = notices(slack)
    assert "does not show 1 statement any more" in told.text
    assert told.blocks == []


async def test_without_the_right_to_look_a_lost_answer_is_not_followed_by_a_second_message(
    core: Core, client: AsyncWebClient, slack: Workspace, servicenow: ServiceNow, sample: Sample
) -> None:
    slack.scopes.discard("channels:history")
    hide(servicenow, sample, 0)
    await pull(core, is_full=True)
    slack.faults.reset("chat.postMessage", after_doing=True)

    assert [await tell_findings(core, client) for _ in range(3)] == [0, 0, 0]

    assert len(notices(slack)) == 1


@pytest.mark.pitfall("P23")
async def test_a_channel_shared_with_others_is_told_nothing_and_home_tells_it(
    core: Core, cast: Cast, client: AsyncWebClient, slack: Workspace, servicenow: ServiceNow, sample: Sample
) -> None:
    slack.directory.channels[CHANNEL].is_shared = True
    hide(servicenow, sample, 0)
    await pull(core, is_full=True)

    assert [await tell_findings(core, client) for _ in range(2)] == [0, 0]

    assert notices(slack) == []
    assert "gone or hidden" in str(home_tab(await home_view(core, cast.editor), lambda _channel, _ts: "")["blocks"])


async def test_what_came_back_before_it_was_told_is_not_told(
    core: Core, cast: Cast, client: AsyncWebClient, slack: Workspace, servicenow: ServiceNow, sample: Sample
) -> None:
    ids = await make_local_edits(core, cast.editor, sample, 2)
    hide(servicenow, sample, 0)
    await prepare_push(core, cast.requester, ids)
    servicenow.access.hidden_rows.clear()
    await pull(core, is_full=True)

    assert await tell_findings(core, client) == 0
    assert notices(slack) == []


async def test_home_says_so_for_as_long_as_it_is_so(
    core: Core, cast: Cast, servicenow: ServiceNow, sample: Sample
) -> None:
    async def health() -> str:
        return str(home_tab(await home_view(core, cast.editor), lambda _channel, _ts: "")["blocks"][-1])

    assert "hidden" not in await health()
    hide(servicenow, sample, 0, 1)
    await pull(core, is_full=True)
    assert "2 missing in ServiceNow (gone or hidden)" in await health()
    assert "2 rows that ServiceNow counts and does not show" in await health()

    servicenow.access.hidden_rows.clear()
    await pull(core, is_full=True)

    assert "hidden" not in await health()
