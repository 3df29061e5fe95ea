import asyncio

import pytest

from bot.api.rates import Rates
from core.config import Settings
from core.ids import new_id
from sandbox.slack import Workspace
from tests.api.conftest import ApiClients
from tests.api.test_push import named
from tests.stage import slack_settings


class TestOfRequests:
    @pytest.fixture
    def bot_settings(self, settings: Settings, slack: Workspace) -> Settings:
        return slack_settings(settings, slack, api_requests_per_minute=5)

    async def test_each_person_has_so_many_requests_a_minute(self, api: ApiClients) -> None:
        editor, again = await api.of(api.stage.cast.editor), await api.of(api.stage.cast.editor)
        requester = await api.of(api.stage.cast.requester)

        answers = [await client.get("/statements") for client in (editor, again, editor, again, editor, again)]

        assert [answer.status_code for answer in answers] == [200] * 5 + [429]
        assert answers[-1].json()["code"] == "rate_limited"
        assert 1 <= int(answers[-1].headers["retry-after"]) <= 12
        assert (await requester.get("/statements")).status_code == 200

    async def test_a_refused_request_did_nothing(self, api: ApiClients) -> None:
        ids = await api.stage.edit(1)
        client = await api.of(api.stage.cast.requester)
        for _ in range(5):
            await client.get("/statements")

        refused = await client.post("/push", json=named(ids))

        assert refused.status_code == 429
        assert not [call for call in api.stage.slack.calls.of("chat.postMessage") if "Push request" in str(call.args)]


class TestOfPushes:
    @pytest.fixture
    def bot_settings(self, settings: Settings, slack: Workspace) -> Settings:
        return slack_settings(settings, slack, push_requests_per_hour=1)

    async def test_push_requests_are_limited_by_the_hour_whatever_way_they_come(self, api: ApiClients) -> None:
        ids = await api.stage.edit(2)
        client = await api.of(api.stage.cast.requester)
        first = await client.post("/push", json=named(ids[:1]))

        second = await client.post("/push", json=named(ids[1:]))

        assert first.status_code == 202
        assert (second.status_code, second.json()["code"]) == (429, "too_much")
        assert 3_500 < int(second.headers["retry-after"]) <= 3_600
        assert "Ask again after" in second.json()["next_step"]


class TestOfStatements:
    @pytest.fixture
    def bot_settings(self, settings: Settings, slack: Workspace) -> Settings:
        return slack_settings(settings, slack, push_max_statements=2)

    async def test_more_statements_than_a_push_takes_are_refused_in_a_way_that_does_not_ask_to_try_again(
        self, api: ApiClients
    ) -> None:
        client = await api.of(api.stage.cast.requester)

        refused = await client.post("/push", json=named(await api.stage.edit(3)))

        assert (refused.status_code, refused.json()["code"]) == (422, "too_much")
        assert "at most 2 statements" in refused.json()["detail"]
        assert refused.json()["next_step"] == "Ask for several pushes."
        assert "retry-after" not in refused.headers


async def test_a_bucket_fills_again_with_time(monkeypatch: pytest.MonkeyPatch) -> None:
    rates, person, now = Rates(per_minute=600), new_id(), 1_000.0
    with monkeypatch.context() as stopped:
        stopped.setattr(asyncio.get_running_loop(), "time", lambda: now)
        waits = [rates.seconds_to_wait(person) for _ in range(601)]
        assert waits == [0] * 600 + [1]

        now += 0.15

        assert [rates.seconds_to_wait(person) for _ in range(2)] == [0, 1]
