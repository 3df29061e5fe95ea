"""The kinds of values in requests and answers."""

import datetime as dt
from typing import Annotated

from fastapi import Header
from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, StringConstraints

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


Instant = Annotated[AwareDatetime, AfterValidator(_utc)]

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
        description="The ETag of the statement as it was read, or * for any.",
    ),
]
