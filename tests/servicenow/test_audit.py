import datetime as dt

import pytest

from core.clock import SystemClock
from core.errors import RemoteMalformed
from sandbox import servicenow as sandbox
from tests.servicenow.odd_server import answering, refused, result, row

ID = "a" * 32
LONG_AGO = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)


def _audit_row(**columns):
    return {
        "documentkey": ID,
        "fieldname": sandbox.STATEMENT_FIELD,
        "oldvalue": "a",
        "newvalue": "b",
        "user": "jane.roe",
        "sys_created_on": "2026-11-22 12:00:00",
        "record_checkpoint": "3",
    } | columns


async def test_changes_of_our_field_are_told_oldest_first(instance, connect):
    instance.remote.auditing.switch(sandbox.STATEMENTS, True)
    sys_id, other = instance.statements(2)
    client = connect(instance.url)
    before = instance.text(sys_id)

    instance.remote.edit(sandbox.STATEMENTS, sys_id, sandbox.STATEMENT_FIELD, "<p>hers</p>", by="jane.roe")
    instance.remote.edit(sandbox.STATEMENTS, sys_id, "u_reviewer_note", "a note", by="jane.roe")
    instance.remote.edit(sandbox.STATEMENTS, other, sandbox.STATEMENT_FIELD, "<p>elsewhere</p>", by="jane.roe")
    await client.write(0, sys_id, "<p>ours</p>")

    rows = await client.audit_rows(sys_id, since=LONG_AGO)
    assert [(row.user, row.old_text, row.new_text) for row in rows] == [
        ("jane.roe", before, "<p>hers</p>"),
        (sandbox.SERVICE_ACCOUNT, "<p>hers</p>", "<p>ours</p>"),
    ]
    assert [row.checkpoint for row in rows] == [1, 3]


async def test_older_changes_are_left_out(instance, connect):
    instance.remote.auditing.switch(sandbox.STATEMENTS, True)
    (sys_id,) = instance.statements(1)
    instance.remote.edit(sandbox.STATEMENTS, sys_id, sandbox.STATEMENT_FIELD, "<p>x</p>")

    later = SystemClock().now() + dt.timedelta(minutes=1)

    assert await connect(instance.url).audit_rows(sys_id, since=later) == []


async def test_the_accounts_time_zone_hides_nothing(instance, connect):
    instance.remote.auditing.switch(sandbox.STATEMENTS, True)
    instance.remote.behaviour.query_literals_in = "user"
    instance.remote.users.change(sandbox.SERVICE_ACCOUNT, time_zone="America/Los_Angeles")
    (sys_id,) = instance.statements(1)
    began = SystemClock().now() - dt.timedelta(seconds=2)
    instance.remote.edit(sandbox.STATEMENTS, sys_id, sandbox.STATEMENT_FIELD, "<p>x</p>")

    assert len(await connect(instance.url).audit_rows(sys_id, since=began)) == 1


async def test_more_changes_than_the_first_limit_are_all_told(instance, connect):
    instance.remote.auditing.switch(sandbox.STATEMENTS, True)
    (sys_id,) = instance.statements(1)
    for number in range(30):
        instance.remote.edit(sandbox.STATEMENTS, sys_id, sandbox.STATEMENT_FIELD, f"<p>v{number}</p>")

    rows = await connect(instance.url).audit_rows(sys_id, since=LONG_AGO)

    assert [row.checkpoint for row in rows] == list(range(1, 31))


async def test_no_change_is_an_empty_list_and_no_access_is_none(instance, connect):
    (sys_id,) = instance.statements(1)
    client = connect(instance.url)
    assert await client.audit_rows(sys_id, since=LONG_AGO) == []

    instance.remote.users.revoke(sandbox.SERVICE_ACCOUNT, "sn_compliance.auditor")

    assert await client.audit_rows(sys_id, since=LONG_AGO) is None


@pytest.mark.parametrize(
    "answer",
    [
        result([], X_Total_Count="4"),
        refused(400, "Invalid table sys_audit"),
        refused(403, "Insufficient rights to query records"),
        result([{key: value for key, value in _audit_row().items() if key != "oldvalue"}]),
        result([_audit_row(sys_created_on="")]),
    ],
    ids=["rows hidden", "no such table", "forbidden", "column hidden", "no time"],
)
async def test_an_audit_that_does_not_show_everything_counts_as_unreadable(connect, answer):
    async with answering(answer) as odd:
        assert await connect(odd.url).audit_rows(ID, since=LONG_AGO) is None


@pytest.mark.parametrize("columns", [{"documentkey": "b" * 32}, {"fieldname": "state"}])
async def test_rows_of_something_else_are_refused(connect, columns):
    async with answering(result([_audit_row(**columns)])) as odd:
        with pytest.raises(RemoteMalformed, match="another record or field"):
            await connect(odd.url).audit_rows(ID, since=LONG_AGO)


async def test_the_audit_of_a_record_of_an_extending_class_is_looked_up_under_that_class(connect):
    answers = [result([row(ID, sys_class_name="u_special_statement")]), result([_audit_row()])]
    async with answering(*answers) as odd:
        client = connect(odd.url)
        await client.read_one(ID)
        rows = await client.audit_rows(ID, since=LONG_AGO)

    assert len(rows) == 1
    assert "tablename%3Du_special_statement%5Edocumentkey%3D" in odd.received[1].line


async def test_an_unreadable_audit_does_not_stop_other_requests(connect):
    denied = refused(401, "User Not Authenticated")
    async with answering(denied, result([row()]), denied, result([row()])) as odd:
        client = connect(odd.url)
        assert await client.audit_rows(ID, since=LONG_AGO) is None
        assert await client.read_one(ID) is not None
