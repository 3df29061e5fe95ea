"""Each decision keeps where it was taken: the message that was clicked, the modal, or the command."""

from bot.actions import Action, Callback
from core.domain.audit import AuditKind, AuditRecord
from core.store.audit_search import AuditFilter
from core.usecases.audit.searching import latest_audit
from core.usecases.audit.verifying import verify_audit
from tests.stage import ADMIN, APPROVER, CHANNEL, REQUESTER, SECOND, Stage


async def events(stage: Stage) -> dict[str, AuditRecord]:
    """The newest event of each kind."""
    found = await latest_audit(stage.bot.core, stage.cast.admin, AuditFilter(), limit=500)
    return {record.kind: record for record in found}


async def test_a_click_keeps_channel_and_message_and_a_modal_and_a_command_say_so(stage: Stage) -> None:
    card = await stage.request(3, with_conflicts=True)
    (conflict, *_) = await stage.until_conflicts(card, 1)
    await stage.click(REQUESTER, conflict, Action.KEEP_LOCAL)
    await stage.until(conflict, "Kept")
    await stage.click(REQUESTER, conflict, Action.UNDO_CHOICE)
    await stage.slack.wait_for(lambda: stage.shows(conflict, Action.KEEP_REMOTE))
    await stage.click(REQUESTER, conflict, Action.KEEP_REMOTE)
    for other in stage.conflicts(card):
        if stage.shows(other, Action.LEAVE_OUT):
            await stage.click(REQUESTER, other, Action.LEAVE_OUT)
    await stage.until(card, "Waiting for approval")
    await stage.click(APPROVER, card, Action.DECLINE)
    asked = await stage.slack.wait_view(APPROVER, "Decline", callback_id=Callback.DECLINE)
    await stage.slack.person(APPROVER).submit(asked, {"reason": "Not yet."})
    await stage.until(card, "Declined")
    await stage.click(APPROVER, card, Action.WITHDRAW_DECLINE)
    await stage.until(card, "Waiting for approval")
    await stage.slack.person(ADMIN).command("/grcpush", "pause audit week", channel=CHANNEL)
    await stage.until(card, "paused")
    await stage.click(SECOND, card, Action.APPROVE)
    await stage.slack.wait_for(lambda: not stage.shows(card, Action.APPROVE))
    await stage.slack.person(REQUESTER).command("/grcpush", "cancel 1", channel=CHANNEL)
    await stage.slack.wait_ephemeral(REQUESTER, "request #1")

    told, on_card = await events(stage), {"surface": "message", "channel": card.channel, "message": card.ts}
    in_thread = {"surface": "message", "channel": conflict.channel, "message": conflict.ts}
    assert {
        AuditKind.CONFLICT_RESOLVED: in_thread,
        AuditKind.CONFLICT_UNDONE: in_thread,
        AuditKind.PUSH_DECLINED: {"surface": "modal"},
        AuditKind.PUSH_DECLINE_WITHDRAWN: on_card,
        AuditKind.WRITING_PAUSED: {"surface": "command", "channel": CHANNEL},
        AuditKind.PUSH_APPROVED: on_card,
        AuditKind.PUSH_RELEASED: on_card,
        AuditKind.PUSH_CANCELLED: {"surface": "command", "channel": CHANNEL},
    }.items() <= {kind: record.place for kind, record in told.items()}.items()
    assert (await verify_audit(stage.bot.core)).fault == ""
