"""Everything grcpush says when it does not do what was asked.

    GrcError
    |- Refused                a rule said no; the person can act on it
    |  |- UsageError          the words of a command are off
    |  |- ConfigurationError  a setting is missing or wrong
    |  |- NotFound
    |  |- NotAllowed          names the gate that is shut and the way out
    |  |- StaleCard           the card shows a state that is over
    |  |  |- AlreadyResolved  somebody else settled this conflict first
    |  |- ConflictsRemain     conflicts must be settled first
    |  |- PushInProgress      a statement is part of another live push
    |  |- NothingToPush
    |  |- LossyText           the text holds content grcpush cannot carry
    |  |- EmptyText           it would clear a text, and nobody said that it should
    |  |- TooMuch             more statements, or more requests in the hour, than allowed
    |  |- WritingPaused       an admin stopped all writing, or the configuration is read-only
    |- RemoteError            ServiceNow did not do it
       |- RemoteUnavailable   it could not be reached, or answered that it is busy or asleep
       |- RemoteThrottled     it asked us to wait
       |- RemoteSignInFailed  it does not accept our credentials
       |- RemoteForbidden     a rule or an access control over there refused
       |- RemoteMissing       the record is deleted there, or hidden from us
       |- RemoteRefusedRequest  it calls the request itself wrong
       |- RemoteMalformed     the answer is not one of the Table API's
       |- OutcomeUnknown      the write may or may not have happened

Each class has a stable `code` (it goes into the API, the database and the log), says whether trying the same again can
help (`retryable`), and carries a sentence for people with a `next_step`. Anything else that is raised is a bug.
"""

import uuid


class GrcError(Exception):
    """Base of all foreseen errors.

    `sentence` says what happened, `next_step` what the reader can do about it (empty when there is nothing to do).
    """

    code = "error"
    retryable = False
    severity = "error"

    def __init__(self, sentence: str, *, next_step: str = "") -> None:
        """Keep both texts; neither may hold statement text or a secret, they are logged."""
        super().__init__(sentence)
        self.sentence = sentence
        self.next_step = next_step

    @property
    def message(self) -> str:
        """The sentence and the next step as one paragraph."""
        return f"{self.sentence} {self.next_step}".strip()


class Refused(GrcError):
    """A rule said no."""

    code = "refused"
    severity = "warning"


class UsageError(Refused):
    """The words of a command could not be understood."""

    code = "usage"


class ConfigurationError(Refused):
    """A setting is missing, malformed, or contradicts another one."""

    code = "configuration"
    severity = "error"


class NotFound(Refused):
    """There is no such thing, or it is hidden from the person who asks."""

    code = "not_found"


class NotAllowed(Refused):
    """The person may not do this; `gate` is the stable name of the rule that said so."""

    code = "not_allowed"

    def __init__(self, sentence: str, *, gate: str, next_step: str = "") -> None:
        """Remember which rule refused, beside the sentence that explains it."""
        super().__init__(sentence, next_step=next_step)
        self.gate = gate


class StaleCard(Refused):
    """The click was on a message that is out of date."""

    code = "stale"


class AlreadyResolved(StaleCard):
    """Somebody settled this conflict before; the sentence says who and when."""

    code = "already_resolved"


class ConflictsRemain(Refused):
    """The push cannot go on before its conflicts are settled."""

    code = "conflicts_remain"

    def __init__(self, sentence: str, *, statement_ids: tuple[uuid.UUID, ...], next_step: str = "") -> None:
        """Remember which statements are in conflict."""
        super().__init__(sentence, next_step=next_step)
        self.statement_ids = statement_ids


class PushInProgress(Refused):
    """A statement is part of another push request that is still open."""

    code = "push_in_progress"


class NothingToPush(Refused):
    """No statement is left that a push would change."""

    code = "nothing_to_push"


class LossyText(Refused):
    """The text holds content that grcpush cannot carry, so writing it would delete that content."""

    code = "lossy"


class EmptyText(Refused):
    """The new text is empty and would clear a statement, and nobody said that it should."""

    code = "empty_text"


class TooMuch(Refused):
    """More than the limit allows; the sentence names the limit.

    `retry_after_seconds` says when it may be asked for again, None when time does not help.
    """

    code = "too_much"

    def __init__(self, sentence: str, *, next_step: str = "", retry_after_seconds: float | None = None) -> None:
        """Keep how long to wait, in seconds."""
        super().__init__(sentence, next_step=next_step)
        self.retry_after_seconds = retry_after_seconds


class WritingPaused(Refused):
    """Nothing is written to ServiceNow at present."""

    code = "writing_paused"


class RemoteError(GrcError):
    """ServiceNow did not do what was asked."""

    code = "remote"


class RemoteUnavailable(RemoteError):
    """ServiceNow could not be reached or is not ready; nothing was written."""

    code = "remote_unavailable"
    retryable = True
    severity = "warning"


class RemoteThrottled(RemoteUnavailable):
    """ServiceNow asked for a pause; `retry_after_seconds` is None when it did not say how long."""

    code = "remote_throttled"

    def __init__(self, sentence: str, *, retry_after_seconds: float | None, next_step: str = "") -> None:
        """Keep the pause that was asked for, in seconds."""
        super().__init__(sentence, next_step=next_step)
        self.retry_after_seconds = retry_after_seconds


class RemoteSignInFailed(RemoteError):
    """ServiceNow does not accept our credentials; going on would lock the account."""

    code = "remote_sign_in_failed"


class RemoteForbidden(RemoteError):
    """An access control, business rule or data policy in ServiceNow refused."""

    code = "remote_forbidden"


class RemoteMissing(RemoteError):
    """The record was deleted in ServiceNow, or is hidden from the service account: it does not say which."""

    code = "remote_missing"


class RemoteRefusedRequest(RemoteError):
    """ServiceNow calls the request wrong (unknown table, bad parameter); trying it again cannot help."""

    code = "remote_refused_request"


class RemoteMalformed(RemoteError):
    """The answer is not one that the Table API gives: a login page, half a JSON document, a foreign record."""

    code = "remote_malformed"
    retryable = True


class OutcomeUnknown(RemoteError):
    """The request was sent and no trustworthy answer came back: the write may or may not have happened."""

    code = "outcome_unknown"
    severity = "warning"
