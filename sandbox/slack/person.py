"""A person in the workspace, for tests: they type, click, choose, submit, and fail loudly on what is not there."""

from typing import Any

from sandbox.slack.acting import Acting, Submission
from sandbox.slack.blockkit.reading import Placed
from sandbox.slack.blockkit.state import held
from sandbox.slack.deliveries.payloads import Place
from sandbox.slack.delivery import Delivery
from sandbox.slack.directory import User
from sandbox.slack.finding import NotOnShow, choice_for, find_element, find_field
from sandbox.slack.messages import Message
from sandbox.slack.service import Service
from sandbox.slack.views import View


class Person:
    """One of the workspace's people, who can do what people can do."""

    def __init__(self, workspace: Service, acting: Acting, user: User) -> None:
        self._workspace = workspace
        self._acting = acting
        self.user = user
        self.id = user.id

    # What they see.

    def modal(self) -> View:
        """The modal on top. Raises NotOnShow when none is open."""
        stack = self._workspace.modals.stack(self.id)
        if not stack:
            raise NotOnShow(f"{self.user.real_name} has no modal open")
        return stack[-1]

    def home(self) -> View:
        """Their Home tab. Raises NotOnShow when it was never published."""
        home = self._workspace.modals.home(self.id)
        if home is None:
            raise NotOnShow(f"{self.user.real_name} has no Home")
        return home

    def ephemerals(self) -> list[Message]:
        """The messages only they see, oldest first."""
        return self._workspace.ephemerals(self.id)

    # What they do.

    async def command(self, command: str, text: str = "", channel: str = "C0GRC") -> Delivery:
        """Send a slash command from a channel. Raises NotOnShow when no installed app declares it."""
        if command not in {known["command"] for known in self._workspace.commands}:
            raise NotOnShow(f"{command} is not a command of this workspace; see Workspace.commands")
        return await self._acting.command(self.id, self._channel(channel), command, text)

    async def click(
        self,
        where: Place,
        action_id: str,
        block_id: str | None = None,
        *,
        value: str | None = None,
        option: Any = None,
        accept: bool = True,
    ) -> Delivery | None:
        """Press a button, or pick `option` (by value or words) in an overflow menu.

        `value` tells buttons of one action id apart. When the element asks for confirmation, `accept` answers; None
        comes back when it was declined.
        """
        placed = find_element(where, action_id, block_id, value)
        kind = placed.element["type"]
        if kind not in ("button", "overflow"):
            raise NotOnShow(f"{action_id} is a {kind}: choose() is for those")
        return await self._act(where, placed, choice_for(placed.element, option), accept=accept)

    async def choose(
        self, where: Place, action_id: str, wanted: Any, block_id: str | None = None, *, accept: bool = True
    ) -> Delivery | None:
        """Make a choice: an option by value or words, several as a list, a user, a channel, a date, a time.

        For checkboxes and multi selects the list is the whole new selection. None comes back when Slack tells the bot
        nothing: an input block that does not dispatch, or a declined confirmation.
        """
        placed = find_element(where, action_id, block_id)
        offered = None
        if "external" in placed.element["type"] and not isinstance(wanted, dict):
            offered = await self._options(where, placed, wanted if isinstance(wanted, str) else "")
        return await self._act(where, placed, choice_for(placed.element, wanted, offered), accept=accept)

    async def tick(self, where: Place, action_id: str, *values: str, block_id: str | None = None) -> Delivery | None:
        """Tick boxes one after the other, leaving the others as they are; the last delivery comes back."""
        return await self._toggle(where, action_id, values, block_id, on=True)

    async def untick(self, where: Place, action_id: str, *values: str, block_id: str | None = None) -> Delivery | None:
        """Clear boxes one after the other; the last delivery comes back."""
        return await self._toggle(where, action_id, values, block_id, on=False)

    async def enter(self, where: Place, action_id: str, text: str, block_id: str | None = None) -> Delivery | None:
        """Type a text and press Enter; the bot hears of it when the input dispatches."""
        return await self.choose(where, action_id, text, block_id)

    async def fill(self, view: Place, values: dict[str, Any]) -> None:
        """Fill fields, named by action id or block id, without telling the bot anything."""
        for name, wanted in values.items():
            placed = find_field(view, name)
            state = view.state if isinstance(view, View) else view.state_for(self.id)
            choice = choice_for(placed.element, wanted)
            state[placed.block_id][placed.action_id] = {"type": placed.element["type"], **choice}

    async def submit(self, view: View, values: dict[str, Any] | None = None) -> Submission:
        """Fill what is given and press the submit button. Raises NotOnShow when there is none."""
        if "submit" not in view.definition or not view.is_open:
            raise NotOnShow(f"nothing to submit in {view.title!r}")
        await self.fill(view, values or {})
        return await self._acting.submit(self.id, view)

    async def close(self, view: View, *, clear_all: bool = False) -> list[Delivery]:
        """Dismiss a modal, or all of them; the deliveries of those that asked to be told come back."""
        return await self._acting.close(self.id, view, clear_all=clear_all)

    async def shortcut(self, callback_id: str) -> Delivery:
        """Use a global shortcut."""
        return await self._acting.shortcut(self.id, callback_id)

    async def message_shortcut(self, callback_id: str, message: Message) -> Delivery:
        """Use a shortcut of a message's menu."""
        return await self._acting.shortcut(self.id, callback_id, message)

    async def say(self, channel: str, text: str, thread_ts: str | None = None, *, broadcast: bool = False) -> Message:
        """Write a message, or a reply in a thread; "bot" as channel is the direct conversation with the bot."""
        where = self._channel(channel)
        if thread_ts is not None and self._workspace.posts.find(where, thread_ts) is None:
            raise NotOnShow(f"there is no message {thread_ts} in {where} to reply to")
        return await self._acting.say(self.id, where, text, thread_ts, broadcast=broadcast)

    def edit(self, message: Message, text: str) -> None:
        """Change one's own message. Raises NotOnShow for somebody else's."""
        self._workspace.posting.edit(self._own(message), text)

    def delete(self, message: Message) -> None:
        """Delete one's own message. Raises NotOnShow for somebody else's."""
        self._workspace.posting.remove(self._own(message))

    def _own(self, message: Message) -> Message:
        if message.user != self.id:
            raise NotOnShow("nobody changes what somebody else said")
        return message

    async def open_home(self, tab: str = "home") -> Delivery | None:
        """Look at the app's Home, or its "messages" tab."""
        return await self._acting.open_home(self.id, tab)

    async def join(self, channel: str) -> Delivery | None:
        """Come into a channel."""
        self._workspace.directory.channels[channel].members.append(self.id)
        return await self._workspace.events.joined(self.id, self._workspace.directory.channels[channel])

    async def invite_bot(self, channel: str) -> Delivery | None:
        """Bring the bot into a channel, as `/invite` does."""
        self._workspace.directory.channels[channel].members.append(self._workspace.bot_user_id)
        return await self._workspace.events.joined(
            self._workspace.bot_user_id, self._workspace.directory.channels[channel]
        )

    async def options(
        self, where: Place, action_id: str, value: str, block_id: str | None = None
    ) -> list[dict[str, Any]]:
        """The options an external select offers for what was typed, groups flattened."""
        return await self._options(where, find_element(where, action_id, block_id), value)

    async def _options(self, where: Place, placed: Placed, value: str) -> list[dict[str, Any]]:
        delivery = await self._acting.options(self.id, where, placed, value)
        if not delivery.ok:
            raise NotOnShow(f"the menu {placed.action_id} shows no options: {delivery.error}")
        grouped = [option for group in delivery.body.get("option_groups", []) for option in group["options"]]
        return list(delivery.body.get("options", grouped))

    async def _act(self, where: Place, placed: Placed, choice: dict[str, Any], *, accept: bool) -> Delivery | None:
        if isinstance(where, View) and not where.is_open:
            raise NotOnShow(f"the modal {where.title!r} is closed")
        if isinstance(where, Message) and where.is_deleted:
            raise NotOnShow("the message was deleted")
        if "confirm" in placed.element and not accept:
            return None
        return await self._acting.act(self.id, where, placed, choice)

    async def _toggle(
        self, where: Place, action_id: str, values: tuple[str, ...], block_id: str | None, *, on: bool
    ) -> Delivery | None:
        delivery = None
        for value in values:
            placed = find_element(where, action_id, block_id)
            state = where.state if isinstance(where, View) else where.state_for(self.id)
            ticked = held(placed.element["type"], state[placed.block_id][placed.action_id])
            toggled = choice_for(placed.element, value)["selected_options"]
            kept = [option for option in ticked if option not in toggled]
            delivery = await self.choose(where, action_id, kept + toggled if on else kept, block_id)
        return delivery

    def _channel(self, name: str) -> str:
        if name == "bot":
            return self._workspace.directory.direct_with(self.id).id
        return name
