"""What a person does on the page, as JSON: the same deeds as in tests."""

from typing import Any

from sandbox.slack.acting import Acting
from sandbox.slack.blockkit.reading import Placed, elements
from sandbox.slack.blockkit.state import VALUE_FIELD, Values
from sandbox.slack.deliveries.payloads import Place
from sandbox.slack.delivery import Delivery
from sandbox.slack.messages import Message
from sandbox.slack.page.reading import Reading
from sandbox.slack.refusal import Refusal, invalid_arguments
from sandbox.slack.team import Team
from sandbox.slack.views import View

Body = dict[str, Any]

_WORDS = {"timeout": "operation_timeout", "not_connected": "app_not_running", "connection_failed": "app_not_running"}
_CHOICES = {name for name, _ in VALUE_FIELD.values()} | {"selected_option"}


class Doing:
    """Carries out the page's POSTs. Each answers `ok`, or an `error` the page has words for."""

    def __init__(self, workspace: Team, acting: Acting, reading: Reading) -> None:
        self._workspace = workspace
        self._acting = acting
        self._reading = reading

    async def command(self, user: str, body: Body) -> Body:
        """A slash command; Slack has none in threads."""
        if body.get("thread_ts"):
            message = f"{body.get('command')} is not supported in threads."
            return {"ok": False, "error": "not_supported_in_threads", "message": message}
        if body.get("command") not in {known["command"] for known in self._workspace.commands}:
            return {"ok": False, "error": "unknown_command"}
        channel = self._reading.channel(user, body.get("channel"))
        return _told(await self._acting.command(user, channel.id, body["command"], str(body.get("text", ""))))

    async def message(self, user: str, body: Body) -> Body:
        """A message or a reply."""
        channel = self._reading.channel(user, body.get("channel"))
        text, thread_ts = str(body.get("text", "")), body.get("thread_ts") or None
        if not text.strip():
            raise Refusal("no_text")
        if thread_ts and self._workspace.posts.find(channel.id, thread_ts) is None:
            raise Refusal("message_not_found")
        message = await self._acting.say(user, channel.id, text, thread_ts)
        return {"ok": True, "ts": message.ts}

    async def action(self, user: str, body: Body) -> Body:
        """A click or choice; `state` brings what else was entered beside it."""
        place = self._place(user, body["container"] if isinstance(body.get("container"), dict) else {})
        _take_values(_state_of(place, user), body.get("state") or {})
        placed = _placed(place, body)
        choice = {name: body[name] for name in _CHOICES if name in body and placed.element["type"] != "button"}
        return _told(await self._acting.act(user, place, placed, choice))

    async def submit(self, user: str, body: Body) -> Body:
        """The submit button of a modal."""
        view = self._view(user, body.get("view_id"))
        _take_values(view.state, body.get("values") or {})
        result = await self._acting.submit(user, view)
        if result.errors:
            return {"ok": False, "errors": result.errors}
        return _told(result.delivery)

    async def close(self, user: str, body: Body) -> Body:
        """The cross of a modal; a failed notice to the bot does not keep it open."""
        view = self._view(user, body.get("view_id"))
        await self._acting.close(user, view, clear_all=bool(body.get("clear_all")))
        return {"ok": True}

    async def shortcut(self, user: str, body: Body) -> Body:
        """A global shortcut, or with channel and message_ts one of a message."""
        message = None
        if body.get("message_ts"):
            message = self._message(user, body.get("channel"), body["message_ts"])
        return _told(await self._acting.shortcut(user, str(body.get("callback_id", "")), message))

    async def home(self, user: str, _body: Body) -> Body:
        """A look at the app's Home."""
        return _told(await self._acting.open_home(user))

    async def read(self, user: str, body: Body) -> Body:
        """Everything in the channel is read."""
        self._reading.read_up_to_now(user, self._reading.channel(user, body.get("channel")))
        return {"ok": True}

    async def options(self, user: str, query: Body) -> Body:
        """The options of an external select for what was typed."""
        place = self._place(user, query)
        delivery = await self._acting.options(user, place, _placed(place, query), query.get("value", ""))
        answer = delivery.body if isinstance(delivery.body, dict) else {}
        return {**_told(delivery), **{name: answer[name] for name in ("options", "option_groups") if name in answer}}

    def _place(self, user: str, container: Body) -> Place:
        if container.get("view_id"):
            return self._view(user, container["view_id"])
        return self._message(user, container.get("channel"), container.get("message_ts"))

    def _view(self, user: str, view_id: Any) -> View:
        view = self._workspace.modals.find(str(view_id or ""))
        if view is None or view.user != user:
            raise Refusal("view_not_found")
        return view

    def _message(self, user: str, channel_id: Any, ts: Any) -> Message:
        channel = self._reading.channel(user, channel_id)
        message = self._workspace.posts.find_any(channel.id, str(ts or ""))
        if message is None or message.ephemeral_to not in (None, user):
            raise Refusal("message_not_found")
        return message


def _told(delivery: Delivery | None) -> Body:
    """How it went, as the page says it; None means the bot had not to be told."""
    if delivery is None:
        return {"ok": True, "delivered": False}
    if delivery.ok:
        return {"ok": True, "delivered": True, "ack_ms": round(delivery.ack_ms, 1)}
    return {"ok": False, "error": _WORDS.get(delivery.error or "", "dispatch_failed"), "status": delivery.status}


def _placed(place: Place, body: Body) -> Placed:
    for placed in elements(place.blocks):
        if placed.block_id == body.get("block_id") and placed.action_id == body.get("action_id"):
            return placed
    raise Refusal("not_found")


def _state_of(place: Place, user: str) -> Values:
    return place.state if isinstance(place, View) else place.state_for(user)


def _take_values(state: Values, entered: Any) -> None:
    """Take over entered values, bare or under `values`; those of inputs no longer on show are left out.

    Refused as invalid_arguments when they are no values at all.
    """
    if isinstance(entered, dict) and "values" in entered and "values" not in state:
        entered = entered["values"]
    if not isinstance(entered, dict) or not all(isinstance(actions, dict) for actions in entered.values()):
        raise invalid_arguments("must be an object of objects: values")
    for block_id, known in state.items():
        for action_id, held in known.items():
            entry = entered.get(block_id, {}).get(action_id)
            if isinstance(entry, dict) and entry.get("type") == held["type"]:
                field = VALUE_FIELD[held["type"]][0]
                known[action_id] = {"type": held["type"], field: entry.get(field)}
