"""Push requests as `/grcpush` tells of them: where one stands, and which there were."""

from collections.abc import Callable

from bot.actions import ButtonValue
from bot.views.parts.blocks import Message, actions, context, list_sections, message, section
from bot.views.parts.glances import glance_line
from bot.views.parts.markup import Mrkdwn, counted, link, marked, together
from bot.views.parts.ticking import CardUrl
from bot.views.people.deeds import history_buttons, page_words
from bot.views.requests.card import request_message, standing_section
from core.models.home import PastPushes
from core.models.requests import RequestCard

_TOLD = 5


def standing_message(card: RequestCard, url: str, record_url: Callable[[str], str]) -> Message:
    """Where the push request stands, in the words of its card, and the way to it; `url` is empty before it is drawn."""
    way = link(url, "Open the card") if url else Mrkdwn("Its card is not in Slack yet.")
    return message(request_message(card, record_url).text, standing_section(card, record_url), context(way))


def past_pushes_message(past: PastPushes, asked: str, card_url: CardUrl, carried: ButtonValue) -> Message:
    """The push requests that were asked for, one on a line; `asked` says which, as in `by you, in Payroll Cloud`.

    `carried` is what the buttons carry.
    """
    which = f" {asked}" if asked else ""
    if not past.requests:
        told = f"There is no push request{which}."
        return message(told, section(told))
    head = f"{counted(past.total, 'push request')}{which}, the newest first"
    names = [f"#{one.number} {one.state_words.lower()}" for one in past.requests[:_TOLD]]
    rest, place = len(past.requests) - len(names), page_words(past.page, past.pages)
    more = f" and {rest} more" if rest else ""
    lines = [glance_line(one, card_url) for one in past.requests]
    small = Mrkdwn("`/grcpush status 42` tells of one")
    return message(
        f"{head}. {together([place, ', '.join(names)], ': ')}{more}.",
        section(marked("*{}*", head)),
        *list_sections(lines),
        context(together([place, small])),
        actions(*history_buttons(carried, past.page, past.pages)),
    )
