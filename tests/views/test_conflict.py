import pytest

from bot.actions import ButtonValue
from bot.views.conflicts.conflict import Shown, conflict_message
from core.domain.conflict import Choice, ConflictKind
from core.models.requests import LeftOut
from tests.payload_lint import lint
from tests.views import examples as ex
from tests.views.reading import buttons_of, labels_of, value_of, words_of
from tests.views.scenes import LONG, REPLACED, payload

REQUEST = ex.an_id(60)


def drawn(card):
    return conflict_message(card, ex.record_url(card.sn_sys_id), Shown(REQUEST))


def test_an_open_conflict_shows_both_versions_and_what_a_push_would_change():
    words = words_of(drawn(ex.a_conflict()))

    assert "In ServiceNow now (+3 / -3 words)" in words
    assert "Local version (+5 / -1 words)" in words
    assert "A push of the local version would change (+8 / -4 words)" in words
    assert "removed: identity portal added: service desk" in words


def test_who_changed_what_and_when_is_said():
    words = words_of(drawn(ex.a_conflict()))

    assert "changed in ServiceNow by jane.doe, <!date^" in words
    assert "edited here by <@U0EDITOR>, <!date^" in words


def test_the_fallback_text_tells_the_story_and_the_choice():
    text = drawn(ex.a_conflict()).text

    assert "jane.doe changed the text in ServiceNow" in text
    assert "Erin Editor edited it here" in text
    assert "Keep local, keep ServiceNow, write a merge, or leave it out" in text


def test_the_choices_name_the_conflict_as_it_was_shown():
    card = ex.a_conflict()

    assert labels_of(drawn(card)) == ["Keep local", "Keep ServiceNow", "Write a merge", "Leave out", "Open record"]
    for label in ("Keep local", "Keep ServiceNow"):
        assert value_of(drawn(card), label) == ButtonValue(card.id, card.revision, other=REQUEST)
    left_out = value_of(drawn(card), "Leave out")
    assert (left_out.id, left_out.other) == (REQUEST, card.statement_id)
    assert buttons_of(drawn(card))["Open record"]["url"] == ex.record_url(card.sn_sys_id)


def test_leaving_out_is_offered_only_while_the_request_lets_statements_go():
    card = ex.a_conflict()
    shown = conflict_message(card, ex.record_url(card.sn_sys_id), Shown(REQUEST, may_leave_out=False))

    assert "Leave out" not in labels_of(shown)
    assert shown.text.endswith("Keep local, keep ServiceNow, or write a merge.")


def test_both_edits_can_be_kept_only_where_they_do_not_clash_and_exactly_as_they_are_then():
    card = ex.a_conflict(merge_digest="d" * 64)

    assert "Keep both" not in labels_of(drawn(ex.a_conflict()))
    assert labels_of(drawn(card))[2:4] == ["Keep both", "Write a merge"]
    assert value_of(drawn(card), "Keep both") == ButtonValue(card.id, card.revision, "d" * 64, other=REQUEST)
    assert "keep both" in drawn(card).text


def test_keeping_local_says_whose_text_it_replaces():
    question = buttons_of(drawn(ex.a_conflict()))["Keep local"]["confirm"]["text"]["text"]

    assert question.startswith("This replaces jane.doe's text of 23 Nov 2026, 09:00 UTC in ServiceNow")


@pytest.mark.parametrize(
    ("choice", "said"),
    [(Choice.KEEP_LOCAL, "Kept local"), (Choice.KEEP_REMOTE, "Kept ServiceNow"), (Choice.MERGED, "Merged")],
)
def test_a_choice_is_one_line_with_its_name_person_and_undo(choice, said):
    card = ex.a_settled_conflict(choice)

    message = drawn(card)

    assert len(message.blocks) == 2
    assert f"{said} - by @U0EDITOR, 23 Nov 2026, 12:00 UTC" in words_of(message)
    assert f"{said} - by Erin Editor, 23 Nov 2026, 12:00 UTC" in message.text
    assert labels_of(message) == ["Undo"]
    assert value_of(message, "Undo") == ButtonValue(card.id, card.revision)


def test_a_choice_that_cannot_be_undone_any_more_has_no_undo():
    assert labels_of(drawn(ex.a_settled_conflict(Choice.KEEP_LOCAL, may_be_undone=False))) == []


def test_an_overwritten_text_can_be_restored_or_given_up_knowingly():
    card = ex.a_conflict(kind=ConflictKind.OVERWROTE)

    message = drawn(card)

    assert labels_of(message) == ["Keep ours", "Restore theirs", "Open record"]
    assert "Their text, kept here only" in words_of(message)
    assert "Ours went over theirs." in words_of(message)
    assert "ours went over theirs" in message.text
    assert "stays out of ServiceNow" in buttons_of(message)["Keep ours"]["confirm"]["text"]["text"]
    assert value_of(message, "Restore theirs") == ButtonValue(card.id, card.revision, other=REQUEST)


def test_a_restored_text_is_said_to_wait_for_a_push():
    card = ex.a_settled_conflict(Choice.KEEP_REMOTE, kind=ConflictKind.OVERWROTE)

    assert "Restored theirs - by @U0EDITOR" in words_of(drawn(card))
    assert "a local edit now, to be pushed" in drawn(card).text


def test_a_conflict_that_went_away_by_itself_says_so():
    assert "both sides agree" in words_of(drawn(ex.a_conflict(is_open=False)))


@pytest.mark.pitfall("P14", "P19", "U3")
def test_a_long_conflict_stays_within_the_budget_and_says_where_the_rest_is():
    there = LONG.replace("filed", "signed")
    card = ex.a_conflict(
        to_local=ex.a_change(there, REPLACED),
        remote_change=ex.a_change(LONG, there),
        local_change=ex.a_change(LONG, REPLACED),
    )

    message = drawn(card)

    lint(payload(message))
    assert words_of(message).count("“Review” on the request's card shows all of it.") == 3


@pytest.mark.parametrize("choice", [None, Choice.KEEP_LOCAL])
def test_what_was_left_out_is_told_as_that_also_when_its_conflict_was_settled_elsewhere(choice):
    card = ex.a_conflict() if choice is None else ex.a_conflict(is_open=False, choice=choice, may_be_undone=True)
    left_out = LeftOut(ex.REQUESTER, ex.NOON, may_be_undone=choice is None)

    shown = conflict_message(card, ex.record_url(card.sn_sys_id), Shown(REQUEST, left_out=left_out, may_put_back=True))

    assert "Left out of this push" in words_of(shown)
    assert ("stays open" in words_of(shown)) == (choice is None)
    assert labels_of(shown) == (["Undo"] if choice is None else [])
