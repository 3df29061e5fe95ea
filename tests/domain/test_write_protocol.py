import datetime as dt
from dataclasses import replace

from hypothesis import assume, given
from hypothesis import strategies as st

from core.domain.outcome import SUCCESSES, Outcome
from core.domain.statement import RemoteVersion, Stamp
from core.domain.write_protocol import Approved, Trace, decide, judge_answer, judge_unknown
from core.text.content import TextKind, fingerprint

NOON = dt.datetime(2026, 11, 1, 12, tzinfo=dt.UTC)
US = "grcpush.svc"
WORDS = ["", "Accounts", "Accounts are reviewed", "Accounts are reviewed every month", "The list", "The list is kept"]
TEXTS = st.lists(st.sampled_from(WORDS), max_size=3).map(
    lambda parts: "".join(f"<p>{part}</p>" for part in parts if part)
)
STAMPS = st.builds(
    Stamp,
    st.integers(0, 4),
    st.one_of(st.none(), st.integers(0, 3).map(lambda seconds: NOON + dt.timedelta(seconds=seconds))),
    st.sampled_from(["", "jane.roe", US, US.upper()]),
    st.sampled_from([None, NOON - dt.timedelta(days=1), NOON]),
)
VERSIONS = st.builds(RemoteVersion, st.just("a" * 32), TEXTS, STAMPS, is_writable=st.booleans())
USERS = st.sampled_from([None, US])


def mark(text):
    return fingerprint(text, TextKind.HTML)


@st.composite
def approvals(draw):
    text, replaced = draw(TEXTS), draw(TEXTS)
    return Approved(
        "a" * 32, TextKind.HTML, text, mark(replaced), draw(STAMPS), draw(st.one_of(st.none(), st.integers(1, 60)))
    )


@given(approvals(), st.one_of(st.none(), VERSIONS))
def test_a_write_is_only_sent_over_the_text_that_was_agreed_to_be_replaced(approved, now):
    verdict = decide(approved, now)

    if verdict is None:
        assert mark(now.text) == approved.remote != mark(approved.text)
        assert now.is_writable
        assert now.stamp.mod_count >= approved.stamp.mod_count
    else:
        assert verdict.outcome not in SUCCESSES - {Outcome.ALREADY_THERE}


@given(TEXTS, VERSIONS, st.integers(0, 9))
def test_counters_and_stamps_alone_never_forbid_a_write(text, now, steps):
    now = replace(now, is_writable=True)
    assume(mark(text) != mark(now.text))
    stamp = replace(now.stamp, mod_count=max(0, now.stamp.mod_count - steps), updated_by="somebody", updated_on=NOON)

    assert decide(Approved("a" * 32, TextKind.HTML, text, mark(now.text), stamp), now) is None


@given(approvals(), VERSIONS, VERSIONS, USERS)
def test_a_success_means_that_our_text_is_stored_or_is_said_to_be_altered(approved, before, after, user):
    outcome = judge_answer(approved, before, after, service_user=user).outcome

    if outcome in SUCCESSES:
        assert mark(after.text) == mark(approved.text) or outcome is Outcome.PUSHED_ALTERED
    if outcome is Outcome.PUSHED_ALTERED:
        assert mark(after.text) not in (mark(before.text), mark(approved.text))
        assert after.text.strip()


@given(approvals(), VERSIONS, VERSIONS)
def test_a_version_under_another_login_with_another_text_is_never_taken_for_ours(approved, before, after):
    after = replace(after, stamp=replace(after.stamp, updated_by="jane.roe"))
    assume(mark(after.text) != mark(approved.text) and not approved.text.startswith(after.text))

    assert judge_answer(approved, before, after, service_user=US).outcome not in SUCCESSES | {Outcome.TRUNCATED}


@given(approvals(), VERSIONS, VERSIONS, USERS)
def test_somebody_else_around_our_write_is_always_suspected(approved, before, after, user):
    verdict = judge_answer(approved, before, after, service_user=user)
    steps = after.stamp.mod_count - before.stamp.mod_count

    if verdict.outcome is Outcome.PUSHED and steps != 1:
        assert verdict.detail


@given(approvals(), VERSIONS, st.one_of(st.none(), VERSIONS))
def test_only_an_untouched_record_lets_a_write_be_sent_again(approved, before, now):
    trace = judge_unknown(approved, before, now)

    if trace is Trace.UNTOUCHED:
        assert mark(now.text) == mark(before.text) != mark(approved.text)
        assert now.stamp.is_same_version(before.stamp)
    if trace is Trace.LANDED:
        assert mark(now.text) == mark(approved.text)
    if now is not None and mark(now.text) not in (mark(before.text), mark(approved.text)):
        assert trace is Trace.OTHER_TEXT


@given(approvals(), VERSIONS, st.integers(1, 30))
def test_a_beginning_of_our_text_is_told_as_cut_off(approved, before, length):
    cut = approved.text[:length]
    after = RemoteVersion("a" * 32, cut, Stamp(before.stamp.mod_count + 1, NOON, US, before.stamp.created_on))
    assume(mark(cut) not in (mark(approved.text), mark(before.text)))

    assert judge_answer(approved, before, after, service_user=US).outcome is Outcome.TRUNCATED
