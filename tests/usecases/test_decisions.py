"""M3, M4, M5: four eyes, a quorum of people who may still approve, and objections that block until they are taken back."""

import datetime as dt
from dataclasses import replace

import pytest

from core.config import RoleGrant
from core.domain.actor import Actor, Grant, Role
from core.domain.push import RequestState
from core.engine.durable import Engine
from core.errors import NotAllowed, Refused, StaleCard
from core.models.requests import RequestCard
from core.usecases.approvals.cases import why_not_start
from core.usecases.approvals.clock import expire_requests, nudge_approvers, remind_approvers
from core.usecases.approvals.deciding import approve_push, ask_for_changes, decline_push, start_push, withdraw_decline
from core.usecases.people.actors import configured_grants
from core.usecases.requests.cards import request_card
from core.usecases.statements.edits import save_edit
from core.wiring import Core
from sandbox.data import Sample
from sandbox.servicenow import ServiceNow
from tests.cast import Cast, a_request, until_ended, with_settings
from tests.clocks import StoppedClock

COMMENT = "AC-2 names the old desk."
MORNING = dt.datetime(2026, 7, 6, 9, 0, tzinfo=dt.UTC)


@pytest.fixture
def two(core: Core) -> Core:
    """The collaborators, where two approvals are needed."""
    return with_settings(core, approvals_required=2)


async def approve(core: Core, actor: Actor, card: RequestCard, **more: object) -> RequestCard:
    return await approve_push(core, actor, card.id, shown_digest=card.content_digest, **more)  # type: ignore[arg-type]


@pytest.mark.pitfall("M4")
async def test_m4_a_decline_blocks_until_who_declined_withdraws_it(two: Core, cast: Cast, sample: Sample) -> None:
    card = await a_request(two, cast, sample)
    await approve(two, cast.approver, card)
    declined = await decline_push(two, cast.second, card.id, shown_digest=card.content_digest, comment=COMMENT)
    assert declined.state is RequestState.DECLINED

    with pytest.raises(StaleCard):
        await approve(two, cast.admin, card)
    with pytest.raises(NotAllowed) as refusal:
        await withdraw_decline(two, cast.approver, card.id, shown_digest=card.content_digest)
    assert refusal.value.gate == "decliner_only"

    back = await withdraw_decline(two, cast.second, card.id, shown_digest=card.content_digest)
    assert back.state is RequestState.WAITING
    assert [one.person.name for one in back.decisions] == ["Approver"]
    pushing = await approve(two, cast.second, card)
    assert pushing.state is RequestState.PUSHING


async def test_a_decline_is_not_withdrawn_once_a_text_moved_on(two: Core, cast: Cast, sample: Sample) -> None:
    card = await a_request(two, cast, sample)
    await decline_push(two, cast.second, card.id, shown_digest=card.content_digest, comment=COMMENT)
    await save_edit(two, cast.editor, card.lines[0].statement_id, "<p>Mended.</p>", source="test")

    with pytest.raises(StaleCard, match="changed after the decline"):
        await withdraw_decline(two, cast.second, card.id, shown_digest=card.content_digest)


async def test_a_withdrawn_decline_leads_to_a_whole_push(
    core: Core, cast: Cast, sample: Sample, engine: Engine, servicenow: ServiceNow
) -> None:
    card = await a_request(core, cast, sample)
    await decline_push(core, cast.approver, card.id, shown_digest=card.content_digest, comment=COMMENT)
    await withdraw_decline(core, cast.approver, card.id, shown_digest=card.content_digest)
    await approve(core, cast.approver, card)

    assert (await until_ended(core, card.id)).state is RequestState.DONE
    assert len(servicenow.writes()) == 2


async def test_changes_asked_for_hold_the_push_until_the_same_person_approves(
    two: Core, cast: Cast, sample: Sample
) -> None:
    card = await a_request(two, cast, sample)
    with pytest.raises(Refused, match="needs a comment"):
        await ask_for_changes(two, cast.second, card.id, shown_digest=card.content_digest, comment=" ")
    await ask_for_changes(two, cast.second, card.id, shown_digest=card.content_digest, comment=COMMENT)
    held = await approve(two, cast.approver, card)

    assert held.state is RequestState.WAITING
    assert [one.comment for one in held.objections] == [COMMENT]
    assert not held.is_approved
    with pytest.raises(NotAllowed) as refusal:
        await start_push(two, cast.requester, card.id, shown_digest=card.content_digest)
    assert refusal.value.gate == "objection"
    assert (await approve(two, cast.second, card)).state is RequestState.PUSHING


async def test_who_approved_may_still_decline(two: Core, cast: Cast, sample: Sample) -> None:
    card = await a_request(two, cast, sample)
    await approve(two, cast.approver, card)

    declined = await decline_push(two, cast.approver, card.id, shown_digest=card.content_digest, comment=COMMENT)

    assert declined.state is RequestState.DECLINED
    assert declined.approvals == ()


async def test_approving_only_leaves_the_start_to_somebody_who_says_so(core: Core, cast: Cast, sample: Sample) -> None:
    card = await a_request(core, cast, sample)
    with pytest.raises(NotAllowed) as early:
        await start_push(core, cast.requester, card.id, shown_digest=card.content_digest)
    assert early.value.gate == "quorum"
    approved = await approve(core, cast.approver, card, starts_push=False)
    assert approved.state is RequestState.WAITING
    assert approved.is_approved
    with pytest.raises(NotAllowed):
        await start_push(core, cast.editor, card.id, shown_digest=card.content_digest)
    with pytest.raises(StaleCard):
        await start_push(core, cast.requester, card.id, shown_digest="0" * 64)

    started = await start_push(core, cast.requester, card.id, shown_digest=card.content_digest)
    with pytest.raises(StaleCard) as late:
        await approve(core, cast.admin, card)
    assert late.value.next_step == "The card shows its present state and how it goes on."

    assert started.state is RequestState.PUSHING


@pytest.mark.pitfall("M5")
async def test_m5_an_approval_of_somebody_who_lost_the_role_does_not_count(
    two: Core, cast: Cast, sample: Sample
) -> None:
    card = await a_request(two, cast, sample)
    await approve(two, cast.approver, card)

    async def roles_now(slack_id: str) -> tuple[Grant, ...]:
        return () if slack_id == "U0APPROVE" else (Grant(Role.APPROVER),)

    live = replace(two, rights=replace(two.rights, of=roles_now))
    after = await approve(live, cast.second, card)

    assert after.state is RequestState.WAITING
    assert [one.person.name for one in after.approvals] == ["Second"]


@pytest.mark.pitfall("M5")
async def test_m5_a_push_whose_approver_lost_the_role_before_it_starts_writes_nothing(
    core: Core, cast: Cast, sample: Sample, engine: Engine, servicenow: ServiceNow
) -> None:
    card = await a_request(core, cast, sample)
    roles: list[Grant] = []

    async def roles_now(_slack_id: str) -> tuple[Grant, ...]:
        return tuple(roles)

    core.rights.of = roles_now
    await approve(core, cast.approver, card)
    ended = await until_ended(core, card.id)

    assert ended.state is RequestState.FAILED
    assert "may not approve any more" in ended.jobs[0].failure
    assert servicenow.writes() == []


async def test_a_late_click_on_start_takes_nothing_from_the_approvals_of_a_push_that_is_over(
    core: Core, cast: Cast, sample: Sample, engine: Engine
) -> None:
    card = await a_request(core, cast, sample)
    await approve(core, cast.approver, card)
    await until_ended(core, card.id)

    async def nobody(_slack_id: str) -> tuple[Grant, ...]:
        return ()

    live = replace(core, rights=replace(core.rights, of=nobody))
    with pytest.raises(StaleCard):
        await start_push(live, cast.requester, card.id, shown_digest=card.content_digest)

    assert [one.person.name for one in (await request_card(core, card.id)).approvals] == ["Approver"]


@pytest.mark.parametrize(("systems", "may"), [(("Payroll*",), True), (("Citizen*",), False)])
async def test_roles_are_limited_to_systems_by_glob(
    core: Core, cast: Cast, sample: Sample, systems: tuple[str, ...], may: bool
) -> None:
    limited = with_settings(core, roles=(RoleGrant(role="approver", people=("ada@example.com",), systems=systems),))
    card = await a_request(core, cast, sample, 1)
    assert card.lines[0].system_name == "Payroll Cloud"
    ada = replace(cast.approver, grants=configured_grants(limited, {"ADA@example.com"}))

    if may:
        assert (await approve(core, ada, card)).state is RequestState.PUSHING
    else:
        with pytest.raises(NotAllowed) as refusal:
            await approve(core, ada, card)
        assert refusal.value.gate == "role:approver"
        assert "Payroll Cloud" in refusal.value.sentence


async def test_where_no_approval_is_needed_the_push_begins_at_once(core: Core, cast: Cast, sample: Sample) -> None:
    card = await a_request(with_settings(core, approvals_required=0), cast, sample)

    assert card.state is RequestState.PUSHING


async def test_approvers_are_reminded_at_half_time_and_in_the_last_hour_and_then_it_expires(
    core: Core, cast: Cast, sample: Sample
) -> None:
    clock = StoppedClock(MORNING)
    timed = replace(with_settings(core, approval_expires_hours=8), clock=clock)
    card = await a_request(timed, cast, sample)

    reminders = []
    for hours in (1.0, 3.9, 4.0, 5.0, 7.0, 7.5):
        clock.at = MORNING + dt.timedelta(hours=hours)
        await nudge_approvers(timed)
        reminders.append((await request_card(timed, card.id)).reminders)
    assert reminders == [0, 0, 1, 1, 2, 2]

    clock.at = MORNING + dt.timedelta(hours=8)
    assert await expire_requests(timed) == [card.id]
    with pytest.raises(StaleCard) as late:
        await approve(timed, cast.approver, card)
    assert "“Ask again”" in late.value.next_step


async def test_nobody_is_nudged_in_the_night(core: Core, cast: Cast, sample: Sample) -> None:
    clock = StoppedClock(MORNING)
    timed = replace(core, clock=clock)
    await a_request(timed, cast, sample)

    clock.at = MORNING + dt.timedelta(hours=13)
    assert await nudge_approvers(timed) == []
    clock.at = MORNING + dt.timedelta(hours=23.5)
    assert len(await nudge_approvers(timed)) == 1


async def test_the_requester_reminds_at_most_every_four_hours(core: Core, cast: Cast, sample: Sample) -> None:
    clock = StoppedClock(MORNING)
    timed = replace(core, clock=clock)
    card = await a_request(timed, cast, sample)
    with pytest.raises(NotAllowed) as refusal:
        await remind_approvers(timed, cast.approver, card.id)
    assert refusal.value.gate == "requester_only"
    await remind_approvers(timed, cast.requester, card.id)

    clock.at = MORNING + dt.timedelta(hours=1, minutes=30)
    with pytest.raises(NotAllowed, match="less than four hours") as soon:
        await remind_approvers(timed, cast.requester, card.id)
    assert "2 h 31 min" in soon.value.next_step

    clock.at = MORNING + dt.timedelta(hours=4)
    assert (await remind_approvers(timed, cast.requester, card.id)).reminders == 2


async def test_an_approval_that_expired_before_the_push_began_writes_nothing(
    core: Core, cast: Cast, sample: Sample, servicenow: ServiceNow
) -> None:
    clock = StoppedClock(MORNING)
    timed = replace(core, clock=clock)
    card = await a_request(timed, cast, sample)
    await approve(timed, cast.approver, card)
    assert await why_not_start(timed, card.jobs[0].id) == ""

    clock.at = MORNING + dt.timedelta(hours=25)

    assert "expired before the push began" in await why_not_start(timed, card.jobs[0].id)


@pytest.mark.pitfall("U4")
async def test_every_refusal_about_a_decision_names_its_gate_and_the_way_out(
    core: Core, cast: Cast, sample: Sample
) -> None:
    card = await a_request(core, cast, sample)
    refusals = {}
    for name in ("requester", "editor", "admin", "stranger"):
        with pytest.raises(NotAllowed) as refusal:
            await approve(core, getattr(cast, name), card)
        refusals[name] = refusal.value
    await ask_for_changes(core, cast.approver, card.id, shown_digest=card.content_digest, comment=COMMENT)
    with pytest.raises(NotAllowed) as again:
        await ask_for_changes(core, cast.approver, card.id, shown_digest=card.content_digest, comment=COMMENT)
    refusals["again"] = again.value

    assert all(refusal.gate and refusal.sentence and refusal.next_step for refusal in refusals.values())
    assert refusals["again"].gate == "already_decided"
