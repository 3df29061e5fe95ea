"""The sandbox's servers end when they are told to, whatever is open."""

import logging
from collections.abc import Iterator

import httpx
import pytest
from websockets.asyncio.client import connect

from sandbox import serving
from sandbox.servicenow import ServiceNow
from sandbox.serving import running
from sandbox.slack import Workspace


def listen(caplog: pytest.LogCaptureFixture) -> None:
    """Hear the server too, which keeps its log to itself from its start on."""
    logging.getLogger("uvicorn.error").addHandler(caplog.handler)


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a server that is told to end wait for ever: what does not end by itself then is a test that does not."""
    monkeypatch.setattr(serving, "_PATIENCE_SECONDS", None)


@pytest.fixture(autouse=True)
def deaf_again(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    yield
    logging.getLogger("uvicorn.error").removeHandler(caplog.handler)


async def test_an_open_stream_ends_with_the_server_and_without_an_error(caplog: pytest.LogCaptureFixture) -> None:
    servicenow = ServiceNow()
    async with httpx.AsyncClient(trust_env=False) as client:
        async with running(servicenow.app) as url:
            listen(caplog)
            request = client.build_request("GET", f"{url}/sandbox/api/events")
            stream = await client.send(request, stream=True)
            assert stream.status_code == 200
        await stream.aclose()

    assert [record for record in caplog.records if record.levelno >= logging.WARNING] == []


async def test_an_open_web_socket_ends_with_the_server_and_without_an_error(caplog: pytest.LogCaptureFixture) -> None:
    workspace = Workspace()
    workspace.socket_mode = True
    async with httpx.AsyncClient(trust_env=False) as client:
        async with workspace.running() as url:
            listen(caplog)
            headers = {"Authorization": f"Bearer {workspace.app_token}"}
            opened = (await client.post(f"{url}/api/apps.connections.open", headers=headers)).json()
            socket = await connect(opened["url"])
            await socket.recv()
        await socket.close()

    assert [record for record in caplog.records if record.levelno >= logging.WARNING] == []
