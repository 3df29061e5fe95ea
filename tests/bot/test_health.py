import re
from urllib.parse import urlsplit

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from bot.app import Bot, running_bot
from bot.web.server import served
from core.config import Settings
from core.usecases.approvals.deciding import approve_push
from core.usecases.pushing.pausing import pause_writing
from sandbox.slack import Workspace
from tests.stage import FAST, Stage, slack_settings


def at(stage: Stage) -> str:
    assert stage.slack.bot_url is not None
    parts = urlsplit(stage.slack.bot_url)
    return f"{parts.scheme}://{parts.netloc}"


async def numbers(url: str) -> dict[tuple[str, ...], float]:
    """Every sample by its name and the values of its labels."""
    async with httpx.AsyncClient(base_url=url, trust_env=False) as client:
        answer = await client.get("/metrics")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/plain; version=")
    families = text_string_to_metric_families(answer.text)
    return {(s.name, *s.labels.values()): s.value for family in families for s in family.samples}


async def asked(url: str, path: str) -> httpx.Response:
    async with httpx.AsyncClient(base_url=url, trust_env=False) as client:
        return await client.get(path)


async def test_a_ready_process_says_how_each_part_stands(stage: Stage) -> None:
    alive, ready = await asked(at(stage), "/healthz"), await asked(at(stage), "/readyz")

    assert (alive.status_code, alive.json()) == (200, {"status": "ok"})
    body = ready.json()
    assert ready.status_code == 200
    assert body["is_ready"] is True
    assert [body[part]["is_ok"] for part in ("database", "engine", "slack")] == [True] * 3
    assert body["slack"]["last_seen_at"].endswith("Z")


async def test_without_its_database_a_process_is_alive_and_not_ready(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lost(*_arguments: object, **_options: object) -> None:
        raise OSError("gone")

    monkeypatch.setattr(type(stage.bot.core.db), "reading", lost)

    alive, ready = await asked(at(stage), "/healthz"), await asked(at(stage), "/readyz")

    assert alive.status_code == 200
    assert ready.status_code == 503
    assert ready.json()["database"] == {"is_ok": False, "detail": "does not answer", "last_seen_at": None}
    assert "gone" not in ready.text


async def test_a_process_whose_engine_stopped_is_not_ready(bot: Bot, stage: Stage) -> None:
    await bot.engine.stop(patience_seconds=1)

    ready = await asked(at(stage), "/readyz")

    assert (ready.status_code, ready.json()["engine"]["detail"]) == (503, "is stopped")


@pytest.mark.pitfall("P27")
async def test_a_dead_token_makes_it_not_ready_until_slack_answers_again(stage: Stage) -> None:
    stage.slack.token_problem = "token_revoked"
    assert (await stage.slack.person("U0EDITOR").command("/grcpush", "", channel="C0GRC")).status == 200
    await stage.slack.wait_for(lambda: bool(stage.slack.calls.refused()))

    ready = await asked(at(stage), "/readyz")

    assert (ready.status_code, ready.json()["slack"]["is_ok"]) == (503, False)
    assert "token_revoked" in ready.json()["slack"]["detail"]
    stage.slack.token_problem = None
    await stage.bot.client.auth_test()
    assert (await asked(at(stage), "/readyz")).status_code == 200


@pytest.mark.pitfall("P1")
async def test_a_lost_web_socket_shows(settings: Settings, slack: Workspace) -> None:
    slack.socket_mode = True
    chosen = slack_settings(settings, slack, slack_app_token=slack.app_token, slack_signing_secret=None)
    async with running_bot(chosen, pace=FAST) as bot, served(bot.server, "127.0.0.1", 0) as url:
        assert (await asked(url, "/readyz")).status_code == 200
        assert (await asked(url, "/slack/events")).status_code == 404

        await slack.sockets.drop()
        await slack.wait_for(lambda: not slack.sockets.connections)
        ready = await asked(url, "/readyz")

    assert (ready.status_code, ready.json()["slack"]["detail"]) == (503, "the web socket is not open")


async def test_servicenow_out_of_reach_does_not_turn_people_away(stage: Stage) -> None:
    never = await asked(at(stage), "/readyz")
    await stage.bot.core.servicenow.newest_stamp()
    seen = await asked(at(stage), "/readyz")

    assert never.status_code == seen.status_code == 200
    assert never.json()["servicenow"] == {"is_ok": False, "detail": "never answered", "last_seen_at": None}
    assert seen.json()["servicenow"]["is_ok"] is True
    assert seen.json()["servicenow"]["last_seen_at"].endswith("Z")


async def test_what_was_done_is_counted(stage: Stage) -> None:
    card = await stage.card_of(await stage.request(3))
    before = await numbers(at(stage))
    await approve_push(stage.bot.core, stage.cast.approver, card.id, shown_digest=card.content_digest)
    await stage.slack.wait_for(lambda: any("Done" in m.words for m in stage.slack.messages("C0GRC")))

    now = await numbers(at(stage))

    assert before["grcpush_push_jobs", "pending"] == 1
    assert now["grcpush_push_jobs", "completed"] == 1
    assert now["grcpush_push_items_total", "pushed"] == 3
    assert now["grcpush_push_queue",] == 0
    assert now["grcpush_push_duration_seconds_count",] == 1
    assert now["grcpush_push_duration_seconds_sum",] > 0
    assert now["grcpush_push_start_delay_seconds_count",] == 1
    assert now["grcpush_servicenow_request_seconds_count", "PATCH", "200"] == 3
    assert now["grcpush_servicenow_concurrency",] == 5
    assert now["grcpush_slack_calls_total", "chat.postMessage", "ok"] >= 1
    assert now["grcpush_audit_events_total",] > before["grcpush_audit_events_total",]
    assert now["grcpush_http_request_seconds_count", "GET", "/metrics", "200"] == 1
    assert now["process_resident_memory_bytes",] > 0


async def test_the_queue_the_conflicts_and_the_pause_are_seen(stage: Stage) -> None:
    await pause_writing(stage.bot.core, stage.cast.admin)
    card = await stage.card_of(await stage.request(with_conflicts=True))
    assert card.open_conflicts

    now = await numbers(at(stage))

    assert now["grcpush_conflicts_open",] == len(card.open_conflicts)
    assert now["grcpush_push_requests", "settling"] == 1
    assert now["grcpush_writing_paused",] == 1
    assert now["grcpush_statements", "conflict"] == len(card.open_conflicts)


async def test_slacks_refusals_are_counted_by_name(stage: Stage) -> None:
    stage.slack.faults.error("chat.postMessage", "channel_not_found", times=1)
    await stage.ask_for(await stage.edit(1))
    await stage.slack.wait_call("chat.postMessage", count=2)

    assert (await numbers(at(stage)))["grcpush_slack_calls_total", "chat.postMessage", "channel_not_found"] == 1


async def test_no_label_holds_what_a_stranger_sent(stage: Stage) -> None:
    async with httpx.AsyncClient(base_url=at(stage), trust_env=False) as client:
        for number in range(5):
            await client.get(f"/made/up/{number}")
        await client.request("FROBNICATE", "/healthz")
        await client.get("/api/v1/statements/6b2a0a8c-4d8f-4ab7-8f4e-6a1d3f3f7f10")
        page = (await client.get("/metrics")).text

    assert "made/up" not in page
    assert "FROBNICATE" not in page
    assert 'route="/api/v1/statements/{statement_id}"' in page
    assert not re.search(r"[0-9a-f]{8}-[0-9a-f]{4}", page)
