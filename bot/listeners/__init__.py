"""The route table: every delivery of Slack's, and who may. A button is not a gate: the use case behind it decides."""

from slack_bolt.async_app import AsyncApp

from bot.actions import CHOOSE_ANYWHERE, Action, Callback
from bot.collaborators import Collaborators
from bot.guard import Guard
from bot.listeners.approvals import Approvals
from bot.listeners.channels import Channels
from bot.listeners.commands import Commands
from bot.listeners.conflicts import Conflicts
from bot.listeners.digests import Digests
from bot.listeners.editing import Editing
from bot.listeners.events import Events
from bot.listeners.histories import Histories
from bot.listeners.merging import Merging
from bot.listeners.personal import Personal
from bot.listeners.previews import Previews
from bot.listeners.pushes import Pushes
from bot.listeners.selection import Selection


def register_all(app: AsyncApp, its: Collaborators) -> None:
    """Connect each command, button and modal with its listener, inside the guard."""
    guard = Guard(its.background)
    guarded = guard.guarded
    app.error(guard.last_resort)
    commands, selection, previews = Commands(its), Selection(its), Previews(its)
    conflicts, approvals, merging, editing = Conflicts(its), Approvals(its), Merging(its), Editing(its)
    pushes, digests, personal, histories = Pushes(its), Digests(its), Personal(its), Histories(its)

    app.command("/grcpush")(guarded(commands.grcpush))  # any member
    app.shortcut(CHOOSE_ANYWHERE)(guarded(selection.choose_any))
    events = Events(its)
    app.event("message")(guarded(events.message))
    app.event("app_home_opened")(guarded(events.home_opened))
    app.event("app_uninstalled")(guarded(events.rights_lost))
    app.event("tokens_revoked")(guarded(events.rights_lost))
    routes = {
        Action.TICK: selection.tick,  # whose list it is
        Action.CHOOSE_STATEMENTS: selection.choose_statements,
        Action.ONLY_MINE: selection.only_mine,
        Action.ALL_OWNERS: selection.all_owners,
        Action.PAGE_PREVIOUS: selection.page,
        Action.PAGE_NEXT: selection.page,
        Action.SELECT_ALL: selection.select_all,
        Action.CLEAR_ALL: selection.clear_all,
        Action.FILTER_STATUS: selection.narrow,
        Action.FILTER_SYSTEM: selection.narrow,
        Action.FILTER_FAMILY: selection.narrow,
        Action.FILTER_OWNER: selection.narrow,
        Action.SEARCH: selection.search,
        Action.CLEAR_FILTERS: selection.clear_filters,
        Action.RESUME: selection.choose_statements,
        Action.CHOOSE_MINE: selection.choose_mine,
        Action.CHOOSE_ANY: selection.choose_any,
        Action.SETTINGS: personal.open,  # any member: their own
        Action.SHOW_CHANGES: selection.show_changes,
        Action.CHANGES_PREVIOUS: selection.turn_changes,
        Action.CHANGES_NEXT: selection.turn_changes,
        Action.PREVIEW_PUSH: selection.preview_push,  # requesters
        Action.PREVIEW_ALL: selection.preview_all,
        Action.PREVIEW_PREVIOUS: previews.page,
        Action.PREVIEW_NEXT: previews.page,
        Action.LINE_MENU: previews.line_menu,
        Action.SHOW_CONFLICT: conflicts.show,  # people with a role for the system
        Action.KEEP_LOCAL: conflicts.keep_local,  # requester, author of the text, editors of the system
        Action.KEEP_REMOTE: conflicts.keep_remote,
        Action.KEEP_BOTH: merging.keep_both,
        Action.WRITE_MERGE: merging.write_merge,
        Action.UNDO_CHOICE: conflicts.undo_choice,
        Action.LEAVE_OUT: conflicts.leave_out,  # requester, admins
        Action.PUT_BACK: conflicts.put_back,
        Action.NEXT_CONFLICTS: conflicts.show_more,  # requester, editors, admins
        Action.KEEP_ALL_LOCAL: conflicts.keep_all_local,  # the requester alone
        Action.KEEP_ALL_REMOTE: conflicts.keep_all_remote,
        Action.REVIEW: approvals.review,  # any member
        Action.REVIEW_PREVIOUS: approvals.review_page,
        Action.REVIEW_NEXT: approvals.review_page,
        Action.APPROVE: approvals.approve,  # approvers who neither asked for it nor wrote part of it
        Action.DECLINE: approvals.decline,
        Action.WITHDRAW_DECLINE: approvals.withdraw_decline,  # who declined
        Action.PUSH_NOW: approvals.push_now,  # requester, approvers, admins
        Action.REMIND: approvals.remind,  # requester, admins
        Action.ASK_AGAIN: pushes.ask_again,  # requesters
        Action.CANCEL_PUSH: pushes.cancel_push,  # requester, admins
        Action.STOP_PUSH: pushes.cancel_push,
        Action.RETRY_FAILED: pushes.retry_failed,
        Action.UNDO_PUSH: pushes.undo_push,  # editors who may request
        Action.EVIDENCE: pushes.evidence,  # requester, who decided, admins
        Action.DIGEST_REVIEW: digests.review,  # any member
        Action.DIGEST_SNOOZE: digests.snooze,
        Action.DIGEST_TEST: personal.test,
        Action.HISTORY: histories.over_form,  # any member; what others did: people with a role
        Action.HISTORY_NEWER: histories.turn,
        Action.HISTORY_OLDER: histories.turn,
        Action.HISTORY_CSV: histories.csv,
        Action.REVERT: editing.revert,  # editors of the system
        Action.OPEN_RECORD: pushes.open_record,
        Action.OPEN_AGAIN: commands.open_again,  # any member: the command's own rules decide
    }
    for action, listener in routes.items():
        app.action(action.value)(guarded(listener))
    for menu in (Action.FILTER_SYSTEM, Action.FILTER_FAMILY, Action.FILTER_OWNER):
        app.options(menu.value)(guarded(selection.offer))
    app.event("member_joined_channel")(guarded(Channels(its).joined))
    app.view(Callback.SELECT.value)(guarded(selection.select_submitted))
    app.view(Callback.PREVIEW.value)(guarded(previews.submitted))
    app.view(Callback.DECLINE.value)(guarded(approvals.decline_submitted))
    app.view(Callback.VERDICT.value)(guarded(approvals.verdict_submitted))
    app.view(Callback.KEEP_BOTH.value)(guarded(merging.keep_both_submitted))
    app.view(Callback.MERGE.value)(guarded(merging.merge_submitted))
    app.view(Callback.EDIT.value)(guarded(editing.submitted))
    app.view(Callback.SETTINGS.value)(guarded(personal.submitted))
