"""Slack user -> Actor. Rights come from the configuration and are read anew at each act, never from the channel."""

import asyncio
from dataclasses import dataclass
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.errors import SLACK_TROUBLE, error_name
from core.domain.actor import Actor, Grant, Identity, Role
from core.domain.origin import SOMEWHERE_IN_SLACK, Origin
from core.errors import NotAllowed
from core.store.people import find_person
from core.usecases.people.actors import configured_grants, remember
from core.wiring import Core

# Long enough for the clicks of one screen, short enough that a removed right is gone within seconds.
USER_SECONDS = 10.0
# usergroups.users.list allows some twenty calls a minute.
GROUP_SECONDS = 30.0


@dataclass
class _Cached:
    value: Any
    until: float


class People:
    """Who clicked, with the roles that person holds now."""

    def __init__(
        self,
        core: Core,
        client: AsyncWebClient,
        team_id: str,
        *,
        user_seconds: float = USER_SECONDS,
        group_seconds: float = GROUP_SECONDS,
    ) -> None:
        """`team_id` is the workspace the bot belongs to; members of other workspaces are refused.

        What Slack said of a person, or of a group, counts for so many seconds.
        """
        self._core = core
        self._client = client
        self._team_id = team_id
        self._user_seconds = user_seconds
        self._group_seconds = group_seconds
        self._cache: dict[str, _Cached] = {}

    async def actor(self, user_id: str, origin: Origin = SOMEWHERE_IN_SLACK) -> Actor:
        """The person behind a Slack user id, acting there. Raises NotAllowed for guests, strangers and deactivated accounts."""
        user = await self._cached(f"user:{user_id}", self._user_seconds, self._user, user_id)
        self._refuse_outsiders(user)
        profile = user.get("profile", {})
        identity = Identity(
            # The name others know: auditors read it, and a display name is whatever somebody chose for themselves.
            name=user.get("real_name")
            or profile.get("real_name")
            or profile.get("display_name")
            or user.get("name", user_id),
            email=profile.get("email"),
            slack_user_id=user_id,
            time_zone=user.get("tz") or "UTC",
        )
        person_id = await remember(self._core, identity)
        names = {user_id, *([identity.email] if identity.email else []), *await self._group_names(user_id)}
        return Actor(
            id=person_id,
            name=identity.name,
            email=identity.email,
            slack_user_id=user_id,
            grants=configured_grants(self._core, names),
            origin=origin,
        )

    async def unconfirmed(self, user_id: str, origin: Origin) -> Actor:
        """The person behind the id as far as grcpush knows them, else by the id alone; with no right to anything."""
        async with self._core.db.reading() as tx:
            known = await find_person(tx, slack_user_id=user_id)
        if known is None:
            person_id = await remember(self._core, Identity(user_id, None, user_id))
            return Actor(person_id, user_id, None, user_id, (), origin)
        return Actor(known.id, known.name, known.email, user_id, (), origin)

    async def grants(self, user_id: str) -> tuple[Grant, ...]:
        """The roles somebody holds now; none for outsiders. Raises NotAllowed when Slack does not tell."""
        try:
            return (await self.actor(user_id)).grants
        except NotAllowed as refusal:
            if refusal.gate != "outsider":
                raise
            return ()

    async def approvers(self, systems: tuple[str, ...], *, without: str) -> tuple[str, ...]:
        """The Slack ids of who may approve for all these systems: people, and user groups that have somebody in them.

        `without` is somebody who does not count. Raises NotAllowed when Slack does not tell.
        """
        named: list[str] = []
        for entry in self._core.settings.role_grants:
            grant = Grant(entry.role, entry.systems)
            if grant.role is Role.APPROVER and all(grant.covers(system) for system in systems):
                named += entry.people
        found = [await self._addressed(name, without) for name in dict.fromkeys(named)]
        return tuple(slack_id for slack_id in found if slack_id)

    async def _addressed(self, name: str, without: str) -> str:
        """The Slack id behind a name of the configuration; empty where there is nobody."""
        if name.startswith("@"):
            group = (await self._cached("groups", self._group_seconds, self._groups)).get(name)
            members = await self._cached(f"group:{group}", self._group_seconds, self._members, group) if group else ()
            return group if set(members) - {without} else ""
        if "@" in name:
            async with self._core.db.reading() as tx:
                known = await find_person(tx, email=name)
            name = (known.slack_user_id or "") if known else ""
        return "" if name == without else name

    async def _user(self, user_id: str) -> dict[str, Any]:
        answer = await self._client.users_info(user=user_id)
        user: dict[str, Any] = answer["user"]
        return user

    def _refuse_outsiders(self, user: dict[str, Any]) -> None:
        outside = user.get("is_stranger") or (user.get("team_id") or self._team_id) != self._team_id
        guest = user.get("is_restricted") or user.get("is_ultra_restricted")
        if outside or guest or user.get("deleted") or user.get("is_bot"):
            raise NotAllowed(
                "Guests and people from other organisations cannot use grcpush.",
                gate="outsider",
                next_step="Ask a member of this workspace.",
            )

    async def _group_names(self, user_id: str) -> set[str]:
        """The configured `@handles` of user groups that the person belongs to now."""
        named = {name for entry in self._core.settings.role_grants for name in entry.people}
        handles = {name for name in named if name.startswith("@")}
        if not handles:
            return set()
        groups = await self._cached("groups", self._group_seconds, self._groups)
        members = await asyncio.gather(
            *(
                self._cached(f"group:{groups[h]}", self._group_seconds, self._members, groups[h])
                for h in sorted(handles)
                if h in groups
            )
        )
        known = [handle for handle in sorted(handles) if handle in groups]
        return {handle for handle, users in zip(known, members, strict=True) if user_id in users}

    async def _groups(self) -> dict[str, str]:
        answer = await self._client.usergroups_list()
        return {f"@{group['handle']}": group["id"] for group in answer["usergroups"]}

    async def _members(self, group_id: str) -> frozenset[str]:
        answer = await self._client.usergroups_users_list(usergroup=group_id)
        return frozenset(answer["users"])

    async def _cached(self, key: str, seconds: float, read: Any, *args: str) -> Any:
        now = asyncio.get_running_loop().time()
        entry = self._cache.get(key)
        if entry is None or entry.until <= now:
            try:
                entry = self._cache[key] = _Cached(await read(*args), now + seconds)
            except SLACK_TROUBLE as error:
                raise NotAllowed(
                    "Slack does not tell grcpush who you are.",
                    gate="identity",
                    next_step=f"Try again; if it stays so, tell an admin that Slack says “{error_name(error)}”.",
                ) from error
        return entry.value
