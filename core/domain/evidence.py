"""What is known about one write after it was sent: the answer, a later look, and ServiceNow's audit."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from core.domain.statement import RemoteVersion
from core.domain.write_protocol import Approved
from core.text.content import Fingerprint, TextKind, fingerprint


@dataclass(frozen=True)
class Change:
    """One audited change of the field. `count` is the record's update count after it, None when it is not told."""

    user: str
    old_text: str
    new_text: str
    at: dt.datetime
    count: int | None = None


@dataclass(frozen=True)
class Save:
    """One audited save of the record, whichever column it changed."""

    user: str
    at: dt.datetime
    count: int | None = None


@dataclass(frozen=True)
class Lost:
    """A text that our write replaced although nobody had agreed to that; `author` is empty when it is not known."""

    text: str
    author: str


@dataclass(frozen=True)
class Evidence:
    """Everything known about one write: what was there before, what the answer said, and what was seen later.

    `stored` is None when the answer showed nothing, `now` when the record is gone. `changes` of the field are None when
    the audit cannot be read (or was not asked); `saves` are audited saves of the record's other columns.
    `service_user` is the login our writes bear, None when it is not known. `agreed` are further texts that a push of the
    same text was to replace.
    """

    approved: Approved
    before: RemoteVersion
    stored: RemoteVersion | None
    now: RemoteVersion | None
    changes: Sequence[Change] | None
    service_user: str | None
    saves: Sequence[Save] = ()
    agreed: frozenset[Fingerprint] = frozenset()

    def mark(self, text: str) -> Fingerprint:
        """What a text is compared by."""
        return _fingerprint(text, self.approved.kind)

    def holds(self, text: str) -> bool:
        """Whether the record holds this text now."""
        return self.now is not None and self.mark(self.now.text) == self.mark(text)


@lru_cache(maxsize=64)
def _fingerprint(text: str, kind: TextKind) -> Fingerprint:
    """Remembered for a moment: the same few texts are held against each other again and again."""
    return fingerprint(text, kind)
