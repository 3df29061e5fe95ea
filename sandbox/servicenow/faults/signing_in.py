"""Signing in goes wrong, or stops being enough half-way (faults 34 to 39)."""

import base64
from collections import Counter
from dataclasses import dataclass, field
from typing import ClassVar, Literal
from urllib.parse import parse_qs

from ..behaviour import Behaviour
from ..errors import Answer, not_authenticated
from ..exchange import Exchange
from ..oauth import access_denied
from ..stock import SERVICE_ACCOUNT
from .envelopes import mfa_missing
from .frame import Fault


def _has_token(exchange: Exchange) -> bool:
    return exchange.headers.get("authorization", "").lower().startswith("bearer ")


@dataclass
class TokenExpiry(Fault):
    """34: at this request all access tokens end ("expire"), or all tokens of all workers do ("revoke").

    "short" lets new tokens live for `seconds` only; as the same token is given out again, what a client is told of
    its lifetime may be far less than the usual half hour.
    """

    number: ClassVar[int] = 34
    name: ClassVar[str] = "token_expiry"
    meaning: ClassVar[str] = "The access token ends in the middle of the work, for all workers that share it."
    kind: Literal["expire", "revoke", "short"] = "expire"
    seconds: int = 2

    def switch_on(self) -> None:
        """Shorten the life of tokens."""
        if self.kind == "short":
            self.sn.behaviour.token_seconds = self.seconds

    def switch_off(self) -> None:
        """Restore it."""
        self.sn.behaviour.token_seconds = Behaviour().token_seconds

    async def arrive(self, exchange: Exchange) -> Answer | None:
        """End the tokens, and refuse the one at hand."""
        if self.kind == "short":
            return None
        if self.kind == "expire":
            self.sn.oauth.expire()
        else:
            self.sn.oauth.revoke()
        return not_authenticated().answer if _has_token(exchange) else None


@dataclass
class RefreshRefused(Fault):
    """35: the token endpoint refuses; `grant` is the grant type it refuses, or "any"."""

    number: ClassVar[int] = 35
    name: ClassVar[str] = "refresh_refused"
    meaning: ClassVar[str] = "The token endpoint refuses to renew the token, with an error that names no cause."
    kinds: ClassVar[tuple[str, ...]] = ("oauth",)
    grant: str = "refresh_token"

    async def arrive(self, exchange: Exchange) -> Answer | None:
        """Refuse."""
        asked = parse_qs(exchange.body.decode("utf-8", "replace")).get("grant_type", [""])[0]
        return access_denied() if self.grant in ("any", asked) else None


@dataclass
class BasicAuthGate(Fault):
    """36: basic authentication is denied to accounts that may sign in interactively, though the password is right.

    `accounts` are made such accounts while the fault is on.
    """

    number: ClassVar[int] = 36
    name: ClassVar[str] = "basic_auth_gate"
    meaning: ClassVar[str] = (
        "Basic authentication is switched off for this kind of account: 401 with the right password."
    )
    accounts: tuple[str, ...] = (SERVICE_ACCOUNT,)
    _before: dict[str, tuple[bool, set[str]]] = field(default_factory=dict, init=False)

    def switch_on(self) -> None:
        """Close the gate."""
        self.sn.behaviour.basic_auth_gate = True
        for name in self.accounts:
            user = self.sn.users[name]
            self._before[name] = (user.web_service_access_only, set(user.roles))
            for role in [role for role in user.roles if role.startswith("snc_")]:
                self.sn.users.revoke(name, role)
            self.sn.users.change(name, web_service_access_only=False)

    def switch_off(self) -> None:
        """Open it."""
        self.sn.behaviour.basic_auth_gate = False
        for name, (web_only, roles) in self._before.items():
            for role in roles - self.sn.users[name].roles:
                self.sn.users.grant(name, role)
            self.sn.users.change(name, web_service_access_only=web_only)


@dataclass
class MfaMissing(Fault):
    """37: the account needs a second factor that the request does not carry."""

    number: ClassVar[int] = 37
    name: ClassVar[str] = "mfa_header"
    meaning: ClassVar[str] = "The account now needs a second factor: 401 with a header that says so."

    async def arrive(self, exchange: Exchange) -> Answer | None:  # noqa: ARG002
        """Refuse."""
        return mfa_missing()


@dataclass
class Lockout(Fault):
    """38: after `after` failed sign-ins the account is locked out."""

    number: ClassVar[int] = 38
    name: ClassVar[str] = "lockout"
    meaning: ClassVar[str] = "After a few failed sign-ins the account is locked, also for the right password."
    kinds: ClassVar[tuple[str, ...]] = ("table", "stats", "oauth")
    after: int = 3
    _failures: Counter[str] = field(default_factory=Counter, init=False)

    async def answer(self, exchange: Exchange, answer: Answer) -> Answer:
        """Count failures and lock."""
        name = _claimed_name(exchange)
        if answer.status == 401 and name in self.sn.users:
            self._failures[name] += 1
            if self._failures[name] >= self.after:
                self.sn.users.change(name, locked_out=True)
        elif answer.status < 400:
            self._failures[name] = 0
        return answer


def _claimed_name(exchange: Exchange) -> str:
    """Whom the request claims to come from, right or wrong."""
    if exchange.kind == "oauth":
        return parse_qs(exchange.body.decode("utf-8", "replace")).get("username", [""])[0]
    scheme, _, value = exchange.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return ""
    return base64.b64decode(value + "===").decode("utf-8", "replace").partition(":")[0]


@dataclass
class RoleRemoved(Fault):
    """39: at this request the account loses a role. Losing a role for REST itself (`snc_...`) makes every answer a 401."""

    number: ClassVar[int] = 39
    name: ClassVar[str] = "role_removed"
    meaning: ClassVar[str] = "The account loses its role in the middle of the work."
    role: str = "sn_compliance.user"
    account: str = SERVICE_ACCOUNT
    _taken: bool = field(default=False, init=False)

    def switch_off(self) -> None:
        """Give the role back."""
        if self._taken:
            self.sn.users.grant(self.account, self.role)

    async def arrive(self, exchange: Exchange) -> Answer | None:
        """Take the role away."""
        if self.role in self.sn.users[self.account].roles:
            self.sn.users.revoke(self.account, self.role)
            self._taken = True
        is_theirs = exchange.user is not None and exchange.user.user_name == self.account
        return not_authenticated().answer if is_theirs and self.role.startswith("snc_") else None


FAULTS: list[type[Fault]] = [TokenExpiry, RefreshRefused, BasicAuthGate, MfaMissing, Lockout, RoleRemoved]
