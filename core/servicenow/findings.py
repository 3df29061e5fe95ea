"""What a look at ServiceNow before any work finds out."""

from dataclasses import dataclass
from enum import StrEnum

from core.text.content import TextKind


class Level(StrEnum):
    """How bad a finding is: `fail` forbids a push."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at, in a sentence, with what to do when it is not as it should be."""

    level: Level
    subject: str
    sentence: str
    next_step: str = ""


@dataclass(frozen=True)
class Preflight:
    """Everything found.

    `max_length` is in characters and None when it is not known. `audit` says whether an overwritten text could be
    recovered from ServiceNow's audit. `user_name` is the login under which our writes are stamped, None when it cannot
    be told. `is_utc_proved` says whether ServiceNow surely reads a time in a filter as UTC. `is_retryable` is set when
    the look failed only because ServiceNow could not be reached or was busy.
    """

    findings: tuple[Finding, ...]
    field_kind: TextKind
    instance_name: str
    max_length: int | None = None
    audit: bool = False
    user_name: str | None = None
    is_utc_proved: bool = False
    is_retryable: bool = False

    @property
    def has_failed(self) -> bool:
        """Whether anything was found that forbids a push."""
        return any(finding.level is Level.FAIL for finding in self.findings)

    @property
    def first_failure(self) -> Finding | None:
        """The first finding that forbids a push: what to say when one was asked for."""
        return next((finding for finding in self.findings if finding.level is Level.FAIL), None)


def ok(subject: str, sentence: str) -> Finding:
    """A finding that all is well."""
    return Finding(Level.OK, subject, sentence)


def warn(subject: str, sentence: str, next_step: str) -> Finding:
    """A finding that something could be better, or cannot be told."""
    return Finding(Level.WARN, subject, sentence, next_step)


def fail(subject: str, sentence: str, next_step: str) -> Finding:
    """A finding with which no push can work."""
    return Finding(Level.FAIL, subject, sentence, next_step)
