"""Whatever stands in ServiceNow, in names and in reasons: every drawing is one that Slack accepts."""

import datetime as dt
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.views.conflicts.conflict import Shown, conflict_message
from bot.views.people.digest import digest_message
from bot.views.requests.card import request_message
from bot.views.requests.preview import change_modal, preview_modal
from bot.views.requests.review import review_modal
from bot.views.statements.listing import list_message
from bot.views.statements.selecting import select_modal
from core.domain.approval import DecisionKind
from core.domain.conflict import Choice, ConflictKind
from core.domain.outcome import Outcome
from core.domain.push import Readiness, RequestState
from core.models.requests import ApprovalView, Holder, PersonView
from core.models.selections import Narrowing, Overview
from sandbox.slack.blockkit.whole import MESSAGE_BUDGET, check_message_blocks, check_view, text_weight
from tests.payload_lint import faults_of
from tests.views import examples as ex
from tests.views.scenes import payload

NASTY = "&<>|*_~`!@#:^{}\n\t\u202e\u200b\u0000\ud7ff👩🏽\u200d🚒é字שع"
WORDS = st.one_of(
    st.text(alphabet=st.characters(codec="utf-8"), max_size=40),
    st.text(alphabet=NASTY, max_size=60),
    st.text(max_size=30).map(lambda text: text * 40),
    st.sampled_from(["<!channel>", "@here all", "{0}", "", " ", "&" * 1_000, "<" * 3_000, "word " * 900, "字" * 3_000]),
)
MOMENTS = st.one_of(
    st.none(), st.integers(0, 7 * 10**9).map(lambda seconds: dt.datetime.fromtimestamp(seconds, dt.UTC))
)
PEOPLE = st.one_of(
    st.none(), st.builds(PersonView, st.just(ex.an_id(1)), WORDS, st.one_of(st.none(), st.just("U0EDITOR"), WORDS))
)
TEXTS = WORDS.map(lambda text: f"<p>{text.replace('<', '&lt;')}</p>")
NAMES = st.fixed_dictionaries({"control_number": WORDS, "control_name": WORDS, "system_name": WORDS})
CHANGES = st.builds(ex.a_change, TEXTS, TEXTS)
FEW = settings(max_examples=60)


def accepted(drawing):
    shown = payload(drawing)
    assert [fault for fault in faults_of(shown) if "without its signs" not in fault] == []
    if shown.get("type") == "modal":
        assert check_view(shown, "modal").lines == []
    else:
        assert check_message_blocks(shown["blocks"]).lines == []
        assert text_weight(shown["blocks"]) < MESSAGE_BUDGET


@st.composite
def some_lines(draw):
    number = draw(st.integers(1, 10))
    facts = st.fixed_dictionaries(
        {
            "owner": PEOPLE,
            "edited_at": MOMENTS,
            "preview": WORDS,
            "is_conflict": st.booleans(),
            "held_by": st.one_of(st.none(), st.integers(1, 10**9)),
            "holder": st.one_of(st.none(), st.builds(Holder, PEOPLE, st.just("C0GRC"), st.sampled_from(["", "1.2"]))),
            "sync_status": st.sampled_from(["modified", "missing"]),
        }
    )
    return tuple(ex.a_line(index, **draw(NAMES), **draw(facts)) for index in range(number))


@st.composite
def some_request_lines(draw, count=6):
    lines = []
    for number in range(draw(st.integers(0, count))):
        readiness = draw(st.sampled_from(Readiness))
        line = ex.a_request_line(number, readiness, **draw(NAMES), reason=draw(WORDS))
        if line.conflict is not None:
            line = replace(line, conflict=draw(conflicts()))
        lines.append(replace(line, change=draw(CHANGES)) if line.change is not None else line)
    return tuple(lines)


@st.composite
def conflicts(draw):
    facts = {
        "remote_updated_by": draw(WORDS),
        "remote_updated_on": draw(MOMENTS),
        "local_editor": draw(PEOPLE),
        "local_edited_at": draw(MOMENTS),
        "to_local": draw(CHANGES),
        "remote_change": draw(CHANGES),
        "local_change": draw(CHANGES),
        "is_open": draw(st.booleans()),
        "choice": draw(st.one_of(st.none(), st.sampled_from(Choice))),
        "resolved_by": draw(PEOPLE),
        "resolved_at": draw(MOMENTS),
        "may_be_undone": draw(st.booleans()),
        "kind": draw(st.sampled_from(ConflictKind)),
    }
    return ex.a_conflict(**draw(NAMES), **facts)


@st.composite
def cards(draw):
    person = draw(PEOPLE) or ex.REQUESTER
    results = [
        ex.a_result(number, draw(st.sampled_from(Outcome)), detail=draw(WORDS), control_number=draw(WORDS))
        for number in range(draw(st.integers(0, 12)))
    ]
    decisions = [
        ApprovalView(person, draw(st.sampled_from(DecisionKind)), draw(WORDS), ex.NOON)
        for _ in range(draw(st.integers(0, 7)))
    ]
    return ex.a_card(
        draw(st.sampled_from(RequestState)),
        requester=person,
        reason=draw(WORDS),
        note=draw(WORDS),
        lines=draw(some_request_lines()),
        decisions=tuple(decisions),
        jobs=(ex.a_job(len(results), *results, failure=draw(WORDS)),),
        in_chat=draw(st.booleans()),
        is_paused=draw(st.booleans()),
        waiting_until=draw(MOMENTS),
        seconds_left=draw(st.one_of(st.none(), st.floats(0, 10**6))),
    )


@given(some_lines(), st.booleans())
@FEW
def test_any_list_is_accepted(lines, mine_only):
    listing = replace(ex.a_selection(len(lines)).listing, lines=lines)
    selection = ex.a_selection(len(lines), chosen=3, mine_only=mine_only, listing=listing)
    overview = Overview(((lines[0].system_name, 7), *((f"System {n}", n) for n in range(30))), lines[:5])
    narrowing = Narrowing(lines[0].system_name, lines[0].owner, "AC", lines[0].preview[:100])

    accepted(list_message(selection, ex.card_url))
    selection = replace(selection, narrowing=narrowing)
    accepted(list_message(selection, ex.card_url))
    accepted(select_modal(selection, ex.card_url))
    long = replace(selection, listing=replace(listing, total=5_000), overview=overview)
    accepted(list_message(long, ex.card_url))
    accepted(digest_message(ex.a_digest(len(lines), lines=lines)))


@given(cards())
@FEW
def test_any_card_is_accepted(card):
    accepted(request_message(card, ex.record_url))
    accepted(review_modal(card))


@given(conflicts())
@FEW
def test_any_conflict_is_accepted(card):
    accepted(conflict_message(card, ex.record_url(card.sn_sys_id), Shown(ex.an_id(60))))


@given(some_request_lines())
@FEW
def test_any_preview_is_accepted(lines):
    accepted(preview_modal(ex.a_preview(*lines)))
    for line in lines[:1]:
        accepted(change_modal(line, ex.record_url(line.sn_sys_id)))
