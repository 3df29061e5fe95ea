"""The API is what its OpenAPI says: schemathesis makes requests from the document, good ones and bad ones, and holds
every answer against it. The same requests in every run."""

from typing import Any

import pytest
import schemathesis
from schemathesis.engine import events, from_schema

from tests.standing import Standing

# ETags cannot be told in a schema, so that one which is made up is answered with 412.
GOOD = ["2xx", "3xx", 401, 403, 404, 409, 412]


@pytest.fixture(scope="module")
def token(standing: Standing) -> str:
    stage = standing.stage
    standing.do(stage.edit())
    stage.sample.apply_remote_edits(stage.servicenow)
    return standing.token(stage.cast.admin)


@pytest.fixture(scope="module")
def known(standing: Standing, token: str) -> dict[str, str]:
    """The ids of a statement in conflict and of a push job that waits for approval."""
    with standing.client(token) as client:
        modified = [line["id"] for line in client.get("/push/modified").json()["statements"]]
        checked = client.post("/push/check-conflicts", json={"statement_ids": modified}).json()["conflicts"]
        clashing = [info["statement_id"] for info in checked if info["has_conflict"]]
        free = [info["statement_id"] for info in checked if not info["has_conflict"]]
        job = client.post("/push", json={"statement_ids": free[:2]}).json()["job_id"]
    return {"path.statement_id": clashing[0], "path.job_id": job}


def settings(standing: Standing, token: str, phase: str, parameters: dict[str, str]) -> schemathesis.Config:
    """One phase alone. Where every boundary of a schema is tried, a good request may still be refused by a rule."""
    wanted: dict[str, Any] = {
        "seed": 7,
        "base-url": standing.url,
        "headers": {"Authorization": f"Bearer {token}"},
        "generation": {"deterministic": True, "max-examples": 8, "database": "none"},
        "phases": {name: {"enabled": name == phase} for name in ("examples", "coverage", "fuzzing", "stateful")},
        "parameters": parameters,
        "checks": {"positive_data_acceptance": {"enabled": phase == "fuzzing", "expected-statuses": GOOD}},
    }
    return schemathesis.Config.from_dict(wanted)


@pytest.mark.filterwarnings("ignore::hypothesis.errors.HypothesisDeprecationWarning")  # schemathesis' own strategies
@pytest.mark.parametrize(
    ("phase", "are_ids_known", "least"), [("coverage", False, 400), ("fuzzing", False, 80), ("fuzzing", True, 80)]
)
def test_every_answer_is_as_the_openapi_says(
    standing: Standing, token: str, known: dict[str, str], phase: str, are_ids_known: bool, least: int
) -> None:
    with standing.client(token, base="") as client:
        document = client.get("/openapi.json").json()
    config = settings(standing, token, phase, known if are_ids_known else {})

    told = [*from_schema(schemathesis.openapi.from_dict(document, config=config)).execute()]

    errors = [event for event in told if isinstance(event, events.NonFatalError | events.FatalError)]
    finished, scenarios = told[-1], [event for event in told if isinstance(event, events.ScenarioFinished)]
    assert not errors, errors
    assert isinstance(finished, events.EngineFinished)
    assert not finished.failures, "\n\n".join(str(failure) for failure in finished.failures)
    assert {event.recorder.label for event in scenarios} == {
        f"{method.upper()} {path}" for path, methods in document["paths"].items() for method in methods
    }
    assert sum(len(event.recorder.cases) for event in scenarios) > least


def test_the_document_tells_of_every_endpoint_what_it_does_and_every_answer(standing: Standing) -> None:
    with standing.client(base="") as client:
        document = client.get("/openapi.json").json()

    names = [endpoint["operationId"] for methods in document["paths"].values() for endpoint in methods.values()]
    assert len(names) == len(set(names))
    for path, methods in document["paths"].items():
        for method, endpoint in methods.items():
            assert endpoint["description"], (method, path)
            is_api = path.startswith("/api/")
            assert {"401", "403", "422", "429", "500"} <= endpoint["responses"].keys() or not is_api, (method, path)
            assert endpoint.get("security") or not is_api, (method, path)


def test_the_page_about_the_api_tells_of_every_endpoint_and_loads_nothing(standing: Standing) -> None:
    with standing.client(base="") as client:
        document, page = client.get("/openapi.json").json(), client.get("/docs")

    assert page.status_code == 200
    assert page.headers["content-security-policy"].startswith("default-src 'none'")
    assert [word for word in ("<script", "<link", "src=", "url(", "https://") if word in page.text] == []
    for path, methods in document["paths"].items():
        for method in methods:
            assert f'id="{method.upper()}-{path}"' in page.text
    for name, schema in document["components"]["schemas"].items():
        assert "__" not in name
        assert f'id="schema-{name}"' in page.text
        for key in schema.get("properties", {}):
            assert f"<code>{key}</code>" in page.text
    assert "<code>grcpush token create</code>" in page.text
    assert 'list of <a href="#schema-ConflictInfo">ConflictInfo</a>' in page.text
