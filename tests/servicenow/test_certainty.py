"""An error that says that nothing was written must be right, whatever the instance does; in doubt it must say doubt."""

import asyncio

import pytest

from core.errors import OutcomeUnknown, RemoteError, RemoteSignInFailed, RemoteThrottled
from sandbox import servicenow as sandbox

REFUSING = ["write_denied", "business_rule", "business_rule_in_message", "data_policy", "query_denied", "no_record"]
WRONG = ["invalid_table", "table_does_not_exist", "no_resource", "unreadable_body", "header_too_large"]
SIGN_IN = ["not_authenticated", "user_is_not_authenticated", "mfa", "sso_redirect"]
BUSY = ["rate_limit", "semaphore", "method_not_supported"]
UNREADABLE = ["server_error", "server_error_page", "bad_gateway", "unavailable", "gateway_timeout", "cancelled"]
PAGES = ["cancelled_200", "session_overflow", "hibernating", "login", "maintenance"]

DOUBTFUL = [
    *[("envelope", {"kind": kind, "when": when}) for kind in UNREADABLE + PAGES for when in ("before", "after")],
    *[("server_error", {"status": status, "when": when}) for status in (500, 503) for when in ("before", "after")],
    *[("reset", {"when": when}) for when in ("before", "after_commit", "mid_body")],
    *[("slow", {"seconds": 0.6, "when": when}) for when in ("before", "after")],
    ("slow", {"seconds": 5.0, "drip": 8}),
    *[("empty_success", {"status": status}) for status in (200, 204)],
    *[("session_overflow", {"runs": runs}) for runs in (True, False)],
    *[("html_page", {"kind": kind}) for kind in ("hibernating", "login", "maintenance")],
    ("half_json", {}),
    ("read_acl_absent", {}),
    ("zombie", {}),
]


async def _outcome(client, sys_id):
    try:
        return await client.write(0, sys_id, "<p>ours</p>")
    except RemoteError as error:
        return error


@pytest.mark.parametrize("kind", REFUSING + WRONG + SIGN_IN + BUSY)
async def test_a_refusal_is_certain_and_nothing_is_written(instance, connect, kind):
    sys_id = instance.statement()
    instance.remote.faults.on("envelope", kind=kind)

    error = await _outcome(connect(instance.url), sys_id)

    assert isinstance(error, RemoteError)
    assert not isinstance(error, OutcomeUnknown)
    assert instance.remote.writes() == []


@pytest.mark.parametrize(("fault", "settings"), DOUBTFUL, ids=lambda value: str(value).replace(" ", ""))
async def test_what_cannot_be_told_is_called_unknown_and_sent_once(instance, connect, fault, settings):
    sys_id = instance.statement()
    instance.remote.faults.on(fault, **settings)

    error = await _outcome(connect(instance.url, push_timeout_seconds=0.4), sys_id)

    assert isinstance(error, OutcomeUnknown), error
    assert len([request for request in instance.remote.requests if request.method == "PATCH"]) == 1


@pytest.mark.parametrize("settings", [{}, {"kind": "revoke"}])
@pytest.mark.parametrize("method", ["oauth_client_credentials", "oauth_password"])
async def test_a_token_that_ends_in_mid_run_costs_no_write(instance, connect, method, settings):
    sys_ids = instance.statements(10)
    client = connect(instance.url, auth=method)
    await client.ready()
    instance.remote.faults.on("token_expiry", times=1, nth=4, **settings)

    async def lane(number):
        for sys_id in sys_ids[number::5]:
            await client.write(number, sys_id, "<p>ours</p>")

    await asyncio.gather(*(lane(number) for number in range(5)))

    assert len(instance.remote.writes()) == len(sys_ids)


async def test_tokens_of_a_few_seconds_last_through_a_run(instance, connect):
    (sys_id,) = instance.statements(1)
    instance.remote.faults.on("token_expiry", kind="short", seconds=1)
    client = connect(instance.url, auth="oauth_password")

    for number in range(12):
        await client.write(0, sys_id, f"<p>version {number}</p>")
        await asyncio.sleep(0.15)

    assert len(instance.remote.writes()) == 12


async def test_a_refresh_that_is_refused_falls_back_on_the_password_once(instance, connect):
    (sys_id,) = instance.statements(1)
    client = connect(instance.url, auth="oauth_password")
    await client.read_one(sys_id)
    instance.remote.oauth.expire()
    instance.remote.faults.on("refresh_refused", grant="refresh_token")
    await client.write(0, sys_id, "<p>one</p>")

    instance.remote.oauth.expire()
    instance.remote.faults.on("refresh_refused", grant="any")

    assert type(await _outcome(client, sys_id)) is RemoteSignInFailed
    assert len(instance.remote.writes()) == 1


async def test_a_role_that_is_lost_is_a_refusal(instance, connect):
    sys_ids = instance.statements(2)
    client = connect(instance.url)
    instance.remote.users.grant(sandbox.SERVICE_ACCOUNT, "sn_compliance.reader")
    await client.write(0, sys_ids[0], "<p>ours</p>")

    instance.remote.users.revoke(sandbox.SERVICE_ACCOUNT, "sn_compliance.user")
    error = await _outcome(client, sys_ids[1])

    assert error.code == "remote_forbidden"
    assert len(instance.remote.writes()) == 1


async def test_our_own_sign_ins_do_not_lock_the_account(instance, connect):
    sys_ids = instance.statements(5)
    client = connect(instance.url)
    instance.remote.faults.on("lockout", after=8)
    await client.read_many(sys_ids)
    instance.remote.users.change(sandbox.SERVICE_ACCOUNT, password="changed")

    for _ in range(3):
        outcomes = await asyncio.gather(
            *(client.write(lane, sys_id, "x") for lane, sys_id in enumerate(sys_ids)), return_exceptions=True
        )
        assert {type(outcome) for outcome in outcomes} == {RemoteSignInFailed}

    assert not instance.remote.users[sandbox.SERVICE_ACCOUNT].locked_out


async def test_a_rate_limit_holds_everybody_until_it_is_over(instance, connect):
    sys_ids = instance.statements(6)
    client = connect(instance.url)
    fault = instance.remote.faults.on("rate_limit", limit=3, retry_after=3)

    outcomes = [await _outcome(client, sys_id) for sys_id in sys_ids]
    asked = fault.hits
    fault.off()
    await client.ready()

    assert [type(outcome) is RemoteThrottled for outcome in outcomes] == [False] * 3 + [True] * 3
    assert asked == 4
    assert (await client.write(0, sys_ids[5], "<p>ours</p>")).text == "<p>ours</p>"
