"""Files in the thread of a push request: what is too long for a message, in full."""

import asyncio
import logging
import uuid
from dataclasses import dataclass

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.slack.client import unwaiting
from bot.slack.errors import SLACK_TROUBLE, error_name, is_passing, wanted_pause
from bot.views.parts.markup import escaped
from bot.views.requests.diff_files import DiffFile, conflict_file, request_file
from core.domain.push import OPEN_STATES
from core.models.requests import ConflictCard, RequestCard
from core.store.messages import Place
from core.usecases.requests.drawings import place_of, remember_drawing, shows_titles_only
from core.usecases.texts import in_thread
from core.wiring import Core

log = logging.getLogger(__name__)

REQUEST_FILE, CONFLICT_FILE = "request_file", "conflict_file"

# Slack shows a snippet with colours up to about a megabyte; a longer one is an ordinary file.
_LONGEST_SNIPPET = 1_000_000
# After a failure the next attempt waits so long, where Slack does not say how long.
_PAUSE_SECONDS = 10.0


@dataclass(frozen=True)
class _Subject:
    """What a file shows: the thing, and which state of it."""

    kind: str
    id: uuid.UUID
    state: str


class ThreadFiles:
    """Posts each file once for each state that it shows."""

    def __init__(self, core: Core, client: AsyncWebClient) -> None:
        """Where files are is remembered like every drawing. The card does not wait for them as long as Slack may ask."""
        self._core = core
        self._client = unwaiting(client)
        self._refused: set[_Subject] = set()
        self._again_at: dict[_Subject, float] = {}
        self._owed: set[_Subject] = set()

    async def draw_request(self, card: RequestCard, parent: Place) -> None:
        """Post all changes of the request once its content is fixed, and once more when it is another one then.

        While conflicts are being settled, their own replies and *Review* show what there is. A channel that shows titles
        only gets no file. A drawing begins here: what an earlier one owed may not be wanted any more.
        """
        self._owed = {subject for subject in self._owed if subject.id not in _ids(card)}
        is_fixed = card.state in OPEN_STATES and bool(card.content_digest)
        if not is_fixed or shows_titles_only(self._core, parent.channel):
            return
        subject = _Subject(REQUEST_FILE, card.id, card.content_digest)
        if await self._state_of(REQUEST_FILE, card.id) != subject.state:
            await self._post(subject, await in_thread(request_file, card), parent)

    async def draw_conflict(self, card: RequestCard, conflict: ConflictCard, parent: Place) -> str:
        """The name of the file with all of the conflict, which is then in the thread.

        Empty where the message shows all by itself, the channel shows titles only, or Slack did not take the file.
        """
        if shows_titles_only(self._core, parent.channel):
            return ""
        file = await in_thread(conflict_file, conflict)
        if file is None:
            return ""
        subject = _Subject(_conflict_file_in(card), conflict.id, str(conflict.revision))
        is_there = await self._state_of(subject.kind, conflict.id) == subject.state
        return file.name if is_there or await self._post(subject, file, parent) else ""

    def owes(self, card: RequestCard) -> bool:
        """Whether this drawing lacks a file that Slack did not take just now, and may take later."""
        return any(subject.id in _ids(card) for subject in self._owed)

    async def forget(self, card: RequestCard) -> None:
        """Note that the request's files went with the thread that they were in."""
        conflicts = [line.conflict.id for line in card.lines if line.conflict is not None]
        for kind, entity_id in [(REQUEST_FILE, card.id), *((_conflict_file_in(card), each) for each in conflicts)]:
            if await self._state_of(kind, entity_id):
                await remember_drawing(self._core, kind, entity_id, Place("", ""), drawn_hash="")

    async def _state_of(self, kind: str, entity_id: uuid.UUID) -> str:
        known = await place_of(self._core, kind, entity_id)
        return known[1] if known is not None else ""

    async def _post(self, subject: _Subject, file: DiffFile, parent: Place) -> bool:
        """Whether Slack took the file; what it refuses for good is logged once and not tried again."""
        if subject in self._refused:
            return False
        now = asyncio.get_running_loop().time()
        if now < self._again_at.get(subject, 0.0):
            self._owed.add(subject)
            return False
        try:
            answer = await self._upload(file, parent)
        except SLACK_TROUBLE as error:
            is_refused = isinstance(error, SlackApiError) and not is_passing(error)
            if is_refused:
                self._refused.add(subject)
            else:
                self._owed.add(subject)
                self._again_at[subject] = now + (wanted_pause(error) or _PAUSE_SECONDS)
            log.warning(
                "file.not_posted kind=%s entity=%s again=%s error=%s",
                subject.kind,
                subject.id,
                not is_refused,
                error_name(error),
            )
            return False
        self._again_at.pop(subject, None)
        place = Place(parent.channel, str(answer["files"][0]["id"]))
        await remember_drawing(self._core, subject.kind, subject.id, place, drawn_hash=subject.state)
        return True

    async def _upload(self, file: DiffFile, parent: Place) -> AsyncSlackResponse:
        return await self._client.files_upload_v2(
            content=file.text.encode(),
            filename=file.name,
            title=file.title,
            snippet_type="diff" if len(file.text) < _LONGEST_SNIPPET else None,
            channel=parent.channel,
            thread_ts=parent.ts,
            initial_comment=str(escaped(file.title)),
        )


def _ids(card: RequestCard) -> set[uuid.UUID]:
    """The things that a file of the request may be about."""
    return {card.id, *(line.conflict.id for line in card.lines if line.conflict is not None)}


def _conflict_file_in(card: RequestCard) -> str:
    """The kind of a conflict's file in the thread of one request."""
    return f"{CONFLICT_FILE}:{card.id.hex}"
