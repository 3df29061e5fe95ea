"""Lists of statements: what may be asked for, and where the next page is."""

from typing import Annotated
from urllib.parse import urlencode

from fastapi import Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from bot.api.values import LARGEST_OFFSET, Words
from core.domain.statement import SyncStatus
from core.store.statements import StatementFilter
from core.usecases.statements.slices import Slice, StatementSlice


class StatementQuery(BaseModel):
    """Which statements, and which page of them. What is empty does not limit."""

    model_config = ConfigDict(extra="forbid")

    system: Words = Field("", description="The name of one system.")
    family: Words = Field("", description="A control family, such as AC.")
    text: Words = Field("", description="Words in the control's number or name, the system's name, or the edit.")
    status: SyncStatus | None = Field(None, description="How the statements stand.")
    offset: int = Field(0, ge=0, le=LARGEST_OFFSET, description="How many to leave out from the beginning.")
    limit: int = Field(100, ge=1, le=1000, description="How many to give at most.")

    def wanted(self) -> StatementFilter:
        """The filter of the query."""
        status = self.status.value if self.status else ""
        return StatementFilter(system=self.system, family=self.family, text=self.text, status=status)

    def part(self) -> Slice:
        """The page of the query."""
        return Slice(self.offset, self.limit)


Wanted = Annotated[StatementQuery, Query()]


def link_next(request: Request, response: Response, query: StatementQuery, found: StatementSlice) -> None:
    """Name the next page in the header `Link` (RFC 8288), when there is one. The address is relative to this one's host."""
    following = query.offset + len(found.lines)
    if found.lines and following < found.total:
        asked = query.model_dump(mode="json", exclude_defaults=True) | {"offset": following, "limit": query.limit}
        response.headers["Link"] = f'<{request.url.path}?{urlencode(asked)}>; rel="next"'
