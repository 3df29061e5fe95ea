import asyncio
import datetime as dt

import httpx
import pytest

from core.clock import SystemClock
from core.errors import RemoteThrottled
from core.servicenow.connection import Answer
from core.servicenow.pacing import LONGEST_PAUSE_SECONDS, Pacing
from tests.clocks import StoppedClock
from tests.servicenow.odd_server import answering, refused, result, row

ID = "a" * 32
NOON = dt.datetime(2026, 11, 22, 12, 0, 0, tzinfo=dt.UTC)
NOON_DATE = "Sun, 22 Nov 2026 12:00:00 GMT"


def _answer(status, body=b"", **headers):
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Answer(status, httpx.Headers(named), body)


def _good():
    return _answer(200, b'{"result":[]}', Content_Type="application/json")


def _busy():
    return _answer(429, b"<html>busy</html>", Content_Type="text/html")


@pytest.fixture
def quick(monkeypatch):
    """Nothing but the narrowed stream is waited for."""
    monkeypatch.setattr("core.servicenow.pacing._LONGEST_BACKOFF_SECONDS", 0.0)


def _now():
    return asyncio.get_running_loop().time()


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Retry_After": "60"}, 60.0),
        ({"Retry_After": "3599"}, 3_599.0),
        ({"Retry_After": "999999"}, LONGEST_PAUSE_SECONDS),
        ({"Retry_After": "Sun, 22 Nov 2026 12:02:00 GMT"}, 120.0),
        ({"Retry_After": "Sun, 22 Nov 2026 12:02:00 GMT", "Date": "Sun, 22 Nov 2026 12:01:00 GMT"}, 60.0),
        ({"Retry_After": "Sun, 22 Nov 2026 11:00:00 GMT"}, 0.0),
        ({"X_RateLimit_Reset": str(int(NOON.timestamp()) + 90)}, 90.0),
        ({"X_RateLimit_Reset": str(int(NOON.timestamp()) + 90), "Date": NOON_DATE}, 90.0),
        ({"Retry_After": "soon"}, None),
        ({"Retry_After": "-5"}, None),
        ({}, None),
    ],
)
async def test_the_pause_that_was_asked_for(headers, seconds):
    assert Pacing(StoppedClock(NOON), concurrency=5).asked_pause(_answer(429, **headers)) == seconds


async def test_an_unavailable_instance_may_ask_for_a_pause_too():
    pacing = Pacing(StoppedClock(NOON), concurrency=5)

    assert pacing.asked_pause(_answer(503, Retry_After="7")) == 7
    assert pacing.asked_pause(_answer(500, Retry_After="7")) is None


async def test_a_pause_is_told_to_people():
    pacing = Pacing(StoppedClock(NOON), concurrency=5)
    assert (pacing.waiting_seconds, pacing.paused_until) == (0.0, None)

    pacing.note(_answer(429, Retry_After="900"), sent_at=_now())

    assert pacing.waiting_seconds == pytest.approx(900, abs=1)
    assert pacing.paused_until == pytest.approx(NOON + dt.timedelta(seconds=900), abs=dt.timedelta(seconds=1))


async def test_a_named_pause_does_not_narrow_the_stream():
    pacing = Pacing(StoppedClock(NOON), concurrency=5)

    pacing.note(_answer(429, Retry_After="1"), sent_at=_now())

    assert pacing.concurrency == 5


async def test_a_shorter_pause_does_not_end_a_longer_one():
    pacing = Pacing(StoppedClock(NOON), concurrency=5)

    pacing.note(_answer(429, Retry_After="100"), sent_at=_now())
    pacing.note(_answer(429, Retry_After="1"), sent_at=_now())

    assert pacing.waiting_seconds > 90


async def test_complaints_without_a_time_narrow_the_stream_to_two_and_one(quick):
    pacing = Pacing(StoppedClock(NOON), concurrency=5)

    levels = []
    for _ in range(3):
        pacing.note(_busy(), sent_at=_now())
        levels.append(pacing.concurrency)

    assert levels == [2, 1, 1]


async def test_complaints_about_requests_sent_together_count_once(quick):
    pacing = Pacing(StoppedClock(NOON), concurrency=5)
    sent_at = _now()

    for _ in range(5):
        pacing.note(_busy(), sent_at=sent_at)

    assert pacing.concurrency == 2


async def test_the_stream_widens_slowly_again(quick):
    pacing = Pacing(StoppedClock(NOON), concurrency=5, recovery_seconds=0.05)
    pacing.note(_busy(), sent_at=_now())
    pacing.note(_busy(), sent_at=_now())

    levels = []
    for _ in range(3):
        pacing.note(_good(), sent_at=_now())
        levels.append(pacing.concurrency)
        await asyncio.sleep(0.06)

    assert levels == [1, 2, 5]


async def test_a_narrowed_stream_lets_so_many_through(quick):
    pacing = Pacing(StoppedClock(NOON), concurrency=5)
    pacing.note(_busy(), sent_at=_now())
    under_way, most = 0, 0

    async def request():
        nonlocal under_way, most
        async with pacing.turn():
            under_way += 1
            most = max(most, under_way)
            await asyncio.sleep(0.005)
            under_way -= 1

    await asyncio.gather(*(request() for _ in range(12)))

    assert most == 2


async def test_one_who_gives_up_waiting_blocks_nobody(quick):
    pacing = Pacing(StoppedClock(NOON), concurrency=2)
    pacing.note(_busy(), sent_at=_now())

    async with pacing.turn():
        with pytest.raises(RemoteThrottled):
            async with pacing.turn(patience=0.02):
                pass
        waiting = asyncio.create_task(pacing.turn().__aenter__())
        await asyncio.sleep(0.01)
        waiting.cancel()
        await asyncio.wait([waiting])

    async with asyncio.timeout(60), pacing.turn():
        assert waiting.cancelled()


async def test_impatience_is_told_at_once_when_the_pause_is_longer():
    pacing = Pacing(StoppedClock(NOON), concurrency=5)
    pacing.note(_answer(429, Retry_After="60"), sent_at=_now())

    with pytest.raises(RemoteThrottled, match="nothing was sent") as throttled:
        async with asyncio.timeout(60), pacing.turn(patience=50):
            pass
    assert throttled.value.retry_after_seconds == pytest.approx(60, abs=1)


async def test_only_servicenows_own_answers_count_as_having_seen_it():
    pacing = Pacing(StoppedClock(NOON), concurrency=5)

    pacing.note(_busy(), sent_at=_now())
    pacing.note(_answer(200, b"<html></html>", Content_Type="text/html"), sent_at=_now())
    assert pacing.last_seen_at is None

    pacing.note(_good(), sent_at=_now())
    assert pacing.last_seen_at == NOON


async def test_retry_after_holds_all_lanes_and_readers(connect):
    answers = [refused(429, "Rate limit exceeded", Retry_After="1"), result(row()), result([row()])]
    async with answering(*answers) as odd:
        client = connect(odd.url)
        with pytest.raises(RemoteThrottled) as throttled:
            await client.write(0, ID, "x")
        began = _now()

        with pytest.raises(RemoteThrottled, match="nothing was sent"):
            await client.write(1, ID, "x", send_within=0.1)
        assert len(odd.received) == 1
        assert client.pacing.waiting_seconds > 0.5

        await client.ready()
        await asyncio.gather(client.write(1, ID, "x"), client.count(), return_exceptions=True)

    assert throttled.value.retry_after_seconds == 1
    assert _now() - began >= 0.9


async def test_a_read_waits_for_the_pause_to_end(connect):
    async with answering(refused(429, "Rate limit exceeded", Retry_After="1"), result([row()])) as odd:
        began = _now()
        assert await connect(odd.url).read_one(ID) is not None

    assert _now() - began >= 0.9


async def test_five_lanes_become_two_after_a_complaint(instance, connect, quick):
    sys_ids = instance.statements(10)
    client = connect(instance.url)
    client.pacing.note(_busy(), sent_at=_now())
    instance.remote.latency = 0.02

    async def lane(number):
        for sys_id in sys_ids[number::5]:
            await client.write(number, sys_id, "<p>x</p>")

    await asyncio.gather(*(lane(number) for number in range(5)))

    assert instance.remote.open_writes_peak == 2
    assert {instance.text(sys_id) for sys_id in sys_ids} == {"<p>x</p>"}


async def test_the_last_sight_of_servicenow_is_kept(instance, connect):
    client = connect(instance.url)
    assert client.pacing.last_seen_at is None

    await client.read_one(instance.statement())

    assert abs(SystemClock().now() - client.pacing.last_seen_at) < dt.timedelta(seconds=5)
