"""Editing in Slack: open the form, save what was typed, give the edit up."""

import uuid
from dataclasses import replace

from slack_bolt.kwargs_injection.async_args import AsyncArgs

from bot.actions import ButtonValue, decode
from bot.collaborators import Collaborators
from bot.listeners.typed import kept_in_fields, typed_parts
from bot.slack.incoming import clicked
from bot.slack.modals import View, open_modal, redraw_modal, update_modal
from bot.views.parts.fields import BLOCK, TEXT
from bot.views.requests.preview import loading_modal, preview_modal
from bot.views.statements.editing import Kept, edit_modal, moved_modal, reverted_modal, saved_modal
from core.domain.actor import Actor
from core.domain.push import Readiness
from core.errors import NotFound
from core.models.edits import MovedEdit, SavedEdit
from core.usecases.requests.cards import push_preview
from core.usecases.requests.drafts import prepare_push
from core.usecases.statements.editing import Typed, edit_form, get_subject, save_typed
from core.usecases.statements.edits import get_statement, revert
from core.usecases.texts import in_thread

SOURCE = "slack"


class Editing:
    """The edit form. In what it carries, `id` is the statement, `other` the draft of the preview it was opened from."""

    def __init__(self, its: Collaborators) -> None:
        """Keep the collaborators."""
        self._its = its

    async def open(self, args: AsyncArgs, name: str, *, draft: ButtonValue | None = None) -> None:
        """Open the form for the statement a person means; `draft` is what the preview's menu entry carried."""
        opened = await open_modal(args, loading_modal("Edit", "Loading…"))
        actor = await self._its.actor(args.body)
        statement = await get_statement(self._its.core, name)
        form = await edit_form(self._its.core, actor, statement.id)
        digest = form.subject.text_digest
        other, page = (draft.id, draft.page) if draft is not None else (None, 0)
        carried = ButtonValue(form.subject.id, digest=digest, base=digest, other=other, page=page)
        url = self._its.record_url(form.subject.sn_sys_id)
        await update_modal(args, await in_thread(edit_modal, form, url, carried), opened)

    async def submitted(self, args: AsyncArgs) -> None:
        """Save what was typed. Nothing is acknowledged before it is saved: until then it stands in the form."""
        view = args.body["view"]
        carried = decode(view["private_metadata"])
        texts, fields = typed_parts(view, TEXT), typed_parts(view, BLOCK)
        typed = Typed(carried.id, carried.digest, carried.base, texts.get(0), fields)
        async with kept_in_fields(args) as fault:
            actor = await self._its.actor(args.body)
            done = await save_typed(self._its.core, actor, typed, source=SOURCE)
            if isinstance(done, MovedEdit):
                again = replace(carried, revision=carried.revision + 1, digest=done.subject.text_digest)
                moved = await in_thread(moved_modal, done, Kept(typed.text, fields), again)
                await args.ack(response_action="update", view=moved)
                return
        if not fault.is_told:
            await self._show_saved(args, actor, carried, done)

    async def revert(self, args: AsyncArgs) -> None:
        """Give the local edit up."""
        await args.ack()
        value = clicked(args.body)
        actor = await self._its.actor(args.body)
        await revert(self._its.core, actor, value.id, expected_row_version=value.revision)

        async def draw() -> View:
            return reverted_modal(await get_subject(self._its.core, value.id))

        await redraw_modal(args, draw)
        if value.other is not None:
            await self._draw_preview(args, actor, value.other, value.page, args.body["view"]["root_view_id"])

    async def _show_saved(self, args: AsyncArgs, actor: Actor, carried: ButtonValue, saved: SavedEdit) -> None:
        if carried.other is None:
            await args.ack(response_action="update", view=await in_thread(saved_modal, saved))
            return
        await args.ack()
        if not saved.own.is_empty:
            root = args.body["view"]["root_view_id"]
            await self._draw_preview(args, actor, carried.other, carried.page, root)

    async def _draw_preview(self, args: AsyncArgs, actor: Actor, draft_id: uuid.UUID, page: int, view_id: str) -> None:
        """Draw the preview beneath anew: it was made of the text that was there before."""
        before = await push_preview(self._its.core, draft_id)
        chosen = [line.statement_id for line in before.lines if line.readiness is not Readiness.LEFT_OUT]
        if not chosen:
            raise NotFound("Nothing is left of this preview.", next_step="Start again with /grcpush.")
        preview = await prepare_push(self._its.core, actor, chosen, reason=before.reason)
        await update_modal(args, await in_thread(preview_modal, preview, page=page), {"view_id": view_id})
