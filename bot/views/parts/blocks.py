"""The blocks and elements of Slack messages: plain dicts that are escaped and within Slack's limits.

The limits are those of Slack's Block Kit reference: what can be shortened is shortened, visibly; what cannot (too many
blocks or choices) raises ValueError, because it is a mistake of the drawing and not of the data.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from bot.actions import Action, ButtonValue, Callback
from bot.views.parts.markup import Mrkdwn, cut, escaped, marked
from core.text.display import safe_display, shortened

Block = dict[str, Any]
Element = dict[str, Any]
View = dict[str, Any]

MESSAGE_BLOCKS = 50
VIEW_BLOCKS = 100
SECTION = 3_000
CONTEXT = 2_000
HEADER = 150
LABEL = 75
TITLE = 24
# chat.update refuses longer fallback texts; this leaves room for what escaping adds.
MESSAGE_TEXT = 3_500

REASON = "reason"
"""Block id and action id of the field that asks for a reason."""
LONGEST_REASON = 500


@dataclass(frozen=True)
class Message:
    """A message: `text` tells the whole story to notifications and screen readers, `blocks` draw it."""

    text: Mrkdwn
    blocks: list[Block]


def message(text: str, *blocks: Block | None) -> Message:
    """A message of those blocks that are there. Raises ValueError for more than Slack takes."""
    drawn = [block for block in blocks if block is not None]
    if len(drawn) > MESSAGE_BLOCKS:
        raise ValueError(f"a message has at most {MESSAGE_BLOCKS} blocks")
    return Message(cut(escaped(text), MESSAGE_TEXT), drawn)


@dataclass(frozen=True)
class Submission:
    """What a modal does when it is sent: who is told, what is carried along, and the words on the button."""

    callback: Callback
    value: ButtonValue | None = None
    label: str = ""


def modal(title: str, submission: Submission, *blocks: Block | None, close: str = "Close") -> View:
    """A modal; without a label in the submission it can only be closed. Raises ValueError for too many blocks."""
    drawn = [block for block in blocks if block is not None]
    if len(drawn) > VIEW_BLOCKS:
        raise ValueError(f"a modal has at most {VIEW_BLOCKS} blocks")
    view: View = {
        "type": "modal",
        "callback_id": submission.callback.value,
        "title": plain(title, TITLE),
        "close": plain(close, TITLE),
        "private_metadata": submission.value.encode() if submission.value else "",
        "blocks": drawn,
    }
    if submission.label:
        view["submit"] = plain(submission.label, TITLE)
    return view


def plain(text: str, limit: int = LABEL) -> Element:
    """Words on one line without markup; `:name:` stays what it is and becomes no picture."""
    return {"type": "plain_text", "text": shortened(safe_display(text), limit) or "–", "emoji": False}


def mrkdwn(text: str, limit: int = SECTION) -> Element:
    """Text with markup, escaped unless it is marked up already; Slack adds no links or mentions of its own."""
    return {"type": "mrkdwn", "text": cut(escaped(text), limit) or "–", "verbatim": True}


def header(text: str) -> Block:
    """A headline."""
    return {"type": "header", "text": plain(text, HEADER)}


def section(text: str, accessory: Element | None = None) -> Block:
    """A paragraph, with something to click beside it."""
    block: Block = {"type": "section", "text": mrkdwn(text)}
    return block if accessory is None else {**block, "accessory": accessory}


def context(text: str) -> Block:
    """Small print."""
    return {"type": "context", "elements": [mrkdwn(text, CONTEXT)]}


def divider() -> Block:
    """A line."""
    return {"type": "divider"}


def list_section(lines: Sequence[str], *, total: int, rest: str = "… and {} more") -> Block | None:
    """One section with a line for each as far as there is room, and how many of `total` are not shown.

    None for no lines.
    """
    if not lines:
        return None
    shown: list[Mrkdwn] = []
    room = SECTION - HEADER
    for line in lines:
        text = cut(escaped(line), SECTION // 4)
        room -= len(text) + 1
        if room < 0:
            break
        shown.append(text)
    if len(shown) < total:
        shown.append(marked(rest, f"{total - len(shown):,}"))
    return section(Mrkdwn("\n".join(shown)))


def list_sections(lines: Iterable[Mrkdwn]) -> Iterator[Block]:
    """A line for each, in as few sections as hold them; only a line too long for a section is shortened."""
    shown = ""
    for line in lines:
        text = cut(line, SECTION // 4)
        if shown and len(shown) + len(text) >= SECTION:
            yield section(Mrkdwn(shown))
            shown = ""
        shown = f"{shown}\n{text}" if shown else text
    if shown:
        yield section(Mrkdwn(shown))


def actions(*elements: Element | None) -> Block | None:
    """A row of things to click; None when there is none."""
    drawn = [element for element in elements if element is not None]
    return {"type": "actions", "elements": drawn} if drawn else None


def button(
    label: str,
    action: Action,
    value: ButtonValue,
    *,
    spoken: str,
    style: Literal["primary", "danger"] | None = None,
    confirm: Element | None = None,
) -> Element:
    """A button. `spoken` is what a screen reader says: it must be clear without the message around it."""
    element: Element = {
        "type": "button",
        "text": plain(label),
        "action_id": action.value,
        "value": value.encode(),
        "accessibility_label": shortened(safe_display(spoken), LABEL),
    }
    optional = {"style": style, "confirm": confirm}
    return element | {name: part for name, part in optional.items() if part is not None}


def link_button(label: str, url: str, *, spoken: str) -> Element:
    """A button that opens a page."""
    return {
        "type": "button",
        "text": plain(label),
        "action_id": Action.OPEN_RECORD.value,
        "url": url,
        "accessibility_label": shortened(safe_display(spoken), LABEL),
    }


def confirmation(title: str, text: str, *, yes: str, no: str) -> Element:
    """The question asked before a click counts."""
    return {"title": plain(title, 100), "text": mrkdwn(text, 300), "confirm": plain(yes, 30), "deny": plain(no, 30)}


def option(text: str, value: str, description: str = "") -> Element:
    """One choice. The text is shown as it is; the description may be marked up. Raises ValueError for a long value."""
    if len(value) > 150:
        raise ValueError("the value of an option has at most 150 characters")
    choice: Element = {"text": plain(text), "value": value}
    return {**choice, "description": mrkdwn(description, LABEL)} if description else choice


def checkboxes(action: Action, options: Sequence[Element], ticked: Iterable[Element]) -> Element:
    """Boxes to tick. Raises ValueError for none or for more than ten."""
    if not 1 <= len(options) <= 10:
        raise ValueError("there are 1 to 10 boxes in a group")
    element: Element = {"type": "checkboxes", "action_id": action.value, "options": list(options)}
    initial = [choice for choice in options if choice in list(ticked)]
    return {**element, "initial_options": initial} if initial else element


def overflow(action: Action, options: Sequence[Element]) -> Element:
    """A small menu."""
    return {"type": "overflow", "action_id": action.value, "options": list(options)}


def reason_input(label: str, *, hint: str, optional: bool = False, initial: str = "") -> Block:
    """A field for a sentence or two, with `initial` in it on one line; read it as `values[REASON][REASON]`."""
    element: Element = {
        "type": "plain_text_input",
        "action_id": REASON,
        "multiline": not optional,
        "max_length": LONGEST_REASON,
    }
    if offered := shortened(initial, LONGEST_REASON):
        element["initial_value"] = offered
    block: Block = {
        "type": "input",
        "block_id": REASON,
        "label": plain(label),
        "element": element,
        "optional": optional,
    }
    return {**block, "hint": plain(hint, 150)}
