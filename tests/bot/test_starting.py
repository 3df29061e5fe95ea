"""Starting the bot: what cannot work is refused at once, what is forged is refused always, a stop is a clean one."""

import asyncio
import os
import signal
import socket
import sys
import time

import pytest
from pydantic import SecretStr

from bot.app import running_bot
from core.config import Settings
from core.errors import ConfigurationError, GrcError, Refused
from sandbox.data import Sample
from sandbox.servicenow import SERVICE_PASSWORD
from sandbox.slack import Workspace
from tests.stage import CHANNEL, FAST, REQUESTER, Stage, slack_settings


class TestRefusals:
    async def refusal(self, settings: Settings) -> GrcError:
        with pytest.raises(Refused) as refused:
            async with running_bot(settings, pace=FAST):
                pass
        return refused.value

    async def test_without_slacks_secrets(self, settings: Settings) -> None:
        refused = await self.refusal(settings)

        assert isinstance(refused, ConfigurationError)
        assert "GRCPUSH_SLACK_BOT_TOKEN" in refused.sentence

    @pytest.mark.parametrize("problem", ["token_revoked", "account_inactive"])
    async def test_with_a_dead_token(self, bot_settings: Settings, slack: Workspace, problem: str) -> None:
        slack.token_problem = problem

        refused = await self.refusal(bot_settings)

        assert isinstance(refused, ConfigurationError)
        assert problem in refused.sentence
        assert refused.next_step

    async def test_with_a_slack_that_is_out_of_order(self, bot_settings: Settings, slack: Workspace) -> None:
        slack.faults.refuse_everything()

        refused = await self.refusal(bot_settings)

        assert not isinstance(refused, ConfigurationError)
        assert "service_unavailable" in refused.sentence

    async def test_with_a_wrong_app_token_which_the_sdk_would_try_for_ever(
        self, settings: Settings, slack: Workspace
    ) -> None:
        wrong = slack_settings(settings, slack, slack_app_token=SecretStr("xapp-wrong"))

        refused = await self.refusal(wrong)

        assert isinstance(refused, ConfigurationError)
        assert "app token" in refused.sentence

    async def test_after_a_refusal_a_second_start_in_the_same_process_works(
        self, settings: Settings, bot_settings: Settings, slack: Workspace
    ) -> None:
        await self.refusal(slack_settings(settings, slack, slack_app_token=SecretStr("xapp-wrong")))

        async with running_bot(bot_settings, pace=FAST) as bot:
            assert bot.engine.is_running


class TestForgeries:
    async def test_what_slack_did_not_sign_is_refused_and_does_nothing(self, stage: Stage) -> None:
        await stage.slack.person(REQUESTER).command("/grcpush", "help", channel=CHANNEL)
        await stage.slack.wait_ephemeral(REQUESTER, "One push request")
        known = stage.slack.deliveries[-1]
        hour_ago = str(int(time.time()) - 3_600)

        forged = [
            await stage.slack.forging.post_payload(known.kind, known.payload, secret="not-the-secret"),
            await stage.slack.forging.post_payload(known.kind, known.payload, signed=""),
            await stage.slack.forging.post_payload(known.kind, known.payload, signed="v0=00"),
            await stage.slack.forging.post_payload(known.kind, known.payload, timestamp=hour_ago),
        ]

        assert [delivery.status for delivery in forged] == [401] * 4
        assert len(stage.slack.ephemerals(REQUESTER)) == 1

    async def test_a_time_stamp_that_is_no_number_is_refused_too(self, stage: Stage) -> None:
        forged = [
            await stage.slack.forging.post(b"command=%2Fgrcpush", timestamp=timestamp)
            for timestamp in ("", "soon", "1e400", "9" * 5_000)
        ]

        assert [delivery.status for delivery in forged] == [401] * 4


class TestProcess:
    @pytest.fixture
    async def environment(self, settings: Settings, sample: Sample, slack: Workspace) -> dict[str, str]:
        return {
            **os.environ,
            "GRCPUSH_DATABASE_URL": settings.database_url,
            "GRCPUSH_SERVICENOW_URL": str(settings.servicenow_url),
            "GRCPUSH_SERVICENOW_USERNAME": str(settings.servicenow_username),
            "GRCPUSH_SERVICENOW_PASSWORD": SERVICE_PASSWORD,
            "GRCPUSH_SLACK_BOT_TOKEN": slack.bot_token,
            "GRCPUSH_SLACK_SIGNING_SECRET": slack.signing_secret,
            "GRCPUSH_SLACK_API_URL": f"{slack.url}/api/",
            "GRCPUSH_HTTP_PORT": "0",
        }

    async def serve(self, environment: dict[str, str]) -> asyncio.subprocess.Process:
        return await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "bot.cli",
            "serve",
            env=environment,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )

    @pytest.mark.pitfall("P5")
    async def test_it_prints_its_address_answers_and_ends_with_0_on_sigterm(
        self, environment: dict[str, str], slack: Workspace
    ) -> None:
        process = await self.serve(environment)
        assert process.stdout is not None
        said = (await process.stdout.readline()).decode()
        slack.deliver_to(said.split()[-1])

        delivery = await slack.person(REQUESTER).command("/grcpush", "status", channel=CHANNEL)
        await slack.wait_ephemeral(REQUESTER, "known")
        process.send_signal(signal.SIGTERM)
        rest, complaints = await process.communicate()

        assert delivery.ok
        assert process.returncode == 0
        assert b"Stopping" in rest
        assert b"Traceback" not in complaints, complaints.decode()
        assert slack.bot_token.encode() not in said.encode() + rest + complaints
        assert SERVICE_PASSWORD.encode() not in rest + complaints

    async def test_on_a_taken_port_it_ends_with_2_and_a_sentence(self, environment: dict[str, str]) -> None:
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = str(taken.getsockname()[1])
            process = await self.serve({**environment, "GRCPUSH_HTTP_PORT": port})
            _, complaints = await process.communicate()

        assert process.returncode == 2
        assert port.encode() in complaints
        assert b"Traceback" not in complaints, complaints.decode()
