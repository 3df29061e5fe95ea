"""What a look at ServiceNow before any work finds out."""

from dataclasses import dataclass
from enum import StrEnum

from core.text.content import TextKind


class Grade(StrEnum):
    """How bad a remark is: `fail` forbids a push."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True)
class Remark:
    """One thing that was looked at, in a sentence, with what to do when it is not as it should be."""

    grade: Grade
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

    remarks: tuple[Remark, ...]
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
        return any(remark.grade is Grade.FAIL for remark in self.remarks)

    @property
    def first_failure(self) -> Remark | None:
        """The first remark that forbids a push: what to say when one was asked for."""
        return next((remark for remark in self.remarks if remark.grade is Grade.FAIL), None)


def ok(subject: str, sentence: str) -> Remark:
    """A remark that all is well."""
    return Remark(Grade.OK, subject, sentence)


def warn(subject: str, sentence: str, next_step: str) -> Remark:
    """A remark that something could be better, or cannot be told."""
    return Remark(Grade.WARN, subject, sentence, next_step)


def fail(subject: str, sentence: str, next_step: str) -> Remark:
    """A remark with which no push can work."""
    return Remark(Grade.FAIL, subject, sentence, next_step)
