import asyncio
import uuid

import httpx

from tests.api.conftest import ApiClients
from tests.cast import list_edits

EVERYTHING = {"limit": "1000"}


async def a_statement(client: httpx.AsyncClient, position: int = 0) -> tuple[str, str]:
    """The path of some statement, and its ETag."""
    line = (await client.get("/statements", params=EVERYTHING)).json()["statements"][position]
    answer = await client.get(f"/statements/{line['id']}")
    return f"/statements/{line['id']}", answer.headers["etag"]


async def test_pages_follow_each_other_and_none_is_missed(api: ApiClients) -> None:
    client = await api.of(api.stage.cast.editor)
    whole = (await client.get("/statements", params=EVERYTHING)).json()
    seen, path = [], "/statements?limit=7"

    while path:
        answer = await client.get(f"{api.url}{path}" if path.startswith("/api") else path)
        assert answer.status_code == 200
        seen += [line["id"] for line in answer.json()["statements"]]
        assert answer.json()["total_count"] == whole["total_count"]
        path = answer.links.get("next", {}).get("url", "")

    assert seen == [line["id"] for line in whole["statements"]]
    assert len(seen) == whole["total_count"] == len(api.stage.sample.statements)


async def test_a_page_behind_the_end_is_empty_and_has_no_next(api: ApiClients) -> None:
    client = await api.of(api.stage.cast.editor)

    answer = await client.get("/push/modified", params={"offset": 1000})

    assert answer.json() == {"statements": [], "total_count": 0}
    assert "link" not in answer.headers


async def test_lists_are_filtered_by_system_family_status_and_words(api: ApiClients) -> None:
    await api.stage.edit(3)
    client = await api.of(api.stage.cast.editor)

    async def systems(**wanted: str) -> list[dict[str, str]]:
        lines: list[dict[str, str]] = (await client.get("/statements", params={**EVERYTHING, **wanted})).json()[
            "statements"
        ]
        return lines

    assert {line["system_name"] for line in await systems(system="payroll cloud")} == {"Payroll Cloud"}
    assert all(line["control_id"].startswith("AU-") for line in await systems(family="au"))
    assert len(await systems(status="modified")) == 3
    found = await systems(text="session term")
    assert found
    assert all("Session Termination" in line["control_name"] for line in found)
    assert await systems(text="100%_\\") == []
    assert await systems(system="' OR 1=1 --") == []


async def test_a_statement_shows_both_texts_and_where_it_comes_from(api: ApiClients) -> None:
    ids = await api.stage.edit(1)
    client = await api.of(api.stage.cast.editor)

    body = (await client.get(f"/statements/{ids[0]}")).json()

    assert body["content"] != body["local_content"]
    assert (body["sync_status"], body["kind"]) == ("modified", "html")
    assert body["modified_at"].endswith("Z")


async def test_an_unchanged_statement_is_not_sent_again(api: ApiClients) -> None:
    client = await api.of(api.stage.cast.editor)
    path, etag = await a_statement(client)

    known = await client.get(path, headers={"If-None-Match": etag})
    changed = await client.get(path, headers={"If-None-Match": '"0"'})

    assert (known.status_code, known.content, known.headers["etag"]) == (304, b"", etag)
    assert changed.status_code == 200


async def test_a_local_text_is_saved_for_the_version_that_was_read(api: ApiClients) -> None:
    client = await api.of(api.stage.cast.editor)
    path, etag = await a_statement(client)

    saved = await client.put(f"{path}/local", json={"content": "<p>Quite new.</p>"}, headers={"If-Match": etag})

    assert saved.status_code == 200
    assert saved.json()["local_content"] == "<p>Quite new.</p>"
    assert saved.headers["etag"] != etag
    again = await client.get(path)
    assert again.headers["etag"] == saved.headers["etag"]
    edits = await list_edits(api.stage.bot.core, uuid.UUID(path.rpartition("/")[2]))
    assert [edit.source for edit in edits] == ["api"]


async def test_of_two_who_read_the_same_version_one_is_told(api: ApiClients) -> None:
    client = await api.of(api.stage.cast.editor)
    path, etag = await a_statement(client)
    first = await client.put(f"{path}/local", json={"content": "<p>First.</p>"}, headers={"If-Match": etag})

    second = await client.put(f"{path}/local", json={"content": "<p>Second.</p>"}, headers={"If-Match": etag})
    dropped = await client.delete(f"{path}/local", headers={"If-Match": etag})

    assert first.status_code == 200
    assert (second.status_code, second.json()["code"]) == (412, "stale")
    assert (dropped.status_code, dropped.json()["code"]) == (412, "stale")
    assert (await client.get(path)).json()["local_content"] == "<p>First.</p>"


async def test_of_many_who_drop_the_same_local_text_at_once_one_does_and_the_others_are_told(api: ApiClients) -> None:
    client = await api.of(api.stage.cast.editor)
    path, etag = await a_statement(client)
    saved = await client.put(f"{path}/local", json={"content": "<p>Soon gone.</p>"}, headers={"If-Match": etag})
    version = {"If-Match": saved.headers["etag"]}

    answers = await asyncio.gather(*(client.delete(f"{path}/local", headers=version) for _ in range(5)))

    assert sorted(answer.status_code for answer in answers) == [200, 412, 412, 412, 412]


async def test_a_change_must_say_which_version_it_is_for(api: ApiClients) -> None:
    client = await api.of(api.stage.cast.editor)
    path, etag = await a_statement(client)

    missing = await client.put(f"{path}/local", json={"content": "<p>New.</p>"})
    assert (missing.status_code, missing.json()["code"]) == (428, "precondition_required")
    assert (await client.delete(f"{path}/local")).status_code == 428
    for wrong in ("7", "W/" + etag, '"abc"', '"99999999999999999999"', '"1", "2"', ""):
        refused = await client.put(f"{path}/local", json={"content": "<p>New.</p>"}, headers={"If-Match": wrong})
        assert refused.status_code == 412, wrong
    assert "local_content" not in (await client.get(path)).json()
    anyway = await client.put(f"{path}/local", json={"content": "<p>New.</p>"}, headers={"If-Match": "*"})
    assert anyway.status_code == 200


async def test_a_local_text_is_dropped_and_stays_in_the_history(api: ApiClients) -> None:
    ids = await api.stage.edit(1)
    client = await api.of(api.stage.cast.editor)
    etag = (await client.get(f"/statements/{ids[0]}")).headers["etag"]

    dropped = await client.delete(f"/statements/{ids[0]}/local", headers={"If-Match": etag})

    assert dropped.status_code == 200
    assert "local_content" not in dropped.json()
    assert dropped.json()["sync_status"] == "synced"
    assert len(await list_edits(api.stage.bot.core, ids[0])) == 2
    again = await client.delete(f"/statements/{ids[0]}/local", headers={"If-Match": "*"})
    assert again.status_code == 404


async def test_what_would_be_lost_is_refused_and_what_is_dangerous_is_taken_out(api: ApiClients) -> None:
    client = await api.of(api.stage.cast.editor)
    path, _ = await a_statement(client)
    anyway = {"If-Match": "*"}

    lossy = await client.put(f"{path}/local", json={"content": '<p><img src="x.png"></p>'}, headers=anyway)
    dangerous = await client.put(
        f"{path}/local", json={"content": "<p onclick=evil()>Kept</p><script>alert(1)</script>"}, headers=anyway
    )

    assert (lossy.status_code, lossy.json()["code"]) == (422, "lossy")
    assert dangerous.status_code == 200
    assert "Kept" in dangerous.json()["local_content"]
    assert "script" not in dangerous.json()["local_content"]
    assert "onclick" not in dangerous.json()["local_content"]


async def test_only_editors_of_the_system_change_texts(api: ApiClients) -> None:
    editor, approver = await api.of(api.stage.cast.editor), await api.of(api.stage.cast.approver)
    path, _ = await a_statement(editor)

    refused = await approver.put(f"{path}/local", json={"content": "<p>New.</p>"}, headers={"If-Match": "*"})

    assert (refused.status_code, refused.json()["gate"]) == (403, "role:editor")


async def test_an_unknown_statement_is_not_found(api: ApiClients) -> None:
    client = await api.of(api.stage.cast.editor)
    nowhere = uuid.uuid4()

    assert (await client.get(f"/statements/{nowhere}")).json()["code"] == "not_found"
    put = await client.put(f"/statements/{nowhere}/local", json={"content": "x"}, headers={"If-Match": "*"})
    assert put.status_code == 404


async def test_a_statement_is_cleared_only_when_that_is_said(api: ApiClients) -> None:
    client = await api.of(api.stage.cast.editor)
    (line, *_) = (await client.get("/statements", params={"system": "Payroll Cloud"})).json()["statements"]
    path, any_version = f"/statements/{line['id']}/local", {"If-Match": "*"}

    refused = await client.put(path, json={"content": "<p> </p>"}, headers=any_version)
    meant = await client.put(path, json={"content": "", "allow_empty": True}, headers=any_version)

    assert (refused.status_code, refused.json()["code"]) == (409, "empty_text")
    assert (meant.status_code, meant.json()["local_content"]) == (200, "")
