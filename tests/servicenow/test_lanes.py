import asyncio

import pytest

from core.errors import (
    OutcomeUnknown,
)
from tests.servicenow.odd_server import answering, result, row

ID = "a" * 32


async def test_lanes_write_side_by_side_in_sessions_of_their_own(instance, connect):
    sys_ids = instance.statements(10)
    client = connect(instance.url)
    instance.remote.latency = 0.05

    await asyncio.gather(*(client.write(number % 5, sys_id, "<p>x</p>") for number, sys_id in enumerate(sys_ids)))

    patches = [request for request in instance.remote.requests if request.method == "PATCH"]
    assert len({request.session for request in patches}) == 5
    assert instance.remote.open_writes_peak == 5
    for session in {request.session for request in patches}:
        first, second = sorted((r for r in patches if r.session == session), key=lambda request: request.started)
        assert first.ended <= second.started


async def test_a_lane_whose_request_got_no_answer_starts_a_new_session(connect):
    async def silent(request, writer):
        await asyncio.sleep(1)

    first = result(row(), Set_Cookie="JSESSIONID=one; Path=/")
    async with answering(first, silent, result(row())) as odd:
        client = connect(odd.url, push_timeout_seconds=0.2)
        await client.write(0, ID, "x")
        with pytest.raises(OutcomeUnknown):
            await client.write(0, ID, "y")
        await client.write(0, ID, "z")

    assert [request.headers.get("cookie") for request in odd.received] == [None, "JSESSIONID=one", None]


async def test_a_lane_that_is_moved_to_another_node_forgets_the_old_session(connect):
    answers = [
        result(row(), Set_Cookie="glide_user_route=one; Path=/\r\nSet-Cookie: JSESSIONID=a; Path=/"),
        result(row(), Set_Cookie="glide_user_route=two; Path=/"),
        result(row()),
    ]
    async with answering(*answers) as odd:
        client = connect(odd.url)
        for _ in answers:
            await client.write(0, ID, "x")

    cookies = [request.headers.get("cookie", "") for request in odd.received]
    assert set(cookies[1].split("; ")) == {"glide_user_route=one", "JSESSIONID=a"}
    assert cookies[2] == "glide_user_route=two"
