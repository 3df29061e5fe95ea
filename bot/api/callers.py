"""Who calls: the person a bearer token belongs to, with the roles that are held now and that the token may use."""

import asyncio
from dataclasses import dataclass, field, replace
from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from slack_sdk.web.async_client import AsyncWebClient

from bot.api.problems import ApiProblem
from bot.api.rates import Rates
from bot.slack.errors import SLACK_TROUBLE, error_name
from bot.slack.people import People
from core.domain.actor import Actor, Role
from core.domain.origin import Origin, Via
from core.errors import NotAllowed
from core.log_context import note
from core.usecases.people.tokens import find_bearer
from core.wiring import Core

# How long it counts that Slack does not know an e-mail address.
_UNKNOWN_SECONDS = 60.0

bearer_token = HTTPBearer(auto_error=False, description="A token made by `grcpush token create`.")


@dataclass
class Callers:
    """Turns tokens into actors, by the same rules as clicks: what Slack refuses to somebody, the API refuses too."""

    core: Core
    client: AsyncWebClient
    people: People
    rates: Rates
    _unknown: dict[str, float] = field(default_factory=dict)

    async def actor(self, token: str | None) -> Actor:
        """The caller. Raises ApiProblem for a bad token or too many requests, NotAllowed for somebody without a role."""
        bearer = await find_bearer(self.core, token) if token else None
        if bearer is None:
            challenge = 'Bearer realm="grcpush"' + (', error="invalid_token"' if token else "")
            raise ApiProblem(401, "unauthorized", "A valid bearer token is needed.", WWW_Authenticate=challenge)
        note(person=bearer.person_id, token=bearer.token.id)
        if seconds := self.rates.seconds_to_wait(bearer.person_id):
            raise ApiProblem(429, "rate_limited", "Too many requests.", Retry_After=str(seconds))
        identity = bearer.identity
        actor = await self.people.actor(identity.slack_user_id or await self._slack_id(identity.email or ""))
        grants = bearer.token.limit(actor.grants)
        if not grants:
            raise NotAllowed(
                "This token gives no role that its person holds now.",
                gate="no_role",
                next_step="Ask an admin for the role, or for a token with another one.",
            )
        return replace(actor, grants=grants, origin=Origin(Via.API, token=bearer.token.name or str(bearer.token.id)))

    async def _slack_id(self, email: str) -> str:
        """The Slack user with this address. Who left the workspace is not found there, and has no rights here either."""
        now = asyncio.get_running_loop().time()
        if self._unknown.get(email, 0.0) > now:
            raise _unknown_person()
        try:
            answer = await self.client.users_lookupByEmail(email=email)
        except SLACK_TROUBLE as error:
            if error_name(error) == "users_not_found":
                self._unknown[email] = now + _UNKNOWN_SECONDS
                raise _unknown_person() from error
            raise NotAllowed(
                "Slack does not tell grcpush who you are.", gate="identity", next_step="Try again in a moment."
            ) from error
        return str(answer["user"]["id"])


def _unknown_person() -> NotAllowed:
    return NotAllowed(
        "Slack does not know the person this token was made for.",
        gate="outsider",
        next_step="Ask an admin for a token with the e-mail address you have in Slack.",
    )


@dataclass(frozen=True)
class Api:
    """What every endpoint is given."""

    core: Core
    callers: Callers


def api_of(request: Request) -> Api:
    """The collaborators, kept on the application."""
    api: Api = request.app.state.api
    return api


Its = Annotated[Api, Depends(api_of)]


async def caller_of(
    its: Its, credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(bearer_token)]
) -> Actor:
    """The caller of this request."""
    return await its.callers.actor(credentials.credentials if credentials else None)


Caller = Annotated[Actor, Depends(caller_of)]


def needs_one_of(actor: Actor, *roles: Role) -> None:
    """Raise NotAllowed unless the caller may use one of the roles, for any system."""
    if not any(actor.has_role(role) for role in roles):
        names = " or ".join(role.value for role in roles)
        raise NotAllowed(f"This needs the role {names}, which this token does not give.", gate=f"role:{roles[0].value}")
