"""Lets a replica kill itself at a named point of a push: before or after a step, at the nth time it is reached."""

import os
import signal
from collections.abc import Awaitable, Callable
from typing import Any

from core.store import audit
from core.usecases.pushing import results as push_results
from core.usecases.pushing import runner as push_runner
from core.usecases.pushing import settling as push_settling
from core.wiring import Core

Step = Callable[..., Awaitable[Any]]


def die_at(core: Core, point: str, nth: int) -> None:
    """Arrange for the process to be killed at `before:intent`, `after:answer` and so on, the nth time."""
    when, _, step = point.partition(":")
    wrap = Dying(when, nth).wrapped
    match step:
        case "intent":
            push_runner.claim = wrap(push_runner.claim)  # type: ignore[assignment]
        case "answer":
            object.__setattr__(core, "servicenow", WriteWrapped(core.servicenow, wrap))
        case "result":
            push_results.save = wrap(push_results.save)  # type: ignore[assignment]
        case "audit":
            audit.append = wrap(audit.append)  # type: ignore[assignment]
        case "settling":
            push_runner.settle_job = wrap(push_runner.settle_job)  # type: ignore[assignment]
        case "summary":
            push_settling.finish_job = wrap(push_settling.finish_job)  # type: ignore[assignment]
        case "post" | "card":
            _wrap_slack(step, wrap)
        case _:
            raise ValueError(f"no such point: {point}")


def _wrap_slack(step: str, wrap: Callable[[Step], Step]) -> None:
    # Imported only here: most replicas run without Slack, and loading it takes a while.
    from slack_sdk.web.async_client import AsyncWebClient  # noqa: PLC0415

    method = {"post": "chat_postMessage", "card": "chat_update"}[step]
    setattr(AsyncWebClient, method, wrap(getattr(AsyncWebClient, method)))


class Dying:
    """Counts how often a step is reached, and kills the process at the nth time."""

    def __init__(self, when: str, nth: int) -> None:
        self._when = when
        self._left = nth

    def wrapped(self, step: Step) -> Step:
        async def dying(*args: Any, **kwargs: Any) -> Any:
            if self._when == "before":
                self._count()
            result = await step(*args, **kwargs)
            if self._when == "after":
                self._count()
            return result

        return dying

    def _count(self) -> None:
        self._left -= 1
        if self._left == 0:
            os.kill(os.getpid(), signal.SIGKILL)


class WriteWrapped:
    """ServiceNow with a wrapped `write`; everything else as it is."""

    def __init__(self, servicenow: Any, wrap: Callable[[Step], Step]) -> None:
        self._servicenow = servicenow
        self.write = wrap(servicenow.write)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._servicenow, name)
