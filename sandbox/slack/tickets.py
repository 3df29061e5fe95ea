"""Things handed out that are good for a while or a number of times: trigger ids and response URLs."""

import secrets
from dataclasses import dataclass

from sandbox.slack.clock import Clock
from sandbox.slack.ids import secret_path
from sandbox.slack.messages import Message
from sandbox.slack.refusal import Refusal

TRIGGER_SECONDS = 3.0
RESPONSE_URL_SECONDS = 30 * 60.0
RESPONSE_URL_USES = 5


@dataclass
class Trigger:
    """The right to open one modal for a person, for three seconds."""

    id: str
    user: str
    issued: float
    is_used: bool = False


@dataclass
class ResponseUrl:
    """Where the bot may answer an interaction: five times within thirty minutes.

    `source` is the clicked message, None for a slash command's own URL and for one chosen in a modal.
    """

    secret: str
    user: str
    channel: str
    issued: float
    source: Message | None = None
    thread_ts: str | None = None
    uses: int = 0


class Tickets:
    """Hands them out and takes them back."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._triggers: dict[str, Trigger] = {}
        self._urls: dict[str, ResponseUrl] = {}

    def new_trigger(self, user: str) -> str:
        """A trigger id for an interaction that happens now."""
        trigger_id = f"{secrets.randbelow(10**12)}.{secrets.randbelow(10**10)}.{secrets.token_hex(16)}"
        self._triggers[trigger_id] = Trigger(trigger_id, user, self._clock.now())
        return trigger_id

    def spend_trigger(self, trigger_id: str) -> str:
        """The user whose interaction it was; good once.

        Refused as invalid_trigger_id, exchanged_trigger_id (used before) or expired_trigger_id (older than 3 s).
        """
        trigger = self._triggers.get(trigger_id)
        if trigger is None:
            raise Refusal("invalid_trigger_id")
        if trigger.is_used:
            raise Refusal("exchanged_trigger_id")
        if self._clock.now() - trigger.issued > TRIGGER_SECONDS:
            raise Refusal("expired_trigger_id")
        trigger.is_used = True
        return trigger.user

    def new_response_url(
        self, user: str, channel: str, source: Message | None = None, thread_ts: str | None = None
    ) -> ResponseUrl:
        """A fresh right to answer in `channel`, bound to the message that was clicked."""
        ticket = ResponseUrl(secret_path(), user, channel, self._clock.now(), source, thread_ts)
        self._urls[ticket.secret] = ticket
        return ticket

    def spend_response_url(self, secret: str) -> ResponseUrl:
        """The ticket behind a response URL, one use poorer.

        Refused with 404 as invalid_url, expired_url (older than 30 minutes) or used_url (the sixth use).
        """
        ticket = self._urls.get(secret)
        if ticket is None:
            raise Refusal("invalid_url", status=404)
        if self._clock.now() - ticket.issued > RESPONSE_URL_SECONDS:
            raise Refusal("expired_url", status=404)
        if ticket.uses >= RESPONSE_URL_USES:
            raise Refusal("used_url", status=404)
        ticket.uses += 1
        return ticket
