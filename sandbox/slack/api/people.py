"""users.*, usergroups.*, bots.*, team.*, auth.*: who is there, and who asks."""

from typing import Any

from sandbox.slack.api.paging import page_of
from sandbox.slack.arguments import Arguments
from sandbox.slack.refusal import Refusal
from sandbox.slack.sample import BOT_NAME
from sandbox.slack.team import Team

Answer = dict[str, Any]


def auth_test(ws: Team, _args: Arguments) -> Answer:
    """auth.test: whose token this is."""
    return {
        "url": f"https://{ws.team_domain}.slack.com/",
        "team": ws.team_name,
        "user": BOT_NAME,
        "team_id": ws.team_id,
        "user_id": ws.bot_user_id,
        "bot_id": ws.bot_id,
        "app_id": ws.app_id,
        "is_enterprise_install": False,
    }


def api_test(_ws: Team, args: Arguments) -> Answer:
    """api.test: echoes, or fails by the name it is asked to fail with."""
    if "error" in args:
        raise Refusal(args.needed("error"), args=args.values)
    return {"args": args.values}


def users_info(ws: Team, args: Arguments) -> Answer:
    """users.info."""
    user = ws.directory.users.get(args.needed("user"))
    if user is None:
        raise Refusal("user_not_found")
    with_email = "users:read.email" in ws.scopes
    return {"user": user.as_slack(with_email=with_email, with_locale=args.flag("include_locale"))}


def users_list(ws: Team, args: Arguments) -> Answer:
    """users.list, in pages."""
    people, metadata = page_of(list(ws.directory.users.values()), args)
    with_email = "users:read.email" in ws.scopes
    with_locale = args.flag("include_locale")
    return {
        "members": [user.as_slack(with_email=with_email, with_locale=with_locale) for user in people],
        "response_metadata": metadata,
    }


def users_lookup_by_email(ws: Team, args: Arguments) -> Answer:
    """users.lookupByEmail: people who have left are not found."""
    email = args.needed("email").lower()
    found = [user for user in ws.directory.users.values() if user.email and user.email.lower() == email]
    if not found or found[0].deleted:
        raise Refusal("users_not_found")
    return {"user": found[0].as_slack(with_email=True)}


def users_conversations(ws: Team, args: Arguments) -> Answer:
    """users.conversations: the channels of a person, or of the bot when none is named."""
    user = args.text("user") or ws.bot_user_id
    if user not in ws.directory.users:
        raise Refusal("user_not_found")
    channels = [channel for channel in ws.channels_of_types(args.text("types")) if user in channel.members]
    visible = [channel for channel in channels if ws.bot_sees(channel)]
    shown, metadata = page_of(visible, args)
    return {"channels": [channel.as_slack(ws.bot_user_id) for channel in shown], "response_metadata": metadata}


def usergroups_list(ws: Team, args: Arguments) -> Answer:
    """usergroups.list."""
    groups = [group for group in ws.directory.groups.values() if args.flag("include_disabled") or not group.is_disabled]
    with_users = args.flag("include_users")
    return {"usergroups": [group.as_slack(ws.team_id, with_users=with_users) for group in groups]}


def usergroups_users_list(ws: Team, args: Arguments) -> Answer:
    """usergroups.users.list."""
    group = ws.directory.groups.get(args.needed("usergroup"))
    if group is None or (group.is_disabled and not args.flag("include_disabled")):
        raise Refusal("no_such_subteam")
    return {"users": list(group.users)}


def bots_info(ws: Team, args: Arguments) -> Answer:
    """bots.info."""
    if args.text("bot", ws.bot_id) != ws.bot_id:
        raise Refusal("bot_not_found")
    return {
        "bot": {
            "id": ws.bot_id,
            "deleted": False,
            "name": BOT_NAME,
            "updated": 1_700_000_000,
            "app_id": ws.app_id,
            "user_id": ws.bot_user_id,
            "icons": {},
        }
    }


def team_info(ws: Team, _args: Arguments) -> Answer:
    """team.info."""
    domain = ws.team_domain
    return {
        "team": {"id": ws.team_id, "name": ws.team_name, "domain": domain, "email_domain": "example.com", "icon": {}}
    }
