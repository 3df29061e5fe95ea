import contextlib

import aiohttp
import httpx
import pytest
from slack_bolt.adapter.starlette.async_handler import AsyncSlackRequestHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient
from starlette.applications import Starlette
from starlette.routing import Route

from sandbox.serving import running
from sandbox.slack import Workspace


@pytest.fixture
def ws():
    return Workspace()


@pytest.fixture
async def slack_url(ws):
    async with ws.running() as url:
        yield url


@pytest.fixture
async def client(ws, slack_url):
    async with aiohttp.ClientSession() as session:
        yield AsyncWebClient(ws.bot_token, base_url=f"{slack_url}/api/", session=session)


@pytest.fixture
def bolt(ws, client):
    """An app without listeners; a test adds its own, before or after it is served."""
    return AsyncApp(client=client, signing_secret=ws.signing_secret)


@contextlib.asynccontextmanager
async def served(ws, bolt):
    handler = AsyncSlackRequestHandler(bolt)

    async def endpoint(request):
        return await handler.handle(request)

    async with running(Starlette(routes=[Route("/slack/events", endpoint, methods=["POST"])])) as url:
        ws.deliver_to(url)
        yield url
        ws.bot_url = None


@pytest.fixture
async def bot(ws, bolt):
    """The same app, served and known to the workspace."""
    async with served(ws, bolt):
        yield bolt


@pytest.fixture
async def page(slack_url):
    """The page's JSON: `await page("state")`, `await page("command", {...})`, as Erin unless said otherwise."""
    async with httpx.AsyncClient(base_url=f"{slack_url}/sandbox/api/") as http:

        async def call(path, body=None, **query):
            who = query.pop("me", "U0EDITOR")
            if body is None:
                return (await http.get(path, params={"as": who, **query})).json()
            return (await http.post(path, json={"as": who, **body})).json()

        yield call
