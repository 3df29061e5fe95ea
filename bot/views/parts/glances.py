"""Push requests on one line each, wherever they are listed."""

from bot.views.parts.markup import Mrkdwn, counted, link, marked, mention, together, when
from bot.views.parts.ticking import CardUrl
from core.domain.push import RequestState
from core.models.home import RequestGlance

_PUSHED = (RequestState.PUSHING, RequestState.PARTLY, RequestState.DONE, RequestState.FAILED)


def glance_line(request: RequestGlance, card_url: CardUrl) -> Mrkdwn:
    """A push request on one line, leading to its card where that is in Slack."""
    name = f"Push request #{request.number}"
    url = card_url(request.channel, request.ts) if request.ts else ""
    size = counted(request.statements, "statement")
    if request.pushed or request.state in _PUSHED:
        size = f"{request.pushed:,} of {size} pushed"
    who = marked("by {}", mention(request.requester)) if request.requester else ""
    return together(
        [marked("• *{}*", link(url, name) if url else name), request.state_words, size, who, when(request.at)]
    )
