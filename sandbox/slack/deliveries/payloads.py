"""The payloads of deliveries, complete as Slack sends them."""

import copy
import re
from typing import Any

from sandbox.slack.blockkit.reading import Placed
from sandbox.slack.directory import Channel
from sandbox.slack.ids import new_id
from sandbox.slack.messages import Message
from sandbox.slack.team import Team
from sandbox.slack.views import View

Payload = dict[str, Any]
Place = Message | View

_MENTION = re.compile(r"@([\w.-]+)")


class Payloads:
    """Builds what is sent to the bot."""

    def __init__(self, workspace: Team) -> None:
        self._workspace = workspace

    def command(self, user: str, channel: Channel, command: str, text: str) -> Payload:
        """The form fields of a slash command, with a fresh trigger and response URL."""
        ws = self._workspace
        person = ws.directory.users[user]
        return {
            "token": ws.verification_token,
            "team_id": person.team_id,
            "team_domain": ws.domain_of(person.team_id),
            "channel_id": channel.id,
            "channel_name": "directmessage" if channel.is_im else channel.name,
            "user_id": user,
            "user_name": person.name,
            "command": command,
            "text": self._escaped(text) if ws.escapes_mentions else text,
            "api_app_id": ws.app_id,
            "is_enterprise_install": "false",
            "response_url": self.response_url(user, channel.id, kind="commands"),
            "trigger_id": ws.tickets.new_trigger(user),
        }

    def _escaped(self, text: str) -> str:
        """The text after a command as an app gets it that asked for escaping: people who are mentioned by their ids."""
        known = {person.name: person.id for person in self._workspace.directory.users.values()}
        safe = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        return _MENTION.sub(lambda found: f"<@{known[found[1]]}|{found[1]}>" if found[1] in known else found[0], safe)

    def block_actions(self, user: str, place: Place, action: Payload) -> Payload:
        """A click or choice in a message or view."""
        payload = self._interaction(user, "block_actions") | self._where(place)
        if isinstance(place, Message):
            thread_ts = place.thread_ts if place.is_reply else None
            payload["response_url"] = self.response_url(
                user, place.channel, kind="actions", source=place, thread_ts=thread_ts
            )
            payload["state"] = {"values": copy.deepcopy(place.state_for(user))}
        payload["actions"] = [action]
        return payload

    def suggestion(self, user: str, place: Place, placed: Placed, value: str) -> Payload:
        """The question for the options of an external select."""
        asked = {"action_id": placed.action_id, "block_id": placed.block_id, "value": value}
        payload = self._interaction(user, "block_suggestion", has_trigger=False) | self._where(place)
        return payload | asked

    def view_submission(self, user: str, view: View, response_urls: list[Payload]) -> Payload:
        """A submitted modal."""
        ws = self._workspace
        shown = view.as_slack(ws.app_id, ws.bot_id)
        return self._interaction(user, "view_submission") | {"view": shown, "response_urls": response_urls}

    def view_closed(self, user: str, view: View, *, is_cleared: bool) -> Payload:
        """A dismissed modal that asked to be told."""
        ws = self._workspace
        shown = view.as_slack(ws.app_id, ws.bot_id)
        return self._interaction(user, "view_closed", has_trigger=False) | {"view": shown, "is_cleared": is_cleared}

    def shortcut(self, user: str, callback_id: str, message: Message | None = None) -> Payload:
        """A global shortcut, or with a message the shortcut in its menu."""
        payload = self._interaction(user, "shortcut" if message is None else "message_action")
        payload |= {"callback_id": callback_id, "action_ts": self._workspace.clock.stamp()}
        if message is not None:
            payload |= {
                "channel": self._channel(message.channel),
                "message": self._workspace.posts.as_slack(message),
                "message_ts": message.ts,
                "response_url": self.response_url(user, message.channel, kind="app"),
            }
        return payload

    def event(self, event: Payload, *, is_shared: bool = False) -> Payload:
        """The envelope of an event."""
        ws = self._workspace
        authorization = {
            "enterprise_id": None,
            "team_id": ws.team_id,
            "user_id": ws.bot_user_id,
            "is_bot": True,
            "is_enterprise_install": False,
        }
        return {
            "token": ws.verification_token,
            "team_id": ws.team_id,
            "context_team_id": ws.team_id,
            "context_enterprise_id": None,
            "api_app_id": ws.app_id,
            "event": event,
            "type": "event_callback",
            "event_id": new_id("Ev"),
            "event_time": int(ws.clock.now()),
            "authorizations": [authorization],
            "is_ext_shared_channel": is_shared,
            "event_context": f"4-{new_id('')}",
        }

    def response_url(
        self, user: str, channel: str, *, kind: str, source: Message | None = None, thread_ts: str | None = None
    ) -> str:
        """A fresh address for answers; `kind` is the part of Slack's path: commands, actions, app."""
        ticket = self._workspace.tickets.new_response_url(user, channel, source, thread_ts)
        return f"{self._workspace.url}/{kind}/{self._workspace.team_id}/{ticket.secret}"

    def _interaction(self, user: str, kind: str, *, has_trigger: bool = True) -> Payload:
        ws = self._workspace
        person = ws.directory.users[user]
        payload: Payload = {
            "type": kind,
            "user": {"id": user, "username": person.name, "name": person.name, "team_id": person.team_id},
            "api_app_id": ws.app_id,
            "token": ws.verification_token,
            "team": {"id": person.team_id, "domain": ws.domain_of(person.team_id)},
            "enterprise": None,
            "is_enterprise_install": False,
        }
        if has_trigger:
            payload["trigger_id"] = ws.tickets.new_trigger(user)
        return payload

    def _where(self, place: Place) -> Payload:
        ws = self._workspace
        if isinstance(place, View):
            return {
                "container": {"type": "view", "view_id": place.id},
                "view": place.as_slack(ws.app_id, ws.bot_id),
            }
        container: Payload = {
            "type": "message",
            "message_ts": place.ts,
            "channel_id": place.channel,
            "is_ephemeral": place.is_ephemeral,
        }
        if place.is_reply:
            container["thread_ts"] = place.thread_ts
        where: Payload = {"container": container, "channel": self._channel(place.channel)}
        # Slack does not send the content of an ephemeral message back.
        if not place.is_ephemeral:
            where["message"] = ws.posts.as_slack(place)
        return where

    def _channel(self, channel_id: str) -> Payload:
        channel = self._workspace.directory.channels[channel_id]
        names = {"im": "directmessage", "private_channel": "privategroup"}
        return {"id": channel_id, "name": names.get(channel.kind, channel.name)}
