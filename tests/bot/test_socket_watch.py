"""The web socket of Socket Mode: whatever becomes of it, a new one is there soon, and health tells the truth meanwhile."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace

import httpx
import pytest
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.kwargs_injection.async_args import AsyncArgs
from slack_sdk.web.async_client import AsyncWebClient

from bot.app import running_bot
from bot.slack.socket_mode import Socket, SocketPace
from bot.web.server import served
from core.config import Settings
from core.errors import ConfigurationError, Refused
from sandbox.slack import Delivery, Workspace
from tests.stage import CHANNEL, FAST, REQUESTER, slack_settings

HASTY = SocketPace(look=0.02, lost=0.1, quiet=60, hello=0.5, linger=0.3, again=0.02)


@pytest.fixture
def by_socket(slack: Workspace) -> Iterator[Workspace]:
    """The workspace, delivering through web sockets and not waiting for long."""
    slack.socket_mode, slack.ack_timeout = True, 2.0
    return slack


@contextlib.asynccontextmanager
async def socket_of(slack: Workspace, pace: SocketPace) -> AsyncIterator[Socket]:
    """A socket behind which an application acknowledges the command."""
    client = AsyncWebClient(token=slack.bot_token, base_url=f"{slack.url}/api/")

    async def authorize() -> AuthorizeResult:
        return AuthorizeResult(enterprise_id=None, team_id=slack.team_id, bot_token=slack.bot_token)

    async def take(args: AsyncArgs) -> None:
        await args.ack()

    app = AsyncApp(
        client=AsyncWebClient(base_url=client.base_url), signing_secret="unused-in-socket-mode", authorize=authorize
    )
    app.command("/grcpush")(take)
    socket = Socket(app, slack.app_token, pace)
    async with socket.running():
        yield socket


async def type_it(slack: Workspace) -> Delivery:
    return await slack.person(REQUESTER).command("/grcpush", channel=CHANNEL)


async def answered_with(client: httpx.AsyncClient, status: int, *, saying: str = "") -> httpx.Response:
    """The first answer about readiness with this status and words."""
    async with asyncio.timeout(60):
        while True:
            answer = await client.get("/readyz")
            if answer.status_code == status and saying in answer.text:
                return answer
            await asyncio.sleep(0.02)


def numbers(slack: Workspace) -> list[int]:
    return [connection.number for connection in slack.sockets.connections]


async def until_new(slack: Workspace, old: int) -> None:
    """Wait until a younger connection is the only one."""
    await slack.wait_for(lambda: numbers(slack) and old not in numbers(slack))


async def until_another(socket: Socket, line: object) -> None:
    """Wait until another object is in use, which is once it was greeted."""
    async with asyncio.timeout(60):
        while socket._line is line:  # noqa: ASYNC110 -- nobody is told of it
            await asyncio.sleep(0.01)


@pytest.mark.pitfall("P2")
async def test_a_deaf_socket_is_noticed_by_its_silence_and_replaced(by_socket: Workspace) -> None:
    async with socket_of(by_socket, replace(HASTY, quiet=0.4)) as socket:
        (first,) = numbers(by_socket)
        assert (await type_it(by_socket)).ok
        by_socket.sockets.deafen()
        unheard = await type_it(by_socket)

        await until_new(by_socket, first)

        assert not unheard.ok
        assert (await type_it(by_socket)).ok
        assert await socket.trouble() == ""


@pytest.mark.pitfall("P1")
async def test_a_lost_socket_that_the_sdk_does_not_mend_is_replaced_by_one_made_anew(by_socket: Workspace) -> None:
    async with socket_of(by_socket, HASTY) as socket:
        line, (first,) = socket._line, numbers(by_socket)
        assert line is not None

        line._handler.client.auto_reconnect_enabled = False
        await by_socket.sockets.drop()
        await by_socket.wait_for(lambda: not numbers(by_socket))
        meanwhile = await socket.trouble()
        await until_new(by_socket, first)
        await until_another(socket, line)

        assert meanwhile == "the web socket is not open"
        assert (await type_it(by_socket)).ok
        assert await socket.trouble() == ""


@pytest.mark.pitfall("P1")
async def test_a_lost_socket_that_was_silent_for_long_is_not_waited_for(by_socket: Workspace) -> None:
    async with socket_of(by_socket, replace(HASTY, lost=60, quiet=0.4)) as socket:
        line, (first,) = socket._line, numbers(by_socket)
        assert line is not None

        line._handler.client.auto_reconnect_enabled = False
        await by_socket.sockets.drop()
        await until_new(by_socket, first)

        assert (await type_it(by_socket)).ok


@pytest.mark.pitfall("P1")
async def test_a_session_closed_under_the_sdk_which_still_believes_in_it_is_replaced_too(by_socket: Workspace) -> None:
    async with socket_of(by_socket, replace(HASTY, quiet=0.4)) as socket:
        line, (first,) = socket._line, numbers(by_socket)
        assert line is not None
        # What would mend it in the SDK has ended, as it did in versions that tried a closed session for ever.
        client = line._handler.client
        client.message_receiver.cancel()
        client.current_session_monitor.cancel()

        await client.aiohttp_client_session.close()
        await by_socket.wait_for(lambda: not numbers(by_socket))
        is_believed = await client.is_connected()
        await until_new(by_socket, first)
        await until_another(socket, line)

        assert is_believed
        assert (await type_it(by_socket)).ok


@pytest.mark.pitfall("P2")
async def test_a_new_socket_that_is_never_greeted_does_not_take_the_place_of_the_old_one(by_socket: Workspace) -> None:
    async with socket_of(by_socket, replace(HASTY, quiet=0.2)) as socket:
        (first,) = numbers(by_socket)
        by_socket.sockets.says_hello = False

        await by_socket.wait_for(lambda: len(numbers(by_socket)) == 2)
        await by_socket.wait_for(lambda: numbers(by_socket) == [first])

        assert "brought nothing for" in await socket.trouble()
        assert (await type_it(by_socket)).ok


@pytest.mark.pitfall("P2")
async def test_a_quiet_socket_is_replaced_without_a_moment_in_which_none_is_open(by_socket: Workspace) -> None:
    async with socket_of(by_socket, replace(HASTY, quiet=0.15, linger=0.05)):
        seen: list[int] = []

        def three_later() -> bool:
            seen.append(len(numbers(by_socket)))
            return 4 in numbers(by_socket)

        await by_socket.wait_for(three_later)

        assert min(seen) == 1
        assert max(seen) == 2


@pytest.mark.pitfall("P1")
async def test_while_slack_gives_no_new_socket_it_is_asked_again_later_and_the_bot_lives(
    by_socket: Workspace, caplog: pytest.LogCaptureFixture
) -> None:
    async with socket_of(by_socket, HASTY) as socket:
        (first,) = numbers(by_socket)
        by_socket.faults.error("apps.connections.open", "internal_error", times=3)

        await by_socket.sockets.drop()
        await until_new(by_socket, first)

        assert "socket.not_replaced" in caplog.text
        assert (await type_it(by_socket)).ok
        assert await socket.trouble() == ""


@pytest.mark.pitfall("P1", "P27")
async def test_an_app_token_that_was_taken_back_is_told_as_the_sockets_trouble_and_not_as_the_bots(
    settings: Settings, by_socket: Workspace, caplog: pytest.LogCaptureFixture
) -> None:
    chosen = slack_settings(settings, by_socket, slack_app_token=by_socket.app_token, slack_signing_secret=None)

    async with (
        running_bot(chosen, pace=replace(FAST, socket=HASTY)) as bot,
        served(bot.server, "127.0.0.1", 0) as url,
        httpx.AsyncClient(base_url=url, trust_env=False) as client,
    ):
        by_socket.faults.error("apps.connections.open", "invalid_auth", times=None)
        await by_socket.sockets.drop()
        told = await answered_with(client, 503, saying="invalid_auth")

    assert told.json()["slack"]["detail"] == "the web socket is not open (invalid_auth)"
    assert "slack.token_dead" not in caplog.text


@pytest.mark.pitfall("P1")
@pytest.mark.parametrize("greeted", [True, False])
async def test_a_start_that_gets_no_working_socket_is_refused(by_socket: Workspace, greeted: bool) -> None:
    by_socket.sockets.says_hello = greeted
    if greeted:
        by_socket.faults.error("apps.connections.open", "invalid_auth", times=None)

    with pytest.raises(Refused) as refused:
        async with socket_of(by_socket, HASTY):
            pass

    assert isinstance(refused.value, ConfigurationError) is greeted
    assert numbers(by_socket) == []


@pytest.mark.pitfall("P2")
async def test_health_says_so_while_the_socket_is_deaf_and_until_a_new_one_was_greeted(
    settings: Settings, by_socket: Workspace
) -> None:
    chosen = slack_settings(settings, by_socket, slack_app_token=by_socket.app_token, slack_signing_secret=None)
    pace = replace(FAST, socket=replace(HASTY, quiet=0.4))

    async with (
        running_bot(chosen, pace=pace) as bot,
        served(bot.server, "127.0.0.1", 0) as url,
        httpx.AsyncClient(base_url=url, trust_env=False) as client,
    ):
        well = await client.get("/readyz")
        by_socket.sockets.deafen()
        by_socket.sockets.says_hello = False
        deaf = await answered_with(client, 503)
        by_socket.sockets.says_hello = True
        await answered_with(client, 200)

    assert well.status_code == 200
    assert "brought nothing for" in deaf.json()["slack"]["detail"]
    assert deaf.json()["slack"]["is_ok"] is False
