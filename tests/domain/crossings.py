"""Histories of one record, as ServiceNow may keep them: who saved what and when, what the audit tells of it, what we see."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace

from hypothesis import strategies as st

from core.domain.evidence import Change, Evidence, Save
from core.domain.statement import RemoteVersion, Stamp
from core.domain.write_protocol import Approved
from core.text.content import TextKind, fingerprint

BASE, SENT = "<p>The text everybody knew.</p>", "<p>The text we send.</p>"
TEXTS = [f"<p>{word} wrote this.</p>" for word in ("Jane", "Bob", "Eve")]
US = "grcpush.svc"
START = dt.datetime(2026, 11, 1, 12, tzinfo=dt.UTC)
MADE = START - dt.timedelta(days=90)
FIRST_COUNT = 7


@dataclass(frozen=True)
class Saved:
    """One save: `text` None is another column's. `gap` is how many whole seconds after the save before it."""

    user: str
    text: str | None
    gap: int = 0


@dataclass(frozen=True)
class History:
    """Saves by others before our write and after it, and how the instance keeps its books."""

    earlier: Sequence[Saved]
    later: Sequence[Saved]
    our_gap: int
    tells_count: bool
    old_value_is_true: bool

    @property
    def replaced(self) -> str:
        """The text that our write truly replaced."""
        texts = [save.text for save in self.earlier if save.text is not None]
        return texts[-1] if texts else BASE

    @property
    def is_ours_stored(self) -> bool:
        """Whether our write changed anything: the same text may have been there already."""
        return self.replaced != SENT

    def evidence(self, *, shows_ours: bool = True, has_audit: bool = True) -> Evidence:
        """What we know in the end: the answer, a look at what is there now, and the audit."""
        before = RemoteVersion("a" * 32, BASE, Stamp(FIRST_COUNT, START, "jane.roe", MADE))
        changes: list[Change] = []
        saves: list[Save] = []
        now = before
        for save in self.earlier:
            now = self._apply(now, save, changes, saves)
        if self.is_ours_stored:
            now = self._apply(now, Saved(US, SENT, self.our_gap), changes, saves)
        stored = now
        for save in self.later:
            now = self._apply(now, save, changes, saves)
        told = [change for change in changes if shows_ours or change.user != US]
        approved = Approved("a" * 32, TextKind.HTML, SENT, fingerprint(BASE, TextKind.HTML), before.stamp)
        return Evidence(approved, before, stored, now, told if has_audit else None, US, saves if has_audit else ())

    def _apply(self, now: RemoteVersion, save: Saved, changes: list[Change], saves: list[Save]) -> RemoteVersion:
        if save.text == now.text:
            return now
        at = (now.stamp.updated_on or START) + dt.timedelta(seconds=save.gap)
        count = now.stamp.mod_count + 1
        told = count if self.tells_count else None
        if save.text is None:
            saves.append(Save(save.user, at, told))
        else:
            old = now.text if self.old_value_is_true or save.user != US else BASE
            changes.append(Change(save.user, old, save.text, at, told))
        return replace(now, text=save.text or now.text, stamp=Stamp(count, at, save.user, MADE))


def saves_by_others(most: int = 4) -> st.SearchStrategy[list[Saved]]:
    """A few saves by other people, of the text or of another column, also within the same second."""
    texts = st.sampled_from([None, BASE, SENT, *TEXTS])
    return st.lists(st.builds(Saved, st.sampled_from(["jane.roe", "bob"]), texts, st.integers(0, 2)), max_size=most)


def histories() -> st.SearchStrategy[History]:
    """Any history that an instance which counts its saves one by one may have."""
    return st.builds(History, saves_by_others(), saves_by_others(), st.integers(0, 2), st.booleans(), st.booleans())
