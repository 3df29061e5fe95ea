"""The record of every Web API call the workspace received."""

from dataclasses import dataclass, field
from typing import Any


@dataclass
class Call:
    """One call: its parsed arguments, what was answered, when (seconds since 1970, the workspace's clock)."""

    method: str
    args: dict[str, Any]
    at: float
    response: dict[str, Any] = field(default_factory=dict)
    status: int = 200
    is_answered: bool = False

    @property
    def ok(self) -> bool:
        """Whether it was done and said so."""
        return self.is_answered and bool(self.response.get("ok"))

    @property
    def error(self) -> str | None:
        """Slack's error name when it was refused."""
        return self.response.get("error")

    def __str__(self) -> str:
        outcome = "ok" if self.ok else (self.error or "no answer")
        return f"{self.method} -> {outcome}"


class CallLog(list[Call]):
    """All calls, oldest first."""

    def of(self, method: str) -> "CallLog":
        """The calls of one method."""
        return CallLog(call for call in self if call.method == method)

    def refused(self) -> "CallLog":
        """The calls that were refused."""
        return CallLog(call for call in self if call.is_answered and not call.ok)

    def last(self, method: str) -> Call:
        """The latest call of a method. Raises LookupError when there was none."""
        for call in reversed(self):
            if call.method == method:
                return call
        raise LookupError(f"{method} was never called; calls were: {', '.join(map(str, self[-20:])) or 'none'}")
