"""A person's own settings."""

from typing import Any

from bot.collaborators import Collaborators
from bot.drawing.digests import send_test_digest
from bot.slack.incoming import Incoming
from bot.slack.modals import View, open_modal, update_modal
from bot.views.parts.blocks import Message, message, section
from bot.views.parts.fields import TYPED
from bot.views.people.settings import AGE, AS_TEAM, DAYS, DIGEST, HEAR, HOUR, RESULTS, settings_modal, tested_modal
from bot.views.requests.preview import loading_modal
from core.domain.actor import Actor, Role
from core.domain.digest import days_in_words, parse_days
from core.errors import Refused
from core.models.digests import DigestSettings
from core.usecases.overview.home import team_policy
from core.usecases.reminders.settings import personal_settings, save_digest_settings

_SENT = "Sent to you as a direct message."
_NOTHING = "There is nothing to be reminded of now."


class Personal:
    """Shows and keeps what a person wants to hear of. What the team has agreed on is shown beside it, and only shown."""

    def __init__(self, its: Collaborators) -> None:
        """Keep the collaborators."""
        self._its = its

    async def open(self, args: Incoming) -> None:
        """Show the settings; from a button, a menu, or the word after the command."""
        await args.ack()
        core = self._its.core
        opened = await open_modal(args, loading_modal("Settings", "Loading…"))
        actor = await self._its.actor(args.body)
        roles = [role.value for role in Role if actor.has_role(role)]
        mine = await personal_settings(core, actor.id)
        await update_modal(args, settings_modal(mine, team_policy(core), roles), opened)

    async def submitted(self, args: Incoming) -> None:
        """Keep what was chosen."""
        actor = await self._its.actor(args.body)
        try:
            await save_digest_settings(self._its.core, actor, self._wanted(args.body["view"]))
        except Refused as error:
            await args.ack(response_action="errors", errors={DAYS: error.message})
            return
        await args.ack()

    async def test(self, args: Incoming) -> None:
        """Send the reminder now, as it would be with the settings that are kept."""
        await args.ack()
        opened = await open_modal(args, tested_modal("Sending…"))
        told = await self._sent(await self._its.actor(args.body))
        await update_modal(args, tested_modal(told), opened)

    async def tested(self, actor: Actor) -> Message:
        """The same for the word after the command; gives back what to say."""
        told = await self._sent(actor)
        return message(told, section(told))

    async def _sent(self, actor: Actor) -> str:
        return _SENT if await send_test_digest(self._its.core, self._its.client, actor) else _NOTHING

    def _wanted(self, view: View) -> DigestSettings:
        """What the fields say; the days are the team's where they are the same."""
        state = view["state"]["values"]
        hear, days = _ticked(state, HEAR), {int(day) for day in _ticked(state, DAYS)}
        team = self._its.core.settings.digest_days
        hour = _chosen(state, HOUR)
        return DigestSettings(
            is_on=DIGEST in hear,
            hour=None if hour == AS_TEAM else int(hour),
            days="" if days == parse_days(team) else days_in_words(days),
            min_age=int(_chosen(state, AGE)),
            tells_results=RESULTS in hear,
        )


def _ticked(state: dict[str, Any], name: str) -> list[str]:
    return [str(each["value"]) for each in state[name][TYPED].get("selected_options") or []]


def _chosen(state: dict[str, Any], name: str) -> str:
    return str(state[name][TYPED]["selected_option"]["value"])
