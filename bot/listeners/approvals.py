"""The buttons by which people decide about a push request, and the review in which they read it."""

from slack_bolt.kwargs_injection.async_args import AsyncArgs

from bot.actions import ButtonValue, decode
from bot.collaborators import Collaborators
from bot.listeners.one_conflict import check_reader
from bot.slack.incoming import clicked
from bot.slack.modals import View, open_modal, redraw_modal, update_modal
from bot.views.parts.blocks import REASON
from bot.views.parts.fields import TYPED
from bot.views.parts.markup import cut
from bot.views.requests.preview import loading_modal
from bot.views.requests.review import VERDICT, decline_modal, review_modal
from core.domain.actor import Actor
from core.domain.push import RequestState
from core.errors import Refused
from core.usecases.approvals.clock import remind_approvers
from core.usecases.approvals.deciding import (
    approve_push,
    ask_for_changes,
    decline_push,
    start_push,
    why_not_decide,
    withdraw_decline,
)
from core.usecases.requests.cards import request_card
from core.usecases.texts import in_thread

_LONGEST_ERROR = 500


class Approvals:
    """Review, approve, ask for changes, decline, withdraw, start, remind."""

    def __init__(self, its: Collaborators) -> None:
        """Keep the collaborators."""
        self._its = its

    async def approve(self, args: AsyncArgs) -> None:
        """Approve exactly the content the card shows."""
        await args.ack()
        value = clicked(args.body)
        actor = await self._its.actor(args.body)
        await approve_push(self._its.core, actor, value.id, shown_digest=value.digest)

    async def push_now(self, args: AsyncArgs) -> None:
        """Start what is approved."""
        await args.ack()
        value = clicked(args.body)
        await start_push(self._its.core, await self._its.actor(args.body), value.id, shown_digest=value.digest)

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
        actor = await self._its.actor(args.body)
        try:
            await decline_push(self._its.core, actor, value.id, shown_digest=value.digest, comment=_reason(view))
        except Refused as error:
            await args.ack(response_action="errors", errors={REASON: cut(error.message, _LONGEST_ERROR)})
            return
        await args.ack()

    async def withdraw_decline(self, args: AsyncArgs) -> None:
        """Take one's own decline back."""
        await args.ack()
        value = clicked(args.body)
        await withdraw_decline(self._its.core, await self._its.actor(args.body), value.id, shown_digest=value.digest)

    async def remind(self, args: AsyncArgs) -> None:
        """Have the approvers notified once more."""
        await args.ack()
        await remind_approvers(self._its.core, await self._its.actor(args.body), clicked(args.body).id)

    async def review(self, args: AsyncArgs) -> None:
        """Show every change of the request, with the decision below for who may take it."""
        await args.ack()
        opened = await open_modal(args, loading_modal("Review", "Loading…"))
        await update_modal(args, await self._review(args, clicked(args.body)), opened)

    async def review_page(self, args: AsyncArgs) -> None:
        """Show another page of the review."""
        await args.ack()
        await redraw_modal(args, lambda: self._review(args, clicked(args.body)))

    async def verdict_submitted(self, args: AsyncArgs) -> None:
        """Decide as chosen in the review, about the content that it showed."""
        view = args.body["view"]
        value, comment = decode(view["private_metadata"]), _reason(view)
        chosen = (view["state"]["values"].get(VERDICT, {}).get(TYPED, {}).get("selected_option") or {}).get("value")
        actor = await self._its.actor(args.body)
        try:
            await self._decide(actor, value, str(chosen), comment)
        except Refused as error:
            field = REASON if chosen in ("changes", "decline") and not comment.strip() else VERDICT
            await args.ack(response_action="errors", errors={field: cut(error.message, _LONGEST_ERROR)})
            return
        await args.ack()

    async def _decide(self, actor: Actor, value: ButtonValue, chosen: str, comment: str) -> None:
        """Do what was chosen in the review. Raises Refused."""
        core, shown = self._its.core, value.digest
        if chosen == "changes":
            await ask_for_changes(core, actor, value.id, shown_digest=shown, comment=comment)
        elif chosen == "decline":
            await decline_push(core, actor, value.id, shown_digest=shown, comment=comment)
        elif chosen in ("approve", "approve_only"):
            starts = chosen == "approve"
            await approve_push(core, actor, value.id, shown_digest=shown, comment=comment, starts_push=starts)
        else:
            raise Refused("Nothing was chosen.", next_step="Choose one of the four.")

    async def _review(self, args: AsyncArgs, value: ButtonValue) -> View:
        core, actor = self._its.core, await self._its.actor(args.body)
        card = await request_card(core, value.id)
        await check_reader(self._its, actor, card.id, tuple(sorted({line.system_name for line in card.lines})))
        why_not = None
        if card.state is RequestState.WAITING:
            why_not = await why_not_decide(core, actor, value.id)
        return await in_thread(review_modal, card, page=value.page, why_not=why_not)


def _reason(view: View) -> str:
    return view["state"]["values"].get(REASON, {}).get(REASON, {}).get("value") or ""
