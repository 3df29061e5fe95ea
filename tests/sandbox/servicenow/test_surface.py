import asyncio
import time
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from sandbox.data import many
from sandbox.servicenow import SOMEBODY_ELSE, STATEMENT_FIELD, STATEMENTS, Commit, Moment, ServiceNow
from sandbox.servicenow.query import Reading, parse
from sandbox.servicenow.selection import Selection
from sandbox.servicenow.store import Row

from .conftest import AC_2, LIST, NEW, ONE, TEXT, Ticking, push


def test_a_record_is_made_changed_and_deleted_as_a_person_does_it(sn: ServiceNow, clock: Ticking) -> None:
    sys_id = sn.add(STATEMENTS, by="erin", number="IST-9", u_implementation_statement="a")
    clock.move(10)
    commit = sn.edit(STATEMENTS, sys_id, STATEMENT_FIELD, "b")
    row = sn.get(STATEMENTS, sys_id)
    sn.delete(STATEMENTS, sys_id)

    assert commit == sn.log[1]
    assert (row["sys_created_by"], row["sys_updated_by"], row["sys_mod_count"]) == ("erin", SOMEBODY_ELSE, "1")
    assert row["sys_updated_on"] == "2026-11-22 18:03:51"
    assert [(one.action, one.source, one.by) for one in sn.history(STATEMENTS, sys_id)] == [
        ("insert", "ui", "erin"),
        ("update", "ui", SOMEBODY_ELSE),
        ("delete", "ui", SOMEBODY_ELSE),
    ]
    assert not sn.has(STATEMENTS, sys_id)


def test_an_edit_that_changes_nothing_is_no_commit(sn: ServiceNow) -> None:
    assert sn.edit(STATEMENTS, AC_2, STATEMENT_FIELD, TEXT) is None


def test_what_is_not_there_is_an_error(sn: ServiceNow) -> None:
    with pytest.raises(KeyError):
        sn.get(STATEMENTS, "0" * 32)
    with pytest.raises(KeyError):
        sn.edit(STATEMENTS, "0" * 32, STATEMENT_FIELD, "x")
    with pytest.raises(KeyError):
        sn.edit(STATEMENTS, AC_2, "u_nonsense", "x")
    with pytest.raises(KeyError):
        sn.add(STATEMENTS, u_nonsense="x")
    with pytest.raises(KeyError):
        sn.load(STATEMENTS, [{"u_nonsense": "x"}])
    with pytest.raises(ValueError, match="exists"):
        sn.add(STATEMENTS, sys_id=AC_2)


async def test_a_hook_runs_at_its_moment_once_and_for_its_record(client: httpx.AsyncClient, sn: ServiceNow) -> None:
    seen: list[Moment] = []
    hook = sn.on("after_commit", seen.append, sys_id=AC_2)
    other = sn.on("after_commit", seen.append, sys_id="0" * 32)

    await push(client)
    await push(client, TEXT)

    assert (hook.calls, other.calls) == (1, 0)
    assert seen[0].commit == sn.log[0]
    assert (seen[0].table, seen[0].sys_id, seen[0].request_id) == (STATEMENTS, AC_2, sn.log[0].request_id)


async def test_a_hook_waits_for_the_nth_read(client: httpx.AsyncClient, sn: ServiceNow) -> None:
    sn.on("before_read", lambda _moment: sn.edit(STATEMENTS, AC_2, STATEMENT_FIELD, NEW), nth=3)

    texts = [(await client.get(ONE)).json()["result"][STATEMENT_FIELD] for _ in range(4)]

    assert texts == [TEXT, TEXT, NEW, NEW]


async def test_a_hook_for_a_record_fits_the_list_that_names_it(client: httpx.AsyncClient, sn: ServiceNow) -> None:
    hook = sn.on("before_read", lambda _moment: None, sys_id=AC_2, times=None)

    await client.get(LIST, params={"sysparm_query": f"sys_idIN{AC_2}"})
    await client.get(LIST, params={"sysparm_query": "sys_idIN0"})

    assert hook.calls == 1


async def test_hooks_may_be_coroutines_and_can_be_cancelled(client: httpx.AsyncClient, sn: ServiceNow) -> None:
    async def slowly(_moment: Moment) -> None:
        await asyncio.sleep(0.05)

    hook = sn.on("before_commit", slowly, times=None)
    started = time.monotonic()
    await push(client)
    took = time.monotonic() - started
    hook.cancel()
    await push(client, TEXT)

    assert took >= 0.05
    assert hook.calls == 1


async def test_the_moments_come_in_order(client: httpx.AsyncClient, sn: ServiceNow) -> None:
    seen: list[tuple[str, str]] = []

    def note(moment: Moment) -> None:
        seen.append((moment.event, sn.get(STATEMENTS, AC_2)[STATEMENT_FIELD]))

    for event in ("after_answer", "after_commit", "before_commit", "before_write"):
        sn.on(event, note)

    await push(client)
    await asyncio.sleep(0.01)

    assert seen == [("before_write", TEXT), ("before_commit", TEXT), ("after_commit", NEW), ("after_answer", NEW)]


def test_an_unknown_moment_is_an_error(sn: ServiceNow) -> None:
    with pytest.raises(ValueError, match="no event"):
        sn.on("sometimes", lambda _moment: None)


async def test_commits_can_be_watched(client: httpx.AsyncClient, sn: ServiceNow) -> None:
    seen: list[Commit] = []
    stop = sn.watch(seen.append)

    await push(client)
    stop()
    await push(client, TEXT)

    assert seen == sn.log[:1]


async def test_the_system_clock_is_used_where_none_is_given() -> None:
    sn = ServiceNow()
    sys_id = sn.add(STATEMENTS, number="x")

    made = datetime.strptime(sn.get(STATEMENTS, sys_id)["sys_created_on"], "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC)
    assert abs((datetime.now(UTC) - made).total_seconds()) < 5


class Counted(dict[str, Row]):
    """Rows that count how many of them are looked at."""

    looked_at = 0

    def __getitem__(self, sys_id: str) -> Row:
        self.looked_at += 1
        return super().__getitem__(sys_id)

    def values(self) -> Any:
        self.looked_at += len(self)
        return super().values()


def test_a_page_and_a_set_of_sys_ids_look_at_the_rows_they_hold_and_not_at_the_whole_table() -> None:
    sn = ServiceNow()
    ids = sorted(many(1_000).load(sn))
    rows = sn.store.rows(STATEMENTS)
    rows.by_id = counted = Counted(rows.by_id)
    page = Selection(STATEMENTS, parse(f"sys_id>{ids[499]}^ORDERBYsys_id"), Reading(sn.store))
    named = Selection(STATEMENTS, parse(f"sys_idIN{','.join(ids[:20])}"), Reading(sn.store))

    assert (page.total(), [row["sys_id"] for row in page.page(0, 50)]) == (500, ids[500:550])
    assert (named.total(), len(named.page(0, 50))) == (20, 20)
    assert counted.looked_at == 50 + 20

    whole = Selection(STATEMENTS, parse("state=draft"), Reading(sn.store))
    assert whole.total() == 1_000
    assert counted.looked_at == 50 + 20 + 1_000


def test_bulk_statements_are_the_same_for_the_same_seed_and_all_different() -> None:
    one, same, other = many(1500, 1), many(1500, 1), many(1500, 2)

    assert one == same
    assert one.statements != other.statements
    assert len({row["sys_id"] for row in one.statements}) == 1500
    assert len({row[STATEMENT_FIELD] for row in one.statements}) == 1500
    assert len(one.systems) == 2
