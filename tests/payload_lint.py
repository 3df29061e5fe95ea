"""The limits check over everything that is drawn for Slack, written from Slack's reference and not from our drawings.

`lint` raises AssertionError with all faults of a message (`{"text", "blocks"}`), a modal or a Home view. It also holds
our own rules: a fallback text that tells the story, labels that a screen reader can say, no meaning by signs alone,
nothing unescaped, and a budget for the whole message, because Slack refuses long ones without naming a number.
"""

import re
import unicodedata
from collections.abc import Iterator
from typing import Any

from bot.actions import Action, Callback, decode
from bot.views.parts.blocks import REASON
from bot.views.parts.fields import TYPED

MESSAGE_CHARACTERS = 9_000
UPDATE_TEXT = 4_000
TELLING_WORDS = 3
LABELS_CLEAR_ALONE = 3

_BLOCKS = {"header", "section", "context", "actions", "divider", "rich_text", "input", "table"}
_MESSAGE_ONLY = {"table"}
_TOKEN = re.compile(r"<(@[UW]\w+|#C\w+|!subteam\^\w+|!date\^\d+\^[^|<>]+\|[^|<>]+|https?://[^|<>\s]+\|[^|<>]+)>")
_ESCAPE = re.compile(r"&(amp|lt|gt);")
_BROADCAST = re.compile(r"@(here|channel|everyone)\b", re.IGNORECASE)
_MISLEADING = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\u0000-\u0008\u000b-\u001f]")
_PARAGRAPHS = {"rich_text_section", "rich_text_quote"}
_ISOLATE, _END = "\u2067", "\u2069"

Payload = dict[str, Any]


def lint(payload: Payload) -> None:
    """Raise AssertionError naming every fault of the payload."""
    faults = faults_of(payload)
    assert not faults, "\n".join(faults)


def faults_of(payload: Payload) -> list[str]:
    """What is wrong with the payload, each with its place."""
    if payload.get("type") in ("modal", "home"):
        return [*_view_faults(payload), *_blocks_faults(payload["blocks"], is_message=False)]
    return [*_message_faults(payload), *_blocks_faults(payload["blocks"], is_message=True)]


def _message_faults(payload: Payload) -> Iterator[str]:
    text, blocks = payload.get("text", ""), payload["blocks"]
    if set(payload) != {"text", "blocks"}:
        yield f"message: unexpected fields {set(payload)}"
    if len(text) > UPDATE_TEXT:
        yield f"text: {len(text)} characters are too many for chat.update"
    if len(re.findall(r"[^\W\d_]{2,}", _without_tokens(text))) < TELLING_WORDS:
        yield f"text: tells no story: {text!r}"
    headline = next((block["text"]["text"] for block in blocks if block["type"] == "header"), "")
    missing = [number for number in re.findall(r"#?\d[\d,]*", headline) if number not in text]
    if missing:
        yield f"text: does not say {missing} of the headline"
    yield from _markup_faults("text", text)
    yield from _danger_faults("text", text)
    if len(blocks) > 50:
        yield f"blocks: {len(blocks)} are more than 50"
    total = sum(len(piece) for _, piece in _texts(blocks, "blocks"))
    if total > MESSAGE_CHARACTERS:
        yield f"blocks: {total} characters are over the budget of {MESSAGE_CHARACTERS}"
    primary = sum(node.get("style") == "primary" for _, node in _nodes(blocks, "") if node.get("type") == "button")
    if primary > 1:
        yield "blocks: more than one primary button"


def _view_faults(view: Payload) -> Iterator[str]:
    if len(view["blocks"]) > 100:
        yield f"blocks: {len(view['blocks'])} are more than 100"
    if len(view.get("private_metadata", "")) > 3_000:
        yield "private_metadata: longer than 3000"
    if view["type"] == "modal":
        if "title" not in view:
            yield "title: missing"
        for name in ("title", "submit", "close"):
            if name in view and not 1 <= len(view[name]["text"]) <= 24:
                yield f"{name}: must have 1 to 24 characters"
        if view.get("callback_id") not in set(Callback):
            yield f"callback_id: {view.get('callback_id')!r} has no listener"
    asks = any(block["type"] == "input" for block in view["blocks"])
    if asks and view["type"] == "modal" and "submit" not in view:
        yield "submit: missing beside an input"


def _blocks_faults(blocks: list[Payload], *, is_message: bool) -> Iterator[str]:
    seen: set[str] = set()
    for index, block in enumerate(blocks):
        at = f"blocks[{index}]"
        if block["type"] not in _BLOCKS or (block["type"] in _MESSAGE_ONLY and not is_message):
            yield f"{at}: {block['type']} may not stand here"
        block_id = block.get("block_id")
        if block_id is not None and (block_id in seen or not 1 <= len(block_id) <= 255):
            yield f"{at}: block_id {block_id!r} is too long or not unique"
        seen.add(block_id or "")
        yield from _shape_faults(at, block)
        ids = [element.get("action_id") for element in block.get("elements", []) if "action_id" in element]
        if len(ids) != len(set(ids)):
            yield f"{at}: action ids are not unique: {ids}"
    for at, node in _nodes(blocks, "blocks"):
        yield from _node_faults(at, node)
    for at, text in _texts(_without_isolates(blocks), "blocks"):
        yield from _danger_faults(at, text)
    for at, text in _texts([block for block in blocks if block["type"] != "rich_text"], "blocks"):
        yield from _sign_faults(at, text)


def _shape_faults(at: str, block: Payload) -> Iterator[str]:
    limits = {"header": 150, "section": 3_000}
    if block["type"] in limits and "text" in block and len(block["text"]["text"]) > limits[block["type"]]:
        yield f"{at}: longer than {limits[block['type']]}"
    if block["type"] == "header" and block["text"]["type"] != "plain_text":
        yield f"{at}: a header is plain text"
    if len(block.get("fields", [])) > 10 or any(len(field["text"]) > 2_000 for field in block.get("fields", [])):
        yield f"{at}: more than 10 fields or one longer than 2000"
    most = {"context": 10, "actions": 25}.get(block["type"])
    if most is not None and not 1 <= len(block["elements"]) <= most:
        yield f"{at}: must have 1 to {most} elements"
    if block["type"] == "context" and any(len(element["text"]) > 2_000 for element in block["elements"]):
        yield f"{at}: an element is longer than 2000"
    if block["type"] == "input" and len(block["label"]["text"]) > 2_000:
        yield f"{at}: the label is longer than 2000"
    if block["type"] == "table" and not (
        1 <= len(block["rows"]) <= 100 and all(len(row) <= 20 for row in block["rows"])
    ):
        yield f"{at}: must have 1 to 100 rows of at most 20 cells"


def _node_faults(at: str, node: Payload) -> Iterator[str]:
    kind = node.get("type")
    if "action_id" in node:
        yield from _action_faults(at, node)
    yield from _ELEMENTS[kind](at, node) if kind in _ELEMENTS else ()
    if kind == "mrkdwn":
        yield from _markup_faults(at, node["text"])
        if node.get("verbatim") is not True:
            yield f"{at}: Slack would add links and mentions of its own (verbatim is not set)"
    if kind in ("mrkdwn", "plain_text", "text") and not node["text"]:
        yield f"{at}: empty text"
    if kind == "plain_text" and node.get("emoji") is not False:
        yield f"{at}: Slack would turn :names: into pictures"
    if "confirm" in node and isinstance(node["confirm"], dict) and "deny" in node["confirm"]:
        limits = {"title": 100, "text": 300, "confirm": 30, "deny": 30}
        yield from (
            f"{at}.confirm.{name}: longer than {most}"
            for name, most in limits.items()
            if len(node["confirm"][name]["text"]) > most
        )
    if kind == "plain_text_input" and node.get("max_length", 0) > 3_000:
        yield f"{at}: takes more than 3000 characters"


def _action_faults(at: str, node: Payload) -> Iterator[str]:
    if node["action_id"] not in {*Action, REASON, TYPED}:
        yield f"{at}: {node['action_id']!r} has no listener"
    if "value" in node:
        decode(node["value"])


def _button_faults(at: str, node: Payload) -> Iterator[str]:
    label, spoken = node["text"]["text"], node.get("accessibility_label", "")
    if len(label) > 75 or len(spoken) > 75:
        yield f"{at}: label or accessibility_label longer than 75"
    if len(label.split()) < LABELS_CLEAR_ALONE and len(spoken.split()) < LABELS_CLEAR_ALONE:
        yield f"{at}: {label!r} is not clear alone and has no accessibility_label that is"
    if spoken and label.casefold() not in spoken.casefold():
        yield f"{at}: {spoken!r} is not found by who says what is written on it, {label!r} (WCAG 2.5.3)"
    if len(node.get("value", "")) > 2_000 or len(node.get("url", "")) > 3_000:
        yield f"{at}: value longer than 2000 or url longer than 3000"
    if "url" in node and not node["url"].startswith(("https://", "slack://app?")):
        yield f"{at}: {node['url']!r} is neither an https address nor one of Slack's own"
    if "url" not in node and "value" not in node:
        yield f"{at}: carries nothing"


def _option_faults(at: str, node: Payload) -> Iterator[str]:
    options, values = node["options"], [option["value"] for option in node["options"]]
    least, most = (2, 5) if node["type"] == "overflow" else (1, 10)
    if not least <= len(options) <= most:
        yield f"{at}: must have {least} to {most} options"
    if len(values) != len(set(values)):
        yield f"{at}: two options have one value"
    for option in options:
        long = [name for name in ("text", "description") if len(option.get(name, {}).get("text", "")) > 75]
        if long or len(option["value"]) > 150:
            yield f"{at}: option {option['text']['text']!r} is too long"
    if "initial_options" in node and not (
        node["initial_options"] and all(i in options for i in node["initial_options"])
    ):
        yield f"{at}: initial options are none, or are not among the options"


def _menu_faults(at: str, node: Payload) -> Iterator[str]:
    if not 1 <= len(node.get("placeholder", {}).get("text", "")) <= 150:
        yield f"{at}: a menu is known by its placeholder, of 1 to 150 characters"
    options = node.get("options", [])
    if node["type"] == "static_select" and not 1 <= len(options) <= 100:
        yield f"{at}: must have 1 to 100 options"
    for choice in [*options, *([node["initial_option"]] if "initial_option" in node else [])]:
        if len(choice["text"]["text"]) > 75 or len(choice["value"]) > 75:
            yield f"{at}: option {choice['text']['text']!r} is too long"


def _markup_faults(at: str, text: str) -> Iterator[str]:
    rest = _without_tokens(text)
    if "<" in rest or ">" in rest.replace("\n> ", ""):
        yield f"{at}: unescaped < or >: {rest!r}"
    if "&" in _ESCAPE.sub("", rest):
        yield f"{at}: unescaped &: {rest!r}"


def _danger_faults(at: str, text: str) -> Iterator[str]:
    if _BROADCAST.search(text):
        yield f"{at}: would call everybody: {text!r}"
    if _MISLEADING.search(text):
        yield f"{at}: holds control or direction signs: {text!r}"


def _without_isolates(node: Any) -> Any:
    """The blocks without the direction signs that our drawings set: one pair around a whole paragraph of rich text."""
    if isinstance(node, list):
        return [_without_isolates(part) for part in node]
    if not isinstance(node, dict):
        return node
    parts = node.get("elements", [])
    if node.get("type") in _PARAGRAPHS and parts and parts[0].get("text", "").startswith(_ISOLATE):
        closed = parts[-1]["text"].endswith(_END) and sum(part["text"].count(_END) for part in parts) == 1
        texts = [part["text"] for part in parts]
        if closed:
            texts = [texts[0][1:], *texts[1:]]
            texts[-1] = texts[-1][:-1]
        return {**node, "elements": [{**part, "text": text} for part, text in zip(parts, texts, strict=True)]}
    return {name: _without_isolates(part) for name, part in node.items()}


def _sign_faults(at: str, text: str) -> Iterator[str]:
    """Our own words must be words; statement text, which stands in rich text only, may be what it likes."""
    if not any(unicodedata.category(sign)[0] in "LN" for sign in text) and text != "–":
        yield f"{at}: says nothing without its signs: {text!r}"


_ELEMENTS = {
    "button": _button_faults,
    "checkboxes": _option_faults,
    "overflow": _option_faults,
    "radio_buttons": _option_faults,
    "static_select": _menu_faults,
    "external_select": _menu_faults,
}


def _without_tokens(text: str) -> str:
    return _TOKEN.sub("", text)


def _nodes(node: Any, at: str) -> Iterator[tuple[str, Payload]]:
    if isinstance(node, list):
        for index, part in enumerate(node):
            yield from _nodes(part, f"{at}[{index}]")
    elif isinstance(node, dict):
        yield at, node
        for name, part in node.items():
            yield from _nodes(part, f"{at}.{name}")


def _texts(node: Any, at: str) -> Iterator[tuple[str, str]]:
    """Every piece of text that is shown, with its place."""
    for place, part in _nodes(node, at):
        if isinstance(part.get("text"), str):
            yield f"{place}.text", part["text"]
