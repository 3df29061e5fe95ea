"""Secrets and statement texts are where they belong, and nowhere else: not in logs, answers, metrics or the audit trail."""

import html
import json
import re
from collections.abc import Iterator

import pytest

from core.store import audit
from sandbox.data import Sample, load
from sandbox.servicenow import API_KEY, OAUTH_SECRET, SERVICE_PASSWORD, STATEMENT_FIELD, STATEMENTS, ServiceNow
from sandbox.slack import Workspace
from tests.standing import Standing

WINDOW = 5


def secrets_of(slack: Workspace) -> list[str]:
    """Every secret the bot is given, of Slack's and ServiceNow's."""
    return [slack.bot_token, slack.app_token, slack.signing_secret, SERVICE_PASSWORD, OAUTH_SECRET, API_KEY]


def phrases(servicenow: ServiceNow, sample: Sample) -> Iterator[str]:
    """Every run of so many words of every statement, in ServiceNow and edited on either side."""
    texts = [servicenow.get(STATEMENTS, one.sys_id)[STATEMENT_FIELD] for one in sample.statements]
    texts += [edit.html for edit in (*sample.local_edits, *sample.remote_edits)]
    for text in texts:
        words = html.unescape(re.sub(r"<[^>]*>", " ", text)).split()
        for start in range(max(len(words) - WINDOW + 1, 0)):
            yield " ".join(words[start : start + WINDOW])


def leaks_in(told: str, slack: Workspace) -> list[str]:
    """The secrets and phrases of statements that stand in what was told, however it is written."""
    servicenow = ServiceNow()
    sample = load(servicenow)
    plain = " ".join(html.unescape(told.encode().decode("unicode_escape", "replace")).split())
    return [word for word in (*secrets_of(slack), *set(phrases(servicenow, sample))) if word in plain or word in told]


def test_the_search_finds_what_is_there() -> None:
    slack, servicenow = Workspace(), ServiceNow()
    (phrase, *_) = phrases(servicenow, load(servicenow))

    assert leaks_in(f"2026 info x={slack.bot_token}", slack) == [slack.bot_token]
    assert leaks_in(json.dumps({"text": f"<p>{phrase}</p>"}), slack) == [phrase]


@pytest.fixture(scope="module")
def tokens(standing: Standing) -> dict[str, str]:
    cast = standing.stage.cast
    standing.do(standing.stage.edit())
    return {"admin": standing.token(cast.admin), "requester": standing.token(cast.requester)}


def test_metrics_health_and_the_description_of_the_api_hold_none(standing: Standing, tokens: dict[str, str]) -> None:
    with standing.client(base="") as client:
        pages = [client.get(path).text for path in ("/metrics", "/readyz", "/healthz", "/openapi.json", "/docs")]

    for page in pages:
        assert leaks_in(page, standing.stage.slack) == []
        assert not any(token in page for token in tokens.values())


def test_errors_do_not_repeat_what_was_sent(standing: Standing, tokens: dict[str, str]) -> None:
    text = "<p>Launch code nine nine seven.</p>"
    wrong = {"content": text, "surplus": text}
    with standing.client(tokens["admin"]) as client:
        line = client.get("/statements", params={"limit": 1}).json()["statements"][0]
        answers = [
            client.put(f"/statements/{line['id']}/local", json=wrong, headers={"If-Match": "*"}),
            client.put(f"/statements/{line['id']}/local", json={"content": text}, headers={"If-Match": '"999"'}),
            client.put(f"/statements/{line['id']}/local", json={"content": [text]}, headers={"If-Match": "*"}),
            client.post("/push", json={"statement_ids": [text]}),
            client.post("/push", content=text, headers={"Content-Type": "application/json"}),
            client.get("/statements", params={"limit": text}),
            client.get("/statements", headers={"Authorization": f"Bearer {tokens['admin']}x"}),
        ]

    for answer in answers:
        assert answer.status_code >= 400
        assert "nine nine seven" not in answer.text
        assert tokens["admin"] not in answer.text


def test_the_audit_trail_holds_no_secret(standing: Standing, tokens: dict[str, str]) -> None:
    async def everything() -> str:
        async with standing.stage.bot.core.db.reading() as tx:
            return "".join([str(record) async for record in audit.walk(tx)])

    told = standing.do(everything())

    assert "token:created" in told
    assert not [secret for secret in secrets_of(standing.stage.slack) if secret in told]
    assert not [token for token in tokens.values() if token.split("_", 2)[2] in told]


def test_settings_hide_their_secrets_however_they_are_printed(standing: Standing) -> None:
    settings = standing.stage.bot.core.settings

    for shown in (repr(settings), str(settings), str(settings.redacted()), settings.model_dump_json()):
        assert not [secret for secret in secrets_of(standing.stage.slack) if secret in shown]
