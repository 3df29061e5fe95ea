"""Merging the two texts of a conflict: always shown against both sides first, and then saved exactly as shown."""

from collections.abc import Sequence
from dataclasses import dataclass

from core.domain.actor import Actor
from core.domain.conflict import Choice, ConflictKind
from core.domain.editing import Format
from core.domain.merge import Clashes, Merged, three_way_merge
from core.domain.merge_writing import Pick, clash_texts, merge_of, picked_merge, written_merge
from core.domain.push import sha256_of
from core.errors import LossyText, Refused, StaleCard
from core.models.edits import MergeForm, MergePreview
from core.models.requests import ConflictCard
from core.store.conflicts import get_conflict
from core.store.statements import get_row
from core.text.content import TextKind, clean, fingerprint, lost_content
from core.usecases.conflicts.settling import SeenConflict, check_shown, resolve_conflict
from core.usecases.requests.cards import conflict_card
from core.usecases.texts import diff_texts, in_thread
from core.wiring import Core


@dataclass(frozen=True)
class TypedMerge:
    """A merge as somebody made it: typed as one text, or one pick for each clash."""

    text: str | None = None
    picks: Sequence[Pick] = ()


@dataclass(frozen=True)
class _Sides:
    """The three texts of the conflict as it stands."""

    card: ConflictCard
    kind: TextKind
    baseline: str
    local: str
    remote: str

    def merged(self) -> Merged | Clashes:
        """Both edits in one text, or where they clash."""
        return three_way_merge(self.baseline, self.local, self.remote, self.kind)


async def merge_form(core: Core, seen: SeenConflict) -> MergeForm:
    """The conflict for writing a merge.

    Raises AlreadyResolved, StaleCard and NotFound as all merging does, LossyText where one text cannot be carried.
    """
    return await in_thread(_form, await _sides(core, seen))


def _form(sides: _Sides) -> MergeForm:
    if lost := lost_content(sides.local, sides.kind) or lost_content(sides.remote, sides.kind):
        raise LossyText(
            f"{sides.card.label} holds content grcpush cannot carry: {', '.join(lost)}.",
            next_step="Merge this statement in ServiceNow itself, or keep one of the two texts.",
        )
    merge = sides.merged()
    return MergeForm(
        conflict=sides.card,
        writing=written_merge(merge, sides.kind),
        clashes=tuple(clash_texts(merge, sides.kind)) if isinstance(merge, Clashes) else (),
        is_clean=isinstance(merge, Merged),
        reason=merge.reason if isinstance(merge, Clashes) else "",
    )


async def preview_both(core: Core, seen: SeenConflict, digest: str) -> MergePreview:
    """The text with both edits against both sides, if it still is the one of this digest. Raises StaleCard, NotFound."""
    sides = await _sides(core, seen)
    return await _preview(sides, await _same_merge(sides, digest))


async def keep_both(core: Core, actor: Actor, seen: SeenConflict, digest: str) -> ConflictCard:
    """Settle the conflict with the text that holds both edits: exactly the one of this digest, which was shown.

    Raises StaleCard when one of the texts changed since, AlreadyResolved, NotAllowed, NotFound.
    """
    sides = await _sides(core, seen)
    return await _settle(core, actor, seen, sides, await _same_merge(sides, digest))


async def save_merge(
    core: Core, actor: Actor, seen: SeenConflict, typed: TypedMerge, shown_digest: str
) -> ConflictCard | MergePreview:
    """Settle the conflict with what was typed, if exactly that was shown against both sides; else it is to be shown now.

    Raises Refused while a clash is not settled, LossyText, StaleCard, AlreadyResolved, NotAllowed, NotFound.
    """
    sides = await _sides(core, seen)
    text = await in_thread(_made, sides, typed)
    if sha256_of(text) != shown_digest:
        return await _preview(sides, text)
    return await _settle(core, actor, seen, sides, text)


async def _settle(core: Core, actor: Actor, seen: SeenConflict, sides: _Sides, text: str) -> ConflictCard:
    """A merge that turns out to be one of the two texts is recorded as the choice of that text, which it is."""
    made, local, remote = await in_thread(
        lambda: [fingerprint(each, sides.kind) for each in (text, sides.local, sides.remote)]
    )
    if made == remote:
        return await resolve_conflict(core, actor, seen, Choice.KEEP_REMOTE)
    if made == local:
        return await resolve_conflict(core, actor, seen, Choice.KEEP_LOCAL)
    return await resolve_conflict(core, actor, seen, Choice.MERGED, merged_text=text)


def _made(sides: _Sides, typed: TypedMerge) -> str:
    merge = sides.merged()
    if typed.text is not None:
        form = Format.PLAIN if sides.kind is TextKind.PLAIN else Format.MARKDOWN
        text = merge_of(typed.text, form, sides.kind, [sides.remote, sides.local])
    elif isinstance(merge, Clashes):
        text = picked_merge(merge, typed.picks, sides.kind)
    else:
        text = merge.text
    if not text.strip():
        raise Refused("The merge is empty.", next_step="Write the text that is to be pushed.")
    return clean(text, sides.kind)


async def _same_merge(sides: _Sides, digest: str) -> str:
    merged = await in_thread(sides.merged)
    if not isinstance(merged, Merged) or sha256_of(merged.text) != digest:
        raise StaleCard("The merge is another one than was shown.", next_step="Look at the conflict again.")
    return merged.text


async def _preview(sides: _Sides, text: str) -> MergePreview:
    return MergePreview(
        conflict=sides.card,
        digest=sha256_of(text),
        from_remote=await diff_texts(sides.remote, text, sides.kind),
        from_local=await diff_texts(sides.local, text, sides.kind),
    )


async def _sides(core: Core, seen: SeenConflict) -> _Sides:
    """The texts of the open conflict. Raises AlreadyResolved, NotFound, and StaleCard when it is not the one shown."""
    async with core.db.reading() as tx:
        conflict = await get_conflict(tx, seen.conflict_id)
        await check_shown(tx, conflict, seen)
        kind = TextKind((await get_row(tx, conflict.statement_id)).kind)
    if conflict.kind != ConflictKind.CHANGED:
        raise StaleCard("These two texts are not merged here.", next_step="Restore theirs, then edit it.")
    card = await conflict_card(core, seen.conflict_id)
    return _Sides(card, kind, conflict.baseline_content, conflict.local_content, conflict.remote_content)
