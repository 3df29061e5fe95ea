"""Reading what people wrote into a modal, and never losing it: an error is told at the field, which stays as it is."""

import contextlib
import logging
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from typing import Any

from slack_bolt.kwargs_injection.async_args import AsyncArgs

from bot.slack.incoming import user_of
from bot.views.parts.fields import TYPED, part_of
from bot.views.parts.markup import cut
from core.errors import GrcError
from core.ids import new_reference

log = logging.getLogger(__name__)

_LONGEST_ERROR = 500


def typed_parts(view: dict[str, Any], kind: str) -> dict[int, str]:
    """What stands in the fields of one kind, by their numbers; an empty field gives an empty text.

    A field about which Slack tells nothing is left out: it was not emptied by anybody.
    """
    parts: dict[int, str] = {}
    told = view["state"]["values"]
    for name in _field_names(view):
        found, number = part_of(name)
        if found == kind and TYPED in told.get(name, {}):
            state = told[name][TYPED]
            chosen = state.get("selected_option") or {}
            parts[number] = str(state.get("value") or chosen.get("value") or "")
    return parts


@dataclass
class Fault:
    """Whether an error was told."""

    is_told: bool = False


@contextlib.asynccontextmanager
async def kept_in_fields(args: AsyncArgs) -> AsyncIterator[Fault]:
    """Answer a submission's errors at its first field: the modal stays open, with everything that was typed.

    Only for what comes before the acknowledgement. What is given says afterwards whether there was an error.
    """
    fault = Fault()
    try:
        yield fault
    except GrcError as error:
        log.info("listener.refused code=%s user=%s", error.code, user_of(args.body))
        fault.is_told = True
        await _tell_at_field(args, error.message)
    except Exception:
        # Whatever broke: the bug is logged here, because passing it on would take the form from the screen.
        reference = new_reference()
        log.exception("listener.failed reference=%s user=%s", reference, user_of(args.body))
        fault.is_told = True
        await _tell_at_field(
            args, f"Something broke on our side, and nothing was saved. Your text is still here. Reference {reference}."
        )


async def _tell_at_field(args: AsyncArgs, sentence: str) -> None:
    name = next(_field_names(args.body["view"]))
    await args.ack(response_action="errors", errors={name: cut(sentence, _LONGEST_ERROR)})


def _field_names(view: dict[str, Any]) -> Iterator[str]:
    return (
        str(block["block_id"])
        for block in view["blocks"]
        if block["type"] == "input" and block["element"]["action_id"] == TYPED
    )
