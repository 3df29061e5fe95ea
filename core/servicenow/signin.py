"""Signing in: what goes into each request, and what to do when ServiceNow does not accept it.

However many lanes are refused at once, one of them renews and the others wait for it. After a refusal that renewing
could not cure nobody tries for a while, since a handful of failures locks the account.
"""

import asyncio
import base64
import json
import logging
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from pydantic import SecretStr

from core.config import ServiceNowAuth, Settings
from core.errors import (
    ConfigurationError,
    RemoteMalformed,
    RemoteSignInFailed,
    RemoteThrottled,
    RemoteUnavailable,
)
from core.servicenow.answers import read_failed
from core.servicenow.connection import Answer, Call, Connection, NoAnswer

log = logging.getLogger(__name__)

# After a refusal nobody tries for so long, twice as long after each further one: few failures lock an account.
QUIET_SECONDS = 60.0
_LONGEST_QUIET_SECONDS = 900.0
USED_SHARE = 0.8
_UNSTATED_LIFETIME = 600.0
_ABOUT_TO_END = 2.0


@dataclass(frozen=True)
class Proof:
    """The credentials of one request. `generation` tells which renewal they come from."""

    headers: Mapping[str, str]
    generation: int


class SignIn(ABC):
    """A way to sign in, and the quiet time after a refusal."""

    def __init__(self, method: ServiceNowAuth) -> None:
        """Start with nothing refused."""
        self.method = method
        self._generation = 0
        self._lock = asyncio.Lock()
        self._quiet_until = 0.0
        self._refusals = 0
        self._failure: RemoteSignInFailed | None = None

    @abstractmethod
    async def proof(self) -> Proof:
        """Credentials for a request. Raises RemoteSignInFailed while trying would be useless."""

    async def renew(self, refused: Proof) -> Proof:
        """Credentials to try once more with after `refused` was answered with 401: renewed by whoever came first.

        Raises RemoteSignInFailed when renewing fails, and RemoteUnavailable when it is not possible now.
        """
        async with self._lock:
            self._check_quiet()
            if refused.generation == self._generation:
                await self._renew()
        return await self.proof()

    def give_up(self, refused: Proof, answer: Answer) -> RemoteSignInFailed:
        """The error for renewed credentials that were refused as well; nobody tries them again for a while."""
        if refused.generation == self._generation:
            return self._begin_quiet(answer)
        return refused_sign_in(self.method, answer)

    def forgive(self) -> None:
        """End the quiet time: somebody may have mended what was wrong."""
        self._failure = None

    def accepted(self) -> None:
        """Note that ServiceNow answered a request that bore the credentials."""
        self._refusals = 0

    @abstractmethod
    async def _renew(self) -> None:
        """Renew, or prove good, and count the generation up."""

    def _check_quiet(self) -> None:
        if self._failure is not None and asyncio.get_running_loop().time() < self._quiet_until:
            raise RemoteSignInFailed(self._failure.sentence, next_step=self._failure.next_step)

    def _begin_quiet(self, answer: Answer) -> RemoteSignInFailed:
        seconds = min(_LONGEST_QUIET_SECONDS, QUIET_SECONDS * 2.0**self._refusals)
        self._quiet_until = asyncio.get_running_loop().time() + seconds
        self._refusals += 1
        self._failure = refused_sign_in(self.method, answer)
        log.error(
            "servicenow.sign_in_failed method=%s status=%s quiet_seconds=%s", self.method.value, answer.status, seconds
        )
        return self._failure


class FixedSignIn(SignIn):
    """A user name with password, or an API key: the same header each time, nothing to renew."""

    def __init__(
        self,
        method: ServiceNowAuth,
        headers: Mapping[str, str],
        probe: Callable[[Mapping[str, str]], Awaitable[Answer]],
    ) -> None:
        """`probe` makes one harmless request in a new session."""
        super().__init__(method)
        self._headers = headers
        self._probe = probe

    async def proof(self) -> Proof:
        """The header."""
        self._check_quiet()
        return Proof(self._headers, self._generation)

    async def _renew(self) -> None:
        """Try the header in a new session: a stale session may have been what was refused."""
        try:
            probed = await self._probe(self._headers)
        except NoAnswer as failure:
            raise read_failed(failure) from failure
        if probed.status == 401:
            raise self._begin_quiet(probed)
        self._generation += 1


@dataclass(frozen=True)
class _Token:
    access: str
    refresh: str | None
    use_until: float
    ends_at: float


class TokenSignIn(SignIn):
    """OAuth: client credentials, or user name and password with a refresh token."""

    def __init__(self, settings: Settings, connection: Connection) -> None:
        """`connection` is used for nothing else."""
        super().__init__(settings.servicenow_auth)
        self._client = {
            "client_id": settings.servicenow_client_id or "",
            "client_secret": _secret(settings.servicenow_client_secret),
        }
        self._grant = {"grant_type": "client_credentials"}
        if self.method is ServiceNowAuth.OAUTH_PASSWORD:
            self._grant = {
                "grant_type": "password",
                "username": settings.servicenow_username or "",
                "password": _secret(settings.servicenow_password),
            }
        self._connection = connection
        self._token: _Token | None = None

    async def proof(self) -> Proof:
        """The current token; a new one is fetched after 80 % of the lifetime that the server told.

        A server that cannot be reached for the new one does no harm while the old one lasts.
        """
        self._check_quiet()
        if not self._is_fresh():
            async with self._lock:
                if not self._is_fresh():
                    await self._obtain_in_time()
        if self._token is None:
            raise RemoteUnavailable("ServiceNow gave no token.")
        return Proof({"Authorization": f"Bearer {self._token.access}"}, self._generation)

    def _is_fresh(self) -> bool:
        return self._token is not None and asyncio.get_running_loop().time() < self._token.use_until

    async def _obtain_in_time(self) -> None:
        try:
            await self._renew()
        except RemoteUnavailable:
            token, now = self._token, asyncio.get_running_loop().time()
            if token is None or now >= token.ends_at:
                raise
            later = min(now + 0.2 * (token.ends_at - now) + 1.0, token.ends_at)
            self._token = _Token(token.access, token.refresh, later, token.ends_at)

    async def _renew(self) -> None:
        """Fetch a token. ServiceNow gives out the same one until it ends, so one about to end is waited for."""
        old = self._token
        token = await self._ask()
        left = token.ends_at - asyncio.get_running_loop().time()
        if old is not None and token.access == old.access and left < _ABOUT_TO_END:
            await asyncio.sleep(max(left, 0.0) + 0.1)
            token = await self._ask()
        self._token = token
        self._generation += 1
        log.info("servicenow.token_renewed method=%s", self.method.value)

    async def _ask(self) -> _Token:
        refresh = self._token.refresh if self._token else None
        if refresh is not None:
            answer, began = await self._post({"grant_type": "refresh_token", "refresh_token": refresh})
            if answer.status not in (400, 401):
                return self._token_in(answer, began, refresh)
        answer, began = await self._post(self._grant)
        if answer.status in (400, 401, 403) or 300 <= answer.status < 400:
            raise self._begin_quiet(answer)
        return self._token_in(answer, began, None)

    async def _post(self, form: Mapping[str, str]) -> tuple[Answer, float]:
        body = urlencode({**form, **self._client}).encode("ascii")
        call = Call("POST", "/oauth_token.do", body=body, content_type="application/x-www-form-urlencoded")
        began = asyncio.get_running_loop().time()
        try:
            async with self._connection.lock:
                answer = await self._connection.send(call, {})
        except NoAnswer as failure:
            raise read_failed(failure) from failure
        finally:
            self._connection.forget_session()
        return answer, began

    def _token_in(self, answer: Answer, began: float, refresh: str | None) -> _Token:
        if answer.status == 429:
            raise RemoteThrottled("ServiceNow says there were too many sign-ins.", retry_after_seconds=None)
        if answer.status != 200:
            raise RemoteUnavailable(f"ServiceNow could not sign us in (status {answer.status}).")
        document = answer.parsed
        if not isinstance(document, dict) or not _is_printable(document.get("access_token")):
            raise RemoteUnavailable("ServiceNow's sign-in answered with something that is not a token.")
        lifetime = _seconds(document.get("expires_in"))
        given = document.get("refresh_token")
        return _Token(
            access=document["access_token"],
            refresh=given if isinstance(given, str) and given else refresh,
            use_until=began + USED_SHARE * lifetime,
            ends_at=began + lifetime,
        )


def fixed_headers(settings: Settings) -> dict[str, str]:
    """The header of the methods that have only one.

    Raises ConfigurationError for an API key that no header can hold, and for a user name with a colon, which basic
    sign-in would take for the end of the name.
    """
    if settings.servicenow_auth is ServiceNowAuth.API_KEY:
        key = _secret(settings.servicenow_api_key)
        if not _is_printable(key):
            raise ConfigurationError("The ServiceNow API key holds characters that no API key has.")
        return {"x-sn-apikey": key}
    if ":" in (settings.servicenow_username or ""):
        raise ConfigurationError("The ServiceNow user name holds a colon, so basic sign-in is not possible with it.")
    pair = f"{settings.servicenow_username}:{_secret(settings.servicenow_password)}"
    return {"Authorization": f"Basic {base64.b64encode(pair.encode()).decode('ascii')}"}


def refused_sign_in(method: ServiceNowAuth, answer: Answer) -> RemoteSignInFailed:
    """The error for credentials that are not accepted. ServiceNow gives all causes the same text, hence the hints."""
    sentence = "ServiceNow does not accept grcpush's credentials."
    if any(name.lower() == "x-mfa_token" for name in answer.headers):
        return RemoteSignInFailed(
            "ServiceNow asks for a second factor (MFA), which a service account cannot give.",
            next_step="Exempt the service account from multi-factor sign-in, or use OAuth.",
        )
    hints = {
        ServiceNowAuth.BASIC: "Check user name and password, and that the account is active and not locked. If they are "
        "right, ServiceNow refuses basic sign-in to accounts that can also log in to its pages: tick “Web service access "
        "only” on the account, give it the roles snc_basic_auth_api_access and snc_platform_rest_api_access, or use OAuth.",
        ServiceNowAuth.API_KEY: "Check that the key is active, and that an inbound authentication profile and a REST API "
        "access policy allow it for the Table API.",
        ServiceNowAuth.OAUTH_CLIENT_CREDENTIALS: "Check client id and secret, that the client credentials grant is "
        "switched on in ServiceNow, and that the application has an OAuth application user who may use the REST API.",
        ServiceNowAuth.OAUTH_PASSWORD: "Check client id and secret, user name and password, and that the account is "
        "active, not locked, and may use the REST API.",
    }
    return RemoteSignInFailed(sentence, next_step=hints[method])


def _secret(value: SecretStr | None) -> str:
    return value.get_secret_value() if value is not None else ""


def _is_printable(value: Any) -> bool:
    return isinstance(value, str) and bool(value) and value.isascii() and value.isprintable() and " " not in value


def _seconds(value: Any) -> float:
    try:
        return max(0.0, float(json.loads(str(value)))) if value is not None else _UNSTATED_LIFETIME
    except (ValueError, TypeError) as error:
        raise RemoteMalformed("ServiceNow's sign-in tells a lifetime that is not a number.") from error
