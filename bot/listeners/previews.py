"""The preview of a push: what it would change, and asking for it."""

import uuid
from collections.abc import Sequence

from slack_bolt.kwargs_injection.async_args import AsyncArgs

from bot.actions import ButtonValue, decode
from bot.collaborators import Collaborators
from bot.listeners.editing import Editing
from bot.slack.incoming import clicked
from bot.slack.modals import View, Where, open_modal, redraw_modal, replace_submitted, update_modal
from bot.views.parts.blocks import REASON
from bot.views.requests.preview import change_modal, loading_modal, preview_modal, requested_modal
from core.domain.actor import Actor
from core.domain.push import RequestState
from core.errors import NotFound, StaleCard
from core.models.requests import RequestCard, RequestLine
from core.usecases.requests.asking import leave_out, request_push
from core.usecases.requests.cards import push_preview, request_card
from core.usecases.requests.drafts import prepare_push
from core.usecases.selections.choosing import remember_draft
from core.usecases.texts import in_thread


async def show_preview(  # noqa: PLR0913 -- the click, whose it is, what was chosen, and what is known of it
    its: Collaborators,
    args: AsyncArgs,
    actor: Actor,
    chosen: Sequence[uuid.UUID],
    where: Where,
    *,
    selection_id: uuid.UUID | None = None,
    reason: str = "",
) -> bool:
    """Check the chosen statements against ServiceNow and draw the preview into the open modal; False when it was closed.

    `selection_id` is the list that they were ticked in, if they come from one; `reason` is offered as that of the request.
    """
    preview = await prepare_push(its.core, actor, chosen, reason=reason)
    if selection_id is not None:
        await remember_draft(its.core, actor, selection_id, preview.request_id)
    return await update_modal(args, await in_thread(preview_modal, preview), where)


class Previews:
    """The preview modal."""

    def __init__(self, its: Collaborators) -> None:
        """Keep the collaborators."""
        self._its = its
        self._editing = Editing(its)

    async def page(self, args: AsyncArgs) -> None:
        """Show another page of the preview."""
        await args.ack()
        value = clicked(args.body)
        await self._redraw(args, value)

    async def line_menu(self, args: AsyncArgs) -> None:
        """A menu entry beside a statement: view its change, edit it, or leave it out."""
        await args.ack()
        value = clicked(args.body)
        statement_id = value.other
        if statement_id is None:
            raise NotFound("This menu entry is about no statement.", next_step="Type /grcpush to start anew.")
        if value.word == "edit":
            await self._editing.open(args, str(statement_id), draft=value)
            return
        if value.word == "leave_out":
            actor = await self._its.actor(args.body)
            await leave_out(self._its.core, actor, value.id, statement_id)
            await self._redraw(args, value)
            return
        opened = await open_modal(args, loading_modal("Change", "Loading…"))
        line = await self._line(value.id, statement_id)
        await update_modal(args, await in_thread(change_modal, line, self._its.record_url(line.sn_sys_id)), opened)

    async def _redraw(self, args: AsyncArgs, value: ButtonValue) -> None:
        async def draw() -> View:
            preview = await push_preview(self._its.core, value.id)
            return await in_thread(preview_modal, preview, page=value.page)

        await redraw_modal(args, draw)

    async def submitted(self, args: AsyncArgs) -> None:
        """Ask for the push that was previewed."""
        view = args.body["view"]
        shown = await replace_submitted(args, loading_modal("Push request", "Asking for the push…"))
        reason = view["state"]["values"].get(REASON, {}).get(REASON, {}).get("value") or ""
        actor = await self._its.actor(args.body)
        card = await self._ask(actor, decode(view["private_metadata"]).id, reason.strip())
        await update_modal(args, requested_modal(card), shown)

    async def _ask(self, actor: Actor, request_id: uuid.UUID, reason: str) -> RequestCard:
        """The push request; a second delivery of the same click is given the one that the first made."""
        core = self._its.core
        try:
            return await request_push(core, actor, request_id, reason=reason, channel=core.settings.slack_channel)
        except StaleCard:
            card = await request_card(core, request_id)
            if card.state is RequestState.DRAFT or card.requester.id != actor.id:
                raise
            return card

    async def _line(self, request_id: uuid.UUID, statement_id: uuid.UUID) -> RequestLine:
        preview = await push_preview(self._its.core, request_id)
        line = next((line for line in preview.lines if line.statement_id == statement_id), None)
        if line is None:
            raise NotFound(
                "This statement is not part of the preview any more.", next_step="Type /grcpush to choose it again."
            )
        return line
