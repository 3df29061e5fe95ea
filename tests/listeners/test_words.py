"""What people type after `/grcpush`."""

import pytest

from bot.listeners.words import Command, Narrowed, Past, Word, is_about_statement, narrowed, parse, past
from bot.views.messages.help import COMMANDS
from core.errors import UsageError

SYSTEMS = ["Citizen Portal", "Data Warehouse", "Payroll Cloud", "Payroll Archive"]
FAMILIES = ["AC", "AU", "SC"]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("", Command(Word.LIST)),
        ("  list ", Command(Word.LIST)),
        ("MINE", Command(Word.MINE)),
        ("status", Command(Word.STATUS)),
        ("AC-2", Command(Word.LIST, ("AC-2",))),
        ("ac-2, ac-3", Command(Word.LIST, ("AC-2", "AC-3"))),
        ("ac-2(3) IA-2(1)", Command(Word.LIST, ("AC-2(3)", "IA-2(1)"))),
        ("edit Payroll Cloud/AC-2", Command(Word.EDIT, rest="Payroll Cloud/AC-2")),
        ("pause ServiceNow is  upgraded", Command(Word.PAUSE, rest="ServiceNow is  upgraded")),
    ],
)
def test_words_and_controls_are_understood_as_people_type_them(typed: str, meant: Command) -> None:
    assert parse(typed) == meant


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("AC", Narrowed(controls=("AC",))),
        ("au AC-2", Narrowed(controls=("AC-2", "AU"))),
        ("payroll cloud", Narrowed("Payroll Cloud")),
        ("mine Warehouse AC", Narrowed("Data Warehouse", ("AC",))),
        ("“Citizen Portal”/AC-2", Narrowed("Citizen Portal", ("AC-2",))),
        ("Payroll Cloud/AC-2", Narrowed("Payroll Cloud", ("AC-2",))),
    ],
)
def test_families_and_systems_are_understood_by_their_names(typed: str, meant: Narrowed) -> None:
    assert narrowed(parse(typed), SYSTEMS, FAMILIES) == meant


@pytest.mark.parametrize(
    ("typed", "nearest"),
    [
        ("stauts", "/grcpush status"),
        ("mien", "/grcpush mine"),
        ("hepl", "/grcpush help"),
        ("rety 42", "/grcpush retry"),
        ("histroy", "/grcpush history"),
        ("pasue because ServiceNow is upgraded", "/grcpush pause"),
        ("exprot 2026-10", "/grcpush export"),
        ("edti Payroll Cloud/AC-2", "/grcpush edit"),
        ("citzen portal", "/grcpush Citizen Portal"),
        ("payroll", "Payroll Cloud, Payroll Archive"),
    ],
)
def test_a_mistyped_word_is_told_the_nearest_one(typed: str, nearest: str) -> None:
    with pytest.raises(UsageError) as refusal:
        narrowed(parse(typed), SYSTEMS, FAMILIES)

    assert nearest in refusal.value.next_step


def test_what_resembles_nothing_is_told_what_there_is() -> None:
    with pytest.raises(UsageError) as refusal:
        narrowed(parse("xylophone concert"), SYSTEMS, FAMILIES)

    assert "/grcpush help" in refusal.value.next_step


@pytest.mark.parametrize(
    ("word", "need"),
    [(Word.EDIT, "name of a statement"), (Word.RETRY, "number of a push"), (Word.CANCEL, "number of a push")],
)
def test_a_word_about_one_thing_says_that_it_needs_its_name(word: Word, need: str) -> None:
    with pytest.raises(UsageError, match=need):
        parse(word.value)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("", Past()),
        ("mine", Past(is_mine=True)),
        ("30d", Past(days=30)),
        ("Payroll Cloud", Past(system="Payroll Cloud")),
        ("mine, warehouse 7 days", Past(True, 7, "Data Warehouse")),
        ("<@U0EDITOR|erin>", Past(slack_user_id="U0EDITOR")),
        ("<@U0EDITOR> 30d", Past(days=30, slack_user_id="U0EDITOR")),
        ("7d editor@example.com", Past(days=7, email="editor@example.com")),
    ],
)
def test_history_is_of_a_person_or_narrowed_by_mine_a_period_and_a_system_together(typed: str, meant: Past) -> None:
    assert past(typed, SYSTEMS) == meant


@pytest.mark.parametrize("typed", ["AC-2", "Payroll Cloud/AC-2", "“Payroll Cloud/ac-2(3)”", "0" * 32])
def test_history_of_a_statement_is_told_from_the_pushes_there_were(typed: str) -> None:
    assert is_about_statement(typed)
    assert not any(is_about_statement(other) for other in ("", "mine", "30d", "Payroll Cloud"))


def test_a_name_that_slack_did_not_resolve_is_asked_for_again() -> None:
    with pytest.raises(UsageError, match="did not say who"):
        past("@erin 30d", SYSTEMS)


@pytest.mark.parametrize(
    ("sent", "rest"),
    [
        ("pause R&amp;D is &lt;down&gt;", "R&D is <down>"),
        (
            "pause see <https://example.com/a?b=1&amp;c|example.com/a> in <#C0GRC|grc-pushes>",
            "see example.com/a in #grc-pushes",
        ),
        ("history <mailto:editor@example.com|editor@example.com>", "editor@example.com"),
        ("history <@U0EDITOR|erin> 30d", "<@U0EDITOR|erin> 30d"),
    ],
)
def test_what_slack_escaped_is_read_as_it_was_typed(sent: str, rest: str) -> None:
    assert parse(sent).rest == rest


def test_a_mistyped_history_is_told_the_nearest_system() -> None:
    with pytest.raises(UsageError) as refusal:
        past("citzen portal", SYSTEMS)

    assert "Citizen Portal" in refusal.value.next_step


def test_every_word_is_named_by_the_help() -> None:
    explained = " ".join(COMMANDS)

    missing = [word for word in Word if word is not Word.LIST and f"/grcpush {word.value}" not in explained]

    assert missing == []
