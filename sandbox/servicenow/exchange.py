"""One request on its way through the server, and the record of it that tests count."""

import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, unquote

from .errors import Answer
from .ledger import Commit, Write
from .store import Row
from .users import User
from .wire import Wire

WRITE_METHODS = {"POST", "PUT", "PATCH", "DELETE"}


@dataclass
class Request:
    """What the traffic log keeps of one request. `started` and `ended` are monotonic seconds; `status` 0 = no answer."""

    id: str
    method: str
    path: str
    query: str
    user: str = ""
    session: str = ""
    table: str = ""
    sys_id: str = ""
    status: int = 0
    body: bytes = b""
    started: float = field(default_factory=time.monotonic)
    ended: float | None = None

    @property
    def is_write(self) -> bool:
        """Whether it asks for a change of a record."""
        return bool(self.table) and self.method in WRITE_METHODS


class Interference:
    """What can go wrong at each step of a request, in the order of the steps. As it stands here, nothing does."""

    async def arrive(self, exchange: "Exchange") -> Answer | None:
        """Before sign-in; an answer given here ends the request."""

    async def serve(self, exchange: "Exchange") -> Answer | None:
        """After sign-in, before the handler; an answer given here ends the request."""

    async def load(self, exchange: "Exchange", write: Write) -> None:
        """A write has its values and its loaded row; both may be changed, or the write refused."""

    async def committed(self, exchange: "Exchange", commit: Commit) -> None:
        """The row is written."""

    def rows(self, exchange: "Exchange", rows: list[Row]) -> list[Row]:  # noqa: ARG002 - for subclasses
        """The rows of a page, after the limit was applied."""
        return rows

    def shown(self, exchange: "Exchange", record: dict[str, Any]) -> None:
        """A record as it will be sent; may be changed."""

    async def answer(self, exchange: "Exchange", answer: Answer) -> Answer:  # noqa: ARG002 - for subclasses
        """The answer about to be sent. `exchange.deliver` may be set to another way of sending it."""
        return answer


@dataclass
class Exchange:
    """A request with all that the handlers and faults need."""

    record: Request
    headers: dict[str, str]
    wire: Wire
    params: dict[str, str] = field(default_factory=dict)
    version: str = ""
    kind: str = ""  # "table", "stats", "oauth" or ""
    user: User | None = None
    session: Any = None
    # What interferes with this request, in the order it was switched on.
    faults: Sequence[Interference] = ()
    # Another way of sending the answer than whole, and what is to be done when the request is over.
    deliver: Callable[[Answer], Awaitable[None]] | None = None
    at_end: list[Callable[[], None]] = field(default_factory=list)
    header_bytes: int = 0

    @property
    def id(self) -> str:
        """The number of the request, as commits name it."""
        return self.record.id

    @property
    def method(self) -> str:
        """The verb, after `X-HTTP-Method-Override`."""
        return self.record.method

    @property
    def table(self) -> str:
        """The table asked for, or ""."""
        return self.record.table

    @property
    def sys_id(self) -> str:
        """The record asked for, or "" in a list."""
        return self.record.sys_id

    @property
    def base_url(self) -> str:
        """The address by which the client reached this server."""
        return f"http://{self.headers.get('host', 'localhost')}"

    @property
    def body(self) -> bytes:
        """The request's body."""
        return self.record.body

    def param(self, name: str, default: str = "") -> str:
        """A query parameter."""
        return self.params.get(name, default)

    def is_true(self, name: str) -> bool:
        """Whether a query parameter is switched on."""
        return self.params.get(name, "").lower() == "true"

    def locate(self) -> None:
        """Read version, table and record out of the path: /api/now[/vN]/table/TABLE[/SYS_ID]."""
        self.params = dict(parse_qsl(self.record.query, keep_blank_values=True))
        parts = [unquote(part) for part in self.record.path.strip("/").split("/")]
        if parts == ["oauth_token.do"]:
            self.kind = "oauth"
            return
        if parts[:2] != ["api", "now"]:
            return
        rest = parts[2:]
        if rest and rest[0] in {"v1", "v2"}:
            self.version = rest.pop(0)
        if len(rest) in {2, 3} and rest[0] == "table":
            self.kind, self.record.table = "table", rest[1]
            self.record.sys_id = rest[2] if len(rest) == 3 else ""
        elif len(rest) == 2 and rest[0] == "stats":
            self.kind, self.record.table = "stats", rest[1]
