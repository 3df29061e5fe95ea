import asyncio
import datetime as dt

from core.config import Settings
from core.servicenow.instance import ServiceNow
from tests.clocks import StoppedClock
from tests.servicenow.conftest import credentials
from tests.servicenow.odd_server import answering, reply, result, row
from tests.servicenow.test_preflight import FIELD, TABLE, _of


async def test_clocks_that_differ_are_told(instance):
    clock = StoppedClock(dt.datetime.now(dt.UTC))
    clock.at += dt.timedelta(minutes=5)
    client = ServiceNow(Settings(**credentials(instance.url)), clock)

    preflight = await client.preflight()
    await client.aclose()

    assert "differ by" in _of(preflight, "clock").sentence
    assert "NTP" in _of(preflight, "clock").next_step


async def test_wrong_credentials_fail_with_two_attempts_at_most(instance, connect):
    preflight = await connect(instance.url, password="wrong").preflight()

    assert preflight.first_failure.subject == "sign-in"
    assert not preflight.is_retryable
    assert len(instance.remote.requests) == 2


async def test_an_instance_that_sleeps_fails_for_now(connect, monkeypatch):
    monkeypatch.setattr("core.servicenow.reading._FIRST_DELAY_SECONDS", 0.0)
    async with answering(reply(200, "<html>Instance Hibernating page</html>", "text/html")) as odd:
        preflight = await connect(odd.url).preflight()

    assert preflight.first_failure.subject == "connection"
    assert preflight.is_retryable
    assert "asleep" in preflight.first_failure.sentence


async def test_a_good_look_is_good_for_an_hour_and_shared(instance):
    instance.statements(1)
    clock = StoppedClock(dt.datetime.now(dt.UTC))
    client = ServiceNow(Settings(**credentials(instance.url)), clock)
    first, again = await asyncio.gather(client.preflight(), client.preflight())
    asked = len(instance.remote.requests)

    clock.at += dt.timedelta(minutes=59)
    assert await client.preflight() is first is again
    assert len(instance.remote.requests) == asked

    assert await client.preflight(force=True) is not first
    clock.at += dt.timedelta(minutes=61)
    await client.preflight()
    await client.aclose()

    assert len(instance.remote.requests) == 3 * asked


async def test_a_failed_look_is_not_remembered(instance, connect):
    instance.statements(1)
    client = connect(instance.url)
    instance.remote.world.change_column(TABLE, FIELD, read_only=True)
    assert (await client.preflight()).has_failed

    instance.remote.world.change_column(TABLE, FIELD, read_only=False)

    assert not (await client.preflight()).has_failed


async def test_an_account_without_a_configured_name_is_asked_who_it_is(connect):
    async def by_table(request, writer):
        user = {"user_name": "oauth.app", "active": "true", "time_zone": "GMT", "web_service_access_only": "true"}
        known = {"/sys_user?": [user], f"/{TABLE}?": [row()]}
        rows = next((rows for table, rows in known.items() if table in request.line), [])
        writer.write(result(rows, X_Total_Count=str(len(rows))))
        await writer.drain()

    async with answering(by_table) as odd:
        preflight = await connect(odd.url, auth="api_key", servicenow_field_kind="html").preflight()

    assert (preflight.user_name, preflight.is_utc_proved) == ("oauth.app", True)
    assert any("user_name%3Djavascript%3Ags.getUserName%28%29" in request.line for request in odd.received)
