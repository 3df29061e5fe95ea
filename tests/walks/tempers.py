"""What walks are like: how they begin, how often each deed comes, and what they must have met to prove anything."""

from collections.abc import Mapping
from dataclasses import dataclass

Step = tuple[str, int, int]
"""A deed, and the two numbers by which it chooses."""


@dataclass(frozen=True)
class Temper:
    """One kind of walk. Each begins alike, so that what must happen does; `weights` say how it goes on from there."""

    begins: tuple[Step, ...]
    weights: Mapping[str, int]
    meets: tuple[str, ...]


_ASKED = ("ask_for_news", 1, 1)
_ALWAYS = {"ask_for_news": 5, "approve_in_turn": 5, "approve": 3, "click_card": 3, "go_on_in_modal": 2, "ask": 1}

TEMPERS = {
    # Everybody decides, changes their mind, or has no say: declined, withdrawn, changes asked for, approved by the author.
    "busy": Temper(
        (
            _ASKED,
            *(("review", 0, 3), ("approve", 1, 0), ("take_back", 0, 0)),
            *(("review", 0, 2), ("approve", 1, 0), ("approve", 2, 0), ("approve", 4, 0), ("approve_in_turn", 0, 0)),
        ),
        {**_ALWAYS, "approve_together": 3, "review": 4, "take_back": 1, "edit": 1, "change_group": 1},
        ("decline", "withdraw", "changes", "approve", "refused", "writes"),
    ),
    # People click twice and on old cards, and Slack delivers again.
    "clumsy": Temper(
        (_ASKED, ("approve", 0, 3), ("deliver_again", 0, 1), ("approve_in_turn", 0, 0), ("deliver_again", 0, 0)),
        {**_ALWAYS, "approve": 6, "deliver_again": 5, "click_card": 5, "click_card_together": 3, "edit": 2},
        ("clicked twice", "delivered again", "approve", "refused", "writes"),
    ),
    # ServiceNow is edited all the while.
    "contested": Temper(
        (
            *(("settle_unseen", 0, 0), ("settle_anew", 0, 0), ("approve_in_turn", 0, 0)),
            *(("leave_out", 0, 1), ("approve_in_turn", 0, 0)),
        ),
        {
            **_ALWAYS,
            "edit_in_servicenow": 3,
            "settle": 4,
            "settle_first": 4,
            "settle_anew": 3,
            "settle_unseen": 2,
            "leave_out": 2,
            "pull": 1,
            "edit": 1,
            "hold_writes": 1,
            "let_writes_go": 2,
        },
        ("conflicts", "kept local", "left out", "undo_choice", "frozen anew", "decided on old content", "writes"),
    ),
    # Much happens between an approval and its push.
    "slow": Temper(
        (
            ("begin_late", 1, 1),
            ("change_group", 1, 0),
            ("begin_late", 1, 1),
            *(("ask_for_news", 5, 1), ("let_time_pass", 4, 0), ("approve_in_turn", 0, 0)),
        ),
        {
            **_ALWAYS,
            "let_time_pass": 4,
            "change_group": 3,
            "begin_late": 4,
            "take_back": 1,
            "review": 3,
            "pause": 3,
        },
        ("time passed", "group changed", "paused", "approve", "writes"),
    ),
    # The process is restarted and killed, writes fail, and an admin stops everything.
    "stormy": Temper(
        (
            _ASKED,
            ("kill", 0, 0),
            ("restart", 0, 0),
            ("pause", 0, 0),
            _ASKED,
            ("approve_in_turn", 0, 0),
            ("pause", 0, 1),
        ),
        {
            **_ALWAYS,
            "approve_in_turn": 5,
            "hold_writes": 3,
            "kill": 4,
            "restart": 2,
            "let_writes_go": 2,
            "pause": 3,
            "begin_late": 1,
            "fail_next_write": 2,
        },
        ("kills", "restarts", "paused", "approve", "writes"),
    ),
}
