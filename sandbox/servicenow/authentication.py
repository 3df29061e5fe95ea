"""Who sends this request: a basic password, a bearer token, an API key, or the cookie of a session that signed in."""

import base64
import binascii

from .behaviour import Behaviour
from .errors import not_authenticated
from .exchange import Exchange
from .oauth import OAuth
from .users import User, Users

# With the gate on, basic authentication needs one of these roles or a web-service-only account.
_BASIC_ROLES = {"snc_basic_auth_api_access", "snc_platform_rest_api_access"}


class Authentication:
    """Finds the account; raises the one 401 that stands for every cause."""

    def __init__(self, users: Users, oauth: OAuth, behaviour: Behaviour) -> None:
        self._users = users
        self._oauth = oauth
        self._behaviour = behaviour

    def user(self, exchange: Exchange) -> User:
        """The account behind the request; it is remembered in the session."""
        user = self._claimed(exchange)
        if user is None:
            raise not_authenticated()
        exchange.session.user_name = user.user_name
        return user

    def _claimed(self, exchange: Exchange) -> User | None:
        scheme, _, value = exchange.headers.get("authorization", "").partition(" ")
        if scheme.lower() == "basic":
            return self._basic(value)
        if scheme.lower() == "bearer":
            return self._oauth.user_of(value.strip())
        if "x-sn-apikey" in exchange.headers:
            return self._users.with_api_key(exchange.headers["x-sn-apikey"])
        user = self._users.get(exchange.session.user_name)
        return user if user and user.may_sign_in() else None

    def _basic(self, value: str) -> User | None:
        try:
            name, _, password = base64.b64decode(value, validate=True).decode("utf-8").partition(":")
        except (binascii.Error, UnicodeDecodeError):
            return None
        user = self._users.with_password(name, password)
        if user and self._behaviour.basic_auth_gate and not self._passes_gate(user):
            return None
        return user

    def _passes_gate(self, user: User) -> bool:
        return user.web_service_access_only or bool(user.roles & _BASIC_ROLES)
