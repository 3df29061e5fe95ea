"""What the server says when it refuses: the JSON envelope with `error` and `status`, and the answers built from it."""

import json
from dataclasses import dataclass, field
from typing import Any

JSON = "application/json;charset=UTF-8"
HTML = "text/html;charset=UTF-8"


@dataclass
class Answer:
    """One HTTP answer. `headers` are sent as they are, with a content length added."""

    status: int = 200
    body: bytes = b""
    headers: list[tuple[str, str]] = field(default_factory=list)
    content_type: str = JSON

    @classmethod
    def of(cls, data: Any, status: int = 200) -> "Answer":
        """`data` as JSON in UTF-8."""
        return cls(status, json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass"))

    @classmethod
    def page(cls, html: str, status: int = 200) -> "Answer":
        """An HTML page where a program expected JSON."""
        return cls(status, html.encode(), content_type=HTML)


class Refusal(Exception):
    """The request is refused; carries the answer that says so."""

    def __init__(
        self, status: int, message: str, detail: str | None = None, headers: list[tuple[str, str]] | None = None
    ) -> None:
        super().__init__(f"{status} {message}: {detail}")
        self.answer = envelope(status, message, detail)
        self.answer.headers.extend(headers or [])


def envelope(status: int, message: str, detail: str | None = None) -> Answer:
    """The platform's error envelope."""
    return Answer.of({"error": {"message": message, "detail": detail}, "status": "failure"}, status)


def not_authenticated(*headers: tuple[str, str]) -> Refusal:
    """401: a bad password, an expired token, the basic-auth gate and a missing role all read alike."""
    challenge = ("WWW-Authenticate", 'BASIC realm="Service-now"')
    return Refusal(401, "User Not Authenticated", "Required to provide Auth information", [challenge, *headers])


def no_record() -> Refusal:
    """404: the record does not exist, or this user may not see it."""
    return Refusal(404, "No Record found", "Record doesn't exist or ACL restricts the record retrieval")


def invalid_table(table: str) -> Refusal:
    """400: no such table."""
    return Refusal(400, f"Invalid table {table}")


def not_web_enabled(table: str) -> Refusal:
    """403: the table's switch for access through web services is off."""
    return Refusal(403, "Operation Failed", f"Table {table} does not allow web service access")


def no_resource(path: str) -> Refusal:
    """400: no such address."""
    return Refusal(400, "Requested URI does not represent any resource", path)


def unreadable_body(text: str) -> Refusal:
    """400: the body is not a JSON object."""
    return Refusal(400, "Exception while reading request", text[:200])


def query_denied() -> Refusal:
    """403: nothing of this table is for this user."""
    return Refusal(403, "Insufficient rights to query records")


def write_denied() -> Refusal:
    """403: the row-level write rule said no (a wrong application scope reads the same)."""
    return Refusal(403, "Operation Failed", "ACL Exception Update Failed due to security constraints")


def aborted_by_rule(table: str, rule: str, rule_id: str) -> Refusal:
    """403: a business rule stopped the write; its own message is not passed on."""
    detail = f"Operation against file '{table}' was aborted by Business Rule '{rule}^{rule_id}'."
    return Refusal(403, "Operation Failed", f"{detail} Business Rule Stack:{rule}")


def policy_denied(label: str) -> Refusal:
    """403: a data policy asks for a value."""
    return Refusal(403, "Operation Failed", f"Data Policy Exception: {label} is mandatory")


def method_not_supported(method: str) -> Refusal:
    """405: this address knows no such method."""
    return Refusal(405, "Method not supported", f"{method} is not supported by this resource")


def headers_too_large() -> Answer:
    """400 from the web server in front: the address and headers are longer than it reads."""
    return Answer.page(
        '<!doctype html><html lang="en"><head><title>HTTP Status 400 - Bad Request</title></head>'
        "<body><h1>HTTP Status 400</h1><p>Request header is too large</p></body></html>",
        400,
    )
