"""Who may do what over the API: one table, every cell of it asked of a running bot."""

import itertools
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from core.domain.actor import Role
from core.text.content import TextKind, lost_content
from core.usecases.statements.edits import get_statement, save_edit
from sandbox.servicenow import STATEMENT_FIELD, STATEMENTS
from tests.standing import Standing

CALLERS = ("nobody", "no role", "editor", "requester", "approver", "admin")
ROLES = {"editor": Role.EDITOR, "requester": Role.REQUESTER, "approver": Role.APPROVER, "admin": Role.ADMIN}
NEW_TEXT = "<p>Accounts are reviewed every week, and the review is recorded.</p>"

# What each caller is answered, in the order of CALLERS. A token gives one role; "no role" is a colleague without any.
TABLE = {
    "GET /api/v1/push/modified": (401, 403, 200, 200, 200, 200),
    "GET /api/v1/statements": (401, 403, 200, 200, 200, 200),
    "GET /api/v1/statements/{statement_id}": (401, 403, 200, 200, 200, 200),
    "PUT /api/v1/statements/{statement_id}/local": (401, 403, 200, 403, 403, 403),
    "DELETE /api/v1/statements/{statement_id}/local": (401, 403, 200, 403, 403, 403),
    "POST /api/v1/push/check-conflicts": (401, 403, 200, 200, 403, 403),
    # A requester who is neither the author of the text nor asks for its push may not settle it; in Slack neither.
    "POST /api/v1/push/resolve-conflict/{statement_id}": (401, 403, 200, 403, 403, 403),
    "POST /api/v1/push": (401, 403, 403, 202, 403, 403),
    "GET /api/v1/push/{job_id}": (401, 403, 200, 200, 200, 200),
    "GET /api/v1/push/{job_id}/results": (401, 403, 200, 200, 200, 200),
    "GET /api/v1/push/{job_id}/approval": (401, 403, 200, 200, 200, 200),
    "POST /api/v1/push/{job_id}/approval": (401, 403, 403, 403, 200, 403),
    "POST /api/v1/push/{job_id}/cancel": (401, 403, 403, 200, 403, 200),
    # Whoever may have it retried is told that nothing failed here.
    "POST /api/v1/push/{job_id}/retry": (401, 403, 403, 409, 403, 409),
    # It takes both to edit and to request, and each of these tokens gives one role.
    "POST /api/v1/push/{job_id}/undo": (401, 403, 403, 403, 403, 403),
    "GET /api/v1/push/{job_id}/evidence": (401, 403, 403, 403, 403, 200),
    "GET /api/v1/audit": (401, 403, 403, 403, 403, 200),
    "GET /healthz": (200,) * 6,
    "GET /readyz": (200,) * 6,
    "GET /metrics": (200,) * 6,
}


# Served beside the API, and not in its description.
NOT_OF_THE_API = {"GET /docs", "GET /openapi.json", "POST /slack/events"}


@dataclass
class World:
    """A running bot, a token for each caller, and statements that no other cell has touched."""

    standing: Standing
    tokens: dict[str, str | None]
    unused: Iterator[str]

    def client(self, caller: str) -> httpx.Client:
        return self.standing.client(self.tokens[caller], base="")

    def statement(self, *, edited: bool = False, clashing: bool = False) -> str:
        """The id of a fresh statement, perhaps with a local edit, perhaps with one in ServiceNow beside it."""
        stage, name = self.standing.stage, next(self.unused)
        core = stage.bot.core
        found = self.standing.do(get_statement(core, name))
        if edited or clashing:
            self.standing.do(save_edit(core, stage.cast.editor, found.id, NEW_TEXT, source="test"))
        if clashing:
            self.standing.do(self._edit_there(name))
            self.ask("requester", "POST /api/v1/push/check-conflicts", json={"statement_ids": [str(found.id)]})
        return str(found.id)

    async def _edit_there(self, sys_id: str) -> None:
        self.standing.stage.servicenow.edit(STATEMENTS, sys_id, STATEMENT_FIELD, "<p>Theirs.</p>", by="jane.roe")

    def push(self) -> dict[str, Any]:
        """A push that waits for approval."""
        answer = self.ask("requester", "POST /api/v1/push", json={"statement_ids": [self.statement(edited=True)]})
        pushed: dict[str, Any] = answer.json()
        return pushed

    def ask(self, caller: str, endpoint: str, **more: Any) -> httpx.Response:
        method, path = endpoint.split()
        with self.client(caller) as client:
            return client.request(method, path, **more)


@pytest.fixture(scope="module")
def world(standing: Standing) -> World:
    cast = standing.stage.cast
    people = {"editor": cast.editor, "requester": cast.requester, "approver": cast.approver, "admin": cast.admin}
    tokens: dict[str, str | None] = {name: standing.token(people[name], role) for name, role in ROLES.items()}
    # A token for a colleague who holds no role any more.
    tokens |= {"nobody": None, "no role": standing.token(cast.second, Role.EDITOR)}
    with standing.client(tokens["editor"]) as client:
        every = client.get("/statements", params={"limit": 1000}).json()["statements"]
    texts = {line["sn_sys_id"]: standing.stage.servicenow.get(STATEMENTS, line["sn_sys_id"]) for line in every}
    plain = [sys_id for sys_id, row in texts.items() if not lost_content(row[STATEMENT_FIELD], TextKind.HTML)]
    return World(standing, tokens, iter(plain))


def _put(world: World) -> dict[str, Any]:
    return {"path": {"statement_id": world.statement()}, "json": {"content": NEW_TEXT}, "headers": {"If-Match": "*"}}


def _delete(world: World) -> dict[str, Any]:
    return {"path": {"statement_id": world.statement(edited=True)}, "headers": {"If-Match": "*"}}


def _named(world: World) -> dict[str, Any]:
    return {"json": {"statement_ids": [world.statement(edited=True)]}}


def _settle(world: World) -> dict[str, Any]:
    return {"path": {"statement_id": world.statement(clashing=True)}, "json": {"resolution": "keep_remote"}}


def _decide(world: World) -> dict[str, Any]:
    pushed = world.push()
    decision = {"decision": "decline", "content_digest": pushed["content_digest"], "comment": "Not now."}
    return {"path": {"job_id": pushed["job_id"]}, "json": decision}


def _pending(world: World) -> dict[str, Any]:
    return {"path": {"job_id": world.push()["job_id"]}}


ASKED: dict[str, Callable[[World], dict[str, Any]]] = {
    "PUT /api/v1/statements/{statement_id}/local": _put,
    "DELETE /api/v1/statements/{statement_id}/local": _delete,
    "POST /api/v1/push/check-conflicts": _named,
    "POST /api/v1/push/resolve-conflict/{statement_id}": _settle,
    "POST /api/v1/push": _named,
    "POST /api/v1/push/{job_id}/approval": _decide,
    "POST /api/v1/push/{job_id}/cancel": _pending,
}


@pytest.fixture(scope="module")
def looked_at(world: World) -> dict[str, str]:
    """A statement and a push job that are only looked at."""
    return {"statement_id": world.statement(), "job_id": world.push()["job_id"]}


@pytest.mark.parametrize(("endpoint", "caller"), [*itertools.product(TABLE, CALLERS)])
def test_each_caller_is_answered_as_the_table_says(
    world: World, looked_at: dict[str, str], endpoint: str, caller: str
) -> None:
    asked = ASKED[endpoint](world) if endpoint in ASKED else {}
    path = endpoint.format(**{**looked_at, **asked.pop("path", {})})

    answer = world.ask(caller, path, **asked)

    assert answer.status_code == TABLE[endpoint][CALLERS.index(caller)], answer.text
    if answer.status_code in (401, 403):
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["code"] == ("unauthorized" if answer.status_code == 401 else "not_allowed")


def test_the_table_and_the_documentation_name_every_endpoint_there_is(world: World) -> None:
    document = world.ask("nobody", "GET /openapi.json").json()
    page = (Path(__file__).parents[2] / "docs/api.md").read_text(encoding="utf-8")

    served = {f"{method.upper()} {path}" for path, methods in document["paths"].items() for method in methods}

    assert served == set(TABLE)
    assert set(re.findall(r"`([A-Z]+ /[^`]+)`", page)) == served | NOT_OF_THE_API
