"""Text made safe and short for showing it to people."""

import re
import unicodedata

_BIDI = "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
_UNSEEN = (
    "\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b\u2060-\u2065\u206a-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb"
)
_CONTROLS = r"\x00-\x08\x0b-\x1f\x7f-\x84\x86-\x9f"
_STRIPPED = re.compile(f"[{_BIDI}{_UNSEEN}{_CONTROLS}\U000e0000-\U000e0fff]")
# Joiners shape Persian and Indic words and compose emoji; next to Latin text they only hide.
_IDLE_JOINER = re.compile(r"(?<![^\x00-\x7f])[\u200c\u200d]+|[\u200c\u200d]+(?![^\x00-\x7f])")
_LINE_END = re.compile(r"\r\n?|[\x0b\x0c\x85\u2028\u2029]")
_BROADCAST = re.compile(r"@(?=(?:here|channel|everyone)\b)", re.IGNORECASE)
_BACKTICKS = re.compile(r"`{2,}")
_BREAKER = "\u200b"

RIGHT_TO_LEFT, END_OF_DIRECTION = "\u2067", "\u2069"
"""An isolate of Unicode's bidirectional algorithm (UAX 9): without it our own left-to-right words in or beside a text turn
the order of its parts round."""


def safe_display(text: str) -> str:
    """The text without what could mislead a reader or call people: bidi controls, invisible and control characters.

    Broadcast words (`@here`) and runs of backticks are broken by an invisible space. Nothing is escaped here; that is
    for the place that knows the markup language. Doing it twice changes nothing.
    """
    text = _STRIPPED.sub("", _LINE_END.sub("\n", text))
    text = _IDLE_JOINER.sub("", text)
    text = _BROADCAST.sub(f"@{_BREAKER}", text)
    return _BACKTICKS.sub(lambda run: _BREAKER.join(run.group()), text)


def is_right_to_left(text: str) -> bool:
    """Whether the first letter of the text belongs to a script that is written from right to left."""
    directions = map(unicodedata.bidirectional, text)
    return next((direction for direction in directions if direction in ("L", "R", "AL")), "L") != "L"


def in_reading_order(text: str) -> str:
    """The text; one written from right to left so marked that it is laid out in that order, whatever stands around it."""
    return f"{RIGHT_TO_LEFT}{text}{END_OF_DIRECTION}" if is_right_to_left(text) else text


def shortened(text: str, limit: int) -> str:
    """The text on one line, at most `limit` characters, cut between words (in a long word: between graphemes)."""
    line = " ".join(text.split())
    if len(line) <= limit:
        return line
    head = line[: max(limit - 1, 0)]
    if line[len(head)] != " ":
        space = head.rfind(" ")
        head = head[:space] if space > len(head) // 2 else head[: _grapheme_boundary(line, len(head))]
    return head.rstrip() + "…"


def _grapheme_boundary(text: str, position: int) -> int:
    """The last place at or before `position` where a cut splits no visible character."""
    while position > 0 and _is_joined(text, position):
        position -= 1
    return position


def _is_joined(text: str, position: int) -> bool:
    before, after = text[position - 1], text[position]
    if unicodedata.category(after).startswith("M") or "\U0001f3fb" <= after <= "\U0001f3ff":
        return True
    if "\u200d" in (before, after) or "\u1160" <= after <= "\u11ff" or "\U000e0020" <= after <= "\U000e007f":
        return True
    flags = 0
    while flags < position and "\U0001f1e6" <= text[position - 1 - flags] <= "\U0001f1ff":
        flags += 1
    return flags % 2 == 1 and "\U0001f1e6" <= after <= "\U0001f1ff"
