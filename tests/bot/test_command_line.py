"""The commands that work with local state: what they print, how they end, and that nothing is lost when they fail."""

import sqlite3
from pathlib import Path

import pytest

from core.config import Settings
from sandbox.data import Sample
from sandbox.servicenow import STATEMENT_FIELD, STATEMENTS, ServiceNow
from tests.bot.terminal import Terminal

TEXT = "<p>Accounts are reviewed every week by the owner of the system.</p>"


@pytest.fixture
def terminal(settings: Settings, sample: Sample, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Terminal:
    monkeypatch.chdir(tmp_path)
    return Terminal(settings, tmp_path)


@pytest.fixture
async def pulled(terminal: Terminal) -> Terminal:
    """A terminal with everything pulled."""
    assert (await terminal.type("pull")).status == 0
    return terminal


async def local_text(terminal: Terminal) -> str | None:
    listed = (await terminal.type("list", "--json")).json["statements"]
    return next((line["content_preview"] for line in listed if line["control_id"] == "AC-2"), None)


class TestPulling:
    async def test_the_first_pull_reads_everything_and_the_next_only_changes(
        self, terminal: Terminal, servicenow: ServiceNow, sample: Sample
    ) -> None:
        first = await terminal.type("pull")
        second = await terminal.type("pull")
        full = await terminal.type("pull", "--full")

        assert (first.status, second.status, full.status) == (0, 0, 0)
        assert "Pulled everything: 72 read, 72 new" in first.out
        assert "Pulled changes:" in second.out
        assert "Pulled everything: 72 read, 0 new" in full.out

    async def test_a_servicenow_out_of_reach_ends_with_1_and_a_sentence(self, terminal: Terminal) -> None:
        outcome = await terminal.type("pull", servicenow_url="http://127.0.0.1:9")

        assert outcome.status == 1
        assert "remote unavailable" in outcome.err
        assert "Traceback" not in outcome.err

    async def test_a_wrong_password_ends_with_1_and_is_not_printed(self, terminal: Terminal) -> None:
        outcome = await terminal.type("pull", servicenow_password="not-the-password")

        assert outcome.status == 1
        assert "credentials" in outcome.err
        assert "not-the-password" not in outcome.out + outcome.err

    async def test_a_pull_keeps_local_edits_and_tells_of_conflicts_and_deletions(
        self, pulled: Terminal, servicenow: ServiceNow, sample: Sample
    ) -> None:
        edited = sample.sys_id("Payroll Cloud", "AC-2")
        await pulled.type("edit", "Payroll Cloud/AC-2", "--from", pulled.file("ac-2.html", TEXT))
        servicenow.edit(STATEMENTS, edited, STATEMENT_FIELD, "<p>Theirs.</p>")
        servicenow.delete(STATEMENTS, sample.sys_id("Payroll Cloud", "AC-1"))

        outcome = await pulled.type("pull", "--full")

        assert "1 in conflict with a local edit." in outcome.out
        assert "1 no longer found in ServiceNow." in outcome.out
        assert "Accounts are reviewed every week" in (await local_text(pulled) or "")


class TestLooking:
    async def test_status_counts_everything(self, terminal: Terminal) -> None:
        before = await terminal.type("status")
        await terminal.type("pull")
        after = await terminal.type("status", "--json")

        assert before.status == after.status == 0
        assert "never" in before.out
        assert after.json["statements"] == 72
        assert after.json["modified"] == 0

    async def test_an_empty_list_says_so(self, pulled: Terminal) -> None:
        outcome = await pulled.type("list")

        assert outcome.status == 0
        assert "Nothing is modified" in outcome.out

    async def test_a_list_names_each_statement_in_full_where_no_terminal_limits_its_width(
        self, pulled: Terminal
    ) -> None:
        await pulled.type("edit", "Payroll Cloud/AC-2", "--from", pulled.file("ac-2.html", TEXT))

        outcome = await pulled.type("list")

        assert "Payroll Cloud/AC-2" in outcome.out
        assert "Accounts are reviewed every week" in outcome.out
        assert "1 modified, 0 in conflict." in outcome.out

    async def test_brackets_in_a_text_are_text_and_no_markup(self, pulled: Terminal) -> None:
        await pulled.type("edit", "Payroll Cloud/AC-2", "--from", "-", stdin="<p>[/bold] as in [red]rule[/red] 7</p>")

        outcome = await pulled.type("list")

        assert outcome.status == 0
        assert "[/bold] as in [red]rule[/red] 7" in outcome.out

    async def test_the_list_as_json_has_the_fields_a_script_needs(self, pulled: Terminal) -> None:
        await pulled.type("edit", "Payroll Cloud/AC-2", "--from", pulled.file("ac-2.html", TEXT))

        listed = (await pulled.type("list", "--json")).json

        (line,) = listed["statements"]
        assert listed["total_count"] == 1
        assert line["control_id"] == "AC-2"
        assert line["system_name"] == "Payroll Cloud"
        assert line["sync_status"] == "modified"
        assert line["content_preview"].startswith("Accounts are reviewed every week")


class TestEditing:
    async def test_a_file_becomes_the_local_text_and_nothing_is_sent(
        self, pulled: Terminal, servicenow: ServiceNow
    ) -> None:
        outcome = await pulled.type("edit", "Payroll Cloud/AC-2", "--from", pulled.file("ac-2.html", TEXT))

        assert outcome.status == 0
        assert "Payroll Cloud/AC-2: saved," in outcome.out
        assert servicenow.writes() == []

    async def test_a_statement_can_be_named_by_sys_id_and_by_its_own_id(self, pulled: Terminal, sample: Sample) -> None:
        await pulled.type("edit", sample.sys_id("Payroll Cloud", "AC-2"), "--from", pulled.file("a.html", TEXT))
        (line,) = (await pulled.type("list", "--json")).json["statements"]

        again = await pulled.type("edit", line["id"], "--from", pulled.file("b.html", TEXT))

        assert again.status == 0
        assert "nothing changed" in again.out

    async def test_standard_input_is_read_for_a_dash(self, pulled: Terminal) -> None:
        outcome = await pulled.type("edit", "Payroll Cloud/AC-2", "--from", "-", stdin=TEXT)

        assert outcome.status == 0
        assert await local_text(pulled) is not None

    @pytest.mark.parametrize(
        ("words", "status", "told"),
        [
            (("edit", "Payroll Cloud/AC-99", "--from", "good.html"), 1, "AC-99"),
            (("edit", "00000000-0000-0000-0000-000000000000", "--from", "good.html"), 1, "not found"),
            (("edit", "Payroll Cloud/AC-2", "--from", "missing.html"), 2, "missing.html"),
            (("edit", "Payroll Cloud/AC-2", "--from", "binary.html"), 2, "binary.html"),
            (("edit", "Payroll Cloud/AC-2", "--from", "."), 2, "cannot be read"),
            (("edit", "Payroll Cloud/AC-2", "--from", "picture.html"), 1, "cannot carry"),
            (("edit", "Payroll Cloud/AC-2"), 2, "--from"),
            (("revert", "Payroll Cloud/AC-99"), 1, "AC-99"),
        ],
    )
    async def test_bad_input_is_refused_with_a_sentence_and_the_earlier_edit_stays(
        self, pulled: Terminal, words: tuple[str, ...], status: int, told: str
    ) -> None:
        pulled.file("good.html", "<p>Something else.</p>")
        pulled.file("picture.html", '<p>See <img src="https://example.com/a.png"></p>')
        (pulled.folder / "binary.html").write_bytes(b"\xff\xfe\x00")
        await pulled.type("edit", "Payroll Cloud/AC-2", "--from", pulled.file("first.html", TEXT))
        before = await local_text(pulled)

        outcome = await pulled.type(*words)

        assert outcome.status == status
        assert told in outcome.err
        assert "Traceback" not in outcome.err
        assert await local_text(pulled) == before is not None

    @pytest.mark.parametrize(
        ("actor", "told"), [(None, "GRCPUSH_ACTOR"), ("nobody@example.com", "nobody@example.com has no role")]
    )
    async def test_without_a_known_actor_nothing_is_saved(self, pulled: Terminal, actor: str | None, told: str) -> None:
        outcome = await pulled.type("edit", "Payroll Cloud/AC-2", "--from", "-", stdin=TEXT, actor=actor)

        assert outcome.status == 1
        assert told in outcome.err
        assert await local_text(pulled) is None

    async def test_the_command_line_never_approves_even_for_an_approver(self, pulled: Terminal) -> None:
        outcome = await pulled.type(
            "edit",
            "Payroll Cloud/AC-2",
            "--from",
            "-",
            stdin=TEXT,
            approvers="ada@example.com",
            actor="ada@example.com",
        )

        assert outcome.status == 1
        assert "no role" in outcome.err

    async def test_revert_drops_the_local_edit_and_a_second_one_has_nothing_to_drop(self, pulled: Terminal) -> None:
        await pulled.type("edit", "Payroll Cloud/AC-2", "--from", "-", stdin=TEXT)

        first = await pulled.type("revert", "Payroll Cloud/AC-2")
        second = await pulled.type("revert", "Payroll Cloud/AC-2")

        assert (first.status, second.status) == (0, 1)
        assert "back to the text in ServiceNow" in first.out
        assert "no local edit" in second.err
        assert await local_text(pulled) is None


class TestAuditing:
    async def test_an_untouched_trail_holds(self, pulled: Terminal) -> None:
        await pulled.type("edit", "Payroll Cloud/AC-2", "--from", "-", stdin=TEXT)

        outcome = await pulled.type("audit", "verify")

        assert outcome.status == 0
        assert "The audit trail holds: 2 events" in outcome.out

    async def test_a_trail_somebody_changed_ends_with_1_and_names_the_event(
        self, pulled: Terminal, settings: Settings
    ) -> None:
        await pulled.type("edit", "Payroll Cloud/AC-2", "--from", "-", stdin=TEXT)
        tamper(Path(settings.database_url.removeprefix("sqlite:///")))

        outcome = await pulled.type("audit", "verify")

        assert outcome.status == 1
        assert "vent 1 " in outcome.err


def tamper(database: Path) -> None:
    """Change the first event behind the back of the guard in the database."""
    connection = sqlite3.connect(database)
    triggers = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")]
    for name in triggers:
        connection.execute(f"DROP TRIGGER {name}")
    connection.execute("UPDATE audit_events SET actor_name = 'Somebody Else' WHERE sequence = 1")
    connection.commit()
    connection.close()
