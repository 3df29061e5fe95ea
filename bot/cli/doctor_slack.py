"""The Slack part of `grcpush doctor`: token, scopes, channel, user groups."""

from collections.abc import AsyncIterator

from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.client import slack_client
from bot.slack.errors import SLACK_TROUBLE, error_name
from bot.slack.manifest import SCOPES
from bot.slack.shared_channels import is_shared
from bot.slack.signin import signed_in, socket_address
from core.config import Settings
from core.domain.actor import Role
from core.errors import Refused

Line = dict[str, str]
_INSTALL_AGAIN = "Update the app from `grcpush manifest`, and install it again."


def line(level: str, subject: str, sentence: str, next_step: str = "") -> Line:
    """One remark: ok, warn or fail; about what; in a sentence; and what to do."""
    return {"level": level, "subject": subject, "sentence": sentence, "next_step": next_step}


async def examine_slack(settings: Settings) -> list[Line]:
    """Everything that is to be said about Slack."""
    if settings.slack_bot_token is None:
        sentence = "no bot token is set, so only the command line works."
        return [line("warn", "Slack", sentence, "Set GRCPUSH_SLACK_BOT_TOKEN.")]
    async with slack_client(settings.slack_bot_token, settings.slack_api_url) as client:
        try:
            identity = await signed_in(client)
        except Refused as error:
            return [line("fail", "Slack", error.sentence, error.next_step)]
        lines = [line("ok", "Slack", f"signed in to {identity.team} as {identity.user}.")]
        lines += [await check(client, settings) for check in (_deliveries, _scopes, _channel)]
        return lines + [each async for each in _groups(client, settings)]


async def _deliveries(client: AsyncWebClient, settings: Settings) -> Line:
    """How Slack's clicks and commands come in."""
    if settings.slack_app_token is None:
        if not settings.slack_signing_secret:
            return line(
                "fail",
                "Slack deliveries",
                "neither a signing secret nor an app token is set.",
                "Set GRCPUSH_SLACK_SIGNING_SECRET (HTTP) or GRCPUSH_SLACK_APP_TOKEN (Socket Mode).",
            )
        return line("ok", "Slack deliveries", "over HTTP, to /slack/events; the signing secret is set.")
    try:
        await socket_address(client, settings.slack_app_token.get_secret_value())
    except Refused as error:
        return line("fail", "Slack deliveries", error.sentence, error.next_step)
    return line("ok", "Slack deliveries", "over Socket Mode; the app token works.")


async def _scopes(client: AsyncWebClient, _settings: Settings) -> Line:
    """What the token may do, held against what is needed; Slack says it with every answer."""
    try:
        answer = await client.auth_test()
    except SLACK_TROUBLE as error:
        return line("fail", "Slack scopes", f"cannot be read ({error_name(error)}).", "Try again in a moment.")
    headers = {name.lower(): value for name, value in answer.headers.items()}
    granted = {scope for scope in headers.get("x-oauth-scopes", "").split(",") if scope}
    missing = [f"{scope} (for {purpose})" for scope, purpose in SCOPES.items() if scope not in granted]
    if missing:
        return line("fail", "Slack scopes", f"missing: {', '.join(missing)}.", _INSTALL_AGAIN)
    more = sorted(granted - set(SCOPES) - {"identify"})
    if more:
        return line("warn", "Slack scopes", f"more than are needed: {', '.join(more)}.", _INSTALL_AGAIN)
    return line("ok", "Slack scopes", f"all {len(SCOPES)} are granted.")


async def _channel(client: AsyncWebClient, settings: Settings) -> Line:
    channel = settings.slack_channel
    if channel is None:
        sentence = "none is set: cards go to the requester's direct messages, and a requester whom Slack does not know gets none."
        return line("warn", "Slack channel", sentence, "Set GRCPUSH_SLACK_CHANNEL.")
    try:
        info = (await client.conversations_info(channel=channel))["channel"]
    except SLACK_TROUBLE as error:
        sentence = f"{channel} cannot be seen ({error_name(error)})."
        return line("fail", "Slack channel", sentence, "Invite the bot there: /invite @grcpush.")
    name = f"#{info['name']}"
    if info.get("is_archived"):
        return line("fail", "Slack channel", f"{name} is archived.", "Set GRCPUSH_SLACK_CHANNEL to another.")
    if not info.get("is_member"):
        return line("fail", "Slack channel", f"the bot is not in {name}.", "Invite it there: /invite @grcpush.")
    if is_shared(info) and channel in settings.slack_shared_channels:
        sentence = f"{name} is shared with another organisation, which SLACK_SHARED_CHANNELS allows."
        return line("warn", "Slack channel", sentence, "Its members read every text that is posted there.")
    if is_shared(info):
        sentence = f"{name} is shared with another organisation, whose members would read the texts."
        return line("fail", "Slack channel", sentence, "Set GRCPUSH_SLACK_CHANNEL to one of your own.")
    return line("ok", "Slack channel", f"{name}, and the bot is in it.")


async def _groups(client: AsyncWebClient, settings: Settings) -> AsyncIterator[Line]:
    """Whether somebody holds each role that is given to a user group, and whether anybody may approve at all."""
    has_approvers = any(entry.role is Role.APPROVER and entry.people for entry in settings.role_grants)
    if not has_approvers and settings.approvals_required:
        sentence = "nobody is named, so no push can be approved."
        yield line("warn", "Approvers", sentence, "Set GRCPUSH_APPROVERS, or approver in [[roles]].")
    named = [name for entry in settings.role_grants for name in entry.people]
    handles = [name for name in dict.fromkeys(named) if name.startswith("@")]
    if not handles:
        return
    try:
        groups = {f"@{group['handle']}": group["id"] for group in (await client.usergroups_list())["usergroups"]}
        for handle in handles:
            yield await _group(client, handle, groups.get(handle))
    except SLACK_TROUBLE as error:
        yield line("fail", "User groups", f"cannot be read ({error_name(error)}).", _INSTALL_AGAIN)


async def _group(client: AsyncWebClient, handle: str, group_id: str | None) -> Line:
    subject = f"User group {handle}"
    if group_id is None:
        return line("fail", subject, "does not exist.", "Make it in Slack, or correct its handle in the settings.")
    members = (await client.usergroups_users_list(usergroup=group_id))["users"]
    if not members:
        return line("fail", subject, "is empty: nobody has its roles.", "Add people to it in Slack.")
    return line("ok", subject, f"has {len(members)} member{'s' if len(members) != 1 else ''}.")
