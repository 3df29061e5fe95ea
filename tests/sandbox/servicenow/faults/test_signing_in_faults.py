import httpx
import pytest

from sandbox.servicenow import SERVICE_ACCOUNT, ServiceNow

from ..conftest import BASIC, LIST, ONE, push
from ..test_signing_in import CLIENT, DENIED, PASSWORD, bearer, token


@pytest.fixture
def without_basic(client: httpx.AsyncClient) -> httpx.AsyncClient:
    client.auth = None  # type: ignore[assignment]
    return client


@pytest.mark.parametrize(("kind", "refreshes"), [("expire", True), ("revoke", False)])
async def test_fault_34_the_token_ends_in_the_middle(
    without_basic: httpx.AsyncClient, sn: ServiceNow, kind: str, refreshes: bool
) -> None:
    first = await token(without_basic, **PASSWORD)
    sn.faults.on(34, kind=kind, nth=2)

    codes = [(await without_basic.get(ONE, headers=bearer(first))).status_code for _ in range(3)]
    again = await token(
        without_basic, **CLIENT, grant_type="refresh_token", refresh_token=first.json()["refresh_token"]
    )

    assert codes == [200, 401, 401]
    assert again.status_code == (200 if refreshes else 401)


async def test_fault_34_short_lives(without_basic: httpx.AsyncClient, sn: ServiceNow) -> None:
    sn.faults.on(34, kind="short", seconds=7)

    assert (await token(without_basic, **PASSWORD)).json()["expires_in"] == 7


async def test_fault_35_a_refresh_is_refused_and_a_new_password_grant_is_not(
    without_basic: httpx.AsyncClient, sn: ServiceNow
) -> None:
    first = (await token(without_basic, **PASSWORD)).json()
    sn.faults.on(35)

    refused = await token(without_basic, **CLIENT, grant_type="refresh_token", refresh_token=first["refresh_token"])

    assert (refused.status_code, refused.json()) == (401, DENIED)
    assert (await token(without_basic, **PASSWORD)).status_code == 200
    sn.faults.on(35, grant="any")
    assert (await token(without_basic, **PASSWORD)).status_code == 401


async def test_fault_36_the_gate_refuses_the_right_password(client: httpx.AsyncClient, sn: ServiceNow) -> None:
    fault = sn.faults.on(36)
    closed = await client.get(ONE)
    sn.users.grant(SERVICE_ACCOUNT, "snc_basic_auth_api_access")
    with_role = await client.get(ONE)
    sn.users.revoke(SERVICE_ACCOUNT, "snc_basic_auth_api_access")
    sn.users.change(SERVICE_ACCOUNT, web_service_access_only=True)
    web_only = await client.get(ONE)
    fault.off()

    assert (closed.status_code, with_role.status_code, web_only.status_code) == (401, 200, 200)
    assert sn.users[SERVICE_ACCOUNT].web_service_access_only
    assert "snc_platform_rest_api_access" in sn.users[SERVICE_ACCOUNT].roles


async def test_fault_37_the_header_tells_that_a_factor_is_missing(client: httpx.AsyncClient, sn: ServiceNow) -> None:
    sn.faults.on(37)

    answer = await client.get(ONE)

    assert (answer.status_code, answer.headers["x-mfa_token"]) == (401, "invalid")


async def test_fault_38_after_a_few_failures_the_right_password_is_no_good_either(
    client: httpx.AsyncClient, sn: ServiceNow
) -> None:
    sn.faults.on(38, after=3)

    failures = [(await client.get(ONE, auth=(SERVICE_ACCOUNT, "wrong"))).status_code for _ in range(3)]

    assert failures == [401] * 3
    assert sn.users[SERVICE_ACCOUNT].locked_out
    assert (await client.get(ONE, auth=BASIC)).status_code == 401


async def test_fault_38_a_success_in_between_starts_the_count_again(client: httpx.AsyncClient, sn: ServiceNow) -> None:
    sn.faults.on(38, after=2)

    for _ in range(3):
        await client.get(ONE, auth=(SERVICE_ACCOUNT, "wrong"))
        await client.get(ONE, auth=BASIC)

    assert not sn.users[SERVICE_ACCOUNT].locked_out


async def test_fault_39_the_role_goes_in_the_middle(client: httpx.AsyncClient, sn: ServiceNow) -> None:
    sn.users.grant(SERVICE_ACCOUNT, "sn_compliance.reader")
    fault = sn.faults.on(39, method="PATCH", nth=2)

    codes = [(await push(client, f"<p>{at}</p>")).status_code for at in range(3)]
    reading = await client.get(LIST)
    fault.off()

    assert codes == [200, 403, 403]
    assert reading.status_code == 200
    assert (await push(client)).status_code == 200


async def test_fault_39_without_its_role_for_rest_the_account_is_not_authenticated(
    client: httpx.AsyncClient, sn: ServiceNow
) -> None:
    sn.faults.on(39, role="snc_platform_rest_api_access")

    assert [(await client.get(ONE)).status_code for _ in range(2)] == [401, 401]
