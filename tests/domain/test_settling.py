import random
from dataclasses import replace

from hypothesis import assume, given
from hypothesis import strategies as st

from core.domain.crossing import lost_texts
from core.domain.outcome import SUCCESSES, WRITTEN, Level, Outcome
from core.domain.settling import settle, settle_late
from core.domain.statement import RemoteVersion, Stamp
from core.domain.write_protocol import judge_answer
from tests.domain.crossings import BASE, SENT, TEXTS, US, History, Saved, histories

UNANSWERED = st.sampled_from([Outcome.IN_DOUBT, Outcome.OVERTAKEN, Outcome.REFUSED, Outcome.NOT_WRITTEN])


def answered(history, **how):
    """The evidence, and what the answer to our write amounted to."""
    evidence = history.evidence(**how)
    verdict = judge_answer(evidence.approved, evidence.before, evidence.stored, service_user=US)
    return evidence, verdict.outcome


def was_lost(history):
    """Whether our write replaced somebody's text that nobody entered again."""
    return history.replaced in TEXTS and history.replaced not in [save.text for save in history.later]


@given(histories(), st.booleans())
def test_a_text_that_our_write_replaced_unseen_is_told_with_its_words(history, shows_ours):
    if not shows_ours:
        history = replace(history, later=[save for save in history.later if save.text is None])
    evidence, outcome = answered(history, shows_ours=shows_ours)
    assume(was_lost(history))

    word = settle(evidence, outcome)

    assert word.outcome is Outcome.OVERWROTE
    assert history.replaced in [lost.text for lost in word.lost]


@given(histories())
def test_whoever_saved_last_before_us_is_named(history):
    evidence, outcome = answered(history)
    assume(was_lost(history))
    authors = [save.user for save in history.earlier if save.text == history.replaced]

    lost = {text.text: text.author for text in settle(evidence, outcome).lost}

    assert lost[history.replaced] in authors


@given(histories(), st.randoms(use_true_random=False))
def test_the_order_of_the_audits_rows_makes_no_difference(history, chance: random.Random):
    evidence, outcome = answered(history)
    shuffled = list(evidence.changes)
    chance.shuffle(shuffled)

    assert settle(replace(evidence, changes=shuffled), outcome) == settle(evidence, outcome)
    assert settle_late(replace(evidence, changes=shuffled), outcome) == settle_late(evidence, outcome)


@given(histories())
def test_when_nobody_was_before_us_nobody_is_said_to_be_overwritten(history):
    quiet = [replace(save, gap=save.gap + 1) for save in history.earlier if save.text is None]
    history = replace(history, earlier=quiet, later=[replace(save, gap=save.gap + 1) for save in history.later])
    evidence, outcome = answered(history)

    assert settle(evidence, outcome).outcome not in (Outcome.OVERWROTE, Outcome.POSSIBLY_OVERWROTE)


@given(histories(), st.booleans())
def test_a_success_is_only_claimed_while_our_text_is_there(history, has_audit):
    evidence, outcome = answered(history, has_audit=has_audit)

    word = settle(evidence, outcome)

    if word.outcome in SUCCESSES:
        assert evidence.now.text == SENT
    if evidence.now.text != SENT:
        assert word.outcome in (Outcome.OVERWRITTEN_AFTER, Outcome.OVERWROTE)


@given(histories(), st.booleans(), st.booleans())
def test_the_audit_is_only_named_as_proof_when_it_shows_a_change_of_ours(history, shows_ours, has_audit):
    evidence, outcome = answered(history, shows_ours=shows_ours, has_audit=has_audit)

    word = settle(evidence, outcome)

    if word.level is Level.VERIFIED_BY_AUDIT and word.outcome is not Outcome.ALREADY_THERE:
        assert [change for change in evidence.changes if change.user == US]


@given(histories())
def test_without_an_audit_a_counter_that_moved_too_far_is_never_taken_for_clean(history):
    evidence, outcome = answered(history, has_audit=False)
    steps = evidence.stored.stamp.mod_count - evidence.before.stamp.mod_count
    assume(steps != 1 and evidence.now.text == SENT)

    assert settle(evidence, outcome).outcome is Outcome.POSSIBLY_OVERWROTE


@given(histories())
def test_saves_that_the_audit_explains_are_no_reason_for_doubt(history):
    history = replace(
        history, earlier=[save for save in history.earlier if save.text is None], later=[], tells_count=True
    )
    evidence, outcome = answered(history)

    assert settle(evidence, outcome).outcome is Outcome.PUSHED
    if history.earlier:
        assert settle(replace(evidence, saves=()), outcome).outcome is Outcome.POSSIBLY_OVERWROTE


@given(histories(), UNANSWERED)
def test_a_write_without_an_answer_that_the_audit_shows_is_never_said_not_to_have_happened(history, outcome):
    evidence = replace(history.evidence(), stored=None)
    assume(history.is_ours_stored)

    assert settle(evidence, outcome).outcome in WRITTEN


@given(histories(), UNANSWERED)
def test_a_write_that_neither_record_nor_audit_shows_is_never_called_a_success(history, outcome):
    evidence = replace(history.evidence(shows_ours=False), stored=None)
    assume(evidence.now.text != SENT)

    assert settle(evidence, outcome).outcome is outcome
    assert settle_late(evidence, outcome).outcome not in WRITTEN


@given(st.sampled_from(TEXTS), st.booleans(), st.booleans())
def test_a_second_arrival_of_our_write_over_somebodys_text_is_told_late(text, tells_count, has_audit):
    history = History([], [Saved("jane.roe", text, 1), Saved(US, SENT, 1)], 1, tells_count, True)
    evidence, outcome = answered(history, has_audit=has_audit)

    word = settle_late(evidence, outcome)

    assert word.outcome is (Outcome.OVERWROTE if has_audit else Outcome.POSSIBLY_OVERWROTE)
    assert [lost.text for lost in word.lost] == ([text] if has_audit else [])


def test_somebody_who_saved_after_us_and_is_still_there_lost_nothing_late():
    history = History([], [Saved("jane.roe", TEXTS[0], 1)], 1, True, True)
    evidence, outcome = answered(history)

    assert settle_late(evidence, outcome).outcome is outcome


def test_a_change_that_crossed_the_save_we_looked_at_is_found_under_the_same_count():
    history = History([Saved("bob", TEXTS[1], 1)], [], 1, True, False)
    evidence, outcome = answered(history)
    crossed = [replace(change, count=change.count - 1) for change in evidence.changes]

    assert [lost.text for lost in lost_texts(replace(evidence, changes=crossed[:1] + list(evidence.changes[1:])))] == [
        TEXTS[1]
    ]
    assert settle(replace(evidence, changes=crossed[:1] + list(evidence.changes[1:])), outcome).lost


def test_our_login_is_the_same_in_any_letter_case():
    history = History([], [], 1, True, True)
    evidence, outcome = answered(history)

    assert settle(replace(evidence, service_user=US.upper()), outcome).outcome is Outcome.PUSHED
    assert settle(replace(evidence, service_user=US.upper()), outcome).level is Level.VERIFIED_BY_AUDIT


def test_a_record_made_anew_under_our_write_is_told_with_what_it_held():
    history = History([], [], 1, True, True)
    evidence = history.evidence()
    fresh = RemoteVersion(
        "a" * 32, SENT, Stamp(1, evidence.stored.stamp.updated_on, US, evidence.stored.stamp.updated_on)
    )
    change = replace(evidence.changes[0], old_text=TEXTS[0], count=1)
    remade = replace(evidence, stored=fresh, now=fresh, changes=[change])
    verdict = judge_answer(remade.approved, remade.before, fresh, service_user=US)

    assert verdict.outcome is Outcome.RECREATED
    assert settle(remade, verdict.outcome).lost[0].text == TEXTS[0]
    assert (
        settle(replace(remade, changes=[replace(change, old_text=BASE)]), verdict.outcome).outcome is Outcome.RECREATED
    )
