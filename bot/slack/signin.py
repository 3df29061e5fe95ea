"""Signing in to Slack at the start: what cannot work is said at once, in a sentence, and not tried for ever."""

from slack_bolt.authorization import AuthorizeResult
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.errors import SLACK_TROUBLE, TOKEN_IS_DEAD, error_name
from core.errors import ConfigurationError, Refused


async def signed_in(client: AsyncWebClient) -> AuthorizeResult:
    """Who the bot is in Slack. Raises ConfigurationError for a dead token, Refused when Slack cannot be asked."""
    try:
        answer = await client.auth_test()
    except SLACK_TROUBLE as error:
        raise _refusal(error, "bot token", "Install the app again and take its new token.") from error
    return AuthorizeResult.from_auth_test_response(auth_test_response=answer, bot_token=client.token)


async def socket_address(client: AsyncWebClient, app_token: str) -> str:
    """Where to connect in Socket Mode. Raises ConfigurationError for a dead token, Refused when Slack cannot be asked."""
    try:
        answer = await client.apps_connections_open(app_token=app_token)
    except SLACK_TROUBLE as error:
        raise _refusal(error, "app token", "Make a new one with the scope connections:write.") from error
    return str(answer["url"])


def _refusal(error: Exception, token: str, next_step: str) -> Refused:
    name = error_name(error)
    if name in TOKEN_IS_DEAD | {"not_allowed_token_type", "missing_scope"}:
        return ConfigurationError(f"Slack refuses the {token} (“{name}”).", next_step=next_step)
    return Refused(f"Slack cannot be reached (“{name}”).", next_step="Look at the network and SLACK_API_URL.")
