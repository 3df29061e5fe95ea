"""Slack's markup as plain reading text, for transcripts on a terminal."""

import re

_DATE = re.compile(r"<!date\^\d+\^[^|>]*\|([^>]*)>")
_LINK = re.compile(r"<(?:https?|mailto)[^|>]*\|([^>]*)>")
_BARE_LINK = re.compile(r"<((?:https?|mailto)[^|>]*)>")
_MENTION = re.compile(r"<@([A-Z0-9]+)>")
_BOLD = re.compile(r"(?<![\w*])\*(?!\s)([^*\n]+?)(?<!\s)\*(?![\w*])")


def readable(markup: str, names: dict[str, str]) -> str:
    """The text as a person reads it; `names` gives people's names by their Slack id."""
    text = _DATE.sub(r"\1", markup)
    text = _LINK.sub(r"\1", text)
    text = _BARE_LINK.sub(r"\1", text)
    text = _MENTION.sub(lambda found: "@" + names.get(found[1], found[1]), text)
    text = _BOLD.sub(r"\1", text)
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
