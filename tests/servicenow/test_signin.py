import asyncio
import json
from urllib.parse import parse_qs

import pytest

from core.clock import SystemClock
from core.config import Settings
from core.errors import ConfigurationError, RemoteSignInFailed, RemoteThrottled, RemoteUnavailable
from core.servicenow import signin
from core.servicenow.instance import ServiceNow
from sandbox import servicenow as sandbox
from tests.servicenow.odd_server import answering, refused, reply, result, row

ID = "a" * 32
METHODS = ["basic", "oauth_client_credentials", "oauth_password", "api_key"]
OAUTH = ["oauth_client_credentials", "oauth_password"]
UNAUTHORISED = refused(401, "User Not Authenticated", "Required to provide Auth information")


def _token(access="one", expires_in=1800, **more):
    return reply(200, json.dumps({"access_token": access, "expires_in": expires_in, "token_type": "Bearer"} | more))


def _token_requests(instance):
    return [request for request in instance.remote.requests if request.path == "/oauth_token.do"]


@pytest.mark.parametrize("method", METHODS)
async def test_every_method_signs_in(instance, connect, method):
    sys_id = instance.statement()
    client = connect(instance.url, auth=method)

    await client.write(0, sys_id, "<p>after</p>")

    assert (await client.read_one(sys_id)).stamp.updated_by == sandbox.SERVICE_ACCOUNT
    assert len(_token_requests(instance)) == (1 if method in OAUTH else 0)


@pytest.mark.parametrize("method", OAUTH)
async def test_a_token_that_expires_in_mid_run_is_renewed_once_for_all_lanes(instance, connect, method):
    sys_ids = instance.statements(5)
    client = connect(instance.url, auth=method)
    await client.read_many(sys_ids)
    instance.remote.oauth.expire()
    instance.remote.latency = 0.02

    await asyncio.gather(*(client.write(lane, sys_id, "<p>after</p>") for lane, sys_id in enumerate(sys_ids)))

    assert len(_token_requests(instance)) == 2
    assert {instance.text(sys_id) for sys_id in sys_ids} == {"<p>after</p>"}


async def test_a_revoked_refresh_token_is_replaced_by_the_password(instance, connect):
    sys_id = instance.statement()
    client = connect(instance.url, auth="oauth_password")
    await client.read_one(sys_id)
    instance.remote.oauth.revoke()

    assert await client.read_one(sys_id) is not None

    grants = [parse_qs(request.body.decode())["grant_type"][0] for request in _token_requests(instance)]
    assert grants == ["password", "refresh_token", "password"]


async def test_a_token_is_used_until_80_percent_of_what_the_server_says(connect):
    answers = [_token("one", 1), result([row()]), result([row()]), _token("two", 1800), result([row()])]
    async with answering(*answers) as odd:
        client = connect(odd.url, auth="oauth_client_credentials")
        await client.read_one(ID)
        await client.read_one(ID)
        await asyncio.sleep(0.85)
        await client.read_one(ID)

    sent = [request.headers.get("authorization") for request in odd.received]
    assert sent == [None, "Bearer one", "Bearer one", None, "Bearer two"]


async def test_the_same_token_about_to_end_is_waited_for(connect):
    answers = [_token("one"), UNAUTHORISED, _token("one", 0), _token("two"), result([row()])]
    async with answering(*answers) as odd:
        assert await connect(odd.url, auth="oauth_client_credentials").read_one(ID) is not None

    assert odd.received[-1].headers["authorization"] == "Bearer two"


async def test_a_token_server_that_is_down_does_no_harm_while_the_old_token_lasts(connect):
    answers = [_token("one", 2), result([row()]), reply(503, "<html>", "text/html"), result([row()]), result([row()])]
    async with answering(*answers) as odd:
        client = connect(odd.url, auth="oauth_client_credentials")
        await client.read_one(ID)
        await asyncio.sleep(1.65)
        await client.read_one(ID)
        await client.read_one(ID)

    assert [request.headers.get("authorization") for request in odd.received[2:]] == [None, "Bearer one", "Bearer one"]


@pytest.mark.parametrize("method", METHODS)
async def test_wrong_credentials_are_a_credential_failure_with_a_remedy(instance, connect, method):
    wrong = {"client_secret": "wrong", "password": "wrong", "api_key": "wrong"}

    with pytest.raises(RemoteSignInFailed) as failed:
        await connect(instance.url, auth=method, **wrong).read_one(ID)

    assert not failed.value.retryable
    assert failed.value.next_step
    assert len(instance.remote.requests) <= 2


async def test_the_basic_hint_names_what_recent_releases_ask_for(instance, connect):
    instance.remote.behaviour.basic_auth_gate = True
    instance.remote.users.change(sandbox.SERVICE_ACCOUNT, web_service_access_only=False)
    instance.remote.users.revoke(sandbox.SERVICE_ACCOUNT, "snc_platform_rest_api_access")

    with pytest.raises(RemoteSignInFailed, match="does not accept") as failed:
        await connect(instance.url).read_one(ID)

    for words in ("Web service access only", "snc_basic_auth_api_access", "OAuth", "locked"):
        assert words in failed.value.next_step


async def test_a_missing_second_factor_is_told(connect):
    async with answering(refused(401, "User Not Authenticated", X_MFA_TOKEN="invalid")) as odd:
        odd.answers[0] = odd.answers[0].replace(b"X-MFA-TOKEN", b"X-MFA_TOKEN")
        with pytest.raises(RemoteSignInFailed, match="second factor"):
            await connect(odd.url).read_one(ID)


@pytest.mark.parametrize("method", METHODS)
async def test_lanes_that_are_refused_together_try_few_times_and_then_keep_quiet(instance, connect, method):
    sys_ids = instance.statements(5)
    client = connect(instance.url, auth=method)
    await asyncio.gather(*(client.write(lane, sys_id, "<p>1</p>") for lane, sys_id in enumerate(sys_ids)))
    instance.remote.users.change(sandbox.SERVICE_ACCOUNT, locked_out=True)
    instance.remote.latency = 0.02
    before = len(instance.remote.requests)

    results = await asyncio.gather(
        *(client.write(lane, sys_id, "<p>2</p>") for lane, sys_id in enumerate(sys_ids)), return_exceptions=True
    )
    tried = len(instance.remote.requests) - before
    with pytest.raises(RemoteSignInFailed):
        await client.read_many(sys_ids)

    assert {type(error) for error in results} == {RemoteSignInFailed}
    assert tried <= 7
    assert len(instance.remote.requests) - before == tried
    assert {instance.text(sys_id) for sys_id in sys_ids} == {"<p>1</p>"}


async def test_after_the_quiet_time_the_credentials_are_tried_again(instance, connect, monkeypatch):
    monkeypatch.setattr(signin, "QUIET_SECONDS", 0.05)
    sys_id = instance.statement()
    client = connect(instance.url)
    instance.remote.users.change(sandbox.SERVICE_ACCOUNT, locked_out=True)
    with pytest.raises(RemoteSignInFailed):
        await client.read_one(sys_id)
    instance.remote.users.change(sandbox.SERVICE_ACCOUNT, locked_out=False)

    await asyncio.sleep(0.06)

    assert await client.read_one(sys_id) is not None


async def test_each_further_refusal_doubles_the_quiet_time_so_that_the_account_is_not_locked(
    instance, connect, monkeypatch
):
    monkeypatch.setattr(signin, "QUIET_SECONDS", 0.02)
    monkeypatch.setattr(signin, "_LONGEST_QUIET_SECONDS", 0.3)
    sys_id = instance.statement()
    client = connect(instance.url)
    instance.remote.users.change(sandbox.SERVICE_ACCOUNT, locked_out=True)
    before = len(instance.remote.requests)

    async with asyncio.timeout(60):
        while len(instance.remote.requests) - before < 10:
            with pytest.raises(RemoteSignInFailed):
                await client.read_one(sys_id)
            await asyncio.sleep(0.005)
    # Each round is one refused request and one look whether a new session helps.
    tried = instance.remote.requests[before:]
    pauses = [first.started - last.started for last, first in zip(tried[1::2], tried[2::2], strict=False)]

    assert all(pause >= least for pause, least in zip(pauses, (0.02, 0.04, 0.08, 0.16), strict=True))


async def test_a_forced_preflight_tries_mended_credentials_at_once(instance, connect):
    sys_id = instance.statement()
    client = connect(instance.url)
    instance.remote.users.change(sandbox.SERVICE_ACCOUNT, locked_out=True)
    with pytest.raises(RemoteSignInFailed):
        await client.read_one(sys_id)
    instance.remote.users.change(sandbox.SERVICE_ACCOUNT, locked_out=False)

    assert not (await client.preflight(force=True)).has_failed
    assert await client.read_one(sys_id) is not None


async def test_a_stale_session_that_is_refused_is_replaced_and_the_write_goes_through(connect):
    answers = [
        result(row(), Set_Cookie="JSESSIONID=stale; Path=/"),
        UNAUTHORISED,
        result([]),
        result(row(text="<p>after</p>")),
    ]
    async with answering(*answers) as odd:
        client = connect(odd.url)
        await client.write(0, ID, "<p>before</p>")
        version = await client.write(0, ID, "<p>after</p>")

    assert version.text == "<p>after</p>"
    assert [request.method for request in odd.received] == ["PATCH", "PATCH", "GET", "PATCH"]
    assert [request.headers.get("cookie") for request in odd.received] == [None, "JSESSIONID=stale", None, None]


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (reply(503, "<html></html>", "text/html"), RemoteUnavailable),
        (reply(200, "<html>hibernating</html>", "text/html"), RemoteUnavailable),
        (reply(200, '{"expires_in":1800}'), RemoteUnavailable),
        (reply(200, '{"access_token":"a b"}'), RemoteUnavailable),
        (reply(429, ""), RemoteThrottled),
        (b"", RemoteUnavailable),
        (reply(401, '{"error_description":"access_denied","error":"server_error"}'), RemoteSignInFailed),
        (reply(400, '{"error":"invalid_grant"}'), RemoteSignInFailed),
        (reply(302, "", "", Location="https://sso.example.com/"), RemoteSignInFailed),
    ],
    ids=["503", "HTML", "no token", "no header value", "429", "reset", "server_error", "invalid_grant", "302"],
)
async def test_a_failed_token_request_means_that_nothing_was_written(connect, answer, kind):
    async with answering(answer) as odd:
        with pytest.raises(kind) as failed:
            await connect(odd.url, auth="oauth_client_credentials").write(0, ID, "x")

    assert type(failed.value) is kind
    assert {request.line for request in odd.received} == {"POST /oauth_token.do HTTP/1.1"}


async def test_a_token_request_is_a_form_and_carries_no_session(instance, connect):
    await connect(instance.url, auth="oauth_password").read_one(ID)

    (request,) = _token_requests(instance)
    assert request.query == ""
    assert parse_qs(request.body.decode())["username"] == [sandbox.SERVICE_ACCOUNT]


@pytest.mark.parametrize("key", ["two words", "line\nbreak", "käy"])
def test_an_api_key_that_no_header_can_hold_is_refused_at_the_start(key):
    settings = Settings(servicenow_url="http://127.0.0.1:1", servicenow_auth="api_key", servicenow_api_key=key)

    with pytest.raises(ConfigurationError, match="API key") as refused_key:
        ServiceNow(settings, SystemClock())
    assert key not in refused_key.value.message


def test_a_user_name_that_basic_sign_in_cannot_carry_is_refused_at_the_start():
    settings = Settings(servicenow_url="http://127.0.0.1:1", servicenow_username="a:b", servicenow_password="p")

    with pytest.raises(ConfigurationError, match="colon"):
        ServiceNow(settings, SystemClock())


async def test_a_user_name_that_no_filter_can_carry_harms_no_preflight(instance, connect):
    user = sandbox.User("odd^name", password="p", web_service_access_only=True, roles={"sn_compliance.user"})
    instance.remote.users.add(user)
    instance.statements(1)

    preflight = await connect(instance.url, username="odd^name", password="p").preflight()

    assert not preflight.has_failed


async def test_a_write_that_waits_too_long_for_its_token_is_not_sent(instance, connect):
    sys_id = instance.statement()
    instance.remote.latency = 0.3

    with pytest.raises(RemoteUnavailable, match="nothing was sent"):
        await connect(instance.url, auth="oauth_password").write(0, sys_id, "x", send_within=0.1)

    assert [request.path for request in instance.remote.requests] == ["/oauth_token.do"]


async def test_being_ready_fetches_the_token_before_it_is_needed(instance, connect):
    client = connect(instance.url, auth="oauth_password")

    await client.ready()

    assert len(_token_requests(instance)) == 1
    await client.read_one(ID)
    assert len(_token_requests(instance)) == 1
