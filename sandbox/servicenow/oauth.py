"""OAuth: `/oauth_token.do`. Whatever goes wrong there, the answer is the same 401."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import parse_qsl

from .behaviour import Behaviour
from .errors import Answer
from .exchange import Exchange
from .records import World
from .users import User, Users


@dataclass
class Client:
    """A registered OAuth application; `user_name` is whom its own (client credentials) tokens stand for."""

    id: str
    secret: str
    user_name: str = ""
    active: bool = True


@dataclass
class Grant:
    """The one current pair of tokens of a client and a user."""

    client: str
    user_name: str
    access: str
    expires: datetime
    refresh: str = ""
    refresh_expires: datetime | None = None


def access_denied() -> Answer:
    """The one failure answer of the token endpoint: an expired secret, a wrong password and a locked user read alike."""
    return Answer.of({"error_description": "access_denied", "error": "server_error"}, 401)


class OAuth:
    """The token endpoint and the tokens it gave out."""

    def __init__(self, world: World, users: Users, behaviour: Behaviour) -> None:
        self._world = world
        self._users = users
        self._behaviour = behaviour
        self.clients: dict[str, Client] = {}
        self.grants: list[Grant] = []

    def token(self, exchange: Exchange) -> Answer:
        """The answer to a token request: form-encoded POST only, nothing in the query string."""
        form = self._form(exchange)
        client = self.clients.get(form.get("client_id", ""))
        if client is None or not client.active or client.secret != form.get("client_secret"):
            return access_denied()
        kind = form.get("grant_type", "")
        if kind == "password":
            user = self._users.with_password(form.get("username", ""), form.get("password", ""))
            return self._answer(client, user, with_refresh=True)
        if kind == "refresh_token":
            return self._answer(client, self._refreshing(client, form.get("refresh_token", "")), with_refresh=True)
        if kind == "client_credentials" and self._behaviour.client_credentials:
            user = self._users.get(client.user_name)
            return self._answer(client, user if user and user.may_sign_in() else None, with_refresh=False)
        return access_denied()

    def user_of(self, token: str) -> User | None:
        """The account a bearer token stands for, or None once it expired or was revoked."""
        for grant in self.grants:
            if grant.access == token and grant.expires > self._world.now():
                user = self._users.get(grant.user_name)
                return user if user and user.may_sign_in() else None
        return None

    def expire(self) -> None:
        """Let every access token end now; refresh tokens stay good."""
        for grant in self.grants:
            grant.expires = self._world.now() - timedelta(seconds=1)

    def revoke(self) -> None:
        """Take back every token, refresh tokens included: one revocation ends all workers that share it."""
        self.grants.clear()

    def _form(self, exchange: Exchange) -> dict[str, str]:
        content_type = exchange.headers.get("content-type", "")
        if exchange.method != "POST" or exchange.record.query:
            return {}
        if not content_type.startswith("application/x-www-form-urlencoded"):
            return {}
        return dict(parse_qsl(exchange.body.decode("utf-8", "replace")))

    def _refreshing(self, client: Client, token: str) -> User | None:
        for grant in self.grants:
            if grant.client == client.id and token and grant.refresh == token:
                if grant.refresh_expires is None or grant.refresh_expires <= self._world.now():
                    return None
                user = self._users.get(grant.user_name)
                return user if user and user.may_sign_in() else None
        return None

    def _answer(self, client: Client, user: User | None, *, with_refresh: bool) -> Answer:
        if user is None:
            return access_denied()
        grant = self._current(client, user, with_refresh=with_refresh)
        answer = {
            "access_token": grant.access,
            "scope": "useraccount",
            "token_type": "Bearer",
            "expires_in": int((grant.expires - self._world.now()).total_seconds()),
        }
        if with_refresh:
            answer["refresh_token"] = grant.refresh
        return Answer.of(answer)

    def _current(self, client: Client, user: User, *, with_refresh: bool) -> Grant:
        """The tokens in force: inside their lifetime the same ones are given out again, with what time is left."""
        now = self._world.now()
        for grant in self.grants:
            if (grant.client, grant.user_name, bool(grant.refresh)) == (client.id, user.user_name, with_refresh):
                if grant.expires <= now:
                    grant.access = secrets.token_urlsafe(48)
                    grant.expires = now + timedelta(seconds=self._behaviour.token_seconds)
                if grant.refresh_expires and grant.refresh_expires <= now:
                    grant.refresh = secrets.token_urlsafe(48)
                    grant.refresh_expires = now + timedelta(seconds=self._behaviour.refresh_seconds)
                return grant
        grant = Grant(
            client.id,
            user.user_name,
            secrets.token_urlsafe(48),
            now + timedelta(seconds=self._behaviour.token_seconds),
        )
        if with_refresh:
            grant.refresh = secrets.token_urlsafe(48)
            grant.refresh_expires = now + timedelta(seconds=self._behaviour.refresh_seconds)
        self.grants.append(grant)
        return grant
