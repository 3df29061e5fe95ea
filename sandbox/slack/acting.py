"""What people do in the workspace: the one way in for tests (`Person`) and for the page in the browser."""

from dataclasses import dataclass, field
from typing import Any

from sandbox.slack.blockkit.reading import Placed, elements
from sandbox.slack.blockkit.state import VALUE_FIELD, held
from sandbox.slack.blockkit.whole import check_options
from sandbox.slack.deliveries.payloads import Place
from sandbox.slack.delivery import Delivery
from sandbox.slack.messages import Message
from sandbox.slack.service import Service
from sandbox.slack.views import View

_REQUIRED = "Please complete this required field."


@dataclass
class Submission:
    """What came of submitting a modal.

    `errors` stand at input blocks by block id, from the bot or, when `delivery` is None, from Slack itself because a
    required field was empty or a text too long. `view` is what the person sees afterwards: the top of the stack.
    """

    delivery: Delivery | None
    errors: dict[str, str] = field(default_factory=dict)
    view: View | None = None

    @property
    def ok(self) -> bool:
        """Whether the bot took it without errors."""
        return self.delivery is not None and self.delivery.ok and not self.errors


class Acting:
    """Deeds of a person, given by user id."""

    def __init__(self, workspace: Service) -> None:
        self._workspace = workspace

    async def command(self, user: str, channel_id: str, command: str, text: str) -> Delivery:
        """A slash command; an answer in the acknowledgement is shown to the person."""
        ws = self._workspace
        channel = ws.directory.channels[channel_id]
        delivery = await ws.sender.send("slash_commands", ws.payloads.command(user, channel, command, text), user)
        if delivery.ok:
            ws.answers.by_command_ack(delivery)
        return delivery

    async def act(self, user: str, place: Place, placed: Placed, choice: dict[str, Any]) -> Delivery | None:
        """A click or choice; None when the element stands in an input block that does not dispatch actions."""
        ws = self._workspace
        kind = placed.element["type"]
        if kind in VALUE_FIELD:
            state = place.state if isinstance(place, View) else place.state_for(user)
            value = choice.get(VALUE_FIELD[kind][0])
            state[placed.block_id][placed.action_id] = {"type": kind, VALUE_FIELD[kind][0]: value}
        if placed.block["type"] == "input" and not placed.block.get("dispatch_action"):
            return None
        action = _action(placed, choice) | {"action_ts": ws.clock.stamp()}
        return await ws.sender.send("interactive", ws.payloads.block_actions(user, place, action), user)

    async def options(self, user: str, place: Place, placed: Placed, value: str) -> Delivery:
        """The bot's options for what was typed into an external select; the body holds them.

        Faulty ones are shown to the person as a failure, as Slack does.
        """
        ws = self._workspace
        delivery = await ws.sender.send("interactive", ws.payloads.suggestion(user, place, placed, value), user)
        if delivery.ok and check_options(delivery.body).faults:
            ws.sender.failed(delivery, "invalid_options")
        return delivery

    async def submit(self, user: str, view: View) -> Submission:
        """The submit button of a modal."""
        ws = self._workspace
        view.errors = missing_or_too_long(view)
        if view.errors:
            ws.feed.publish("views", to=user, view_id=view.id)
            return Submission(None, view.errors, view)
        payload = ws.payloads.view_submission(user, view, self._chosen_response_urls(user, view))
        delivery = await ws.sender.send("interactive", payload, user)
        if delivery.ok:
            ws.answers.by_submission_ack(view, delivery)
        stack = ws.modals.stack(user)
        return Submission(delivery, view.errors if view.is_open else {}, stack[-1] if stack else None)

    async def close(self, user: str, view: View, *, clear_all: bool = False) -> list[Delivery]:
        """The cross or cancel button; the bot is told of each modal that asked for it."""
        ws = self._workspace
        clears = clear_all or bool(view.definition.get("clear_on_close"))
        closing = list(reversed(ws.modals.stack(user))) if clears else [view]
        for closed in closing:
            ws.modals.close(closed)
        ws.feed.publish("views", to=user, view_id=view.id)
        payloads = [
            ws.payloads.view_closed(user, closed, is_cleared=clears)
            for closed in closing
            if closed.definition.get("notify_on_close")
        ]
        return [await ws.sender.send("interactive", payload, user) for payload in payloads]

    async def shortcut(self, user: str, callback_id: str, message: Message | None = None) -> Delivery:
        """A global shortcut, or one from a message's menu."""
        ws = self._workspace
        return await ws.sender.send("interactive", ws.payloads.shortcut(user, callback_id, message), user)

    async def say(
        self, user: str, channel_id: str, text: str, thread_ts: str | None = None, *, broadcast: bool = False
    ) -> Message:
        """A message typed by the person; it is delivered to the bot where the bot may see it."""
        ws = self._workspace
        channel = ws.directory.channels[channel_id]
        message = ws.posting.by_person(user, channel, text, thread_ts=thread_ts, reply_broadcast=broadcast)
        if ws.can_deliver:
            await ws.events.said(message)
        return message

    async def open_home(self, user: str, tab: str = "home") -> Delivery | None:
        """A look at the app's Home or, as "messages", at the direct conversation with it."""
        return await self._workspace.events.home_opened(user, tab) if self._workspace.can_deliver else None

    def _chosen_response_urls(self, user: str, view: View) -> list[dict[str, Any]]:
        ws = self._workspace
        urls = []
        for placed in elements(view.blocks):
            if not placed.element.get("response_url_enabled"):
                continue
            channel = held(placed.element["type"], view.state[placed.block_id][placed.action_id])
            if channel:
                where = {"block_id": placed.block_id, "action_id": placed.action_id, "channel_id": channel}
                urls.append(where | {"response_url": ws.payloads.response_url(user, channel, kind="app")})
        return urls


def missing_or_too_long(view: View) -> dict[str, str]:
    """What Slack itself finds wrong before it sends a submission, by block id."""
    errors = {}
    for placed in elements(view.blocks):
        if placed.block["type"] != "input":
            continue
        element = placed.element
        value = held(element["type"], view.state[placed.block_id][placed.action_id])
        if value in (None, "", []):
            if not placed.block.get("optional"):
                errors[placed.block_id] = _REQUIRED
        elif element["type"] == "plain_text_input":
            least, most = element.get("min_length", 0), element.get("max_length", 3000)
            if not least <= len(value) <= most:
                errors[placed.block_id] = f"Please enter between {least} and {most} characters."
    return errors


def _action(placed: Placed, choice: dict[str, Any]) -> dict[str, Any]:
    """The entry of a payload's `actions`."""
    element = placed.element
    carried = ("text", "value", "style", "placeholder") if element["type"] == "button" else ("placeholder",)
    return {
        "action_id": placed.action_id,
        "block_id": placed.block_id,
        "type": element["type"],
        **{name: element[name] for name in carried if name in element},
        **choice,
    }
