"""The book that a walk keeps of who wrote, decided and settled what, and the law that every write is held against.

It reads nothing of the product's own judgement: not its approvals, not its counts, not its gates. It knows what was
delivered and not refused, the texts that stood in each request when people saw it, and what arrived at ServiceNow.
"""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from core.domain.push import RequestState
from tests.stage import ADMIN
from tests.walks.deeds import APPROVALS, DECISIONS, OBJECTIONS, Deed
from tests.walks.rows import Asked, Rows, Texts
from tests.walks.town import Write

EXPIRES = dt.timedelta(hours=24)
OUTSIDERS = frozenset({"U0GUEST", "U0OTHER", "U0GONE"})
Key = tuple[str, str]
"""A request and the digest of the content it had: what a decision is about."""


@dataclass
class Known:
    """What is known of one content: its texts, who asked, who had a hand in it, what people say of it."""

    requester: str
    content: Mapping[str, Texts]
    hands: frozenset[str]
    frozen_at: dt.datetime
    said: dict[str, str] = field(default_factory=dict)
    is_started: bool = False
    has_begun: bool = False
    is_checked: bool = False

    @property
    def approving(self) -> set[str]:
        return {who for who, word in self.said.items() if word in APPROVALS}


@dataclass
class Book:
    """`faults` holds every breach of the law, in words; `counts` what happened, so that a walk can be seen to prove something."""

    required: int
    rows: Rows
    counts: Counter[str]
    known: dict[Key, Known] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    _hands: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    _hands_in: dict[tuple[str, str], frozenset[str]] = field(default_factory=dict)
    _shown: dict[tuple[str, int], str] = field(default_factory=dict)
    _when_paused: frozenset[str] = frozenset()

    # What people did --------------------------------------------------------------------------------------------

    def accepted(self, deed: Deed, *, at: dt.datetime, entitled: frozenset[str]) -> None:
        """Note a deed that was not refused, and hold it against who may do such a thing."""
        self.counts[deed.kind] += 1
        if deed.who in OUTSIDERS:
            self.faults.append(f"{deed.who} is no member of this workspace, and may {deed.kind}")
        known = self.known.get((deed.about, deed.digest))
        if deed.kind in DECISIONS and known is None:
            self.faults.append(f"{deed.who} may {deed.kind} what no request ever was")
        if known is None:
            return
        if deed.kind in APPROVALS:
            self._approved(deed, known, at, entitled)
        if deed.kind in DECISIONS:
            known.said[deed.who] = deed.kind
        elif deed.kind == "withdraw":
            known.said.pop(deed.who, None)
        elif deed.kind == "start":
            known.is_started = True
            if deed.who not in entitled | {known.requester, ADMIN}:
                self.faults.append(f"{deed.who} may start the push, and has no part in it")

    def _approved(self, deed: Deed, known: Known, at: dt.datetime, entitled: frozenset[str]) -> None:
        asked = self.rows.asked[deed.about]
        for is_wrong, why in (
            (deed.who not in entitled, "is no approver"),
            (deed.who == known.requester, "asked for it"),
            (deed.who in known.hands, "wrote part of it"),
            (asked.digest != deed.digest, "saw another content than there is now"),
            (asked.state != RequestState.WAITING, f"decides about a request that is {asked.state}"),
            (at >= known.frozen_at + EXPIRES, "comes after it expired"),
        ):
            if is_wrong:
                self.faults.append(f"{deed.who} may approve #{asked.number}, but {why}")

    def retried(self, request: str) -> None:
        """A retry was taken: who approved must still be entitled when it begins."""
        for key, known in self.known.items():
            if key[0] == request:
                known.is_checked = False

    # What stands there now --------------------------------------------------------------------------------------

    def look(self, rows: Rows, actors: Sequence[str], deeds: Sequence[Deed]) -> None:
        """Note how everything stands after what these people did."""
        self._note_texts(rows, set(actors), {deed.kind for deed in deeds})
        self._check_choices(rows, deeds)
        for asked in rows.asked.values():
            self._note_content(asked)
        for clash in rows.clashes.values():
            self.counts["conflicts"] += clash.id not in self.rows.clashes
            self._shown[clash.id, clash.revision] = clash.remote
        if rows.is_paused and not self.rows.is_paused:
            self._when_paused = rows.under_way
            self.counts["paused"] += 1
        self.rows = rows

    def _note_texts(self, rows: Rows, actors: set[str], kinds: set[str]) -> None:
        """Who has a hand in each local text: everybody who changed it since it began."""
        for sys_id, held in rows.held.items():
            before = self.rows.held[sys_id].local if sys_id in self.rows.held else None
            if held.local is None or held.local == before:
                continue
            if "undo_choice" in kinds:
                self._hands[sys_id] = set(self._hands_in.get((sys_id, held.local), ()))
            elif before is None:
                self._hands[sys_id] = set()
            if "undo_choice" not in kinds and len(actors) == 1:
                self._hands[sys_id] |= actors
            self._hands_in[sys_id, held.local] = frozenset(self._hands[sys_id])

    def _note_content(self, asked: Asked) -> None:
        if not asked.digest or asked.frozen_at is None:
            return
        key = (asked.id, asked.digest)
        known = self.known.get(key)
        if known is None:
            self.counts["frozen anew"] += any(key[0] == asked.id for key in self.known)
            hands = frozenset().union(*(self._hands[sys_id] for sys_id in asked.content))
            self.known[key] = Known(asked.requester, asked.content, hands, asked.frozen_at)
        elif known.content != asked.content:
            self.faults.append(f"#{asked.number}: one digest stands for two contents")
        else:
            known.frozen_at = asked.frozen_at

    def _check_choices(self, rows: Rows, deeds: Sequence[Deed]) -> None:
        """Keep local takes over exactly the version of ServiceNow's that was shown."""
        revisions = {deed.about: deed.revision for deed in deeds if deed.kind == "keep_local"}
        for clash in rows.clashes.values():
            before = self.rows.clashes.get(clash.id)
            if before is None or not before.is_open or clash.is_open or clash.choice != "keep_local":
                continue
            self.counts["kept local"] += 1
            shown = self._shown.get((clash.id, revisions.get(clash.id, before.revision)))
            if shown is not None and rows.held[clash.sys_id].baseline != shown:
                self.faults.append(f"Keep local was for {shown!r}, and accepted {rows.held[clash.sys_id].baseline!r}")

    # The law ----------------------------------------------------------------------------------------------------

    def judge(self, write: Write) -> None:
        """Hold a write against everything that was delivered and not refused until now."""
        self.counts["writes"] += 1
        asked = [known for known in self.known.values() if self._is_of(known, write)]
        whys = [self._why_not(known, write) for known in asked]
        if "" in whys:
            known = asked[whys.index("")]
            known.has_begun = known.is_checked = True
        else:
            why = "; ".join(whys) or "nobody ever asked for this text"
            self.faults.append(f"{write.sys_id[:4]} was written as {write.text!r}: {why}")

    def _is_of(self, known: Known, write: Write) -> bool:
        texts = known.content.get(write.sys_id)
        return texts is not None and texts.sent == write.text

    def _why_not(self, known: Known, write: Write) -> str:
        """What forbids the write under this approval; empty when nothing does."""
        counted = known.approving - known.hands - {known.requester}
        if not known.is_checked:
            counted &= write.entitled
        objecting = [who for who, word in known.said.items() if word in OBJECTIONS]
        starts = known.is_started or "approve" in known.said.values()
        for is_wrong, why in (
            (len(counted) < self.required, f"{len(counted)} of {self.required} approvals"),
            (bool(objecting), f"{', '.join(objecting)} objects"),
            (not starts, "nobody let it start"),
            (not known.has_begun and write.at >= known.frozen_at + EXPIRES, "the approval had expired"),
            (known.content[write.sys_id].replaced != write.before, f"it replaced {write.before!r}, which nobody saw"),
            (write.was_paused and write.sys_id not in self._when_paused, "writing was paused"),
        ):
            if is_wrong:
                return why
        return ""
