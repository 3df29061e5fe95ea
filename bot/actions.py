"""The words between our drawings and our listeners: action ids, callback ids, and what a button carries."""

import json
import uuid
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from core.errors import StaleCard

_VERSION = 1
# Slack's limit for a button's value.
_LONGEST_VALUE = 2_000


class Action(StrEnum):
    """Every action id that is drawn; each has one listener."""

    TICK = "grc.tick"
    CHOOSE_STATEMENTS = "grc.choose_statements"
    ONLY_MINE = "grc.only_mine"
    ALL_OWNERS = "grc.all_owners"
    PAGE_PREVIOUS = "grc.page_previous"
    PAGE_NEXT = "grc.page_next"
    SELECT_ALL = "grc.select_all"
    CLEAR_ALL = "grc.clear_all"
    FILTER_STATUS = "grc.filter_status"
    FILTER_SYSTEM = "grc.filter_system"
    FILTER_FAMILY = "grc.filter_family"
    FILTER_OWNER = "grc.filter_owner"
    SEARCH = "grc.search"
    CLEAR_FILTERS = "grc.clear_filters"
    RESUME = "grc.resume"
    CHOOSE_MINE = "grc.choose_mine"
    CHOOSE_ANY = "grc.choose_any"
    SETTINGS = "grc.settings"
    SHOW_CHANGES = "grc.show_changes"
    CHANGES_PREVIOUS = "grc.changes_previous"
    CHANGES_NEXT = "grc.changes_next"
    PREVIEW_PUSH = "grc.preview_push"
    PREVIEW_ALL = "grc.preview_all"
    PREVIEW_PREVIOUS = "grc.preview_previous"
    PREVIEW_NEXT = "grc.preview_next"
    REVIEW_PREVIOUS = "grc.review_previous"
    REVIEW_NEXT = "grc.review_next"
    LINE_MENU = "grc.line_menu"
    SHOW_CONFLICT = "grc.show_conflict"
    KEEP_LOCAL = "grc.keep_local"
    KEEP_REMOTE = "grc.keep_remote"
    KEEP_BOTH = "grc.keep_both"
    WRITE_MERGE = "grc.write_merge"
    UNDO_CHOICE = "grc.undo_choice"
    LEAVE_OUT = "grc.leave_out"
    PUT_BACK = "grc.put_back"
    NEXT_CONFLICTS = "grc.next_conflicts"
    KEEP_ALL_LOCAL = "grc.keep_all_local"
    KEEP_ALL_REMOTE = "grc.keep_all_remote"
    REVIEW = "grc.review"
    APPROVE = "grc.approve"
    DECLINE = "grc.decline"
    WITHDRAW_DECLINE = "grc.withdraw_decline"
    PUSH_NOW = "grc.push_now"
    REMIND = "grc.remind"
    ASK_AGAIN = "grc.ask_again"
    CANCEL_PUSH = "grc.cancel_push"
    STOP_PUSH = "grc.stop_push"
    RETRY_FAILED = "grc.retry_failed"
    UNDO_PUSH = "grc.undo_push"
    EVIDENCE = "grc.evidence"
    DIGEST_REVIEW = "grc.digest_review"
    DIGEST_SNOOZE = "grc.digest_snooze"
    DIGEST_TEST = "grc.digest_test"
    HISTORY = "grc.history"
    HISTORY_NEWER = "grc.history_newer"
    HISTORY_OLDER = "grc.history_older"
    HISTORY_CSV = "grc.history_csv"
    REVERT = "grc.revert"
    OPEN_RECORD = "grc.open_record"
    OPEN_AGAIN = "grc.open_again"


CHOOSE_ANYWHERE = "grc.choose_anywhere"
"""The shortcut that Slack offers everywhere, beside the field for messages."""


class Callback(StrEnum):
    """Every modal that can be submitted; each has one listener."""

    SELECT = "grc.select"
    PREVIEW = "grc.preview"
    DECLINE = "grc.decline_reason"
    VERDICT = "grc.verdict"
    KEEP_BOTH = "grc.keep_both_shown"
    MERGE = "grc.merge"
    EDIT = "grc.edit"
    SETTINGS = "grc.settings_changed"
    READ_ONLY = "grc.read_only"


@dataclass(frozen=True)
class ButtonValue:
    """What a button, menu entry or modal carries: ids and the version that was shown, never content.

    `id` is the thing it is about, `revision` and `digest` say which state of it was drawn, `other` is a second id
    (a statement within a request), `page` a page that counts from 0, `word` which entry of a menu this is, `base` the
    digest of the text that a form was made of, where that is not the one in `digest`.
    """

    id: uuid.UUID
    revision: int = 0
    digest: str = ""
    other: uuid.UUID | None = None
    page: int = 0
    word: str = ""
    base: str = ""

    def encode(self) -> str:
        """The value as text. Raises ValueError when Slack would refuse it for its length."""
        short: dict[str, Any] = {"v": _VERSION, "i": self.id.hex}
        optional = {"r": self.revision, "d": self.digest, "p": self.page, "w": self.word, "b": self.base}
        short |= {key: value for key, value in optional.items() if value}
        if self.other is not None:
            short["o"] = self.other.hex
        text = json.dumps(short, separators=(",", ":"))
        if len(text) > _LONGEST_VALUE:
            raise ValueError("a button value is too long for Slack")
        return text


def decode(text: str) -> ButtonValue:
    """The value that a button carried. Raises StaleCard for one that an older or newer grcpush drew."""
    try:
        short = json.loads(text)
        return ButtonValue(
            id=uuid.UUID({_VERSION: short["i"]}[short["v"]]),
            revision=int(short.get("r", 0)),
            digest=str(short.get("d", "")),
            other=uuid.UUID(short["o"]) if "o" in short else None,
            page=int(short.get("p", 0)),
            word=str(short.get("w", "")),
            base=str(short.get("b", "")),
        )
    except (ValueError, KeyError, TypeError, AttributeError):
        raise StaleCard(
            "This message was drawn by another version of grcpush.", next_step="Type /grcpush to start anew."
        ) from None
