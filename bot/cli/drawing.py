"""Differences on a terminal: in colour where there is colour, between signs where there is none."""

from collections.abc import Iterator

from rich.console import Console
from rich.text import Text

from core.domain.diff import BlockChange, Run, TextDiff, fold
from core.text.display import safe_display

_STYLES = {"removed": "red strike", "added": "bold green", "folded": "dim"}
_SIGNS = {"removed": ("[-", "-]"), "added": ("{+", "+}")}
_MARGINS = {"same": "  ", "folded": "  ", "changed": "~ ", "added": "+ ", "removed": "- ", "moved": "> "}
_MARGIN_STYLES = {"changed": "yellow", "added": "green", "removed": "red", "moved": "cyan"}


def print_diff(console: Console, title: str, diff: TextDiff, *, is_whole: bool = False) -> None:
    """Print the difference under its title; unchanged text is counted, unless all of it is wanted."""
    console.print(Text.assemble((safe_display(title), "bold"), f" ({diff.size_in_words})"))
    if diff.is_empty:
        console.print("  No change.")
        return
    if diff.formatting_only:
        console.print("  Only the formatting changes; the words stay the same.", style="italic")
    said = {note for block in diff.blocks for note in block.note.split("; ")}
    for note in diff.notes:
        if note not in said:
            console.print(Text(f"  {note[:1].upper()}{note[1:]}.", style="italic"))
    for block in (diff if is_whole else fold(diff)).blocks:
        for line in _lines(block, console):
            console.print(line)


def _lines(block: BlockChange, console: Console) -> Iterator[Text]:
    margin, has_colour = _MARGINS[block.kind], console.color_system is not None
    text = Text(block.label)
    if block.note:
        text = Text.assemble((f"{block.note}: ", "italic"), text)
    for run in block.runs:
        text.append_text(_run(run, has_colour=has_colour))
    for line in text.split("\n"):
        # A terminal by itself would break within words, and begin the rest below the margin.
        rows = line.wrap(console, max(console.width - len(margin), 20)) if console.is_terminal else [line]
        for number, row in enumerate(rows):
            yield Text.assemble((margin if number == 0 else "  ", _MARGIN_STYLES.get(block.kind, "dim")), row)


def _run(run: Run, *, has_colour: bool) -> Text:
    shown = safe_display(run.text)
    before, after = ("", "") if has_colour else _SIGNS.get(run.kind, ("", ""))
    if run.kind in _SIGNS and not shown.strip():
        shown = "[line break]\n" if "\n" in shown else f"[{len(run.text)} invisible or blank characters]"
    return Text(f"{before}{shown}{after}", style=_STYLES.get(run.kind, ""))
