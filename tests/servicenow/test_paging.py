import datetime as dt
import random
from urllib.parse import parse_qs

import pytest

from core.errors import RemoteMalformed, RemoteUnavailable
from sandbox import servicenow as sandbox
from tests.servicenow.odd_server import answering, reply, result, row


async def _ids(pages):
    return [version.sys_id async for page in pages for version in page.versions]


async def test_every_record_comes_once_in_order(instance, connect):
    sys_ids = instance.statements(25)

    pages = [page async for page in connect(instance.url).pages(page_size=10)]

    assert [version.sys_id for page in pages for version in page.versions] == sys_ids
    assert [len(page.versions) for page in pages] == [10, 10, 5]
    assert [page.total for page in pages] == [25, 15, 5]
    assert sum(page.hidden for page in pages) == 0


async def test_ranges_meet_without_gap_or_overlap(instance, connect):
    sys_ids = instance.statements(30)
    client = connect(instance.url)
    middle = sys_ids[11]

    first = await _ids(client.pages(until=middle, page_size=4))
    second = await _ids(client.pages(after=middle, page_size=4))

    assert first == sys_ids[:12]
    assert second == sys_ids[12:]


async def test_the_scope_holds_in_every_range(instance, connect):
    for _ in range(6):
        instance.statement(state="draft")
        instance.statement(state="review")
        instance.statement(state="retired")
    client = connect(instance.url, query="state=draft^NQstate=review", writable_when="state=draft")

    versions = [version async for page in client.pages(page_size=2) for version in page.versions]

    assert len(versions) == len({version.sys_id for version in versions}) == 12
    assert sum(version.is_writable for version in versions) == 6


async def test_a_short_page_is_not_the_end_and_hidden_rows_are_counted(instance, connect):
    sys_ids = instance.statements(12)
    hidden = {sys_ids[1], sys_ids[2], sys_ids[10], sys_ids[11]}
    instance.remote.access.hidden_rows |= {(sandbox.STATEMENTS, sys_id) for sys_id in hidden}

    pages = [page async for page in connect(instance.url).pages(page_size=4)]

    assert [version.sys_id for page in pages for version in page.versions] == [x for x in sys_ids if x not in hidden]
    assert sum(page.hidden for page in pages) == 4


@pytest.mark.parametrize("first_hidden", [0, 3])
async def test_a_page_emptied_by_hidden_rows_is_stepped_over(instance, connect, first_hidden):
    sys_ids = instance.statements(20)
    hidden = set(sys_ids[first_hidden : first_hidden + 11])
    instance.remote.access.hidden_rows |= {(sandbox.STATEMENTS, sys_id) for sys_id in hidden}

    pages = [page async for page in connect(instance.url).pages(page_size=3)]

    assert [version.sys_id for page in pages for version in page.versions] == [x for x in sys_ids if x not in hidden]
    assert sum(page.hidden for page in pages) == 11


async def test_a_range_of_hidden_rows_only_tells_how_many(instance, connect):
    sys_ids = instance.statements(5)
    instance.remote.access.hidden_rows |= {(sandbox.STATEMENTS, sys_id) for sys_id in sys_ids}

    (page,) = [page async for page in connect(instance.url).pages(page_size=2)]

    assert (page.versions, page.hidden) == ([], 5)


async def test_an_empty_range_has_no_page(instance, connect):
    assert [page async for page in connect(instance.url).pages()] == []


async def test_records_that_come_and_go_meanwhile_shift_nothing(instance, connect):
    sys_ids = instance.statements(12)
    seen = []

    async for page in connect(instance.url).pages(page_size=4):
        if not seen:
            instance.remote.delete(sandbox.STATEMENTS, sys_ids[0])
            instance.statement()
            instance.remote.delete(sandbox.STATEMENTS, sys_ids[9])
        seen += [version.sys_id for version in page.versions]

    assert len(seen) == len(set(seen))
    assert set(sys_ids) - {sys_ids[9]} <= set(seen)


async def test_only_what_changed_since_is_read(instance, connect):
    old, new = instance.statements(2)
    at = dt.datetime(2026, 11, 22, 12, 0, 0, tzinfo=dt.UTC)
    instance.remote.world.store.find(sandbox.STATEMENTS, old)["sys_updated_on"] = "2026-11-22 11:59:59"
    instance.remote.world.store.find(sandbox.STATEMENTS, new)["sys_updated_on"] = "2026-11-22 12:00:00"

    assert await _ids(connect(instance.url).pages(updated_since=at)) == [new]


async def test_pages_become_smaller_when_servicenow_gives_up(connect):
    sys_ids = [f"{number:032}" for number in range(10)]

    async def slow_at_more_than_three(request, writer):
        query = parse_qs(request.line.split(" ")[1].partition("?")[2])
        limit, conditions = int(query["sysparm_limit"][0]), query["sysparm_query"][0].split("^")
        after = next((part.removeprefix("sys_id>") for part in conditions if part.startswith("sys_id>")), "")
        rows = [row(sys_id) for sys_id in sys_ids if sys_id > after][:limit]
        cancelled = (
            b'{"result":[{"sys_id":"0"{"error":{"message":"Transaction cancelled: maximum execution time exceeded"}}'
        )
        writer.write(reply(200, cancelled) if limit > 3 else result(rows, X_Total_Count="10"))
        await writer.drain()

    async with answering(slow_at_more_than_three) as odd:
        pages = [page async for page in connect(odd.url).pages(page_size=20)]

    assert [version.sys_id for page in pages for version in page.versions] == sys_ids
    assert max(len(page.versions) for page in pages) == 3


async def test_a_single_record_that_cannot_be_delivered_is_an_error(connect, impatient):
    async with answering(reply(200, b'{"result":[')) as odd:
        with pytest.raises(RemoteUnavailable):
            await _ids(connect(odd.url).pages(page_size=2))

    assert len(odd.received) == 1 + 4


@pytest.mark.parametrize(
    "rows",
    [
        [row("b" * 32), row("a" * 32)],
        [row("a" * 32), row("a" * 32)],
        [row("0" * 32)],
        [row("f" * 32)],
        [row("")],
    ],
    ids=["wrong order", "twice", "before the range", "behind the range", "no sys_id"],
)
async def test_a_page_that_ignores_the_filter_is_refused(connect, rows):
    async with answering(result(rows)) as odd:
        with pytest.raises(RemoteMalformed, match="order or the range"):
            await _ids(connect(odd.url).pages(after="1" * 32, until="d" * 32))


async def test_without_a_count_in_the_answer_the_rest_is_counted(connect):
    rest = result({"stats": {"count": "3", "max": {"sys_updated_on": ""}}})
    none = result({"stats": {"count": "0", "max": {"sys_updated_on": ""}}})
    answers = [result([row("a" * 32)]), result([]), rest, result([row("c" * 32)]), result([]), none]
    async with answering(*answers) as odd:
        pages = [page async for page in connect(odd.url).pages(page_size=2)]

    assert [version.sys_id[0] for page in pages for version in page.versions] == ["a", "c"]
    assert len(odd.received) == len(answers)


async def test_whatever_is_hidden_everything_else_comes_exactly_once(instance, connect):
    chance = random.Random(5)
    sys_ids = instance.statements(40)
    client = connect(instance.url)
    for _ in range(15):
        hidden = set(chance.sample(sys_ids, chance.randrange(41)))
        instance.remote.access.hidden_rows = {(sandbox.STATEMENTS, sys_id) for sys_id in hidden}
        cut = chance.choice(sys_ids)
        size = chance.randrange(1, 12)

        low = [page async for page in client.pages(until=cut, page_size=size)]
        high = [page async for page in client.pages(after=cut, page_size=size)]

        seen = [version.sys_id for page in low + high for version in page.versions]
        assert seen == [sys_id for sys_id in sys_ids if sys_id not in hidden]
        assert sum(page.hidden for page in low + high) == len(hidden)


async def test_a_record_whose_text_is_closed_counts_as_hidden(connect):
    closed = row("a" * 32)
    del closed["u_implementation_statement"]
    first = result([closed], X_Total_Count="2")
    second = result([row("b" * 32)], X_Total_Count="1")
    async with answering(first, second, result([], X_Total_Count="0")) as odd:
        pages = [page async for page in connect(odd.url).pages(page_size=1)]

    assert [version.sys_id for page in pages for version in page.versions] == ["b" * 32]
    assert sum(page.hidden for page in pages) == 1


async def test_a_field_that_no_record_of_a_range_shows_is_an_error(instance, connect):
    instance.statements(3)
    instance.remote.access.hidden_fields.add((sandbox.STATEMENTS, sandbox.STATEMENT_FIELD))

    with pytest.raises(RemoteMalformed, match=sandbox.STATEMENT_FIELD):
        await _ids(connect(instance.url).pages(page_size=2))
