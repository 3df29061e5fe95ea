import csv
import datetime as dt
import errno
import io
import json
from dataclasses import fields, replace
from pathlib import Path

import pytest
from sqlalchemy import text

import bot.cli.audit
from core.domain.audit import AuditRecord, chain_hash
from core.domain.conflict import Choice
from core.domain.push import RequestState
from core.engine.durable import Engine
from core.models.requests import RequestCard
from core.usecases.approvals.deciding import approve_push, decline_push
from core.usecases.audit.verifying import verify_audit
from core.usecases.conflicts.settling import SeenConflict, resolve_conflict
from core.usecases.requests.asking import request_push
from core.usecases.requests.cards import request_card
from core.usecases.requests.drafts import prepare_push
from core.usecases.statements.edits import get_statement, save_edit
from core.wiring import Core
from sandbox.data import Sample
from sandbox.servicenow import ServiceNow
from tests.audit.trail import attacker_on
from tests.cast import Cast, make_local_edits, until_ended
from tests.cli.conftest import CommandLine


async def a_finished_push(core: Core, cast: Cast, sample: Sample, count: int = 3) -> RequestCard:
    ids = await make_local_edits(core, cast.editor, sample, count)
    draft = await prepare_push(core, cast.requester, ids)
    card = await request_push(core, cast.requester, draft.request_id, reason="Quarterly <review>")
    await approve_push(core, cast.approver, card.id, shown_digest=card.content_digest, comment="Read & agreed")
    ended = await until_ended(core, card.id)
    assert ended.state is RequestState.DONE
    return ended


async def test_the_last_events_are_shown_and_filtered(cli: CommandLine, core: Core, cast: Cast, sample: Sample) -> None:
    await make_local_edits(core, cast.editor, sample, 2)

    everything = await cli("audit", "list")
    hers = await cli("audit", "list", "--person", "editor@example.com", "--kind", "statement:edited", "--json")
    none = await cli("audit", "list", "--until", "2020-01-01")
    first = await cli("audit", "list", "--statement", sample.local_edits[0].sys_id, "--json")

    assert (everything.status, none.status) == (0, 0)
    assert "pull:finished" in everything.out
    for edit in sample.local_edits[:2]:
        assert f"statement {edit.system}/{edit.control}" in everything.out
    assert {event["actor_email"] for event in json.loads(hers.out)} == {"editor@example.com"}
    assert len(json.loads(hers.out)) == 2
    assert "No event matches" in none.out
    (event,) = json.loads(first.out)
    statement = await get_statement(core, sample.local_edits[0].sys_id)
    assert (event["kind"], event["entity_id"]) == ("statement:edited", str(statement.id))


async def test_json_lines_hold_enough_to_check_the_chain_elsewhere(
    cli: CommandLine, core: Core, cast: Cast, sample: Sample, tmp_path: Path
) -> None:
    await make_local_edits(core, cast.editor, sample, 3)
    file = tmp_path / "trail.jsonl"

    done = await cli("audit", "export", "--format", "jsonl", "-o", str(file))

    previous = "0" * 64
    lines = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    for line in lines:
        record = AuditRecord(**{**line, "at": dt.datetime.fromisoformat(line["at"])})
        assert record.previous_hash == previous
        assert chain_hash(record) == record.hash
        previous = record.hash
    assert done.status == 0
    assert f"{len(lines)} events" in done.err
    assert previous == (await verify_audit(core)).last_hash


async def test_no_cell_of_the_csv_can_run_as_a_formula(
    cli: CommandLine, core: Core, cast: Cast, sample: Sample
) -> None:
    names = ['=HYPERLINK("http://x")', "+1", "-1", "@SUM(1)", "\tx", "＝1+1", 'line\nbreak, and "quotes"']
    statement = await get_statement(core, sample.local_edits[0].sys_id)
    for number, name in enumerate(names):
        await save_edit(core, replace(cast.editor, name=name), statement.id, f"<p>Text {number}.</p>", source="test")

    done = await cli("audit", "export", "--format", "csv", "--kind", "statement:edited")

    rows = [*csv.DictReader(io.StringIO(done.out))]
    assert [*rows[0]] == [field.name for field in fields(AuditRecord)]
    assert [row["actor_name"].removeprefix("'") for row in rows] == names
    for row in rows:
        for cell in row.values():
            assert not cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n", "＝"))


async def test_an_empty_export_still_names_its_columns(cli: CommandLine) -> None:
    done = await cli("audit", "export", "--format", "csv", "--until", "2020-01-01")

    assert done.out.startswith('"sequence","at","kind"')
    assert len(done.out.splitlines()) == 1


@pytest.mark.pitfall("M9")
async def test_the_evidence_tells_who_asked_who_approved_what_was_there_and_what_was_written(
    cli: CommandLine, core: Core, cast: Cast, sample: Sample, engine: Engine, tmp_path: Path
) -> None:
    card = await a_finished_push(core, cast, sample)
    file = tmp_path / "evidence.html"

    done = await cli("audit", "export", "--format", "html", "--push", f"#{card.number}", "-o", str(file))

    page = file.read_text(encoding="utf-8")
    assert done.status == 0, done.err
    assert "requester@example.com" in page
    assert "approver@example.com" in page
    assert "UTC, in Slack (event" in page
    assert "Quarterly &lt;review&gt;" in page
    assert "Read &amp; agreed" in page
    assert card.content_digest in page
    assert page.count("exactly what was sent") == 3
    for result in card.results:
        assert result.label in page
        assert result.sn_sys_id in page
    assert page.count("<h4>Before") == page.count("<h4>Written") == page.count("<h4>The change (+") == 3
    assert "3 asked for: 3 in ServiceNow, 0 not, 0 left out" in page
    assert "<ins>" in page
    assert "The audit trail held" in page
    assert (await verify_audit(core)).last_hash in page
    assert "<script" not in page
    for job in card.jobs:
        by_job = await cli("audit", "export", "--format", "html", "--push", str(job.id))
        assert "Evidence: push request" in by_job.out


async def test_texts_that_hold_html_and_template_words_stay_words_in_the_evidence(
    cli: CommandLine, core: Core, cast: Cast, sample: Sample, engine: Engine, servicenow: ServiceNow
) -> None:
    statement = await get_statement(core, sample.local_edits[0].sys_id)
    hostile = "<p>{{ 7 * 7 }} {% raw %} &lt;script&gt;alert(1)&lt;/script&gt; ${7*7}</p>"
    await save_edit(core, cast.editor, statement.id, hostile, source="test")
    draft = await prepare_push(core, cast.requester, [statement.id])
    card = await request_push(
        core, cast.requester, draft.request_id, reason="{{ evidence.host }}<img src=x onerror=alert(1)>"
    )
    await approve_push(core, cast.approver, card.id, shown_digest=card.content_digest)
    await until_ended(core, card.id)

    page = (await cli("audit", "export", "--format", "html", "--push", "1")).out

    assert "{{ 7 * 7 }}" in page
    assert "{{ evidence.host }}" in page
    assert "<script" not in page
    assert "<img" not in page
    assert "&lt;script&gt;" in page


async def test_the_evidence_of_a_push_that_was_declined_says_so(
    cli: CommandLine, core: Core, cast: Cast, sample: Sample
) -> None:
    ids = await make_local_edits(core, cast.editor, sample, 1)
    draft = await prepare_push(core, cast.requester, ids)
    card = await request_push(core, cast.requester, draft.request_id)
    await decline_push(core, cast.approver, card.id, shown_digest=card.content_digest, comment="Wrong team")

    page = (await cli("audit", "export", "--format", "html", "--push", "1")).out

    assert "Declined. Wrong team" in page
    assert "Not written." in page


async def test_the_evidence_names_who_settled_a_conflict(
    cli: CommandLine, core: Core, cast: Cast, sample: Sample, engine: Engine, servicenow: ServiceNow
) -> None:
    await make_local_edits(core, cast.editor, sample)
    sample.apply_remote_edits(servicenow)
    clashing = (await get_statement(core, sample.remote_edits[0].sys_id)).id
    draft = await prepare_push(core, cast.requester, [clashing])
    card = await request_push(core, cast.requester, draft.request_id)
    conflict = card.open_conflicts[0]
    await resolve_conflict(core, cast.requester, SeenConflict(conflict.id, conflict.revision), Choice.KEEP_LOCAL)
    settled = await request_card(core, card.id)
    await approve_push(core, cast.approver, card.id, shown_digest=settled.content_digest)
    await until_ended(core, card.id)

    page = (await cli("audit", "export", "--format", "html", "--push", "1")).out

    assert "Conflict settled" in page
    assert "keep local" in page
    assert "last changed by jane.roe" in page


async def test_a_broken_trail_is_named_and_so_says_the_evidence(
    cli: CommandLine, core: Core, cast: Cast, sample: Sample, engine: Engine
) -> None:
    await a_finished_push(core, cast, sample, 1)
    good = await cli("audit", "verify", actor="")
    with attacker_on(core.settings.database_url) as connection:
        connection.execute(text("UPDATE audit_events SET actor_name = 'Nobody' WHERE kind = 'push:approved'"))

    bad, as_json = await cli("audit", "verify"), await cli("audit", "verify", "--json")
    page = (await cli("audit", "export", "--format", "html", "--push", "1")).out

    assert good.status == 0
    assert "holds" in good.out
    assert (bad.status, as_json.status) == (1, 1)
    assert "was changed after it was written" in bad.err
    assert json.loads(as_json.out)["at_sequence"] > 1
    assert "The audit trail does not hold" in page


async def test_a_noted_end_is_checked(cli: CommandLine, core: Core, cast: Cast, sample: Sample) -> None:
    verdict = await verify_audit(core)
    noted = f"{verdict.events}:{verdict.last_hash}"
    assert noted in (await cli("audit", "verify")).out
    await make_local_edits(core, cast.editor, sample, 1)

    still = await cli("audit", "verify", "--noted", noted)
    gone = await cli("audit", "verify", "--noted", f"{verdict.events}:{'0' * 64}")
    wrong = await cli("audit", "verify", "--noted", "yesterday")

    assert (still.status, gone.status, wrong.status) == (0, 1, 2)
    assert "whose hash was noted" in gone.err


@pytest.mark.parametrize("actor", ["editor", "requester", "nobody", ""])
async def test_only_admins_read_the_trail(cli: CommandLine, actor: str, tmp_path: Path) -> None:
    for words in (("list",), ("export", "--format", "csv"), ("export", "--format", "html", "--push", "1")):
        refused = await cli("audit", *words, actor=actor)

        assert refused.status == 1
        assert "not allowed" in refused.err
        assert "statement:" not in refused.out


async def test_wrong_words_are_wrong_usage(cli: CommandLine) -> None:
    for words in (
        ("export", "--format", "pdf"),
        ("export", "--format", "html"),
        ("export", "--format", "html", "--push", "1", "--person", "x@example.com"),
        ("list", "--since", "yesterday"),
        ("list", "--until", "0001-01-01T00:00:00+14:00"),
        ("export", "--format", "csv", "-o", "/nowhere/at/all.csv"),
    ):
        assert (await cli("audit", *words)).status == 2, words
    unknown = await cli("audit", "export", "--format", "html", "--push", "4711")
    assert (unknown.status, "no push request" in unknown.err) == (1, True)


async def test_an_export_names_the_file_only_where_it_is_the_file_that_is_at_fault(
    cli: CommandLine,
    core: Core,
    cast: Cast,
    sample: Sample,
    engine: Engine,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    card = await a_finished_push(core, cast, sample, 1)
    nowhere = tmp_path / "no-such-folder" / "trail"

    def broken(_record: AuditRecord) -> str:
        raise OSError(errno.EIO, "Input/output error")

    events = await cli("audit", "export", "--format", "csv", "-o", str(nowhere))
    page = await cli("audit", "export", "--format", "html", "--push", str(card.number), "-o", str(nowhere))
    monkeypatch.setattr(bot.cli.audit, "csv_line", broken)
    elsewhere = await cli("audit", "export", "--format", "csv", "-o", str(tmp_path / "trail"))

    for done in (events, page):
        assert done.status == 2
        assert f"{nowhere} cannot be written: No such file or directory." in done.err
    assert elsewhere.status == 1
    assert "Input/output error" in elsewhere.err
    assert "cannot be written" not in elsewhere.err
    assert "database" not in elsewhere.err
