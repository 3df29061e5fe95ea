"""Asking for a push in one step, where nobody looks at a preview first: over the API."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from core.domain.actor import Actor
from core.domain.push import Readiness
from core.errors import ConflictsRemain
from core.models.requests import RequestCard, RequestLine
from core.usecases.requests.asking import request_push
from core.usecases.requests.drafts import prepare_push
from core.wiring import Core


@dataclass(frozen=True)
class AskedPush:
    """The push request as it was made, and the statements that were asked for and are no part of it, with reasons."""

    card: RequestCard
    left_out: tuple[RequestLine, ...]


async def ask_for_push(core: Core, actor: Actor, statement_ids: Sequence[uuid.UUID], *, reason: str) -> AskedPush:
    """Check the statements against ServiceNow and request their push.

    Raises ConflictsRemain, with nothing requested, when one of them is in conflict: nobody would be there to see it;
    and everything that previewing and requesting raise.
    """
    preview = await prepare_push(core, actor, statement_ids)
    if conflicts := preview.having(Readiness.CONFLICT):
        names = ", ".join(line.label for line in conflicts[:3])
        more = f" and {len(conflicts) - 3} more" if len(conflicts) > 3 else ""
        raise ConflictsRemain(
            f"{names}{more} changed in ServiceNow too.",
            statement_ids=tuple(line.statement_id for line in conflicts),
            next_step="Settle these conflicts, then ask again.",
        )
    card = await request_push(core, actor, preview.request_id, reason=reason, channel=core.settings.slack_channel)
    return AskedPush(card, tuple(line for line in preview.lines if line.readiness is not Readiness.READY))
