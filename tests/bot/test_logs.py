import json
import logging
from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import IntegrityError

from bot.logs import JsonLines, TextLines, configure_logs, forget_logs
from core.config import LogFormat, Settings
from core.errors import NotFound
from core.log_context import bound, note

SECRET_TEXT = "<p>Accounts are reviewed every month.</p>"


@pytest.fixture(autouse=True)
def clean() -> Iterator[None]:
    yield
    forget_logs()


@pytest.fixture
def logged(capsys: pytest.CaptureFixture[str]) -> Callable[[], list[str]]:
    return lambda: capsys.readouterr().err.splitlines()  # noqa: PLW0108 -- it is read anew at each call


def as_json(record: logging.LogRecord) -> dict[str, object]:
    facts: dict[str, object] = json.loads(JsonLines().format(record))
    return facts


def a_record(name: str, message: object, *args: object, error: BaseException | None = None) -> logging.LogRecord:
    info = (type(error), error, error.__traceback__) if error is not None else None
    return logging.LogRecord(name, logging.WARNING, "/somewhere/file.py", 7, message, args, info)


def caught(work: Callable[[], object]) -> BaseException:
    try:
        work()
    except Exception as error:  # noqa: BLE001 -- whatever it is
        return error
    raise AssertionError("nothing was raised")


def test_a_record_is_an_event_with_its_facts() -> None:
    facts = as_json(a_record("core.usecases.pushing.attempt", "push.outcome_unknown sys_id=%s send=%s", "abc", 2))

    assert (facts["event"], facts["sys_id"], facts["send"]) == ("push.outcome_unknown", "abc", 2)
    assert (facts["level"], facts["logger"]) == ("warning", "core.usecases.pushing.attempt")
    assert str(facts["at"]).endswith("Z")


def test_ids_bound_where_the_work_began_are_in_every_record() -> None:
    with bound(request_id="r1", push_job="j1"):
        note(person="p1")
        inside = as_json(a_record("bot.api", "api.refused code=%s", "stale"))
    outside = as_json(a_record("bot.api", "api.refused code=%s", "stale"))

    assert (inside["request_id"], inside["push_job"], inside["person"]) == ("r1", "j1", "p1")
    assert "request_id" not in outside


def test_a_record_is_one_line_whatever_is_in_it() -> None:
    forged = "x\n2026-01-01T00:00:00Z INFO push.approved person=admin\r\u2028\x1b[31m"

    for formatter in (TextLines(), JsonLines()):
        line = formatter.format(a_record("bot.guard", "listener.refused code=%s user=%s", forged, "U1"))

        assert len(line.splitlines()) == 1
        assert "\x1b" not in line
        assert line.isascii()
    assert 'code="x\\n2026' in TextLines().format(a_record("bot.guard", "listener.refused code=%s", forged))


def test_a_fact_cannot_pass_for_another() -> None:
    line = TextLines().format(a_record("bot.guard", "listener.refused code=%s", "stale person=admin"))

    assert 'code="stale person=admin"' in line


def test_of_an_exception_only_its_kind_and_place_are_told() -> None:
    error = caught(lambda: int(SECRET_TEXT))

    for formatter in (TextLines(), JsonLines()):
        line = formatter.format(a_record("bot.background", "background.failed", error=error))

        assert "Accounts" not in line
        assert "ValueError" in line
        assert "test_logs.py" in line


def test_causes_are_told_by_kind_too() -> None:
    def work() -> None:
        try:
            int(SECRET_TEXT)
        except ValueError as error:
            raise RuntimeError(SECRET_TEXT) from error

    line = JsonLines().format(a_record("core.engine", "engine.task_failed", error=caught(work)))

    assert "Accounts" not in line
    assert "RuntimeError" in line
    assert "after ValueError in" in line


def test_the_words_of_our_own_errors_are_told() -> None:
    error = caught(lambda: (_ for _ in ()).throw(NotFound("There is no such push job.")))

    assert "There is no such push job." in JsonLines().format(a_record("bot.api", "api.failed", error=error))


def test_a_database_error_does_not_quote_the_row() -> None:
    engine = create_engine("sqlite://")
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE t (content TEXT PRIMARY KEY)"))
        connection.execute(text("INSERT INTO t VALUES (:content)"), {"content": SECRET_TEXT})
        error = caught(lambda: connection.execute(text("INSERT INTO t VALUES (:content)"), {"content": SECRET_TEXT}))
        connection.rollback()
    engine.dispose()
    assert isinstance(error, IntegrityError)
    assert "Accounts" in str(error)

    line = JsonLines().format(a_record("core.usecases.pushing.runner", "push.save_failed attempt=%s", 1, error=error))

    assert "Accounts" not in line
    assert "SQLITE_CONSTRAINT" in line


@pytest.mark.parametrize(
    "record",
    [
        a_record("slack_bolt.AsyncApp", f"Unhandled request ({SECRET_TEXT})"),
        a_record("slack_sdk.web", "Received: %s", SECRET_TEXT),
        a_record("asyncio", f"Task exception was never retrieved\nfuture: <Task exception={SECRET_TEXT!r}>"),
        a_record("uvicorn.error", "Invalid request: %s", SECRET_TEXT),
        a_record("dbos", f"Workflow failed with {SECRET_TEXT}"),
        a_record("py.warnings", "%s", SECRET_TEXT),
        a_record("httpx", "HTTP Request: %s", SECRET_TEXT),
    ],
    ids=lambda record: record.name,
)
def test_of_a_librarys_record_only_its_fixed_words_are_told(record: logging.LogRecord) -> None:
    for formatter in (TextLines(), JsonLines()):
        line = formatter.format(record)

        assert "Accounts" not in line
        assert record.name in line
        assert ":7" in line


def test_libraries_are_heard_from_warnings_on_and_we_from_the_level_that_is_set(
    logged: Callable[[], list[str]],
) -> None:
    configure_logs("info", LogFormat.JSON)

    logging.getLogger("httpx").info("HTTP Request: %s", "GET https://x/?token=secret")
    logging.getLogger("core.servicenow").info("servicenow.route_changed")
    logging.getLogger("core.servicenow").debug("servicenow.detail")
    logging.getLogger("some.library").warning("something")

    events = [json.loads(line)["event"] for line in logged()]
    assert events == ["servicenow.route_changed", "library"]


def test_configuring_twice_writes_each_record_once(logged: Callable[[], list[str]]) -> None:
    configure_logs("info")
    configure_logs("info")

    logging.getLogger("bot.app").info("bot.started settings=%s", {})

    assert len(logged()) == 1


def test_settings_are_shown_without_their_secrets() -> None:
    settings = Settings(
        database_url="postgresql://grc:db-pass@db/grc?password=query-pass",
        slack_bot_token="xoxb-secret",
        slack_signing_secret="signing-secret",
        slack_app_token="xapp-secret",
        servicenow_url="https://acme.service-now.com",
        servicenow_username="svc",
        servicenow_password="sn-pass",
        servicenow_client_secret="client-secret",
        servicenow_api_key="api-key",
        https_proxy="http://proxy-user:proxy-pass@proxy:3128",
    )

    shown = str(settings.redacted())

    for secret in (
        "db-pass", "query-pass", "xoxb-secret", "signing-secret", "xapp-secret", "sn-pass", "client-secret", "api-key",
        "proxy-pass", "proxy-user",
    ):  # fmt: skip
        assert secret not in shown
    assert "db/grc" in shown
    assert "proxy:3128" in shown
