import json
from pathlib import Path

import pytest

from core.store.audit import list_for
from core.usecases.statements.modified import get_status
from core.wiring import Core
from sandbox.data import Sample
from sandbox.slack import Workspace
from tests.cast import Cast, make_local_edits
from tests.cli.conftest import CommandLine


async def test_an_admin_pauses_and_resumes_writing(cli: CommandLine, core: Core) -> None:
    paused = await cli("pause", "--reason", "Audit week")
    assert paused.status == 0
    assert (await get_status(core)).is_paused
    assert (await cli("pause")).status == 1

    resumed = await cli("resume")

    assert resumed.status == 0
    assert not (await get_status(core)).is_paused
    async with core.db.reading() as tx:
        events = await list_for(tx, "switch", "pause")
    assert [event.kind for event in events] == ["writing:paused", "writing:resumed"]
    assert all(event.actor_via.startswith("cli (") for event in events)


@pytest.mark.parametrize("actor", ["editor", "requester", "nobody", ""])
async def test_nobody_else_does(cli: CommandLine, core: Core, actor: str) -> None:
    assert (await cli("pause", actor=actor)).status == 1
    assert not (await get_status(core)).is_paused


async def test_the_schema_is_made_without_servicenow(tmp_path: Path, cli: CommandLine) -> None:
    url = f"sqlite:///{tmp_path / 'fresh.db'}"
    bare = CommandLine({"GRCPUSH_DATABASE_URL": url, "GRCPUSH_SERVICENOW_URL": ""}, tmp_path)
    bare.environment.pop("GRCPUSH_SERVICENOW_URL")

    first, second = await bare("db", "upgrade"), await bare("db", "upgrade")

    assert (first.status, second.status) == (0, 0)
    assert (tmp_path / "fresh.db").exists()


async def test_digests_are_shown_before_they_are_sent_and_showing_sends_none(
    cli: CommandLine, core: Core, cast: Cast, sample: Sample
) -> None:
    empty = await cli("digest", "send", "--dry-run", actor="")
    await make_local_edits(core, cast.editor, sample, 3)

    shown = await cli("digest", "send", "--dry-run", actor="")
    again = await cli("digest", "send", "--dry-run", actor="")
    told = json.loads((await cli("digest", "send", "--dry-run", "--json", actor="")).out)

    assert "Nobody has anything to be reminded of" in empty.out
    assert "Editor" in shown.out
    assert "3 statements of yours not pushed yet" in shown.out
    assert again.out == shown.out
    (digest,) = told["digests"]
    assert (digest["person"], digest["total"], len(digest["oldest"])) == ("Editor", 3, 3)
    assert told["channel"] is None


async def test_sending_needs_slack(cli: CommandLine) -> None:
    refused = await cli("digest", "send")

    assert refused.status == 2
    assert "SLACK_BOT_TOKEN" in refused.err


async def test_digests_that_slack_does_not_take_are_told_and_end_with_1(
    cli: CommandLine, core: Core, cast: Cast, sample: Sample, slack: Workspace
) -> None:
    await make_local_edits(core, cast.editor, sample, 3)
    now = core.clock.now()
    due = {"GRCPUSH_DIGEST_HOUR": str(now.hour), "GRCPUSH_DIGEST_DAYS": "mon-sun"}
    workspace = {"GRCPUSH_SLACK_BOT_TOKEN": slack.bot_token, "GRCPUSH_SLACK_API_URL": f"{slack.url}/api/"}
    sending = CommandLine({**cli.environment, **due, **workspace}, cli.folder)
    slack.faults.error("chat.postMessage", "not_in_channel", None)

    refused = await sending("digest", "send", "--json")
    slack.faults.answer_again()
    sent = await sending("digest", "send")
    again = await sending("digest", "send", "--json")

    assert (refused.status, json.loads(refused.out)) == (1, {"sent": 0, "failed": 1})
    assert "1 not sent" in refused.err
    assert (sent.status, sent.out) == (0, "1 sent.\n")
    assert (again.status, json.loads(again.out)) == (0, {"sent": 0, "failed": 0})
