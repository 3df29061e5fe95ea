"""The log: one line a record, with the event, its facts, and the ids that were bound where the work began.

Our own calls are `log.info("event.name fact=%s", value)`. What is logged is decided at the call: ids, counts and codes,
never a text or a secret. Everything else that reaches the log is not trusted with content: of an exception only its kind
and where it was raised is written, because messages quote what they choked on; of a library's record only its fixed
words, because the rest quotes what it was given.
"""

import datetime as dt
import json
import logging
import re
import sys
import traceback
from collections.abc import Mapping

from core.config import LogFormat
from core.errors import GrcError
from core.log_context import bound_ids

_OURS = ("bot", "core")
# Their log messages are templates with arguments beside them, or fixed words, so that the template holds nothing.
_TEMPLATED = ("alembic", "apscheduler", "asyncio", "aiohttp", "sqlalchemy", "uvicorn")
_FACT = re.compile(r"([a-z_]+)=%s")
_PLAIN = re.compile(r"[\w.:/@+*-]+", re.ASCII)
_LONGEST_VALUE = 500


def configure_logs(level: str, form: LogFormat = LogFormat.TEXT) -> None:
    """Write our records of at least this level, and other libraries' warnings, to standard error."""
    forget_logs()
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines() if form is LogFormat.JSON else TextLines())
    root = logging.getLogger()
    root.addHandler(handler)
    root.setLevel(logging.WARNING)
    for name in _OURS:
        logging.getLogger(name).setLevel(level.upper())
    # With a handler of its own already there, DBOS does not add one that would write past the formatter.
    logging.getLogger("dbos").addHandler(logging.NullHandler())
    logging.captureWarnings(capture=True)


def forget_logs() -> None:
    """Take back what `configure_logs` did."""
    root = logging.getLogger()
    for handler in [handler for handler in root.handlers if isinstance(handler.formatter, JsonLines | TextLines)]:
        root.removeHandler(handler)
    for name in _OURS:
        logging.getLogger(name).setLevel(logging.NOTSET)
    logging.captureWarnings(capture=False)


class JsonLines(logging.Formatter):
    """Each record as a JSON object on one line."""

    def format(self, record: logging.LogRecord) -> str:
        """The line, without its end."""
        return json.dumps(_facts(record))


class TextLines(logging.Formatter):
    """Each record as a line for people: time, level, event, and facts as name=value."""

    def format(self, record: logging.LogRecord) -> str:
        """The line, without its end."""
        facts = _facts(record)
        head = [str(facts.pop(name)) for name in ("at", "level", "event")]
        return " ".join([*head, *(f"{name}={_quoted(value)}" for name, value in facts.items())])


def _facts(record: logging.LogRecord) -> dict[str, object]:
    moment = dt.datetime.fromtimestamp(record.created, dt.UTC)
    event, facts = _event_of(record)
    known: dict[str, object] = {
        "at": moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        "level": record.levelname.lower(),
        "event": event,
        **{name: _short(value) for name, value in facts.items()},
        "logger": record.name,
    }
    known |= {name: value for name, value in bound_ids().items() if name not in known}
    if record.exc_info and record.exc_info[1] is not None:
        known |= {"error": _kind_of(record.exc_info[1]), "raised_in": _places_of(record.exc_info[1])}
    return known


def _event_of(record: logging.LogRecord) -> tuple[str, Mapping[str, object]]:
    """The event's name and its facts."""
    template = str(record.msg)
    if record.name.split(".")[0] not in _OURS:
        is_fixed = record.name.split(".")[0] in _TEMPLATED
        words = template.partition("\n")[0][:120] if is_fixed else ""
        place = f"{record.module}:{record.lineno}"
        return "library", {"said": words, "place": place} if words else {"place": place}
    event, _, rest = template.partition(" ")
    names = _FACT.findall(rest)
    values = record.args if isinstance(record.args, tuple) else (record.args,) if record.args else ()
    return event, dict(zip(names, values, strict=False))


def _kind_of(error: BaseException) -> str:
    """What kind of error it is; the words only of our own, which are made to be shown."""
    if isinstance(error, GrcError):
        return f"{type(error).__name__}: {error.sentence}"
    original = getattr(error, "orig", None)
    state = getattr(original, "sqlstate", None) or getattr(original, "sqlite_errorname", None)
    return " ".join(part for part in (type(error).__name__, type(original).__name__ if original else "", state) if part)


def _places_of(error: BaseException) -> str:
    """Where it was raised and what it passed through, the last place first, with its causes."""
    places = [
        f"{_file(frame.filename)}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(error.__traceback__)
    ]
    story = " < ".join(reversed(places))
    cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return f"{story} ; after {_kind_of(cause)} in {_places_of(cause)}" if cause is not None else story


def _file(path: str) -> str:
    return "/".join(path.replace("\\", "/").split("/")[-3:])


def _short(value: object) -> object:
    if value is None or isinstance(value, bool | int | float):
        return value
    text = str(value)
    return text if len(text) <= _LONGEST_VALUE else f"{text[:_LONGEST_VALUE]}…"


def _quoted(value: object) -> str:
    """The value as one word: whatever could end the line, or look like another fact, is quoted and escaped."""
    text = str(value)
    return text if _PLAIN.fullmatch(text) else json.dumps(text)
