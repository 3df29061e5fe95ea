"""Statements as Markdown and back, where the way there and back is proved for the very statement."""

from markdown_it import MarkdownIt

from core.text.content import fingerprint, lost_content
from core.text.rules import TextKind
from core.text.sanitise import sanitised

# Raw HTML in Markdown stays text: an editor of words must not be a way in for markup.
_PARSER = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])


def to_markdown(html: str) -> str:
    """The statement as Markdown; what Markdown cannot say is lost, so ask `round_trips` first."""
    # Imported where it is used, which is in the thread for texts: a bot that nobody edits with need not keep its 7 MB.
    from markdownify import markdownify  # noqa: PLC0415

    # A line break as a backslash survives editors that cut spaces off the ends of lines.
    made = markdownify(sanitised(html), escape_misc=True, heading_style="ATX", newline_style="backslash")
    return str(made).strip() + "\n"


def from_markdown(markdown: str) -> str:
    """The sanitised HTML of a Markdown text."""
    return sanitised(_PARSER.render(markdown)).strip()


def lost_in_markdown(markdown: str) -> tuple[str, ...]:
    """What this Markdown asks for that cannot be carried, such as `image`; `from_markdown` leaves it out."""
    return lost_content(_PARSER.render(markdown), TextKind.HTML)


def round_trips(html: str) -> bool:
    """Whether this statement comes back from Markdown equal in content and look, and holds nothing that is lost."""
    if lost_content(html, TextKind.HTML):
        return False
    back = from_markdown(to_markdown(html))
    return fingerprint(back, TextKind.HTML) == fingerprint(html, TextKind.HTML)
