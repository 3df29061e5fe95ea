"""Leaf blocks of HTML, and one text assembled from them again."""

from collections.abc import Sequence

from core.text.block import Block
from core.text.leaves import Leaf, Step, shared_steps
from core.text.readable import leaf_text
from core.text.reader import leaves_of
from core.text.sanitise import sanitised
from core.text.tree import parse


def html_leaves(html: str) -> list[Leaf]:
    """The leaf blocks of the sanitised form of a text."""
    return leaves_of(parse(sanitised(html)))


def html_blocks(leaves: Sequence[Leaf]) -> list[Block]:
    """The leaves as other packages see them."""
    return [_block(leaf) for leaf in leaves]


def _block(leaf: Leaf) -> Block:
    return Block(
        key=leaf.key,
        html=leaf.html,
        text=leaf_text(leaf),
        path=leaf.path,
        kind=leaf.kind,
        style=leaf.style,
        label=leaf.label,
        is_bare=leaf.is_bare,
        leaf=leaf,
    )


def assembled_html(blocks: Sequence[Block]) -> str:
    """The blocks as one sanitised, balanced text; each keeps its own bytes."""
    parts: list[str] = []
    path: tuple[Step, ...] = ()
    follows_bare = False
    for block in blocks:
        shared = shared_steps(path, block.path)
        stays = shared == len(path) == len(block.path)
        parts.extend(f"</{step.name}>" for step in reversed(path[shared:]))
        if parts and not parts[-1].endswith("\n") and all(step.name != "pre" for step in block.path):
            parts.append("\n")
        parts.extend(step.tag for step in block.path[shared:])
        # Two texts without a paragraph element of their own would run together into one paragraph.
        parts.append(f"<p>{block.html}</p>" if block.is_bare and stays and follows_bare else block.html)
        path, follows_bare = block.path, block.is_bare
    parts.extend(f"</{step.name}>" for step in reversed(path))
    return sanitised("".join(parts))
