"""The card of a push request: one message in the channel, drawn anew in every state."""

from collections.abc import Callable

from bot.views.parts.blocks import Block, Message, actions, header, message, section
from bot.views.parts.markup import cut, marked, name_of, together
from bot.views.requests.progress import pushing_story
from bot.views.requests.results import ended_story, unpushed_story
from bot.views.requests.story import Story, asked, title_of, why_not_sent
from bot.views.requests.waiting import settling_story, waiting_story
from core.domain.push import OPEN_STATES, RequestState
from core.models.requests import RequestCard

_BEFORE = {
    RequestState.DRAFT: settling_story,
    RequestState.SETTLING: settling_story,
    RequestState.WAITING: waiting_story,
    RequestState.PUSHING: pushing_story,
}
_UNPUSHED = (RequestState.DECLINED, RequestState.EXPIRED, RequestState.SUPERSEDED)


def request_message(card: RequestCard, record_url: Callable[[str], str]) -> Message:
    """The card as it stands; `record_url` gives the address of a record in ServiceNow by its sys_id."""
    story = _story(card, record_url)
    reason = marked(" Reason: {}", cut(card.reason.strip(), 300)) if card.reason.strip() else ""
    pause = why_not_sent(card) if card.state in OPEN_STATES else ""
    told = marked("{}{}{}", story.told, f" {pause}" if pause else "", reason)
    text = marked("{}, by {} to {}: {}", title_of(card), name_of(card.requester), card.host, told)
    return message(
        text,
        header(title_of(card)),
        section(story.headline),
        section(asked(card)),
        *story.body,
        actions(*story.buttons),
    )


def standing_section(card: RequestCard, record_url: Callable[[str], str]) -> Block:
    """Which request it is, how it stands, and who asked for it, in one paragraph with nothing to click."""
    headline = _story(card, record_url).headline
    return section(together([marked("*{}*", title_of(card)), headline, asked(card)], "\n"))


def _story(card: RequestCard, record_url: Callable[[str], str]) -> Story:
    if card.state in _UNPUSHED:
        return unpushed_story(card)
    return _BEFORE.get(card.state, ended_story)(card, record_url)
