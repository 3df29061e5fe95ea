"""One HTTP client with its own cookies: one session at ServiceNow.

ServiceNow runs the requests of a session one after the other and turns away those that queue too long, so each lane
and each reader has a connection of its own and has at most one request under way on it.
"""

import asyncio
import json
import logging
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache, cached_property
from typing import Any
from urllib.parse import urlsplit

import httpx

from core.config import Settings
from core.errors import ConfigurationError
from core.servicenow.bodies import BodyTooLarge, decode_json, read_body

log = logging.getLogger(__name__)

_CONNECT_SECONDS = 10.0
_KEEP_ALIVE_SECONDS = 30.0
_ROUTE_COOKIE = "glide_user_route"


@dataclass(frozen=True)
class Call:
    """One request, without its credentials."""

    method: str
    path: str
    params: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None
    content_type: str = "application/json"
    headers: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def patch(cls, path: str, params: Mapping[str, str], values: Mapping[str, str]) -> "Call":
        """A partial update. The body is plain ASCII, so that no charset on the way can hurt it."""
        return cls("PATCH", path, params, json.dumps(values).encode("ascii"))

    def by_post(self) -> "Call":
        """The same request for proxies that let only GET and POST through; ServiceNow reads the true method."""
        true_method = {**self.headers, "X-HTTP-Method-Override": self.method}
        return replace(self, method="POST", headers=true_method)


@dataclass(frozen=True)
class Answer:
    """A complete HTTP answer. That it came does not mean that it is one of ServiceNow's."""

    status: int
    headers: httpx.Headers
    body: bytes

    @cached_property
    def document(self) -> dict[str, Any] | None:
        """The Table API's envelope: an object with `result` or `error`; None when this is anything else."""
        parsed = self.parsed
        return parsed if isinstance(parsed, dict) and ("result" in parsed or "error" in parsed) else None

    @cached_property
    def parsed(self) -> Any:
        """The JSON value in the body, None when the answer does not say it is JSON or is not."""
        content_type, _, parameters = self.headers.get("content-type", "").lower().partition(";")
        if not content_type.strip().endswith(("/json", "+json")):
            return None
        charset = parameters.partition("charset=")[2].strip(' "') or None
        try:
            return decode_json(self.body, charset)
        except (ValueError, RecursionError):
            return None


class NoAnswer(Exception):
    """No complete answer came. `was_sent` tells whether ServiceNow may have the request."""

    def __init__(self, reason: str, *, was_sent: bool, is_too_heavy: bool = False) -> None:
        """Keep a clause for people, and whether asking for less could help."""
        super().__init__(reason)
        self.reason = reason
        self.was_sent = was_sent
        self.is_too_heavy = is_too_heavy


class _Trace:
    """Notices when the first byte of the request itself goes out; a proxy's CONNECT is not it."""

    def __init__(self) -> None:
        self.was_sent = False

    async def __call__(self, event: str, info: Mapping[str, Any]) -> None:
        if event.endswith("send_request_headers.started") and info["request"].method != b"CONNECT":
            self.was_sent = True


class Connection:
    """A session. Hold `lock` while a request that belongs to it is under way."""

    def __init__(self, base_url: str, make_client: Callable[[], httpx.AsyncClient], limit_seconds: float) -> None:
        """Make the client at first use; `limit_seconds` is for a whole exchange, however slowly the server drips."""
        self._base_url = base_url
        self._make_client = make_client
        self._limit_seconds = limit_seconds
        self._client: httpx.AsyncClient | None = None
        self.lock = asyncio.Lock()

    async def send(self, call: Call, headers: Mapping[str, str]) -> Answer:
        """The answer to one request, which is never repeated here. Raises NoAnswer."""
        client = self._client = self._client or self._make_client()
        trace = _Trace()
        route = _route(client.cookies)
        request = client.build_request(
            call.method,
            address(self._base_url, call.path, call.params),
            content=call.body,
            headers={
                **headers,
                **call.headers,
                **({"Content-Type": call.content_type} if call.body is not None else {}),
            },
            extensions={"trace": trace},
        )
        try:
            async with asyncio.timeout(self._limit_seconds):
                response = await client.send(request, stream=True)
                try:
                    body = await read_body(response)
                finally:
                    await response.aclose()
        except TimeoutError:
            # The session may be busy with this request for minutes; another request in it would only queue behind.
            self.forget_session()
            reason = f"gave no complete answer within {self._limit_seconds:g} seconds"
            raise NoAnswer(reason, was_sent=trace.was_sent, is_too_heavy=True) from None
        except BodyTooLarge:
            raise NoAnswer("sent a larger answer than any can be", was_sent=True, is_too_heavy=True) from None
        except httpx.HTTPError as error:
            raise NoAnswer(_reason(error, was_sent=trace.was_sent), was_sent=trace.was_sent) from error
        self._keep_to_route(client, route, response)
        return Answer(response.status_code, response.headers, body)

    def forget_session(self) -> None:
        """Drop the cookies: the next request opens a new session."""
        if self._client is not None:
            self._client.cookies.clear()

    async def aclose(self) -> None:
        """Close the client's connections."""
        if self._client is not None:
            await self._client.aclose()

    def _keep_to_route(self, client: httpx.AsyncClient, route: str | None, response: httpx.Response) -> None:
        # Another route is another node of the instance, which does not know the session of the old one.
        new_route = _route(response.cookies)
        if route is not None and new_route is not None and new_route != route:
            client.cookies.clear()
            client.cookies.extract_cookies(response)
            log.info("servicenow.route_changed")


class Connections:
    """Makes connections that share what is costly to make and the same for all: the TLS context."""

    def __init__(self, settings: Settings) -> None:
        """Prepare TLS. Raises ConfigurationError without an instance, and for an unusable CA bundle or proxy."""
        if settings.servicenow_url is None:
            raise ConfigurationError(
                "No ServiceNow instance is configured.", next_step="Set GRCPUSH_SERVICENOW_URL to its address."
            )
        self.base_url = settings.servicenow_url
        self.host = urlsplit(settings.servicenow_url).netloc
        self._limit_seconds = settings.push_timeout_seconds
        self._tls = _tls_context(settings)
        self._proxy = _proxy(settings.https_proxy)

    def make(self) -> Connection:
        """A new connection, not yet open."""
        return Connection(self.base_url, self._client, self._limit_seconds)

    def _client(self) -> httpx.AsyncClient:
        limits = httpx.Limits(max_connections=2, max_keepalive_connections=1, keepalive_expiry=_KEEP_ALIVE_SECONDS)
        transport = httpx.AsyncHTTPTransport(verify=self._tls, limits=limits, trust_env=False)
        mounts = {}
        if self._proxy is not None:
            mounts["https://"] = httpx.AsyncHTTPTransport(
                verify=self._tls, limits=limits, trust_env=False, proxy=self._proxy
            )
        return httpx.AsyncClient(
            transport=transport,
            mounts=mounts,
            trust_env=False,
            follow_redirects=False,
            timeout=httpx.Timeout(None, connect=_CONNECT_SECONDS),
            headers={"Accept": "application/json", "Accept-Encoding": "gzip", "User-Agent": "grcpush"},
        )


def address(base_url: str, path: str, params: Mapping[str, str]) -> str:
    """The whole address of a request. Given its parts, httpx parses it over and over, letter by letter."""
    return f"{base_url}{path}?{httpx.QueryParams(params)}" if params else f"{base_url}{path}"


def _route(cookies: httpx.Cookies) -> str | None:
    return next((cookie.value for cookie in cookies.jar if cookie.name == _ROUTE_COOKIE), None)


@cache
def _well_known_tls() -> ssl.SSLContext:
    """Trust in the well-known authorities; reading them takes a while and some memory, so once."""
    return httpx.create_ssl_context(trust_env=False)


def _tls_context(settings: Settings) -> ssl.SSLContext:
    if settings.servicenow_ca_bundle is None:
        return _well_known_tls()
    try:
        return ssl.create_default_context(cafile=settings.servicenow_ca_bundle)
    except (OSError, ssl.SSLError) as error:
        raise ConfigurationError(
            f"The certificates in {settings.servicenow_ca_bundle} cannot be used: {error.strerror or 'not a PEM file'}.",
            next_step="GRCPUSH_SERVICENOW_CA_BUNDLE must name a readable PEM file with the authority's certificate.",
        ) from error


def _proxy(address: str | None) -> httpx.Proxy | None:
    try:
        return httpx.Proxy(address) if address else None
    except (ValueError, httpx.InvalidURL):
        raise ConfigurationError(
            "The proxy's address cannot be used.", next_step="HTTPS_PROXY looks like http://proxy.example:3128."
        ) from None


def _reason(error: httpx.HTTPError, *, was_sent: bool) -> str:
    if was_sent:
        return "broke the connection before its answer was complete"
    if "CERTIFICATE_VERIFY_FAILED" in str(error):
        return "showed a certificate that is not trusted here (GRCPUSH_SERVICENOW_CA_BUNDLE names your own authority)"
    if isinstance(error, httpx.ProxyError):
        return "could not be reached through the proxy"
    if isinstance(error, httpx.TimeoutException):
        return "could not be reached in time"
    return "could not be reached"
