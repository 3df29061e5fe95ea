"""Merging in Slack: keep both edits, or write a merge; each is shown against both sides before it counts."""

from dataclasses import replace

from slack_bolt.kwargs_injection.async_args import AsyncArgs

from bot.actions import ButtonValue, decode
from bot.collaborators import Collaborators
from bot.listeners.conflicts import redrawn_when_stale
from bot.listeners.one_conflict import check_reader, redraw_beneath
from bot.listeners.typed import kept_in_fields, typed_parts
from bot.slack.incoming import clicked
from bot.slack.modals import open_modal, replace_submitted, update_modal
from bot.views.conflicts.merge import Made, keep_both_modal, merge_modal, merge_preview_modal, settled_modal
from bot.views.parts.fields import PICK, TEXT
from bot.views.requests.preview import loading_modal
from core.domain.merge_writing import Pick
from core.errors import Refused
from core.models.edits import MergePreview
from core.usecases.conflicts.merges import TypedMerge, keep_both, merge_form, preview_both, save_merge
from core.usecases.conflicts.settling import SeenConflict
from core.usecases.texts import in_thread


class Merging:
    """The third way to settle a conflict. The message is redrawn from the rows, as after the other two."""

    def __init__(self, its: Collaborators) -> None:
        """Keep the collaborators."""
        self._its = its

    async def keep_both(self, args: AsyncArgs) -> None:
        """Show the text with both edits; it counts when that is sent."""
        await args.ack()
        value = clicked(args.body)
        opened = await open_modal(args, loading_modal("Keep both", "Loading…"))
        async with redrawn_when_stale(self._its, args, value):
            preview = await preview_both(self._its.core, _seen(value), value.digest)
        await check_reader(self._its, await self._its.actor(args.body), value.other, (preview.conflict.system_name,))
        await update_modal(args, await in_thread(keep_both_modal, preview, value), opened)

    async def keep_both_submitted(self, args: AsyncArgs) -> None:
        """Settle the conflict with exactly the text that was shown."""
        value = decode(args.body["view"]["private_metadata"])
        shown = await replace_submitted(args, loading_modal("Keep both", "Settling the conflict…"))
        async with redrawn_when_stale(self._its, args, value):
            actor = await self._its.actor(args.body)
            card = await keep_both(self._its.core, actor, _seen(value), value.digest)
        await update_modal(args, settled_modal(card), shown)
        await redraw_beneath(self._its, args, actor, value)

    async def write_merge(self, args: AsyncArgs) -> None:
        """Open the form for a merge by hand."""
        await args.ack()
        value = clicked(args.body)
        opened = await open_modal(args, loading_modal("Write a merge", "Loading…"))
        async with redrawn_when_stale(self._its, args, value):
            form = await merge_form(self._its.core, _seen(value))
        await check_reader(self._its, await self._its.actor(args.body), value.other, (form.conflict.system_name,))
        url = self._its.record_url(form.conflict.sn_sys_id)
        await update_modal(args, await in_thread(merge_modal, form, url, value), opened)

    async def merge_submitted(self, args: AsyncArgs) -> None:
        """Show the merge against both sides, or save it if exactly this was shown last."""
        view = args.body["view"]
        carried = decode(view["private_metadata"])
        texts, picked = typed_parts(view, TEXT), typed_parts(view, PICK)
        made = Made(texts.get(0), [picked[number] for number in sorted(picked)])
        async with kept_in_fields(args), redrawn_when_stale(self._its, args, carried):
            actor = await self._its.actor(args.body)
            done = await save_merge(self._its.core, actor, _seen(carried), _typed(made), carried.digest)
            if not isinstance(done, MergePreview):
                await args.ack(response_action="update", view=settled_modal(done))
                await redraw_beneath(self._its, args, actor, carried)
                return
            form = await merge_form(self._its.core, _seen(carried))
            again = replace(carried, digest=done.digest, page=carried.page + 1)
            drawn = await in_thread(merge_preview_modal, form, done, again, made)
            await args.ack(response_action="update", view=drawn)


def _typed(made: Made) -> TypedMerge:
    if made.text is not None:
        return TypedMerge(text=made.text)
    if not all(made.picks):
        raise Refused("A place is not settled yet.", next_step="Choose a version for each.")
    return TypedMerge(picks=[Pick(pick) for pick in made.picks])


def _seen(value: ButtonValue) -> SeenConflict:
    return SeenConflict(value.id, value.revision)
