from collections.abc import AsyncIterator

import httpx
import pytest

from sandbox.servicenow import API_KEY, OAUTH_CLIENT, OAUTH_SECRET, SERVICE_ACCOUNT, SERVICE_PASSWORD, ServiceNow

from .conftest import LIST, ONE, Ticking, refusal

NOT_AUTHENTICATED = (401, "User Not Authenticated", "Required to provide Auth information")
DENIED = {"error_description": "access_denied", "error": "server_error"}
CLIENT = {"client_id": OAUTH_CLIENT, "client_secret": OAUTH_SECRET}
PASSWORD = {**CLIENT, "grant_type": "password", "username": SERVICE_ACCOUNT, "password": SERVICE_PASSWORD}


@pytest.fixture
async def stranger(url: str) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=url) as made:
        yield made


async def token(client: httpx.AsyncClient, **form: str) -> httpx.Response:
    return await client.post("/oauth_token.do", data=form)


def bearer(answer: httpx.Response) -> dict[str, str]:
    return {"Authorization": f"Bearer {answer.json()['access_token']}"}


async def test_no_and_wrong_credentials_read_alike(stranger: httpx.AsyncClient) -> None:
    none = await stranger.get(ONE)
    wrong = await stranger.get(ONE, auth=(SERVICE_ACCOUNT, "wrong"))
    unknown = await stranger.get(ONE, auth=("nobody", "x"))
    forged = await stranger.get(ONE, headers={"Authorization": "Bearer nonsense"})
    broken = await stranger.get(ONE, headers={"Authorization": "Basic ???"})

    assert [refusal(answer) for answer in (none, wrong, unknown, forged, broken)] == [NOT_AUTHENTICATED] * 5


async def test_locked_and_inactive_accounts_are_turned_away(client: httpx.AsyncClient, sn: ServiceNow) -> None:
    sn.users.change(SERVICE_ACCOUNT, locked_out=True)
    locked = await client.get(ONE)
    sn.users.change(SERVICE_ACCOUNT, locked_out=False, active=False)
    inactive = await client.get(ONE)

    assert [refusal(locked), refusal(inactive)] == [NOT_AUTHENTICATED] * 2


async def test_an_api_key_signs_in(stranger: httpx.AsyncClient, sn: ServiceNow) -> None:
    good = await stranger.get(ONE, headers={"x-sn-apikey": API_KEY})
    bad = await stranger.get(ONE, headers={"x-sn-apikey": "wrong"})

    assert (good.status_code, bad.status_code) == (200, 401)
    assert sn.requests[0].user == SERVICE_ACCOUNT


async def test_a_password_grant_gives_both_tokens(stranger: httpx.AsyncClient) -> None:
    answer = await token(stranger, **PASSWORD)

    body = answer.json()
    assert set(body) == {"access_token", "refresh_token", "scope", "token_type", "expires_in"}
    assert (body["scope"], body["token_type"], body["expires_in"]) == ("useraccount", "Bearer", 1800)
    assert (await stranger.get(ONE, headers=bearer(answer))).status_code == 200


async def test_inside_its_lifetime_the_same_token_is_given_again_with_the_time_left(
    stranger: httpx.AsyncClient, clock: Ticking
) -> None:
    first = (await token(stranger, **PASSWORD)).json()
    clock.move(1700)
    again = (await token(stranger, **PASSWORD)).json()
    refreshed = await token(stranger, **CLIENT, grant_type="refresh_token", refresh_token=first["refresh_token"])

    assert again["access_token"] == first["access_token"] == refreshed.json()["access_token"]
    assert again["expires_in"] == 100


async def test_after_its_lifetime_a_token_is_refused_and_the_refresh_token_gives_another(
    stranger: httpx.AsyncClient, clock: Ticking
) -> None:
    first = await token(stranger, **PASSWORD)
    clock.move(1801)
    expired = await stranger.get(ONE, headers=bearer(first))
    refresh_token = first.json()["refresh_token"]
    second = await token(stranger, **CLIENT, grant_type="refresh_token", refresh_token=refresh_token)

    assert refusal(expired) == NOT_AUTHENTICATED
    assert second.json()["access_token"] != first.json()["access_token"]
    assert (await stranger.get(ONE, headers=bearer(second))).status_code == 200


async def test_client_credentials_give_no_refresh_token(stranger: httpx.AsyncClient, sn: ServiceNow) -> None:
    answer = await token(stranger, **CLIENT, grant_type="client_credentials")

    assert "refresh_token" not in answer.json()
    assert (await stranger.get(ONE, headers=bearer(answer))).status_code == 200
    assert sn.requests[-1].user == SERVICE_ACCOUNT


async def test_one_revocation_ends_every_worker(stranger: httpx.AsyncClient, sn: ServiceNow) -> None:
    answers = [await token(stranger, **PASSWORD), await token(stranger, **CLIENT, grant_type="client_credentials")]
    sn.oauth.revoke()

    assert [(await stranger.get(ONE, headers=bearer(answer))).status_code for answer in answers] == [401, 401]


@pytest.mark.parametrize(
    "form",
    [
        {**PASSWORD, "password": "wrong"},
        {**PASSWORD, "client_secret": "wrong"},
        {**PASSWORD, "client_id": "nobody"},
        {**PASSWORD, "grant_type": "implicit"},
        {**CLIENT, "grant_type": "refresh_token", "refresh_token": "wrong"},
    ],
)
async def test_every_failure_of_the_token_endpoint_is_the_same(
    stranger: httpx.AsyncClient, form: dict[str, str]
) -> None:
    answer = await token(stranger, **form)

    assert (answer.status_code, answer.json()) == (401, DENIED)


async def test_json_and_query_strings_are_refused_by_the_token_endpoint(stranger: httpx.AsyncClient) -> None:
    as_json = await stranger.post("/oauth_token.do", json=PASSWORD)
    in_query = await stranger.post("/oauth_token.do", params=PASSWORD)

    assert (as_json.status_code, in_query.status_code) == (401, 401)


async def test_client_credentials_can_be_switched_off(stranger: httpx.AsyncClient, sn: ServiceNow) -> None:
    sn.behaviour.client_credentials = False

    assert (await token(stranger, **CLIENT, grant_type="client_credentials")).status_code == 401


async def test_a_session_that_signed_in_needs_no_credentials_again(stranger: httpx.AsyncClient) -> None:
    await stranger.get(LIST, auth=(SERVICE_ACCOUNT, SERVICE_PASSWORD))

    assert (await stranger.get(ONE)).status_code == 200
