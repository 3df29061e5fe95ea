"""A statement follows its record to another control or system, and its control's new name, without losing its local edit."""

from dataclasses import replace

import pytest

from core.domain.actor import Grant, Role
from core.errors import NotAllowed
from core.store.statements import StatementFilter, get_many
from core.usecases.pulling.pull import pull
from core.usecases.requests.drafts import prepare_push
from core.usecases.statements.modified import list_modified_statements
from core.wiring import Core
from sandbox.data import Sample
from sandbox.servicenow import CONTROLS, STATEMENTS, SYSTEMS, ServiceNow, fixed_id
from tests.cast import Cast, make_local_edits


async def test_a_renamed_control_is_shown_and_found_by_its_new_name_after_a_full_pull(
    core: Core, cast: Cast, sample: Sample, servicenow: ServiceNow
) -> None:
    await make_local_edits(core, cast.editor, sample)
    line = (await list_modified_statements(core)).lines[0]
    servicenow.edit(
        CONTROLS, fixed_id("control", line.system_name, line.control_number), "name", "Watching the Watchers"
    )

    report = await pull(core, is_full=True)

    found = await list_modified_statements(core, StatementFilter(text="watching THE"))
    assert [(one.id, one.control_name, one.preview) for one in found.lines] == [
        (line.id, "Watching the Watchers", line.preview)
    ]
    assert (report.new, report.updated, report.conflicts) == (0, 0, 0)


async def test_a_record_that_moves_to_another_system_is_listed_and_guarded_there(
    core: Core, cast: Cast, sample: Sample, servicenow: ServiceNow
) -> None:
    await make_local_edits(core, cast.editor, sample)
    line = (await list_modified_statements(core)).lines[0]
    old = line.system_name
    servicenow.load(SYSTEMS, [{"sys_id": fixed_id("system", "Vault"), "name": "Vault", "description": ""}])
    servicenow.edit(CONTROLS, fixed_id("control", old, line.control_number), "system", fixed_id("system", "Vault"))

    await pull(core, is_full=True)
    moved = (await list_modified_statements(core, StatementFilter(system="vault"))).lines

    assert [(one.id, one.system_name, one.control_number) for one in moved] == [(line.id, "Vault", line.control_number)]
    async with core.db.reading() as tx:
        ((row, _, _),) = (await get_many(tx, [line.id])).values()
    assert row.local_content is not None
    with pytest.raises(NotAllowed):
        await prepare_push(core, replace(cast.requester, grants=(Grant(Role.REQUESTER, (old,)),)), [line.id])
    assert await prepare_push(core, replace(cast.requester, grants=(Grant(Role.REQUESTER, ("Vault",)),)), [line.id])


async def test_names_that_are_not_told_any_more_change_nothing(
    core: Core, cast: Cast, sample: Sample, servicenow: ServiceNow
) -> None:
    await make_local_edits(core, cast.editor, sample)
    before = [
        (one.system_name, one.control_number, one.control_name) for one in (await list_modified_statements(core)).lines
    ]
    for statement in sample.statements:
        servicenow.edit(STATEMENTS, statement.sys_id, "control", "")

    await pull(core, is_full=True)

    after = [
        (one.system_name, one.control_number, one.control_name) for one in (await list_modified_statements(core)).lines
    ]
    assert after == before
