"""The leaf block as other packages see it."""

from dataclasses import dataclass, field

from core.text.leaves import Leaf, Step


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, list item, heading or table row.

    `key` is equal for blocks that say the same at the same place in the structure, `style` for blocks that look the
    same; `html` are the sanitised bytes as they came; `text` is what a reader reads, `label` the list mark before it;
    `kind` what a reader would call it: `p`, `li`, `tr`, `h2`, or `text` for a paragraph of a plain-text field, of which
    `line_end` is the way its text ends lines.
    """

    key: str
    html: str
    text: str
    path: tuple[Step, ...]
    kind: str
    style: str = ""
    label: str = ""
    is_bare: bool = False
    line_end: str = field(default="\n", compare=False, repr=False)
    leaf: Leaf | None = field(default=None, compare=False, repr=False)
