"""views.*: modals and Home."""

from typing import Any

from sandbox.slack.arguments import Arguments
from sandbox.slack.definitions import checked_definition
from sandbox.slack.refusal import Refusal, invalid_arguments
from sandbox.slack.team import Team
from sandbox.slack.views import View

Answer = dict[str, Any]


def open_view(ws: Team, args: Arguments) -> Answer:
    """views.open: a trigger id is exchanged for one modal."""
    definition = _definition(args, "modal")
    view = ws.modals.open(ws.tickets.spend_trigger(args.needed("trigger_id")), definition)
    return _shown(ws, view, "views")


def push_view(ws: Team, args: Arguments) -> Answer:
    """views.push: a modal on top of the open ones, three at most."""
    definition = _definition(args, "modal")
    view = ws.modals.push(ws.tickets.spend_trigger(args.needed("trigger_id")), definition)
    return _shown(ws, view, "views")


def update_view(ws: Team, args: Arguments) -> Answer:
    """views.update: a closed view is not_found, a stale hash is hash_conflict."""
    if "view_id" not in args and "external_id" not in args:
        raise invalid_arguments("missing required field: view_id or external_id")
    view = ws.modals.find(args.text("view_id"), args.text("external_id"))
    definition = _definition(args, "modal" if view is None else view.definition["type"])
    if view is None:
        raise Refusal("not_found")
    ws.modals.update(view, definition, args.text("hash"))
    return _shown(ws, view, "home" if definition["type"] == "home" else "views")


def publish_view(ws: Team, args: Arguments) -> Answer:
    """views.publish: a person's Home."""
    user = args.needed("user_id")
    definition = _definition(args, "home")
    person = ws.directory.users.get(user)
    if person is None or person.deleted:
        raise invalid_arguments("invalid `user_id`")
    return _shown(ws, ws.modals.publish(user, definition, args.text("hash")), "home")


def _definition(args: Arguments, surface: str) -> dict[str, Any]:
    if "view" not in args:
        raise invalid_arguments("missing required field: view")
    return checked_definition(args.structure("view", malformed="invalid_arguments"), surface)


def _shown(ws: Team, view: View, notice: str) -> Answer:
    ws.feed.publish(notice, to=view.user, view_id=view.id)
    return {"view": view.as_slack(ws.app_id, ws.bot_id)}
