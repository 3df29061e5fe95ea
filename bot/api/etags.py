"""ETags: a statement's version as HTTP names it, and the guard against overwriting what one has not seen."""

import re

from bot.api.problems import ApiProblem
from core.domain.statement import Statement

_TAG = re.compile(r'(W/)?"([^"]*)"')


def etag_of(statement: Statement) -> str:
    """The strong tag of the statement as it stands; it moves with every change."""
    return f'"{statement.row_version}"'


def expected_version(if_match: str | None) -> int | None:
    """The version a change was made for; None for `*`, any version.

    Raises ApiProblem: 428 without the header, 412 when no tag in it can be one of ours. Weak tags never match.
    """
    if if_match is None:
        raise ApiProblem(428, "precondition_required", "Say in If-Match which version you read (its ETag), or *.")
    if if_match.strip() == "*":
        return None
    tags = [value for weak, value in _TAG.findall(if_match) if not weak]
    versions = [int(value) for value in tags if value.isascii() and value.isdigit() and len(value) < 16]
    if len(versions) != 1:
        raise stale()
    return versions[0]


def is_fresh(statement: Statement, if_none_match: str | None) -> bool:
    """Whether the reader has this version already."""
    if if_none_match is None:
        return False
    tags = {f'"{value}"' for _, value in _TAG.findall(if_none_match)}
    return etag_of(statement) in tags or if_none_match.strip() == "*"


def stale() -> ApiProblem:
    """The statement is not at the version named."""
    return ApiProblem(412, "stale", "Somebody changed this statement meanwhile. Read it again, then change it.")
