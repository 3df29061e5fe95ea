"""The kinds of values in requests and answers."""

import datetime as dt
import re
from typing import Annotated

from fastapi import Header
from pydantic import AfterValidator, AwareDatetime, BaseModel, BeforeValidator, ConfigDict, StringConstraints

_RFC_3339 = re.compile(r"\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}:\d{2}")

LONGEST_TEXT = 262_144
LARGEST_COUNT = 9_007_199_254_740_991
LARGEST_OFFSET = 1_000_000_000


class Body(BaseModel):
    """What a request may hold: exactly these fields."""

    model_config = ConfigDict(extra="forbid")


def _utc(moment: dt.datetime) -> dt.datetime:
    """The instant in UTC; the first and last hours of the calendar have none."""
    try:
        return moment.astimezone(dt.UTC)
    except OverflowError:
        raise ValueError("this instant is outside the calendar") from None


def _is_written_out(value: object) -> object:
    """Only RFC 3339: a bare number would pass for seconds since 1970."""
    if not isinstance(value, str) or not _RFC_3339.match(value):
        raise ValueError("a time is written like 2026-01-31T09:00:00Z")
    return value


Instant = Annotated[AwareDatetime, BeforeValidator(_is_written_out), AfterValidator(_utc)]

Moment = AwareDatetime
"""An instant in an answer: everything we keep is in UTC, and written with Z."""

Words = Annotated[str, StringConstraints(max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$")]
"""A line that somebody typed."""

Comment = Annotated[str, StringConstraints(max_length=2000, pattern=r"^[^\x00]*$")]

StatementText = Annotated[str, StringConstraints(max_length=LONGEST_TEXT, pattern=r"^[^\x00]*$")]
"""A statement. PostgreSQL keeps no NUL, and no reader could see one."""

IfMatch = Annotated[
    str | None,
    Header(
        alias="If-Match",
        max_length=200,
        pattern=r"^[\x20-\x7e]*$",
        description="The ETag of the statement as it was read, or * for any. Without it the answer is 428.",
        json_schema_extra={"examples": ["*"]},
    ),
]
