"""A posted drawing can be replaced by that of every other state: the stand-in refuses what Slack would refuse."""

import itertools

import aiohttp
import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.views.conflicts.conflict import Shown, conflict_message
from bot.views.requests.card import request_message
from core.domain.conflict import Choice
from core.domain.outcome import Outcome
from core.domain.push import JobState, RequestState
from sandbox.slack import Workspace
from tests.views import examples as ex

RUNNING = (ex.a_job(3, *ex.results_of(1), state=JobState.RUNNING),)
OVER = (ex.a_job(3, *ex.results_of(2, Outcome.THROTTLED)),)


@pytest.fixture
async def client():
    workspace = Workspace()
    async with workspace.running() as url, aiohttp.ClientSession() as session:
        yield AsyncWebClient(workspace.bot_token, base_url=f"{url}/api/", session=session)


async def post(client, message):
    answer = await client.chat_postMessage(channel="C0GRC", text=message.text, blocks=message.blocks)
    return answer["ts"]


async def redraw(client, ts, message):
    await client.chat_update(channel="C0GRC", ts=ts, text=message.text, blocks=message.blocks)


def a_card(state):
    jobs = {RequestState.PUSHING: RUNNING, RequestState.PARTLY: OVER, RequestState.FAILED: OVER}
    return request_message(ex.a_card(state, jobs=jobs.get(state, ())), ex.record_url)


async def test_a_card_can_go_from_every_state_to_every_other(client):
    ts = await post(client, a_card(RequestState.SETTLING))

    for before, after in itertools.permutations(RequestState, 2):
        await redraw(client, ts, a_card(before))
        await redraw(client, ts, a_card(after))


async def test_a_conflict_can_be_settled_undone_and_settled_again(client):
    drawings = [
        conflict_message(card, ex.record_url(card.sn_sys_id), Shown(ex.an_id(60)))
        for card in (ex.a_conflict(), *map(ex.a_settled_conflict, Choice), ex.a_conflict(is_open=False))
    ]
    ts = await post(client, drawings[0])

    for before, after in itertools.permutations(drawings, 2):
        await redraw(client, ts, before)
        await redraw(client, ts, after)
