import json

import pytest

from core.usecases.people.tokens import find_bearer
from core.wiring import Core
from tests.cli.conftest import CommandLine

WISH = ("token", "create", "--person", "requester@example.com", "--role", "requester", "--role", "editor")


async def test_a_token_stands_alone_on_standard_output_and_works(cli: CommandLine, core: Core) -> None:
    made = await cli(*WISH, "--name", "nightly", "--expires-days", "7")

    token = made.out.strip()
    assert made.status == 0
    assert made.out == f"{token}\n"
    assert "not shown again" in made.err
    bearer = await find_bearer(core, token)
    assert bearer is not None
    assert {role.value for role in bearer.token.roles} == {"requester", "editor"}
    assert (bearer.token.expires_at - bearer.token.created_at).days == 7


async def test_lists_show_tokens_without_their_secret(cli: CommandLine) -> None:
    token = (await cli(*WISH, "--name", "nightly")).out.strip()

    table, as_json = await cli("token", "list"), await cli("token", "list", "--json")

    assert "requester@example.com" in table.out
    assert "nightly" in table.out
    assert token.split("_", 2)[2] not in table.out + as_json.out
    listed = json.loads(as_json.out)
    assert [(line["state"], line["last_used_at"], line["roles"]) for line in listed] == [
        ("live", None, ["editor", "requester"])
    ]


async def test_a_token_is_revoked_by_the_beginning_of_its_id(cli: CommandLine, core: Core) -> None:
    token = (await cli(*WISH)).out.strip()
    other = (await cli(*WISH)).out.strip()
    token_id = token.split("_")[1]

    revoked = await cli("token", "revoke", token_id[:12])

    assert revoked.status == 0
    assert await find_bearer(core, token) is None
    assert await find_bearer(core, other) is not None
    assert (await cli("token", "revoke", token_id)).status == 1
    assert (await cli("token", "revoke", "ffffffffffff")).status == 1
    assert (await cli("token", "revoke", "ab")).status == 2
    states = [line["state"] for line in json.loads((await cli("token", "list", "--json")).out)]
    assert sorted(states) == ["live", "revoked"]


@pytest.mark.parametrize("actor", ["editor", "requester", "nobody", ""])
async def test_only_admins_make_tokens(cli: CommandLine, actor: str) -> None:
    for words in (WISH, ("token", "list"), ("token", "revoke", "ffffffffffff")):
        refused = await cli(*words, actor=actor)

        assert (refused.status, refused.out) == (1, "")


async def test_wrong_wishes_are_wrong_usage(cli: CommandLine) -> None:
    for words in (
        ("token", "create"),
        ("token", "create", "--person", "requester@example.com"),
        ("token", "create", "--person", "requester", "--role", "editor"),
        (*WISH[:4], "--role", "emperor"),
        (*WISH, "--expires-days", "0"),
        (*WISH, "--expires-days", "3660"),
    ):
        assert (await cli(*words)).status == 2, words
