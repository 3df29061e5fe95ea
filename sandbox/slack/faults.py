"""Faults a test switches on: Slack answering wrongly, late, or not at all."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

Predicate = Callable[[dict[str, Any]], bool]


@dataclass
class Fault:
    """One fault: which calls it meets, how often, and what happens to them.

    `kind` is "error" (a refusal by name), "status" (a bare HTTP status), "reset" (the connection is cut), or "slow"
    (answered properly after `seconds`). With `after_doing` the call takes effect and only its answer is spoilt.
    """

    kind: str
    method: str
    times: int | None
    when: Predicate | None = None
    error: str = ""
    status: int = 200
    seconds: float = 0.0
    retry_after: int = 0
    after_doing: bool = False
    hits: int = 0

    def meets(self, method: str, args: dict[str, Any]) -> bool:
        """Whether this call is one it spoils."""
        if self.times is not None and self.hits >= self.times:
            return False
        if self.method not in ("*", method):
            return False
        return self.when is None or self.when(args)


class Faults:
    """The faults that are switched on.

    Methods are named as in the Web API; "upload" is the sending of a file's bytes, "response_url" a post to a response
    URL, "*" all of them.

    `times` None means until `answer_again()`; `when` is asked with the call's arguments.
    """

    def __init__(self) -> None:
        self._faults: list[Fault] = []

    def error(
        self,
        method: str,
        error: str,
        times: int | None = 1,
        *,
        when: Predicate | None = None,
        after_doing: bool = False,
    ) -> Fault:
        """Refuse with an error name, such as message_not_found, edit_window_closed or channel_not_found."""
        return self._add(Fault("error", method, times, when, error=error, after_doing=after_doing))

    def rate_limit(
        self, method: str = "*", times: int | None = 1, *, retry_after: int = 1, when: Predicate | None = None
    ) -> Fault:
        """Refuse with HTTP 429 and a Retry-After in seconds."""
        return self._add(Fault("error", method, times, when, "ratelimited", 429, retry_after=retry_after))

    def server_error(
        self,
        method: str = "*",
        times: int | None = 1,
        *,
        status: int = 503,
        when: Predicate | None = None,
        after_doing: bool = False,
    ) -> Fault:
        """Answer with a bare HTTP status and a page instead of JSON."""
        return self._add(Fault("status", method, times, when, status=status, after_doing=after_doing))

    def reset(
        self, method: str = "*", times: int | None = 1, *, when: Predicate | None = None, after_doing: bool = False
    ) -> Fault:
        """Cut the connection instead of answering."""
        return self._add(Fault("reset", method, times, when, after_doing=after_doing))

    def slow(self, method: str, seconds: float, times: int | None = 1, *, when: Predicate | None = None) -> Fault:
        """Do it at once but answer only after `seconds`: longer than the caller waits, it is a timeout."""
        return self._add(Fault("slow", method, times, when, seconds=seconds, after_doing=True))

    def refuse_everything(self, error: str = "service_unavailable") -> Fault:
        """Refuse every call from now on, until `answer_again()`."""
        return self._add(Fault("error", "*", None, error=error, status=503))

    def answer_again(self) -> None:
        """Switch all faults off."""
        self._faults.clear()

    def take(self, method: str, args: dict[str, Any]) -> Fault | None:
        """The fault that meets this call, counted as used; the one switched on last goes first."""
        for fault in reversed(self._faults):
            if fault.meets(method, args):
                fault.hits += 1
                return fault
        return None

    def _add(self, fault: Fault) -> Fault:
        self._faults.append(fault)
        return fault
