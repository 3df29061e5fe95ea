"""Lists of statements, in a message and in the modal, for no statement and for thousands."""

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from bot.views.parts.blocks import Message
from bot.views.people.home import home_tab, refused_tab
from bot.views.people.settings import settings_modal, tested_modal
from bot.views.requests.past import standing_message
from bot.views.statements.listing import list_message, nothing_message
from bot.views.statements.selecting import select_modal
from core.domain.push import STATE_WORDS, RequestState
from core.models.digests import DigestSettings, PersonalSettings
from core.models.home import HomeView, RequestGlance, TeamPolicy
from core.models.selections import Earlier, Narrowing, Overview
from tests.views import examples as ex

Payload = dict[str, Any]


def _listed(total: int, **changes: Any) -> Message:
    return list_message(ex.a_listed_selection(total, **changes), ex.card_url)


def _select(total: int, **changes: Any) -> Payload:
    return select_modal(ex.a_selection(total, **changes), ex.card_url)


_HELD = replace(
    ex.a_listed_selection(4, chosen=1, free=1).listing,
    lines=(ex.a_line(0), ex.a_held_line(1), ex.a_line(6), ex.a_line(3, sync_status="missing", owner=None)),
    conflicts=1,
)
_MANY_SYSTEMS = Overview(
    tuple((f"System number {n}", 40 - n) for n in range(23)), tuple(ex.a_line(n) for n in (19, 39, 59, 18, 38))
)


def _glance(number: int, state: RequestState, pushed: int = 0, **changes: Any) -> RequestGlance:
    place = {"channel": "C0GRC", "ts": "1764000000.000100"} | changes
    return RequestGlance(
        ex.an_id(80 + number), number, state, STATE_WORDS[state], ex.REQUESTER, 12, pushed, ex.NOON, **place
    )


def _nothing(last: RequestGlance | None, **changes: Any) -> Message:
    return nothing_message(ex.a_status(**changes), last, "slack://app?team=T0GRC&id=A0GRC&tab=home", ex.card_url)


RECENT = (
    _glance(38, RequestState.DONE, 12),
    _glance(37, RequestState.PARTLY, 9),
    _glance(36, RequestState.DECLINED),
    _glance(35, RequestState.CANCELLED, 5),
)
_HOME = HomeView(
    to_approve=(_glance(42, RequestState.WAITING), _glance(41, RequestState.WAITING, ts="")),
    to_settle=(_glance(40, RequestState.SETTLING),),
    mine=(*(ex.a_line(n) for n in range(9)), ex.a_held_line(9)),
    mine_total=37,
    mine_conflicts=5,
    running=(_glance(39, RequestState.PUSHING, 7),),
    recent=RECENT,
    earlier=Earlier(ex.an_id(51), 12, ex.NOON - dt.timedelta(hours=2)),
    status=ex.a_status(modified=137),
    roles=("editor",),
    checked_at=ex.NOON - dt.timedelta(minutes=3),
    is_in_reach=True,
)
_POLICY = TeamPolicy(
    host=ex.HOST,
    channel="C0GRC",
    approvals_required=2,
    expires_hours=24.0,
    in_chat=True,
    largest_request=1000,
    requests_per_hour=20,
    digest_hour=9,
    digest_days="mon-fri",
    is_read_only=False,
    roles=(("editor", "editor@example.com"), ("approver for Payroll*", "@grc-approvers, U0APPROVE")),
)

_MINE = PersonalSettings(DigestSettings(), 9, frozenset(range(5)), "Europe/Berlin")
_MY_OWN = PersonalSettings(
    DigestSettings(is_on=False, hour=16, days="mon,wed", min_age=4, tells_results=False),
    16,
    frozenset({0, 2}),
    "America/New_York",
    ex.NOON.date(),
)

LISTS: dict[str, Callable[[], Message | Payload]] = {
    "list-0-nothing-changed": lambda: _nothing(_glance(38, RequestState.DONE, 12)),
    "list-0-busy-and-paused": lambda: _nothing(
        _glance(42, RequestState.WAITING, ts=""), open_requests=2, is_paused=True
    ),
    "list-0-read-only": lambda: _nothing(None, is_paused=True, is_read_only=True),
    "list-0-of-those-named": lambda: _nothing(None, modified=5),
    "list-0-none-is-mine": lambda: _listed(0, mine_only=True),
    "list-0-narrowed": lambda: _listed(0, all_changed=137, narrowing=Narrowing(controls=("AC-7",))),
    "list-1-narrowed": lambda: _listed(1, chosen=1, all_changed=11, narrowing=Narrowing(controls=("AC-7",))),
    "list-1": lambda: _listed(1, chosen=1),
    "list-4": lambda: _listed(4),
    "list-4-one-held-one-conflict": lambda: _listed(4, chosen=1, free=1, listing=_HELD),
    "list-10": lambda: _listed(10, chosen=3),
    "list-10-resume-and-paused": lambda: _listed(
        10, earlier=Earlier(ex.an_id(51), 12, ex.NOON - dt.timedelta(hours=2)), is_paused=True
    ),
    "list-11": lambda: _listed(11),
    "list-137": lambda: _listed(137),
    "list-137-narrowed": lambda: _listed(
        137, all_changed=1000, narrowing=Narrowing(system="Payroll Cloud", family="AC", status="conflict")
    ),
    "list-137-mine": lambda: _listed(137, mine_only=True),
    "list-1000": lambda: _listed(1000),
    "list-1000-of-many-systems": lambda: _listed(1000, overview=_MANY_SYSTEMS),
    "list-5000": lambda: _listed(5000),
    "select-0": lambda: _select(0, mine_only=True),
    "select-0-none-matches": lambda: _select(0, chosen_total=12, narrowing=Narrowing(family="PE", text="nobody")),
    "select-1": lambda: _select(1),
    "select-10": lambda: _select(10, chosen=3),
    "select-11": lambda: _select(11, chosen=2),
    "select-137-page-2": lambda: _select(137, page=1, chosen=42),
    "select-137-narrowed": lambda: _select(
        137,
        narrowing=Narrowing(
            system="Payroll Cloud", owner=ex.EDITOR, family="AC", text="accounts", status="modified", controls=("AC-2",)
        ),
    ),
    "select-1000-last-page": lambda: _select(1000, page=33, chosen=997),
    "select-5000": lambda: _select(5000, is_paused=True),
    "select-held": lambda: _select(4, chosen=1, free=1, listing=_HELD),
    "standing": lambda: standing_message(ex.a_card(), ex.card_url("C0GRC", "1764000000.000100"), ex.record_url),
    "standing-not-drawn": lambda: standing_message(ex.a_card(), "", ex.record_url),
    "home": lambda: home_tab(_HOME, ex.card_url),
    "home-empty": lambda: home_tab(HomeView((), (), (), 0, 0, (), (), None, ex.a_status(), ()), ex.card_url),
    "home-paused": lambda: home_tab(replace(_HOME, status=ex.a_status(is_paused=True)), ex.card_url),
    "home-read-only": lambda: home_tab(
        replace(_HOME, status=ex.a_status(is_paused=True, is_read_only=True)), ex.card_url
    ),
    "home-out-of-reach": lambda: home_tab(replace(_HOME, is_in_reach=False), ex.card_url),
    "home-refused": lambda: refused_tab("Guests cannot use grcpush. Ask a member of this workspace."),
    "settings": lambda: settings_modal(_MINE, _POLICY, ["editor", "approver"]),
    "settings-of-my-own": lambda: settings_modal(_MY_OWN, _POLICY, ["editor"]),
    "settings-titles-only": lambda: settings_modal(_MINE, replace(_POLICY, titles_only=True), ["editor"]),
    "settings-no-approval": lambda: settings_modal(
        _MINE, replace(_POLICY, approvals_required=0, channel="", is_read_only=True, in_chat=False, roles=()), []
    ),
    "settings-tested": lambda: tested_modal("Sent to you as a direct message."),
}
