"""Text for Slack: escaped unless it is marked up on purpose, and cut where a reader would cut it."""

import datetime as dt
import re
from collections.abc import Iterable
from typing import TypeVar

from core.domain.diff_words import count_of_words
from core.models.requests import PersonView
from core.text.display import safe_display, shortened
from core.text.moments import in_utc, with_moments

_SLACK_ID = re.compile(r"[UW][A-Z0-9]{2,20}")
# Room for the longest note that says how much was cut off.
_NOTE_ROOM = 32
# In less room than this a note would displace the text it is about.
_LEAST_FOR_NOTE = 100
_LONGEST_NAME = 80

AnyText = TypeVar("AnyText", bound=str)


class Mrkdwn(str):
    """Text that is marked up for Slack already. Every other string is escaped on its way into a block.

    Only the functions below make it: joining it with plain strings gives a plain string, which is escaped once more and
    so looks wrong instead of being dangerous.
    """

    __slots__ = ()


def escaped(text: str) -> Mrkdwn:
    """The text so that Slack shows it as it is; text that is marked up already stays as it is."""
    if isinstance(text, Mrkdwn):
        return text
    safe = safe_display(text)
    return Mrkdwn(safe.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;"))


def marked(template: str, *values: object) -> Mrkdwn:
    """The template, a piece of our own markup, with the values put in place of `{}`, escaped."""
    return Mrkdwn(template.format(*(escaped(value if isinstance(value, str) else str(value)) for value in values)))


def together(parts: Iterable[str], separator: str = " · ") -> Mrkdwn:
    """The parts that are not empty, escaped where needed, with the separator between them."""
    return Mrkdwn(separator.join(escaped(part) for part in parts if part))


def capitalised(text: Mrkdwn) -> Mrkdwn:
    """The same, beginning with a capital where it begins with a letter."""
    return Mrkdwn(text[:1].upper() + text[1:])


def link(url: str, label: str) -> Mrkdwn:
    """Words that lead somewhere."""
    return marked("<{}|{}>", url.replace("|", "%7C").replace(" ", "%20"), label.replace("|", "/"))


def mention(person: PersonView | None) -> Mrkdwn:
    """A person, as Slack shows people; by name where the Slack id is not known."""
    if person is None:
        return Mrkdwn("somebody")
    if has_slack_id(person):
        return Mrkdwn(f"<@{person.slack_user_id}>")
    return escaped(name_of(person))


def has_slack_id(person: PersonView) -> bool:
    """Whether Slack can be told whom we mean."""
    return bool(person.slack_user_id and _SLACK_ID.fullmatch(person.slack_user_id))


def name_of(person: PersonView | None) -> str:
    """The person's name on one line, as plain text."""
    return shortened(safe_display(person.name), _LONGEST_NAME) or "somebody" if person else "somebody"


def when(instant: dt.datetime, shape: str = "{date_short_pretty} {time}", elsewhere: str = "") -> Mrkdwn:
    """The moment in the reader's own time zone, by Slack's date token; in UTC where the token is not understood.

    `elsewhere` is what stands there instead, where there is no room for that.
    """
    return Mrkdwn(f"<!date^{int(instant.timestamp())}^{shape}|{elsewhere or in_utc(instant)}>")


def in_own_zone(sentence: str) -> Mrkdwn:
    """A sentence of ours, with the moments that stand in it in UTC shown in the reader's own time zone."""
    return Mrkdwn(with_moments(escaped(sentence), when))


def counted(count: int, noun: str, plural: str = "") -> str:
    """A number with its noun: `1 statement`, `1,000 statements`."""
    return f"{count:,} {noun if count == 1 else plural or noun + 's'}"


def cut(text: AnyText, limit: int) -> AnyText:
    """The text in at most `limit` characters: cut between words, never inside an escape or a token of markup.

    Says how many words are left out, where there is room for saying so.
    """
    if len(text) <= limit:
        return text
    if limit < _LEAST_FOR_NOTE:
        return type(text)(_head(text, limit - 1) + "…")
    head = _head(text, limit - _NOTE_ROOM)
    left_out = count_of_words(text[len(head) :])
    return type(text)(f"{head} … ({counted(left_out, 'more word')})")


def beginning(text: str, room: int) -> str:
    """At most `room` characters from the start, ended between words, or in a long word between visible characters."""
    if len(text) <= room:
        return text
    if text[room].isspace():
        return text[:room]
    start = next((index for index in range(room, 0, -1) if text[index - 1].isspace()), 0)
    if start > room // 2:
        return text[:start]
    word = text[start:].split(maxsplit=1)[0]
    # The two letters make sure that the word is too long, so that it is cut where we ask for it.
    return text[:start] + shortened(f"{word}xx", room - start + 1).removesuffix("…")


def _head(text: str, room: int) -> str:
    head = beginning(text, room)
    return (_unbroken(head) if isinstance(text, Mrkdwn) else head).rstrip()


def _unbroken(head: str) -> str:
    """The beginning of a marked-up text without the token or escape that the cut went through."""
    for opening, closing in (("<", ">"), ("&", ";")):
        start = head.rfind(opening)
        if start >= 0 and closing not in head[start:]:
            head = head[:start]
    return head
