import asyncio
from dataclasses import replace

import httpx
import pytest

from core.ids import new_id
from core.usecases.operations.idempotency import (
    KeptAnswer,
    KeyedRequest,
    KeyIsBusy,
    KeyNamesAnother,
    begin,
    forget,
    keep_answer,
)
from core.wiring import Core
from tests.api.conftest import ApiClients
from tests.cast import Cast
from tests.clocks import MovedClock

KEY = {"Idempotency-Key": "nightly-2026-11-22"}
ANSWER = KeptAnswer(202, "/here", '{"done":true}')


async def push(client: httpx.AsyncClient, ids: list[object], **headers: str) -> httpx.Response:
    return await client.post("/push", json={"statement_ids": [str(each) for each in ids]}, headers={**KEY, **headers})


async def test_a_request_sent_again_is_answered_as_before_and_not_done_again(api: ApiClients) -> None:
    ids = await api.stage.edit(2)
    client = await api.of(api.stage.cast.requester)

    first, second = await push(client, [*ids]), await push(client, [*ids])

    assert first.status_code == second.status_code == 202
    assert first.content == second.content
    assert first.headers["location"] == second.headers["location"]
    assert "idempotency-replayed" not in first.headers
    assert second.headers["idempotency-replayed"] == "true"


async def test_the_same_key_for_another_request_is_refused(api: ApiClients) -> None:
    ids = await api.stage.edit(2)
    client = await api.of(api.stage.cast.requester)
    await push(client, [ids[0]])

    other_body = await push(client, [ids[1]])
    other_path = await client.post("/push/check-conflicts", json={"statement_ids": [str(ids[0])]}, headers=KEY)

    assert (other_body.status_code, other_body.json()["code"]) == (409, "idempotency_key_taken")
    assert (other_path.status_code, other_path.json()["code"]) == (409, "idempotency_key_taken")


async def test_keys_of_two_people_have_nothing_to_do_with_each_other(api: ApiClients) -> None:
    ids = await api.stage.edit(1)
    requester, editor = await api.of(api.stage.cast.requester), await api.of(api.stage.cast.editor)
    body = {"statement_ids": [str(ids[0])]}

    first = await requester.post("/push/check-conflicts", json=body, headers=KEY)
    second = await editor.post("/push/check-conflicts", json=body, headers=KEY)

    assert first.status_code == second.status_code == 200
    assert "idempotency-replayed" not in second.headers


async def test_what_was_refused_may_be_tried_again_with_the_same_key(api: ApiClients) -> None:
    ids = await api.stage.edit()
    api.stage.sample.apply_remote_edits(api.stage.servicenow)
    client = await api.of(api.stage.cast.requester)
    refused = await push(client, [*ids])
    assert refused.json()["code"] == "conflicts_remain"
    for statement_id in refused.json()["statement_ids"]:
        await client.post(f"/push/resolve-conflict/{statement_id}", json={"resolution": "keep_local"})

    assert (await push(client, [*ids])).status_code == 202


async def test_of_many_at_once_one_is_done(api: ApiClients) -> None:
    ids = await api.stage.edit(2)
    client = await api.of(api.stage.cast.requester)

    answers = await asyncio.gather(*(push(client, [*ids]) for _ in range(6)))

    done = [answer for answer in answers if answer.status_code == 202]
    assert len({answer.json()["job_id"] for answer in done}) == 1
    assert all(answer.json()["code"] == "idempotency_key_busy" for answer in answers if answer.status_code != 202)


async def test_a_key_is_a_word_of_plain_characters(api: ApiClients) -> None:
    client = await api.of(api.stage.cast.requester)

    for key in ("", "two words", "ü".encode(), "x" * 256):
        refused = await client.post("/push", json={"statement_ids": [str(new_id())]}, headers={"Idempotency-Key": key})

        assert (refused.status_code, refused.json()["code"]) == (422, "invalid_request"), key


async def test_a_key_is_free_again_after_a_day(core: Core, cast: Cast) -> None:
    clock = MovedClock()
    moved, keyed = replace(core, clock=clock), KeyedRequest(cast.requester.id, "key", "a" * 64)
    assert await begin(moved, keyed) is None
    await keep_answer(moved, keyed, ANSWER)
    clock.forward(hours=23)
    assert await begin(moved, keyed) == ANSWER

    clock.forward(hours=2)

    assert await begin(moved, replace(keyed, request_sha256="b" * 64)) is None


async def test_a_key_whose_process_died_is_free_again_after_some_minutes(core: Core, cast: Cast) -> None:
    clock = MovedClock()
    moved, keyed = replace(core, clock=clock), KeyedRequest(cast.requester.id, "key", "a" * 64)
    assert await begin(moved, keyed) is None
    with pytest.raises(KeyIsBusy):
        await begin(moved, keyed)
    with pytest.raises(KeyNamesAnother):
        await begin(moved, replace(keyed, request_sha256="b" * 64))

    clock.forward(minutes=6)

    assert await begin(moved, keyed) is None
    with pytest.raises(KeyIsBusy):
        await begin(moved, keyed)


async def test_a_key_given_back_is_free(core: Core, cast: Cast) -> None:
    keyed = KeyedRequest(cast.requester.id, "key", "a" * 64)
    assert await begin(core, keyed) is None

    await forget(core, keyed)

    assert await begin(core, replace(keyed, request_sha256="b" * 64)) is None


async def test_what_was_done_before_a_crash_is_not_done_again(api: ApiClients) -> None:
    """The key is written in a transaction of its own: after a crash between the two the deed's own rules decide."""
    ids = await api.stage.edit(1)
    client = await api.of(api.stage.cast.requester)
    first = await push(client, [*ids])
    assert first.status_code == 202

    again = await push(client, [*ids], **{"Idempotency-Key": "as-if-forgotten"})

    assert again.json()["code"] in ("push_in_progress", "nothing_to_push")
