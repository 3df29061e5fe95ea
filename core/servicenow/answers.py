"""What an answer means: the result it carries, or the error it is.

One table for both directions. What differs is an answer that proves nothing (202, 5xx, a page of HTML, half a JSON
document): a read may simply be made again, after a write nobody knows whether it happened.
"""

import re
from typing import Any
from urllib.parse import urlsplit

from core.errors import (
    OutcomeUnknown,
    RemoteError,
    RemoteForbidden,
    RemoteMalformed,
    RemoteMissing,
    RemoteRefusedRequest,
    RemoteSignInFailed,
    RemoteThrottled,
    RemoteUnavailable,
)
from core.servicenow.connection import Answer, NoAnswer

_CANCELLED = b"Transaction cancelled"
_SIGN_IN_PAGE = re.compile(r"login|logon|saml|sso|auth", re.IGNORECASE)
_RULE = re.compile(r"Business Rule '([^'^]{1,100})")
_POLICY = re.compile(r"Data Policy Exception: (.{1,120})")
_TABLE = re.compile(r"(?:Invalid table|Table) ([A-Za-z0-9_]{1,80})")


class TooHeavy(RemoteUnavailable):
    """A read that ServiceNow gave up half-way; asking for less at a time may work."""


class UnreadableOutcome(OutcomeUnknown, RemoteMalformed):
    """A write was answered with 200, but the answer does not show what is stored: look before doing anything else."""

    code = OutcomeUnknown.code
    retryable = False


def result_of_read(answer: Answer, *, pause: float | None) -> Any:
    """The `result` of an answer to a read; raises the RemoteError it is.

    `pause` is what `Pacing.asked_pause` made of the answer. Only lists and statistics are read, so a 404 by ServiceNow
    itself is what the first version of its API says for an empty list.
    """
    document = answer.document
    if answer.status == 404 and document is not None:
        return []
    certain = refusal(answer, pause=pause)
    if certain is not None:
        raise certain
    if answer.status in (200, 201) and document is not None and "result" in document and "error" not in document:
        return document["result"]
    if _CANCELLED in answer.body or (answer.status == 200 and _is_half(answer)):
        raise TooHeavy("ServiceNow cancelled the request because it took too long.")
    if answer.status == 200 and document is None and answer.parsed is not None:
        raise RemoteMalformed("ServiceNow's answer is JSON, but not the Table API's.")
    raise RemoteUnavailable(_not_ready(answer))


def result_of_write(answer: Answer, *, pause: float | None) -> dict[str, Any]:
    """The record in the answer to a write; raises the RemoteError it is.

    OutcomeUnknown for every answer that neither shows the record nor is a refusal.
    """
    certain = refusal(answer, pause=pause)
    if certain is not None:
        raise certain
    document = answer.document
    result = document.get("result") if document is not None and "error" not in document else None
    if answer.status in (200, 201) and isinstance(result, dict):
        return result
    raise OutcomeUnknown(
        _doubt(answer), next_step="grcpush reads the record back before it does anything else with it."
    )


def refusal(answer: Answer, *, pause: float | None) -> RemoteError | None:
    """The error by which ServiceNow, or what stands before it, says that it did nothing; None for other answers."""
    status = answer.status
    if 300 <= status < 400:
        return _redirected(answer)
    if status == 429:
        return RemoteThrottled("ServiceNow says that there were too many requests.", retry_after_seconds=pause)
    if status == 401:
        return RemoteSignInFailed("ServiceNow does not accept the credentials.")
    if status == 403:
        return _forbidden(answer)
    if status == 404 and answer.document is not None:
        return RemoteMissing(
            "The record is not there: it was deleted in ServiceNow, or is hidden from the service account.",
            next_step="Look it up in ServiceNow. If it is there, give the service account read access to it.",
        )
    if 400 <= status < 500 and status != 408:
        return _refused_request(answer)
    return None


def read_failed(failure: NoAnswer) -> RemoteUnavailable:
    """The error for a read without an answer."""
    kind = TooHeavy if failure.is_too_heavy and failure.was_sent else RemoteUnavailable
    return kind(f"ServiceNow {failure.reason}.", next_step="" if failure.was_sent else _CHECK_ADDRESS)


def write_failed(failure: NoAnswer) -> RemoteError:
    """The error for a write without an answer: certain only when nothing was sent."""
    if not failure.was_sent:
        return RemoteUnavailable(f"ServiceNow {failure.reason}; nothing was sent.", next_step=_CHECK_ADDRESS)
    return OutcomeUnknown(
        f"ServiceNow {failure.reason}, so whether it wrote the text is not known.",
        next_step="grcpush reads the record back before it does anything else with it.",
    )


_CHECK_ADDRESS = "Check GRCPUSH_SERVICENOW_URL, the network and the proxy."


def _is_half(answer: Answer) -> bool:
    """Whether this was to be JSON and broke off."""
    return "json" in answer.headers.get("content-type", "") and answer.parsed is None and bool(answer.body)


def _not_ready(answer: Answer) -> str:
    text = answer.body[:20_000].lower()
    if b"hibernat" in text:
        return "The ServiceNow instance is asleep (hibernating); somebody must wake it in the browser."
    if answer.status == 202:
        return "ServiceNow queued the request and gave no answer."
    if answer.status >= 500:
        return f"ServiceNow failed with status {answer.status}."
    if b"<html" in text:
        return "ServiceNow answered with a web page instead of data; it may be in maintenance or ask for a login."
    return f"ServiceNow answered with status {answer.status} and no data."


def _doubt(answer: Answer) -> str:
    if _CANCELLED in answer.body:
        return "ServiceNow cancelled the transaction, and does not say whether before or after it wrote the text."
    return f"{_not_ready(answer)} Whether it wrote the text is not known."


def _redirected(answer: Answer) -> RemoteError:
    target = urlsplit(answer.headers.get("location", ""))
    if answer.status in (302, 303) or _SIGN_IN_PAGE.search(target.path):
        return RemoteSignInFailed(
            "ServiceNow sent us to a sign-in page instead of answering.",
            next_step="The service account must be able to use the REST API without single sign-on.",
        )
    return RemoteRefusedRequest(
        f"ServiceNow says that it has moved to {target.hostname or 'another address'}; grcpush does not follow.",
        next_step="Set GRCPUSH_SERVICENOW_URL to the instance's own address.",
    )


def _words(answer: Answer) -> str:
    """ServiceNow's own message and detail. They may quote what was sent, so they are searched and never shown."""
    error = (answer.document or {}).get("error")
    parts = [error.get("message"), error.get("detail")] if isinstance(error, dict) else [error]
    return " ".join(part for part in parts if isinstance(part, str))


def _forbidden(answer: Answer) -> RemoteForbidden:
    words = _words(answer)
    if rule := _RULE.search(words):
        return RemoteForbidden(
            f"A business rule in ServiceNow, “{rule[1]}”, refused the change.",
            next_step="Ask the owner of that rule what the record needs first.",
        )
    if policy := _POLICY.search(words):
        return RemoteForbidden(
            f"A data policy in ServiceNow refused the change: {policy[1].strip()}.",
            next_step="Fill in what the policy asks for in ServiceNow, then try again.",
        )
    if "ACL" in words or "security constraints" in words:
        return RemoteForbidden(
            "An access control (ACL) in ServiceNow does not let the service account change this record.",
            next_step="Ask a ServiceNow administrator for write access, and whether the record is in another scope.",
        )
    if "Insufficient rights" in words:
        return RemoteForbidden(
            "The service account may not read this table.",
            next_step="Ask a ServiceNow administrator for a role that may, for example sn_compliance.reader.",
        )
    who = "ServiceNow" if answer.document is not None else "Something in front of ServiceNow (a gateway or firewall)"
    return RemoteForbidden(
        f"{who} refused the request without saying why.", next_step="Ask a ServiceNow administrator to look it up."
    )


def _refused_request(answer: Answer) -> RemoteRefusedRequest:
    table = _TABLE.search(_words(answer))
    if answer.status == 400 and table:
        return RemoteRefusedRequest(
            f"ServiceNow knows no table {table[1]} that may be used over the REST API.",
            next_step="Check GRCPUSH_SERVICENOW_TABLE, and that the table allows access via web services.",
        )
    if answer.status in (413, 414, 431) or b"header is too large" in answer.body:
        return RemoteRefusedRequest("The request is larger than ServiceNow accepts.")
    if answer.status == 407:
        return RemoteRefusedRequest(
            "The proxy asks for credentials.", next_step="Put them into HTTPS_PROXY: http://user:password@host:port."
        )
    reasons = {
        404: "There is no REST API at this address",
        405: "ServiceNow does not allow this method here",
        406: "ServiceNow cannot answer in JSON here",
        415: "ServiceNow does not take JSON here",
    }
    return RemoteRefusedRequest(
        f"{reasons.get(answer.status, 'ServiceNow calls the request wrong')} (status {answer.status}).",
        next_step="Run `grcpush doctor`, and check GRCPUSH_SERVICENOW_URL.",
    )
