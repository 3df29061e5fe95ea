"""One conflict in a modal of its own, where its channel shows no texts: for people who may read them."""

import uuid

from slack_bolt.kwargs_injection.async_args import AsyncArgs

from bot.actions import ButtonValue, decode
from bot.collaborators import Collaborators
from bot.slack.modals import View, redraw_modal, update_modal
from bot.views.conflicts.conflict import ONE_CONFLICT, conflict_modal, shown_under
from core.domain.actor import Actor
from core.errors import NotFound, StaleCard
from core.store.messages import REQUEST
from core.usecases.requests.cards import request_card
from core.usecases.requests.drawings import place_of, shows_titles_only
from core.usecases.texts import in_thread


async def conflict_view(its: Collaborators, actor: Actor, value: ButtonValue) -> View:
    """The conflict as it stands now under the request that the value names. Raises NotAllowed, NotFound, StaleCard."""
    if value.other is None:
        raise StaleCard("This button is about no push request.", next_step="Look at the card again: it has a new one.")
    card = await request_card(its.core, value.other)
    conflict = next((line.conflict for line in card.lines if line.conflict and line.conflict.id == value.id), None)
    if conflict is None:
        raise NotFound(
            "This conflict is not part of the push request any more.",
            next_step="The card shows what is still part of it.",
        )
    actor.require_reader((conflict.system_name,))
    url = its.record_url(conflict.sn_sys_id)
    return await in_thread(conflict_modal, conflict, url, shown_under(card, conflict))


async def redraw_clicked(its: Collaborators, args: AsyncArgs) -> None:
    """Where the click came from the modal of one conflict, draw that as the rows say now."""
    carried = args.body.get("view", {}).get("private_metadata")
    value = decode(carried) if carried else None
    if value is None or value.word != ONE_CONFLICT:
        return
    actor = await its.actor(args.body)

    async def draw() -> View:
        return await conflict_view(its, actor, value)

    await redraw_modal(args, draw)


async def redraw_beneath(its: Collaborators, args: AsyncArgs, actor: Actor, value: ButtonValue) -> None:
    """Where the submitted modal lies on that of the conflict, draw the one beneath as the rows say now."""
    beneath = args.body["view"].get("previous_view_id")
    if beneath:
        await update_modal(args, await conflict_view(its, actor, value), {"view_id": str(beneath)})


async def check_reader(
    its: Collaborators, actor: Actor, request_id: uuid.UUID | None, systems: tuple[str, ...]
) -> None:
    """Raise NotAllowed where the request stands in a channel without texts, and the actor has no role for a system."""
    known = await place_of(its.core, REQUEST, request_id) if request_id is not None else None
    if known is not None and shows_titles_only(its.core, known[0].channel):
        actor.require_reader(systems)
