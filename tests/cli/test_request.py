import asyncio
import json

from bot.local import make_engine
from core.domain.push import RequestState
from core.engine.durable import Engine, Rhythm
from core.usecases.approvals.deciding import approve_push, decline_push
from core.usecases.requests.cards import request_card
from core.usecases.requests.lookup import get_request_id
from core.wiring import Core
from sandbox.data import Sample
from sandbox.servicenow import STATEMENTS, ServiceNow
from tests.cast import Cast, make_local_edits
from tests.cli.conftest import CommandLine

FREE = {"GRCPUSH_APPROVALS_REQUIRED": "0"}


def with_settings(cli: CommandLine, **more: str) -> CommandLine:
    return CommandLine({**cli.environment, **more}, cli.folder)


async def first_request(core: Core, cli_process: asyncio.subprocess.Process):
    """The request a running command made, once it stands."""
    async with asyncio.timeout(60):
        while cli_process.returncode is None:
            try:
                return await request_card(core, await get_request_id(core, "1"))
            except Exception:  # noqa: BLE001 -- it is not there yet
                await asyncio.sleep(0.05)
    raise AssertionError((await cli_process.communicate())[1].decode())


async def test_where_no_approval_is_needed_the_command_pushes_by_itself(
    cli: CommandLine, core: Core, cast: Cast, sample: Sample, servicenow: ServiceNow
) -> None:
    await make_local_edits(core, cast.editor, sample, 3)

    done = await with_settings(cli, **FREE).process(
        "request", "--all", "--reason", "Review", "--json", actor="requester"
    )

    assert done.status == 0, done.err
    facts = json.loads(done.out)
    assert (facts["state"], len(facts["results"])) == ("done", 3)
    assert all(result["success"] for result in facts["results"])
    assert "Done: 3 pushed." in done.err
    assert len(servicenow.writes()) == 3


async def test_what_fails_is_told_in_a_sentence_and_by_the_exit_status(
    cli: CommandLine, core: Core, cast: Cast, sample: Sample, servicenow: ServiceNow
) -> None:
    await make_local_edits(core, cast.editor, sample, 3)
    victim = sample.local_edits[1].sys_id
    servicenow.on(
        "before_write", lambda _moment: servicenow.delete(STATEMENTS, victim, by="jane.roe"), table=STATEMENTS
    )

    done = await with_settings(cli, **FREE).process("request", "--all", actor="requester")

    assert done.status == 1
    assert "no longer exists in ServiceNow" in done.err
    assert "Partly done: 2 pushed, 1 failed." in done.err


async def test_it_waits_for_the_approval_and_lets_a_running_serve_push(
    cli: CommandLine, core: Core, cast: Cast, sample: Sample, engine: Engine
) -> None:
    await make_local_edits(core, cast.editor, sample, 2)
    label = f"{sample.local_edits[0].system}/{sample.local_edits[0].control}"
    process = await cli.started("request", label, sample.local_edits[1].sys_id, actor="requester")
    card = await first_request(core, process)
    assert card.state is RequestState.WAITING
    assert process.returncode is None

    await approve_push(core, cast.approver, card.id, shown_digest=card.content_digest)
    out, err = await asyncio.wait_for(process.communicate(), 40)

    assert process.returncode == 0, err.decode()
    assert "Waiting for approval in Slack (0 of 1)." in err.decode()
    assert "Done: 2 pushed" in err.decode()
    assert out == b""


async def test_with_no_serve_about_it_pushes_what_was_approved_meanwhile(
    cli: CommandLine, core: Core, cast: Cast, sample: Sample, servicenow: ServiceNow
) -> None:
    await make_local_edits(core, cast.editor, sample, 2)
    process = await cli.started("request", "--all", actor="requester")
    card = await first_request(core, process)

    await approve_push(core, cast.approver, card.id, shown_digest=card.content_digest)
    _, err = await asyncio.wait_for(process.communicate(), 40)

    assert process.returncode == 0, err.decode()
    assert len(servicenow.writes()) == 2
    again = make_engine(core, Rhythm(poll=0.1))
    await again.start()
    await again.stop(patience_seconds=1)


async def test_a_declined_push_is_a_failure_with_its_reason(
    cli: CommandLine, core: Core, cast: Cast, sample: Sample
) -> None:
    await make_local_edits(core, cast.editor, sample, 1)
    process = await cli.started("request", "--all", actor="requester")
    card = await first_request(core, process)

    await decline_push(core, cast.approver, card.id, shown_digest=card.content_digest, comment="Wrong team")
    _, err = await asyncio.wait_for(process.communicate(), 40)

    assert process.returncode == 1
    assert "Declined" in err.decode()
    assert "Wrong team" in err.decode()


async def test_without_waiting_it_ends_at_once_and_the_request_stands(
    cli: CommandLine, core: Core, cast: Cast, sample: Sample
) -> None:
    await make_local_edits(core, cast.editor, sample, 1)

    done = await cli("request", "--all", "--no-wait", "--json", actor="requester")

    assert done.status == 0
    assert json.loads(done.out)["state"] == "waiting"
    assert "Push request #1: 1 statement.\n" in done.err


async def test_all_means_all_that_is_free(
    cli: CommandLine, core: Core, cast: Cast, sample: Sample, servicenow: ServiceNow
) -> None:
    await make_local_edits(core, cast.editor, sample)
    first = await cli("request", sample.local_edits[0].sys_id, "--no-wait", "--json", actor="requester")
    assert first.status == 0

    second = await cli("request", "--all", "--no-wait", actor="requester")
    third = await cli("request", "--all", "--no-wait", actor="requester")

    assert f"{len(sample.local_edits) - 1} statements" in second.err
    assert (third.status, "neither in conflict" in third.err) == (1, True)


async def test_what_is_left_out_is_said(cli: CommandLine, core: Core, cast: Cast, sample: Sample) -> None:
    await make_local_edits(core, cast.editor, sample, 2)
    await cli("request", sample.local_edits[0].sys_id, "--no-wait", actor="requester")

    words = ("request", *(edit.sys_id for edit in sample.local_edits[:2]), "--no-wait", "--json")
    done = await cli(*words, actor="requester")

    assert done.status == 1
    assert "left out" in done.err
    assert "#1" in done.err
    (left_out,) = json.loads(done.out)["left_out"]
    assert left_out["statement"] == f"{sample.local_edits[0].system}/{sample.local_edits[0].control}"
    assert left_out["reason"] == "It is part of push request #1."


async def test_a_push_that_is_done_but_for_a_refused_statement_is_a_failure(
    cli: CommandLine, core: Core, cast: Cast, sample: Sample, servicenow: ServiceNow
) -> None:
    await make_local_edits(core, cast.editor, sample, 3)
    servicenow.delete(STATEMENTS, sample.local_edits[1].sys_id)

    done = await with_settings(cli, **FREE).process(
        "request", *(edit.sys_id for edit in sample.local_edits[:3]), "--json", actor="requester"
    )

    facts = json.loads(done.out)
    assert (facts["state"], len(facts["results"])) == ("done", 2)
    assert ["no longer exists" in left_out["reason"] for left_out in facts["left_out"]] == [True]
    assert done.status == 1


async def test_who_may_not_push_is_refused(cli: CommandLine, core: Core, cast: Cast, sample: Sample) -> None:
    await make_local_edits(core, cast.editor, sample, 1)

    for actor in ("editor", "admin", "nobody", ""):
        refused = await cli("request", "--all", actor=actor)

        assert refused.status == 1
        assert "not allowed" in refused.err


async def test_wrong_words_are_wrong_usage(cli: CommandLine) -> None:
    assert (await cli("request", actor="requester")).status == 2
    assert (await cli("request", "AC-2", "--all", actor="requester")).status == 2
    assert (await cli("request", "No/Such-1", actor="requester")).status == 1
