"""Every way the push of one statement can end, with the words for people: the one place they are written."""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from core.domain.push import STATE_WORDS, RequestState


class Level(StrEnum):
    """How much of a success was proved, strongest first."""

    VERIFIED_BY_AUDIT = "verified-by-audit"
    VERIFIED_BY_READBACK = "verified-by-readback"
    UNVERIFIED = "unverified"


class Outcome(StrEnum):
    """How the push of one statement ended."""

    PUSHED = "pushed"
    ALREADY_THERE = "already_there"
    PUSHED_ALTERED = "pushed_altered"
    TRUNCATED = "truncated"
    OVERWROTE = "overwrote"
    POSSIBLY_OVERWROTE = "possibly_overwrote"
    OVERWRITTEN_AFTER = "overwritten_after"
    RECREATED = "recreated"
    OVERTAKEN = "overtaken"
    NOT_WRITTEN = "not_written"
    CHANGED_SINCE_CHECK = "changed_since_check"
    EDITED_SINCE_APPROVAL = "edited_since_approval"
    LOCKED = "locked"
    LOSSY = "lossy"
    TOO_LONG = "too_long"
    GONE = "gone"
    REPLACED = "replaced"
    REFUSED = "refused"
    INVALID_REQUEST = "invalid_request"
    UNREADABLE = "unreadable"
    SIGN_IN_LOST = "sign_in_lost"
    THROTTLED = "throttled"
    UNAVAILABLE = "unavailable"
    IN_DOUBT = "in_doubt"
    CANCELLED = "cancelled"
    NOT_REACHED = "not_reached"


@dataclass(frozen=True)
class OutcomeWords:
    """What people are told: a sentence, what to do next, whether a retry can help, and how grave it is.

    `severity` is None for a success, else "warning" or "error".
    """

    sentence: str
    next_step: str = ""
    retryable: bool = False
    severity: str | None = "error"


_WORDS: dict[Outcome, OutcomeWords] = {
    Outcome.PUSHED: OutcomeWords("Pushed, and read back from ServiceNow.", severity=None),
    Outcome.ALREADY_THERE: OutcomeWords(
        "ServiceNow already holds this text; nothing had to be written.", severity=None
    ),
    Outcome.PUSHED_ALTERED: OutcomeWords(
        "Pushed, but ServiceNow stored it changed; its stored text is now the baseline.",
        "Compare the two texts in the result and edit again if the change matters.",
        severity="warning",
    ),
    Outcome.TRUNCATED: OutcomeWords(
        "ServiceNow stored only the beginning of the text: the field is too short for it.",
        "Shorten the text, or ask a ServiceNow admin to enlarge the field; then push again.",
    ),
    Outcome.OVERWROTE: OutcomeWords(
        "Somebody saved this statement in ServiceNow at the same moment, and our write went over theirs. Their text is kept.",
        "Settle it in the thread: “Restore theirs” brings their text back as a local edit, to be pushed.",
    ),
    Outcome.POSSIBLY_OVERWROTE: OutcomeWords(
        "Our text is in ServiceNow, but the record was saved once more around our write, by a person or a rule, and"
        " ServiceNow's audit does not show what: somebody's text may be overwritten and could not be recovered.",
        "Ask who works on this control in ServiceNow, and have an admin there switch on auditing for this table.",
        severity="warning",
    ),
    Outcome.OVERWRITTEN_AFTER: OutcomeWords(
        "Our text was written, and somebody changed it in ServiceNow right after.",
        "Look at their text in ServiceNow; it is taken over as a change of theirs with the next check.",
        severity="warning",
    ),
    Outcome.RECREATED: OutcomeWords(
        "The record was deleted in ServiceNow while we wrote, and it stands there anew with our text: what it held in between "
        "may be gone.",
        "Ask whoever deleted it whether it should exist and what it held, look at its other fields, then pull again "
        "(grcpush pull --full).",
    ),
    Outcome.OVERTAKEN: OutcomeWords(
        "No answer came to our write, and ServiceNow holds somebody else's text now: ours may have been there in between.",
        "Settle the conflict in the thread; theirs is untouched.",
        severity="warning",
    ),
    Outcome.NOT_WRITTEN: OutcomeWords(
        "ServiceNow answered “OK” but did not store the text.",
        "Ask a ServiceNow admin to give the service account write access to this field.",
    ),
    Outcome.CHANGED_SINCE_CHECK: OutcomeWords(
        "The text in ServiceNow is not the one the approval was given for any more, so nothing was written.",
        "Settle the new conflict in the thread, then ask for the push again.",
        severity="warning",
    ),
    Outcome.EDITED_SINCE_APPROVAL: OutcomeWords(
        "The statement was edited after the approval, so nothing was written.",
        "Ask for a new push with the new text.",
        severity="warning",
    ),
    Outcome.LOCKED: OutcomeWords(
        "The record is in a state in which this field may not be written.",
        "Bring the control into its editable state in ServiceNow, then retry.",
        retryable=True,
        severity="warning",
    ),
    Outcome.LOSSY: OutcomeWords(
        "The text holds content grcpush cannot carry (an image, an attachment or an embedded page).",
        "Edit this statement in ServiceNow itself.",
    ),
    Outcome.TOO_LONG: OutcomeWords(
        "The text is longer than the field in ServiceNow, which might cut it off, so nothing was written.",
        "Shorten the text, or ask a ServiceNow admin to enlarge the field.",
    ),
    Outcome.GONE: OutcomeWords(
        "The statement no longer exists in ServiceNow, or is hidden from the service account.",
        "Look for the record in ServiceNow; grcpush never creates it anew.",
    ),
    Outcome.REPLACED: OutcomeWords(
        "The record in ServiceNow is not the one we know: it was cloned over, restored or created anew.",
        "Pull again (grcpush pull --full) and compare before pushing.",
    ),
    Outcome.REFUSED: OutcomeWords(
        "ServiceNow refused the write.",
        "Ask a ServiceNow admin: the record may need something first, or the service account a right.",
    ),
    Outcome.INVALID_REQUEST: OutcomeWords(
        "ServiceNow calls the request wrong.",
        "Ask the operator to run grcpush doctor: the table or field settings may be off.",
    ),
    Outcome.UNREADABLE: OutcomeWords(
        "ServiceNow's answer could not be read, so the write could not be verified.",
        "Ask the operator to run grcpush doctor, then look at the record in ServiceNow.",
    ),
    Outcome.SIGN_IN_LOST: OutcomeWords(
        "ServiceNow session expired, please reconnect: it does not accept our credentials any more.",
        "Ask an admin to renew the service account's credentials; then retry.",
        retryable=True,
    ),
    Outcome.THROTTLED: OutcomeWords(
        "ServiceNow rate limit reached, try again later.",
        "Retry in a few minutes.",
        retryable=True,
        severity="warning",
    ),
    Outcome.UNAVAILABLE: OutcomeWords(
        "ServiceNow could not be reached; nothing was written.",
        "Retry when ServiceNow answers again.",
        retryable=True,
        severity="warning",
    ),
    Outcome.IN_DOUBT: OutcomeWords(
        "No trustworthy answer came back, and what ServiceNow shows does not settle it yet: the text may or may not be"
        " written.",
        "grcpush keeps looking and will correct this line; nothing is sent again blindly.",
        severity="warning",
    ),
    Outcome.CANCELLED: OutcomeWords(
        "The push was stopped before this statement was sent.", "Retry when you want it pushed.", True, "warning"
    ),
    Outcome.NOT_REACHED: OutcomeWords(
        "The push had to stop before this statement was sent.",
        "Mend what stopped it, then retry.",
        retryable=True,
        severity="warning",
    ),
}

# Between the answer and the settling read, and for as long as that read does not come through.
_PUSHED_UNVERIFIED = OutcomeWords(
    "ServiceNow answered that it stored the text, but the record was not read again since, so this is not verified.",
    "grcpush reads the record as soon as it can and corrects this line; there is nothing to do.",
    severity="warning",
)

# What else is known of these is not about the statement, or is in the sentence.
_SAYS_ALL = frozenset(
    {Outcome.NOT_REACHED, Outcome.CANCELLED, Outcome.IN_DOUBT, Outcome.OVERTAKEN, Outcome.SIGN_IN_LOST}
)

CANARY_STOPS = frozenset({Outcome.REFUSED, Outcome.NOT_WRITTEN, Outcome.INVALID_REQUEST, Outcome.UNREADABLE})
"""Ends of a job's first write that stop the job: its other statements would fare no better."""

# Refused as the canary, this is most likely want of rights to the whole table or field, and rights can be given.
_MENDED_WITH_RIGHTS = frozenset({Outcome.REFUSED, Outcome.NOT_WRITTEN})

SUCCESSES = frozenset({Outcome.PUSHED, Outcome.ALREADY_THERE, Outcome.PUSHED_ALTERED, Outcome.POSSIBLY_OVERWROTE})
WRITTEN = SUCCESSES | {Outcome.TRUNCATED, Outcome.OVERWROTE, Outcome.OVERWRITTEN_AFTER, Outcome.RECREATED}


def words(outcome: Outcome, level: Level | None = None) -> OutcomeWords:
    """The words for an outcome; every outcome has some. At the lowest level no success claims more than was seen."""
    if outcome is Outcome.PUSHED and level is Level.UNVERIFIED:
        return _PUSHED_UNVERIFIED
    return _WORDS[outcome]


def may_retry(outcome: Outcome, *, stopped_its_job: bool) -> bool:
    """Whether trying again may help. What ServiceNow refuses of one statement stays refused, unless it refused all."""
    return words(outcome).retryable or (stopped_its_job and outcome in _MENDED_WITH_RIGHTS)


def sentence_with(said: OutcomeWords, outcome: Outcome, detail: str) -> str:
    """The sentence, with what is known of this very case where something went wrong."""
    if not detail or said.severity is None or outcome in _SAYS_ALL or detail in said.sentence:
        return said.sentence
    return f"{said.sentence} {detail}" if detail.endswith(".") else f"{said.sentence.rstrip('.')} ({detail})."


def is_success(outcome: Outcome) -> bool:
    """Whether ServiceNow holds our text (or its own rendering of it)."""
    return outcome in SUCCESSES


def state_words(state: RequestState, outcomes: Collection[Outcome]) -> str:
    """The state of a push in words; one of which nothing is known to have failed did not fail."""
    if state is RequestState.FAILED and outcomes and all(outcome is Outcome.IN_DOUBT for outcome in outcomes):
        return "In doubt"
    return STATE_WORDS[state]
