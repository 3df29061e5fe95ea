"""Every refusal by name, each as the answer that real instances give; several causes share one answer."""

from collections.abc import Callable

from ..errors import (
    Answer,
    Refusal,
    aborted_by_rule,
    envelope,
    headers_too_large,
    invalid_table,
    method_not_supported,
    no_record,
    no_resource,
    not_authenticated,
    policy_denied,
    query_denied,
    unreadable_body,
    write_denied,
)
from ..exchange import Exchange
from ..records import fixed_id

CANCELLED = "Transaction cancelled: maximum execution time exceeded"
CANCELLED_DETAIL = (
    f"{CANCELLED} Check logs for error trace or enable glide.rest.debug property to verify REST request processing"
)
RULE = "Guard implementation statements"


def _page(title: str, text: str, status: int) -> Answer:
    html = f'<!doctype html><html lang="en"><head><title>{title}</title></head><body><h1>{title}</h1><p>{text}</p></body></html>'
    return Answer.page(html, status)


def hibernating() -> Answer:
    """200 with a page: a development instance that is asleep."""
    return _page(
        "Instance Hibernating page", "Your instance is hibernating. Sign in to the developer site to wake it.", 200
    )


def login_page() -> Answer:
    """200 with the sign-in form."""
    return Answer.page(
        '<!doctype html><html lang="en"><head><title>Log in | ServiceNow</title></head><body><form action="/login.do" '
        'method="post"><input name="user_name"><input name="user_password" type="password"></form></body></html>'
    )


def maintenance() -> Answer:
    """200 with a notice that the instance is being maintained."""
    return _page("Scheduled maintenance", "The instance is being upgraded and will be back shortly.", 200)


def sso_redirect() -> Answer:
    """302 to the identity provider, on another host."""
    answer = Answer(302, content_type="")
    answer.headers.append(("Location", "https://sso.example.org/saml2/login?RelayState=%2Fapi%2Fnow"))
    return answer


def mfa_missing() -> Answer:
    """401 with the header that says the second factor is missing."""
    return not_authenticated(("X-MFA_TOKEN", "invalid")).answer


def rate_limited(retry_after: int, limit: int = 100, reset: int = 0) -> Answer:
    """429 of a rate limit rule, with its headers."""
    detail = f"Rate limit of {limit} requests per hour for Table API exceeded"
    answer = envelope(429, "Rate limit exceeded", detail)
    answer.headers.append(("Retry-After", str(retry_after)))
    answer.headers.extend(rate_headers(limit, reset))
    return answer


def rate_headers(limit: int, reset: int) -> list[tuple[str, str]]:
    """The headers that come with every answer while a rule matches; how many requests remain is not told."""
    rule = fixed_id("rate limit rule")
    return [("X-RateLimit-Limit", str(limit)), ("X-RateLimit-Reset", str(reset)), ("X-RateLimit-Rule", rule)]


def semaphore_full() -> Answer:
    """429 of a node whose threads are all taken: a page, without any rate header."""
    return _page("Too many requests", "The maximum number of concurrent requests was reached.", 429)


def gateway(status: int) -> Answer:
    """A 5xx page of a proxy in front."""
    titles = {500: "Internal Server Error", 502: "Bad Gateway", 503: "Service Unavailable", 504: "Gateway Timeout"}
    title = f"{status} {titles.get(status, 'Server Error')}"
    return _page(title, "The server did not answer as expected.", status)


def _of(refusal: Refusal) -> Answer:
    return refusal.answer


def _rule_in_message(exchange: Exchange) -> Answer:
    """Some paths repeat the rule's text in `message`."""
    detail = (
        f"Operation against file '{exchange.table}' was aborted by Business Rule '{RULE}^{fixed_id('rule', RULE)}'."
    )
    return envelope(403, f"{detail} Business Rule Stack:{RULE}", f"{detail} Business Rule Stack:{RULE}")


ENVELOPES: dict[str, Callable[[Exchange], Answer]] = {
    "invalid_table": lambda exchange: _of(invalid_table(exchange.table)),
    "table_does_not_exist": lambda exchange: envelope(400, f"Table {exchange.table} does not exist"),
    "no_resource": lambda exchange: _of(no_resource(exchange.record.path)),
    "unreadable_body": lambda exchange: _of(unreadable_body(exchange.body.decode("utf-8", "replace"))),
    "header_too_large": lambda _exchange: headers_too_large(),
    "not_authenticated": lambda _exchange: _of(not_authenticated()),
    "user_is_not_authenticated": lambda _exchange: envelope(401, "User is not authenticated"),
    "mfa": lambda _exchange: mfa_missing(),
    "write_denied": lambda _exchange: _of(write_denied()),
    "business_rule": lambda exchange: _of(aborted_by_rule(exchange.table, RULE, fixed_id("rule", RULE))),
    "business_rule_in_message": _rule_in_message,
    "data_policy": lambda _exchange: _of(policy_denied("Implementation statement")),
    "query_denied": lambda _exchange: _of(query_denied()),
    "no_record": lambda _exchange: _of(no_record()),
    "method_not_supported": lambda exchange: _of(method_not_supported(exchange.method)),
    "rate_limit": lambda _exchange: rate_limited(60),
    "semaphore": lambda _exchange: semaphore_full(),
    "server_error": lambda _exchange: envelope(500, "Internal Server Error", "An unexpected error occurred"),
    "server_error_page": lambda _exchange: gateway(500),
    "bad_gateway": lambda _exchange: gateway(502),
    "unavailable": lambda _exchange: gateway(503),
    "gateway_timeout": lambda _exchange: gateway(504),
    "cancelled": lambda _exchange: envelope(500, CANCELLED, CANCELLED_DETAIL),
    "cancelled_200": lambda _exchange: envelope(200, CANCELLED, CANCELLED_DETAIL),
    "session_overflow": lambda _exchange: Answer(202),
    "hibernating": lambda _exchange: hibernating(),
    "login": lambda _exchange: login_page(),
    "maintenance": lambda _exchange: maintenance(),
    "sso_redirect": lambda _exchange: sso_redirect(),
}
