"""What a delivery of Slack's means: the decision somebody takes by it, and on what."""

from dataclasses import dataclass
from typing import Any

from bot.actions import Action, ButtonValue, Callback, decode
from bot.views.parts.fields import TYPED
from bot.views.requests.review import VERDICT
from sandbox.slack import Delivery

APPROVALS = frozenset({"approve", "approve_only"})
OBJECTIONS = frozenset({"changes", "decline"})
DECISIONS = APPROVALS | OBJECTIONS

_CLICKS = {
    Action.APPROVE: "approve",
    Action.PUSH_NOW: "start",
    Action.WITHDRAW_DECLINE: "withdraw",
    Action.RETRY_FAILED: "retry",
    Action.KEEP_LOCAL: "keep_local",
    Action.UNDO_CHOICE: "undo_choice",
}


@dataclass(frozen=True)
class Deed:
    """What somebody does to the thing with this id, in the state that the digest or revision says they saw."""

    who: str
    kind: str
    about: str
    digest: str = ""
    revision: int = 0


def deed_of(delivery: Delivery) -> Deed | None:
    """The deed, or None for what decides nothing that the walks keep book of."""
    payload, who = delivery.payload, delivery.user or ""
    if payload.get("type") == "block_actions":
        action = payload["actions"][0]
        kind = _CLICKS.get(action["action_id"])
        return _deed(who, kind, decode(action["value"])) if kind else None
    if payload.get("type") == "view_submission":
        view = payload["view"]
        kind = _submitted(view)
        return _deed(who, kind, decode(view["private_metadata"])) if kind else None
    return None


def _deed(who: str, kind: str, value: ButtonValue) -> Deed:
    return Deed(who, kind, value.id.hex, value.digest, value.revision)


def _submitted(view: dict[str, Any]) -> str | None:
    if view["callback_id"] == Callback.DECLINE:
        return "decline"
    if view["callback_id"] != Callback.VERDICT:
        return None
    chosen = view["state"]["values"].get(VERDICT, {}).get(TYPED, {}).get("selected_option") or {}
    return chosen.get("value") if chosen.get("value") in DECISIONS else None


def was_taken(delivery: Delivery) -> bool:
    """Whether a submission was taken without a word: a refused one leaves an error in the modal, or replaces it."""
    return delivery.ok and not delivery.body
