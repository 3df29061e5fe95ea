"""The preview of a push: what it would change, and asking for it."""

import uuid
from collections.abc import Sequence

from slack_bolt.kwargs_injection.async_args import AsyncArgs

from bot.actions import decode
from bot.collaborators import Collaborators
from bot.incoming import clicked
from bot.listeners.drawing import Where, open_modal, update_modal
from bot.views.problem import problem_modal
from bot.views.push import change_modal, loading_modal, preview_modal, requested_modal
from core.domain.actor import Actor
from core.errors import GrcError, NotFound
from core.read_models import RequestLine
from core.usecases.cards import push_preview
from core.usecases.drafts import prepare_push
from core.usecases.pushes import leave_out, request_push

REASON = "reason"


async def show_preview(
    its: Collaborators, args: AsyncArgs, actor: Actor, chosen: Sequence[uuid.UUID], where: Where
) -> None:
    """Check the chosen statements against ServiceNow and draw the preview into the open modal."""
    try:
        preview = await prepare_push(its.core, actor, chosen)
    except GrcError as error:
        await update_modal(args, problem_modal(error), where)
        return
    await update_modal(args, preview_modal(preview), where)


class Previews:
    """The preview modal."""

    def __init__(self, its: Collaborators) -> None:
        """Keep the collaborators."""
        self._its = its

    async def page(self, args: AsyncArgs) -> None:
        """Show another page of the preview."""
        await args.ack()
        value = clicked(args.body)
        await update_modal(args, preview_modal(await push_preview(self._its.core, value.id), page=value.page))

    async def line_menu(self, args: AsyncArgs) -> None:
        """A menu entry beside a statement: view its change, or leave it out."""
        await args.ack()
        value = clicked(args.body)
        statement_id = value.other
        if statement_id is None:
            raise NotFound("This menu entry is about no statement.")
        if value.word == "leave_out":
            actor = await self._its.actor(args.body)
            await leave_out(self._its.core, actor, value.id, statement_id)
            await update_modal(args, preview_modal(await push_preview(self._its.core, value.id), page=value.page))
            return
        opened = await open_modal(args, loading_modal("Change", "Loading…"))
        line = await self._line(value.id, statement_id)
        await update_modal(args, change_modal(line, self._its.record_url(line.sn_sys_id)), opened)

    async def submitted(self, args: AsyncArgs) -> None:
        """Ask for the push that was previewed."""
        actor = await self._its.actor(args.body)
        view = args.body["view"]
        reason = view["state"]["values"].get(REASON, {}).get(REASON, {}).get("value") or ""
        card = await request_push(
            self._its.core,
            actor,
            decode(view["private_metadata"]).id,
            reason=reason.strip(),
            channel=self._its.core.settings.slack_channel,
        )
        await args.ack(response_action="update", view=requested_modal(card))

    async def _line(self, request_id: uuid.UUID, statement_id: uuid.UUID) -> RequestLine:
        preview = await push_preview(self._its.core, request_id)
        line = next((line for line in preview.lines if line.statement_id == statement_id), None)
        if line is None:
            raise NotFound("This statement is not part of the preview any more.")
        return line
