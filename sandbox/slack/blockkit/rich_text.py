"""Rich text: sections, lists, quotes and preformatted parts, and the runs they are made of."""

from sandbox.slack.blockkit.schema import Check, array, boolean, by_type, integer, kind, one_of, record, string
from sandbox.slack.blockkit.texts import BLOCK_ID, URL

_MOST = 10_000
"""More parts than any message could hold; Slack names no number."""

_STYLE = record({}, dict.fromkeys(("bold", "italic", "strike", "code", "underline", "highlight"), boolean))
_ID = string(255)


def _run(name: str, required: dict[str, Check], optional: dict[str, Check] | None = None) -> Check:
    return record({"type": kind(name), **required}, {"style": _STYLE, **(optional or {})})


_RUNS: dict[str, Check] = {
    "text": _run("text", {"text": string(40_000)}),
    "link": _run("link", {"url": URL}, {"text": string(40_000), "unsafe": boolean}),
    "emoji": _run("emoji", {"name": string(255)}, {"unicode": string(255), "skin_tone": integer(1, 6)}),
    "user": _run("user", {"user_id": _ID}),
    "channel": _run("channel", {"channel_id": _ID}),
    "usergroup": _run("usergroup", {"usergroup_id": _ID}),
    "team": _run("team", {"team_id": _ID}),
    "broadcast": _run("broadcast", {"range": one_of("here", "channel", "everyone")}),
    "color": _run("color", {"value": string(255)}),
    "date": _run(
        "date", {"timestamp": integer(0, 9_999_999_999), "format": string(255)}, {"url": URL, "fallback": string(255)}
    ),
}

_ANY_RUN = by_type(_RUNS)
_BORDER: dict[str, Check] = {"border": integer(0, 1)}

_SECTION = record({"type": kind("rich_text_section"), "elements": array(_ANY_RUN, 0, _MOST)})
_LITERAL = by_type({name: _RUNS[name] for name in ("text", "link")})

_PARTS: dict[str, Check] = {
    "rich_text_section": _SECTION,
    "rich_text_quote": record({"type": kind("rich_text_quote"), "elements": array(_ANY_RUN, 0, _MOST)}, _BORDER),
    "rich_text_preformatted": record(
        {"type": kind("rich_text_preformatted"), "elements": array(_LITERAL, 0, _MOST)},
        {**_BORDER, "language": string(255)},
    ),
    "rich_text_list": record(
        {
            "type": kind("rich_text_list"),
            "elements": array(by_type({"rich_text_section": _SECTION}), 1, _MOST),
            "style": one_of("bullet", "ordered"),
        },
        {**_BORDER, "indent": integer(0, 8), "offset": integer(0, 100_000)},
    ),
}

RICH_TEXT = record(
    {"type": kind("rich_text"), "elements": array(by_type(_PARTS), 1, _MOST)},
    {"block_id": BLOCK_ID},
)
