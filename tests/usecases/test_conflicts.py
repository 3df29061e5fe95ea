import asyncio
import uuid

import pytest

from core.domain.conflict import Choice, Standing
from core.domain.push import RequestState
from core.errors import AlreadyResolved, NotAllowed, StaleCard
from core.models.requests import ConflictCard, RequestCard
from core.store.conflicts import find_open
from core.usecases.conflicts.settling import SeenConflict, resolve_conflict, undo_resolution
from core.usecases.requests.asking import request_push
from core.usecases.requests.cards import conflict_card, request_card
from core.usecases.requests.drafts import check_statements, prepare_push
from core.usecases.statements.edits import get_statement, save_edit
from core.wiring import Core
from sandbox.data import Sample
from sandbox.servicenow import STATEMENT_FIELD, STATEMENTS, ServiceNow
from tests.cast import Cast, list_edits, make_local_edits


async def a_request_with_conflicts(core: Core, cast: Cast, sample: Sample, servicenow: ServiceNow) -> RequestCard:
    ids = await make_local_edits(core, cast.editor, sample)
    sample.apply_remote_edits(servicenow)
    preview = await prepare_push(core, cast.requester, ids)
    return await request_push(core, cast.requester, preview.request_id)


def seen(card: ConflictCard) -> SeenConflict:
    return SeenConflict(card.id, card.revision)


async def test_a_change_in_servicenow_since_the_pull_is_a_conflict(
    core: Core, cast: Cast, sample: Sample, servicenow: ServiceNow
) -> None:
    card = await a_request_with_conflicts(core, cast, sample, servicenow)

    assert card.state is RequestState.SETTLING
    assert len(card.open_conflicts) == len(sample.remote_edits)
    assert all(conflict.remote_updated_by == "jane.roe" for conflict in card.open_conflicts)
    assert all(not conflict.to_local.is_empty for conflict in card.open_conflicts)


async def test_all_statements_are_checked_in_one_request(
    core: Core, cast: Cast, sample: Sample, servicenow: ServiceNow
) -> None:
    ids = await make_local_edits(core, cast.editor, sample)
    before = len(servicenow.requests)

    await check_statements(core, cast.requester, ids)

    assert len(servicenow.requests) - before == 1


async def test_keep_local_makes_the_shown_version_the_baseline_and_asks_no_second_time(
    core: Core, cast: Cast, sample: Sample, servicenow: ServiceNow
) -> None:
    conflict = (await a_request_with_conflicts(core, cast, sample, servicenow)).open_conflicts[0]
    local = (await get_statement(core, str(conflict.statement_id))).local

    await resolve_conflict(core, cast.requester, seen(conflict), Choice.KEEP_LOCAL)

    after = await get_statement(core, str(conflict.statement_id))
    assert after.local == local
    assert after.baseline == servicenow.get(STATEMENTS, conflict.sn_sys_id)[STATEMENT_FIELD]
    findings = await check_statements(core, cast.requester, [conflict.statement_id])
    assert [finding.standing for finding in findings] == [Standing.UNCHANGED]


async def test_when_servicenow_moves_again_the_conflict_opens_again(
    core: Core, cast: Cast, sample: Sample, servicenow: ServiceNow
) -> None:
    conflict = (await a_request_with_conflicts(core, cast, sample, servicenow)).open_conflicts[0]
    await resolve_conflict(core, cast.requester, seen(conflict), Choice.KEEP_LOCAL)

    servicenow.edit(STATEMENTS, conflict.sn_sys_id, STATEMENT_FIELD, "<p>Moved once more.</p>", by="jane.roe")
    findings = await check_statements(core, cast.requester, [conflict.statement_id])

    assert [finding.standing for finding in findings] == [Standing.CONFLICT]


async def test_keep_servicenow_takes_its_text_and_keeps_the_local_one_in_the_history(
    core: Core, cast: Cast, sample: Sample, servicenow: ServiceNow
) -> None:
    conflict = (await a_request_with_conflicts(core, cast, sample, servicenow)).open_conflicts[0]
    local = (await get_statement(core, str(conflict.statement_id))).local

    await resolve_conflict(core, cast.requester, seen(conflict), Choice.KEEP_REMOTE)

    after = await get_statement(core, str(conflict.statement_id))
    assert after.local is None
    assert after.baseline == servicenow.get(STATEMENTS, conflict.sn_sys_id)[STATEMENT_FIELD]
    assert local in [edit.content for edit in await list_edits(core, conflict.statement_id)]


async def test_of_two_people_the_second_learns_who_settled_it_and_how(
    core: Core, cast: Cast, sample: Sample, servicenow: ServiceNow
) -> None:
    conflict = (await a_request_with_conflicts(core, cast, sample, servicenow)).open_conflicts[0]

    outcomes = await asyncio.gather(
        resolve_conflict(core, cast.requester, seen(conflict), Choice.KEEP_LOCAL),
        resolve_conflict(core, cast.editor, seen(conflict), Choice.KEEP_REMOTE),
        return_exceptions=True,
    )

    refused = [outcome for outcome in outcomes if isinstance(outcome, AlreadyResolved)]
    assert len(refused) == 1
    settled = await conflict_card(core, conflict.id)
    assert settled.resolved_by is not None
    assert settled.resolved_by.name in refused[0].sentence


async def test_a_click_on_a_card_older_than_the_texts_is_refused(
    core: Core, cast: Cast, sample: Sample, servicenow: ServiceNow
) -> None:
    conflict = (await a_request_with_conflicts(core, cast, sample, servicenow)).open_conflicts[0]
    servicenow.edit(STATEMENTS, conflict.sn_sys_id, STATEMENT_FIELD, "<p>Another text again.</p>", by="jane.roe")
    await check_statements(core, cast.requester, [conflict.statement_id])

    with pytest.raises(StaleCard):
        await resolve_conflict(core, cast.requester, seen(conflict), Choice.KEEP_LOCAL)

    assert (await conflict_card(core, conflict.id)).is_open


async def test_a_person_with_no_part_in_it_may_not_settle(
    core: Core, cast: Cast, sample: Sample, servicenow: ServiceNow
) -> None:
    conflict = (await a_request_with_conflicts(core, cast, sample, servicenow)).open_conflicts[0]

    with pytest.raises(NotAllowed) as refusal:
        await resolve_conflict(core, cast.stranger, seen(conflict), Choice.KEEP_LOCAL)

    assert refusal.value.gate == "settle"
    assert refusal.value.next_step


@pytest.mark.parametrize("choice", [Choice.KEEP_LOCAL, Choice.KEEP_REMOTE])
async def test_a_choice_can_be_undone_with_all_three_texts_as_they_were(
    core: Core, cast: Cast, sample: Sample, servicenow: ServiceNow, choice: Choice
) -> None:
    request = await a_request_with_conflicts(core, cast, sample, servicenow)
    conflict = request.open_conflicts[0]
    before = await get_statement(core, str(conflict.statement_id))
    settled = await resolve_conflict(core, cast.requester, seen(conflict), choice)

    reopened = await undo_resolution(core, cast.requester, seen(settled))

    after = await get_statement(core, str(conflict.statement_id))
    assert (after.local, after.baseline, after.edited_by) == (before.local, before.baseline, before.edited_by)
    assert reopened.is_open
    assert (await request_card(core, request.id)).state is RequestState.SETTLING


async def test_after_an_edit_a_choice_can_no_longer_be_undone(
    core: Core, cast: Cast, sample: Sample, servicenow: ServiceNow
) -> None:
    conflict = (await a_request_with_conflicts(core, cast, sample, servicenow)).open_conflicts[0]
    settled = await resolve_conflict(core, cast.requester, seen(conflict), Choice.KEEP_REMOTE)
    await save_edit(core, cast.editor, conflict.statement_id, "<p>Something new.</p>", source="test")

    with pytest.raises(StaleCard):
        await undo_resolution(core, cast.requester, seen(settled))


async def test_the_last_choice_freezes_the_request_and_asks_for_approval(
    core: Core, cast: Cast, sample: Sample, servicenow: ServiceNow
) -> None:
    request = await a_request_with_conflicts(core, cast, sample, servicenow)

    for number, conflict in enumerate(request.open_conflicts):
        choice = Choice.KEEP_REMOTE if number == 0 else Choice.KEEP_LOCAL
        await resolve_conflict(core, cast.requester, seen(conflict), choice)

    card = await request_card(core, request.id)
    assert card.state is RequestState.WAITING
    assert card.content_digest
    assert sum(job.total for job in card.jobs) == len(sample.local_edits) - 1


async def newer_conflict(core: Core, cast: Cast, servicenow: ServiceNow, conflict: ConflictCard) -> SeenConflict:
    """ServiceNow moves again after the conflict was settled: that is a conflict of its own, in no request."""
    servicenow.edit(STATEMENTS, conflict.sn_sys_id, STATEMENT_FIELD, "<p>Moved once more.</p>", by="jane.roe")
    await check_statements(core, cast.requester, [conflict.statement_id])
    async with core.db.reading() as tx:
        found = await find_open(tx, conflict.statement_id)
    assert found is not None
    assert found.id != conflict.id
    return SeenConflict(found.id, found.revision)


@pytest.mark.parametrize(
    ("choice", "merged", "state"),
    [
        (Choice.MERGED, "<p>Both edits in one.</p>", RequestState.SUPERSEDED),
        (Choice.KEEP_REMOTE, None, RequestState.SUPERSEDED),
        (Choice.KEEP_LOCAL, None, RequestState.WAITING),
    ],
)
async def test_another_text_chosen_in_a_newer_conflict_supersedes_the_request_that_waits_for_approval(
    core: Core,
    cast: Cast,
    sample: Sample,
    servicenow: ServiceNow,
    choice: Choice,
    merged: str | None,
    state: RequestState,
) -> None:
    request = await a_request_with_conflicts(core, cast, sample, servicenow)
    for conflict in request.open_conflicts:
        await resolve_conflict(core, cast.requester, seen(conflict), Choice.KEEP_LOCAL)
    assert (await request_card(core, request.id)).state is RequestState.WAITING
    newer = await newer_conflict(core, cast, servicenow, request.open_conflicts[0])

    await resolve_conflict(core, cast.editor, newer, choice, merged_text=merged)

    card = await request_card(core, request.id)
    assert card.state is state
    assert ("Editor edited an included statement" in card.note) == (state is RequestState.SUPERSEDED)


async def test_a_merge_that_is_undone_supersedes_the_request_that_was_made_with_it(
    core: Core, cast: Cast, sample: Sample, servicenow: ServiceNow
) -> None:
    request = await a_request_with_conflicts(core, cast, sample, servicenow)
    for conflict in request.open_conflicts:
        await resolve_conflict(core, cast.requester, seen(conflict), Choice.KEEP_LOCAL)
    statement_id = request.open_conflicts[0].statement_id
    newer = await newer_conflict(core, cast, servicenow, request.open_conflicts[0])
    merged = await resolve_conflict(core, cast.editor, newer, Choice.MERGED, merged_text="<p>Both edits in one.</p>")
    preview = await prepare_push(core, cast.requester, [statement_id])
    again = await request_push(core, cast.requester, preview.request_id)

    await undo_resolution(core, cast.editor, seen(merged))

    assert (await request_card(core, again.id)).state is RequestState.SUPERSEDED


async def test_when_nothing_is_left_the_request_ends_and_is_no_success(
    core: Core, cast: Cast, sample: Sample, servicenow: ServiceNow
) -> None:
    await make_local_edits(core, cast.editor, sample)
    sample.apply_remote_edits(servicenow)
    ids: list[uuid.UUID] = [(await get_statement(core, edit.sys_id)).id for edit in sample.remote_edits[:1]]
    preview = await prepare_push(core, cast.requester, ids)
    request = await request_push(core, cast.requester, preview.request_id)

    await resolve_conflict(core, cast.requester, seen(request.open_conflicts[0]), Choice.KEEP_REMOTE)

    card = await request_card(core, request.id)
    assert card.state is RequestState.CANCELLED
    assert "Nothing is left" in card.note
