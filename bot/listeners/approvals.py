"""The buttons on a push request's card."""

from slack_bolt.kwargs_injection.async_args import AsyncArgs

from bot.actions import decode
from bot.collaborators import Collaborators
from bot.incoming import clicked
from bot.modals import open_modal, update_modal
from bot.views.blocks import REASON
from bot.views.push import loading_modal
from bot.views.request import decline_modal, review_modal
from core.errors import Refused
from core.usecases.approvals import approve_push, decline_push
from core.usecases.cards import request_card
from core.usecases.pushes import cancel_push, retry_failed
from core.usecases.texts import in_thread


class Approvals:
    """Approve, decline, review, cancel, stop, retry."""

    def __init__(self, its: Collaborators) -> None:
        """Keep the collaborators."""
        self._its = its

    async def approve(self, args: AsyncArgs) -> None:
        """Approve exactly the content the card shows."""
        await args.ack()
        value = clicked(args.body)
        actor = await self._its.actor(args.body)
        await approve_push(self._its.core, actor, value.id, shown_digest=value.digest)

    async def decline(self, args: AsyncArgs) -> None:
        """Ask for the reason of a decline."""
        await args.ack()
        value = clicked(args.body)
        opened = await open_modal(args, loading_modal("Decline", "Loading…"))
        await update_modal(args, decline_modal(await request_card(self._its.core, value.id)), opened)

    async def decline_submitted(self, args: AsyncArgs) -> None:
        """Decline, with the reason given."""
        view = args.body["view"]
        value = decode(view["private_metadata"])
        reason = view["state"]["values"][REASON][REASON].get("value") or ""
        actor = await self._its.actor(args.body)
        try:
            await decline_push(self._its.core, actor, value.id, shown_digest=value.digest, comment=reason)
        except Refused as error:
            await args.ack(response_action="errors", errors={REASON: error.message[:2000]})
            return
        await args.ack()

    async def review(self, args: AsyncArgs) -> None:
        """Show every change of the request."""
        await args.ack()
        opened = await open_modal(args, loading_modal("Review", "Loading…"))
        card = await request_card(self._its.core, clicked(args.body).id)
        await update_modal(args, await in_thread(review_modal, card), opened)

    async def review_page(self, args: AsyncArgs) -> None:
        """Show another page of the review."""
        await args.ack()
        value = clicked(args.body)
        card = await request_card(self._its.core, value.id)
        await update_modal(args, await in_thread(review_modal, card, page=value.page))

    async def cancel_push(self, args: AsyncArgs) -> None:
        """Call the request off, or stop what still waits."""
        await args.ack()
        actor = await self._its.actor(args.body)
        await cancel_push(self._its.core, actor, clicked(args.body).id)

    async def retry_failed(self, args: AsyncArgs) -> None:
        """Push again what failed and may succeed now."""
        await args.ack()
        actor = await self._its.actor(args.body)
        await retry_failed(self._its.core, actor, clicked(args.body).id)

    async def open_record(self, args: AsyncArgs) -> None:
        """A link was followed; Slack wants to hear that we noticed."""
        await args.ack()
