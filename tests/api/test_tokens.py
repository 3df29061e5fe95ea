import datetime as dt
from dataclasses import replace
from pathlib import Path

import pytest
from sqlmodel import select

from core.domain.actor import Role
from core.domain.token import token_parts, token_text
from core.errors import NotAllowed, NotFound, StaleCard, UsageError
from core.ids import new_id, new_secret
from core.store import audit
from core.store.api_tables import ApiTokenRow
from core.store.people import find_person
from core.usecases.people.tokens import TokenWish, all_tokens, create_token, find_bearer, revoke_token
from core.wiring import Core
from tests.api.conftest import ApiClients
from tests.cast import Cast
from tests.clocks import MovedClock

WISH = TokenWish("requester@example.com", (Role.REQUESTER, Role.EDITOR), "nightly", days=10)


def everything_stored(core: Core) -> bytes:
    path = Path(core.settings.database_url.removeprefix("sqlite:///"))
    return b"".join(part.read_bytes() for part in path.parent.glob(f"{path.name}*"))


async def test_a_token_is_printed_once_and_only_its_hash_is_kept(core: Core, cast: Cast) -> None:
    text = await create_token(core, cast.admin, WISH)

    parts = token_parts(text)
    assert parts is not None
    token_id, secret = parts
    assert len(secret) == 43
    stored = everything_stored(core)
    async with core.db.reading() as tx:
        row = (await tx.exec(select(ApiTokenRow))).one()
    assert secret.encode() not in stored
    assert (row.id, row.roles, row.name) == (token_id, "editor,requester", "nightly")
    assert len(row.secret_sha256) == 64


async def test_a_token_is_known_again_with_its_person_and_roles(core: Core, cast: Cast) -> None:
    bearer = await find_bearer(core, await create_token(core, cast.admin, WISH))

    assert bearer is not None
    assert bearer.person_id == cast.requester.id
    assert bearer.token.roles == {Role.REQUESTER, Role.EDITOR}


async def test_a_wrong_secret_an_unknown_id_and_other_words_are_nobody(core: Core, cast: Cast) -> None:
    text = await create_token(core, cast.admin, WISH)
    parts = token_parts(text)
    assert parts is not None
    wrong = [
        token_text(parts[0], new_secret()),
        token_text(new_id(), parts[1]),
        text[:-1],
        text + "A",
        text.upper(),
        "",
        "grcpush_",
        parts[1],
    ]

    assert [await find_bearer(core, each) for each in wrong] == [None] * len(wrong)


async def test_a_token_expires(core: Core, cast: Cast) -> None:
    clock = MovedClock()
    moved = replace(core, clock=clock)
    text = await create_token(moved, cast.admin, WISH)

    clock.forward(days=9, hours=23)
    assert await find_bearer(moved, text) is not None
    clock.forward(hours=2)
    assert await find_bearer(moved, text) is None


async def test_a_revoked_token_is_nobody_and_is_revoked_once(core: Core, cast: Cast) -> None:
    text = await create_token(core, cast.admin, WISH)
    token_id = (await all_tokens(core, cast.admin))[0].token.id

    await revoke_token(core, cast.admin, token_id)

    assert await find_bearer(core, text) is None
    with pytest.raises(StaleCard):
        await revoke_token(core, cast.admin, token_id)
    with pytest.raises(NotFound):
        await revoke_token(core, cast.admin, new_id())


async def test_the_last_use_is_kept_to_the_minute(core: Core, cast: Cast) -> None:
    clock = MovedClock()
    moved = replace(core, clock=clock)
    text = await create_token(moved, cast.admin, WISH)
    assert (await all_tokens(moved, cast.admin))[0].token.last_used_at is None

    await find_bearer(moved, text)
    first = (await all_tokens(moved, cast.admin))[0].token.last_used_at
    clock.forward(seconds=30)
    await find_bearer(moved, text)
    second = (await all_tokens(moved, cast.admin))[0].token.last_used_at
    clock.forward(seconds=31)
    await find_bearer(moved, text)
    third = (await all_tokens(moved, cast.admin))[0].token.last_used_at

    assert first is not None
    assert second == first
    assert third is not None
    assert third - first > dt.timedelta(seconds=60)


async def test_making_and_revoking_are_audited_without_the_secret(core: Core, cast: Cast) -> None:
    text = await create_token(core, cast.admin, WISH)
    token_id = (await all_tokens(core, cast.admin))[0].token.id
    await revoke_token(core, cast.admin, token_id)

    async with core.db.reading() as tx:
        events = await audit.list_for(tx, "token", str(token_id))

    assert [event.kind for event in events] == ["token:created", "token:revoked"]
    assert all("requester@example.com" in event.details for event in events)
    assert text.split("_", 2)[2] not in str(events)


@pytest.mark.parametrize("who", ["editor", "requester", "approver", "stranger"])
async def test_only_admins_make_list_or_revoke_tokens(core: Core, cast: Cast, who: str) -> None:
    actor = getattr(cast, who)

    for deed in (create_token(core, actor, WISH), all_tokens(core, actor), revoke_token(core, actor, new_id())):
        with pytest.raises(NotAllowed):
            await deed


@pytest.mark.parametrize(
    "wish",
    [
        TokenWish("requester@example.com", ()),
        TokenWish("requester@example.com", (Role.EDITOR,), days=0),
        TokenWish("requester@example.com", (Role.EDITOR,), days=367),
        TokenWish("requester", (Role.EDITOR,)),
        TokenWish("two words@example.com", (Role.EDITOR,)),
    ],
)
async def test_a_wish_that_makes_no_sense_is_refused(core: Core, cast: Cast, wish: TokenWish) -> None:
    with pytest.raises(UsageError):
        await create_token(core, cast.admin, wish)


async def test_a_token_gives_no_more_than_its_roles(api: ApiClients) -> None:
    ids = await api.stage.edit(1)
    only_editor = await api.of(api.stage.cast.requester, Role.EDITOR)

    refused = await only_editor.post("/push", json={"statement_ids": [str(ids[0])]})

    assert refused.status_code == 403
    assert refused.json()["gate"] == "role:requester"


async def test_a_token_gives_no_more_than_its_person_has_now(api: ApiClients) -> None:
    ids = await api.stage.edit(1)
    editor_only_in_the_configuration = await api.of(api.stage.cast.editor)

    refused = await editor_only_in_the_configuration.post("/push", json={"statement_ids": [str(ids[0])]})

    assert refused.status_code == 403
    assert refused.json()["gate"] == "role:requester"


async def test_a_token_whose_roles_its_person_does_not_have_gives_nothing(api: ApiClients) -> None:
    client = await api.of(api.stage.cast.second, Role.ADMIN)

    refused = await client.get("/statements")

    assert (refused.status_code, refused.json()["gate"]) == (403, "no_role")


async def test_who_leaves_the_workspace_loses_the_token_too(api: ApiClients) -> None:
    client = await api.of(api.stage.cast.requester)
    assert (await client.get("/statements")).status_code == 200

    api.stage.slack.directory.users["U0REQUEST"].deleted = True
    refused = await client.get("/statements")

    assert (refused.status_code, refused.json()["gate"]) == (403, "outsider")


async def test_who_leaves_an_approvers_group_loses_the_role_over_the_api_too(api: ApiClients) -> None:
    client = await api.of(api.stage.cast.second, Role.APPROVER)
    assert (await client.get("/statements")).status_code == 200

    api.stage.slack.directory.groups["S0APPROVE"].users.remove("U0SECOND")

    assert (await client.get("/statements")).json()["gate"] == "no_role"


async def test_somebody_slack_does_not_know_is_refused(api: ApiClients) -> None:
    text = await create_token(api.stage.bot.core, api.stage.cast.admin, TokenWish("robot@example.com", (Role.EDITOR,)))
    client = await api.with_token(text)

    first, second = await client.get("/statements"), await client.get("/statements")

    assert (first.status_code, first.json()["gate"]) == (403, "outsider")
    assert second.status_code == 403
    assert len(api.stage.slack.calls.of("users.lookupByEmail")) == 1


async def test_somebody_first_met_by_their_address_is_the_person_slack_knows(api: ApiClients) -> None:
    wish = TokenWish("Otto@Example.com", (Role.EDITOR,))
    api.stage.slack.directory.users["U0GONE"].deleted = False
    api.stage.slack.directory.users["U0GONE"].email = "otto@example.com"
    client = await api.with_token(await create_token(api.stage.bot.core, api.stage.cast.admin, wish))

    refused = await client.get("/statements")
    async with api.stage.bot.core.db.reading() as tx:
        person = await find_person(tx, email="otto@example.com")

    assert refused.json()["gate"] == "no_role"
    assert person is not None
    assert person.slack_user_id == "U0GONE"


async def test_when_slack_cannot_say_who_somebody_is_nobody_gets_in(api: ApiClients) -> None:
    client = await api.of(api.stage.cast.requester)
    api.stage.slack.faults.error("users.info", "internal_error", times=None)

    refused = await client.get("/statements")

    assert refused.status_code == 503
    assert refused.json()["gate"] == "identity"
    api.stage.slack.faults.answer_again()


@pytest.mark.parametrize(
    "header",
    [None, "", "Bearer", "Bearer nonsense", "Basic dXNlcjpwYXNz", "bearer grcpush_x_y", "Token abc"],
)
async def test_without_a_good_token_nothing_is_told(api: ApiClients, header: str | None) -> None:
    client = await api.with_token(None)

    refused = await client.get("/statements", headers={} if header is None else {"Authorization": header})

    assert refused.status_code == 401
    assert refused.headers["www-authenticate"].startswith('Bearer realm="grcpush"')
    assert refused.json()["code"] == "unauthorized"
    assert "content_preview" not in refused.text
