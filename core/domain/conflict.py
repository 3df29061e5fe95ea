"""Comparing what ServiceNow holds now with the baseline and the local text; and the choices that settle a conflict."""

import hashlib
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from core.domain.statement import RemoteVersion, Stamp, Statement
from core.text.content import Fingerprint, fingerprint, lost_content


class Standing(StrEnum):
    """What a look at ServiceNow says about one statement."""

    UNCHANGED = "unchanged"
    MOVED_ELSEWHERE = "moved_elsewhere"
    ALREADY_THERE = "already_there"
    REMOTE_ONLY = "remote_only"
    CONFLICT = "conflict"
    LOCKED = "locked"
    LOSSY = "lossy"
    MISSING = "missing"
    REPLACED = "replaced"


WHY_NOT = {
    Standing.LOCKED: "The record is in a state in which this field may not be written.",
    Standing.LOSSY: "It holds content grcpush cannot carry (an image, an attachment or an embedded page).",
    Standing.MISSING: "It no longer exists in ServiceNow, or is hidden from the service account.",
    Standing.REPLACED: "The record was cloned over, restored or created anew in ServiceNow; pull again first.",
}
"""Why a statement that stands so cannot be pushed."""


class ConflictKind(StrEnum):
    """How two texts came to clash."""

    CHANGED = "changed"
    OVERWROTE = "overwrote"


class Choice(StrEnum):
    """How a conflict was settled."""

    KEEP_LOCAL = "keep_local"
    KEEP_REMOTE = "keep_remote"
    MERGED = "merged"


@dataclass(frozen=True)
class Finding:
    """The standing of one statement, with the remote version it was found on (None when it is missing)."""

    statement: Statement
    standing: Standing
    remote: RemoteVersion | None
    remote_fingerprint: Fingerprint | None = None
    lost_content: tuple[str, ...] = ()

    @property
    def may_be_pushed(self) -> bool:
        """Whether nothing but the usual approval stands between this statement and a push."""
        return self.standing in (Standing.UNCHANGED, Standing.MOVED_ELSEWHERE)


def digest_of_shown(conflicts: Iterable[tuple[uuid.UUID, int]]) -> str:
    """Which conflicts were shown, each in which revision: a choice for all of them holds for exactly these."""
    shown = sorted(f"{conflict_id.hex}:{revision}" for conflict_id, revision in conflicts)
    return hashlib.sha256(" ".join(shown).encode()).hexdigest()[:32]


def compare(statement: Statement, remote: RemoteVersion | None) -> Finding:
    """Hold the three texts against each other.

    Equal means equal canonical form, style and element inventory; counters and time stamps alone never make or hide a
    conflict, because other columns move them and scripts may leave them unmoved. Without a local edit a changed remote
    text is REMOTE_ONLY: it can be taken over without asking.
    """
    if remote is None:
        return Finding(statement, Standing.MISSING, None)
    now = fingerprint(remote.text, statement.kind)
    if was_replaced(statement.stamp, remote.stamp):
        return Finding(statement, Standing.REPLACED, remote, now)
    if statement.local is None:
        same = now == statement.baseline_fingerprint()
        return Finding(statement, Standing.UNCHANGED if same else Standing.REMOTE_ONLY, remote, now)
    lost = lost_content(remote.text, statement.kind) or lost_content(statement.local, statement.kind)
    return Finding(statement, _standing(statement, remote, now, is_lossy=bool(lost)), remote, now, lost)


def was_replaced(base: Stamp, now: Stamp) -> bool:
    """Whether the record is not the one we know any more: cloned over, restored, or deleted and made again.

    A counter never runs backwards and a creation time never changes in the life of one record.
    """
    recreated = base.created_on is not None and now.created_on is not None and base.created_on != now.created_on
    return now.mod_count < base.mod_count or recreated


def _standing(statement: Statement, remote: RemoteVersion, now: Fingerprint, *, is_lossy: bool) -> Standing:
    if now == fingerprint(statement.local or "", statement.kind):
        return Standing.ALREADY_THERE
    if is_lossy:
        return Standing.LOSSY
    if now != statement.baseline_fingerprint():
        return Standing.CONFLICT
    if not remote.is_writable:
        return Standing.LOCKED
    return Standing.UNCHANGED if remote.stamp.is_same_version(statement.stamp) else Standing.MOVED_ELSEWHERE
