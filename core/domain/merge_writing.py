"""A merge as people make it: written over a text that holds both versions of what clashes, or picked block by block."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from core.domain.diff import diff
from core.domain.editing import Format, Written, as_lines, statement_of, written
from core.domain.merge import Clash, Clashes, Merged
from core.errors import Refused
from core.text.content import Block, TextKind, assemble, fingerprint, leaf_blocks
from core.text.markdown import to_markdown

LOCAL_MARK = "⟦ Local version ⟧"
REMOTE_MARK = "⟦ In ServiceNow ⟧"
END_MARK = "⟦ End ⟧"
_SIGNS = frozenset("⟦⟧")

Side = Literal["local", "remote"]
_SIDES: tuple[Side, Side] = ("local", "remote")


class Pick(StrEnum):
    """Which version of a clash goes into the merge; BOTH puts the local one first."""

    LOCAL = "local"
    REMOTE = "remote"
    BOTH = "both"


@dataclass(frozen=True, slots=True)
class ClashTexts:
    """Both versions of one clash for reading; empty text means that the side removed the blocks.

    `note` says how they differ where the words do not show it, as with a colour.
    """

    local: str
    remote: str
    note: str = ""


def written_merge(merge: Merged | Clashes, kind: TextKind) -> Written | None:
    """The merge to begin writing from; None where it is not proved that the writing can be read back.

    Proved means: when a person keeps one side's version of every clash and deletes the other and the marks, exactly the
    text comes back that those blocks make.
    """
    if isinstance(merge, Merged):
        made = written(merge.text, kind)
        return None if made.format is Format.HTML else made
    form = Format.PLAIN if kind is TextKind.PLAIN else Format.MARKDOWN
    segments = _segments(merge, form)
    if any(has_marks(text) for segment in segments for text in (segment.local, segment.remote)):
        return None
    if not all(_comes_back(merge, segments, side, form, kind) for side in _SIDES):
        return None
    return Written(form, _joined(_marked(segment) for segment in segments))


def has_marks(typed: str) -> bool:
    """Whether a mark around a clash, or what is left of one, is in the text."""
    return not _SIGNS.isdisjoint(typed)


def merge_of(typed: str, form: Format, kind: TextKind, sides: Sequence[str]) -> str:
    """The merged statement that was typed; blocks that a side has just so keep that side's bytes, the first side's first.

    Raises Refused while marks are left, LossyText for content that cannot be carried.
    """
    if has_marks(typed) and not has_marks("".join(sides)):
        raise Refused(
            "A place that both sides changed is not settled yet.",
            next_step=f"Keep what is right there, and delete the lines {LOCAL_MARK}, {REMOTE_MARK} and {END_MARK}.",
        )
    return statement_of(typed, form, kind, sides)


def clash_texts(merge: Clashes, kind: TextKind) -> list[ClashTexts]:
    """Both versions of every clash, in reading order."""
    return [_texts_of(clash, kind) for clash in merge.clashes]


def _texts_of(clash: Clash, kind: TextKind) -> ClashTexts:
    local, remote = _read(clash.local_blocks), _read(clash.remote_blocks)
    if local != remote:
        return ClashTexts(local, remote)
    difference = diff(assemble(clash.remote_blocks), assemble(clash.local_blocks), kind)
    return ClashTexts(local, remote, "; ".join(difference.notes))


def picked_merge(merge: Clashes, picks: Sequence[Pick], kind: TextKind) -> str:
    """The merged statement with one pick for each clash; every block keeps its own bytes.

    Raises Refused for another number of picks than clashes, and where the blocks do not come through as they are.
    """
    if len(picks) != len(merge.clashes):
        raise Refused("There are other clashes now than those that were shown.", next_step="Open the merge again.")
    left = iter(picks)
    blocks: list[Block] = []
    for part in merge.parts:
        blocks.extend(_picked(part, next(left)) if isinstance(part, Clash) else [part])
    text = assemble(blocks)
    if [(block.key, block.style) for block in leaf_blocks(text, kind)] != [(b.key, b.style) for b in blocks]:
        raise Refused(
            "Put together, the paragraphs would not stay as they are, so nothing was saved.",
            next_step="Keep one side's text, or write the merge with grcpush edit.",
        )
    return text


@dataclass(frozen=True, slots=True)
class _Segment:
    """A stretch of the merge as writing: settled (both versions are one), or a clash."""

    local: str
    remote: str
    is_clash: bool


def _segments(merge: Clashes, form: Format) -> list[_Segment]:
    segments: list[_Segment] = []
    settled: list[Block] = []
    for part in merge.parts:
        if isinstance(part, Block):
            settled.append(part)
            continue
        segments.append(_settled(settled, form))
        segments.append(_Segment(_body(part.local_blocks, form), _body(part.remote_blocks, form), is_clash=True))
        settled = []
    return [*segments, _settled(settled, form)]


def _settled(blocks: Sequence[Block], form: Format) -> _Segment:
    body = _body(blocks, form)
    return _Segment(body, body, is_clash=False)


def _body(blocks: Sequence[Block], form: Format) -> str:
    text = assemble(blocks) if blocks else ""
    return as_lines(to_markdown(text) if form is Format.MARKDOWN else text)


def _marked(segment: _Segment) -> str:
    if not segment.is_clash:
        return segment.local
    return _joined((LOCAL_MARK, segment.local, REMOTE_MARK, segment.remote, END_MARK))


def _joined(texts: Iterable[str]) -> str:
    return "\n\n".join(text for text in texts if text)


def _comes_back(merge: Clashes, segments: Sequence[_Segment], side: Side, form: Format, kind: TextKind) -> bool:
    typed = _joined(segment.local if side == "local" else segment.remote for segment in segments)
    pick = Pick.LOCAL if side == "local" else Pick.REMOTE
    blocks = [block for part in merge.parts for block in _picked(part, pick)]
    return fingerprint(statement_of(typed, form, kind, []), kind) == fingerprint(assemble(blocks), kind)


def _picked(part: Block | Clash, pick: Pick) -> list[Block]:
    if isinstance(part, Block):
        return [part]
    local = part.local_blocks if pick in (Pick.LOCAL, Pick.BOTH) else ()
    return [*local, *(part.remote_blocks if pick in (Pick.REMOTE, Pick.BOTH) else ())]


def _read(blocks: Sequence[Block]) -> str:
    return "\n".join(f"{block.label}{block.text}" for block in blocks)
