"""The buttons on a card that make a push stop, run again, be asked for anew or be undone; and its evidence."""

import uuid

from slack_bolt.kwargs_injection.async_args import AsyncArgs

from bot.collaborators import Collaborators
from bot.listeners.previews import show_preview
from bot.slack.incoming import clicked, user_of
from bot.slack.modals import open_modal
from bot.slack.replies import reply
from bot.slack.shared_channels import SharedChannels
from bot.views.parts.blocks import message
from bot.views.requests.evidence_csv import evidence_csv
from bot.views.requests.preview import loading_modal
from bot.views.requests.undo import brought_back_message, left_alone_message
from core.domain.actor import Actor
from core.domain.push import Readiness
from core.models.evidence import Evidence
from core.models.requests import RequestCard
from core.store.messages import Place
from core.usecases.audit.evidence import push_evidence
from core.usecases.requests.asking import cancel_push, retry_failed
from core.usecases.requests.cards import request_card
from core.usecases.requests.drawings import place_of, remember_drawing, shows_titles_only
from core.usecases.requests.undo import undo_push
from core.usecases.texts import in_thread

EVIDENCE_FILE = "evidence_file"


class Pushes:
    """Cancel, stop, retry, ask again, undo, evidence."""

    def __init__(self, its: Collaborators) -> None:
        """Keep the collaborators."""
        self._its = its
        self._shared = SharedChannels(its.core.settings, its.client)

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

    async def ask_again(self, args: AsyncArgs) -> None:
        """Preview a new request for what this one did not bring to ServiceNow, with the reason that it had."""
        await args.ack()
        opened = await open_modal(args, loading_modal("Preview push", "Checking ServiceNow…"))
        actor = await self._its.actor(args.body)
        card = await request_card(self._its.core, clicked(args.body).id)
        await show_preview(self._its, args, actor, _open_ends(card), opened, reason=card.reason)

    async def undo_push(self, args: AsyncArgs) -> None:
        """Bring the earlier texts back as local edits, and preview a request for them."""
        await args.ack()
        opened = await open_modal(args, loading_modal("Preview push", "Bringing the earlier texts back…"))
        actor = await self._its.actor(args.body)
        undone = await undo_push(self._its.core, actor, clicked(args.body).id)
        is_shown = False
        try:
            is_shown = await show_preview(self._its, args, actor, undone.statement_ids, opened)
        finally:
            # The window was closed, or ServiceNow did not answer, and still the texts are edits again: that must not
            # stay unsaid.
            if not is_shown:
                await reply(args, brought_back_message(undone.number, len(undone.statement_ids)))
            if undone.left_alone:
                await reply(args, left_alone_message(undone.number, undone.left_alone))

    async def evidence(self, args: AsyncArgs) -> None:
        """Post the evidence as a file in the thread of the card; where texts are not shown, send it to who clicked."""
        await args.ack()
        actor = await self._its.actor(args.body)
        place = Place(str(args.body["channel"]["id"]), str(args.body["message"]["ts"]))
        if shows_titles_only(self._its.core, place.channel) or await self._shared.refusal(place.channel):
            await self._send_evidence(actor, clicked(args.body).id, user_of(args.body))
            await reply(args, message("This channel shows no texts: the evidence is in your direct messages."))
            return
        is_new = await self._post_evidence(actor, clicked(args.body).id, place)
        words = "The evidence is in the thread of the card." if is_new else "The evidence is in the thread already."
        await reply(args, message(words))

    async def _post_evidence(self, actor: Actor, request_id: uuid.UUID, place: Place) -> bool:
        """False when the thread holds exactly this evidence already."""
        core = self._its.core
        evidence = await push_evidence(core, actor, request_id)
        state = f"{place.channel}:{place.ts}:{evidence.events[-1].hash}"
        known = await place_of(core, EVIDENCE_FILE, request_id)
        if known is not None and known[1] == state:
            return False
        await self._upload(evidence, place)
        await remember_drawing(core, EVIDENCE_FILE, request_id, place, drawn_hash=state)
        return True

    async def _send_evidence(self, actor: Actor, request_id: uuid.UUID, user_id: str) -> None:
        """Send the evidence to the one person who asked for it. The message before the file opens their channel."""
        evidence = await push_evidence(self._its.core, actor, request_id)
        told = f"Evidence of push request #{evidence.number}, as you asked:"
        answer = await self._its.client.chat_postMessage(channel=user_id, text=told)
        await self._upload(evidence, Place(str(answer["channel"]), str(answer["ts"])))

    async def _upload(self, evidence: Evidence, place: Place) -> None:
        text = await in_thread(evidence_csv, evidence)
        await self._its.client.files_upload_v2(
            content=text.encode("utf-8-sig"),
            filename=f"push-request-{evidence.number}-evidence.csv",
            title=f"Evidence of push request #{evidence.number}",
            channel=place.channel,
            thread_ts=place.ts,
            initial_comment=f"Evidence of push request #{evidence.number}: every decision and every attempt to write.",
        )

    async def open_record(self, args: AsyncArgs) -> None:
        """A link was followed; Slack wants to hear that we noticed."""
        await args.ack()


def _open_ends(card: RequestCard) -> list[uuid.UUID]:
    """The statements that the request was for and did not bring to ServiceNow."""
    done = {result.statement_id for result in card.results if result.is_success}
    kinds = (Readiness.READY, Readiness.CONFLICT)
    return [line.statement_id for line in card.lines if line.readiness in kinds and line.statement_id not in done]
