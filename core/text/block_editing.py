"""Editing one block of a statement that is too rich to be edited as a whole: its words in Markdown, the rest untouched."""

from collections.abc import Sequence
from dataclasses import replace

from core.text.block import Block
from core.text.blocks import assembled_html, html_blocks, html_leaves
from core.text.leaves import ITEMS, marked, shared_steps
from core.text.markdown import from_markdown, to_markdown
from core.text.runs import canonical_inline

_EDITABLE = frozenset({"p", "li", "dt", "dd", "h1", "h2", "h3", "h4", "h5", "h6"})


def block_markdown(block: Block) -> str | None:
    """The words of the block as Markdown, or None where Markdown cannot say them, or a look inside would be lost."""
    if block.leaf is None or block.kind not in _EDITABLE or _has_look_inside(block):
        return None
    inline = canonical_inline(block.leaf.runs)
    markdown = to_markdown(f"<p>{inline}</p>").strip()
    return markdown if _inline_of(markdown) == inline else None


def with_block(html: str, index: int, markdown: str) -> str:
    """The statement with the words of its block number `index` replaced, all other blocks keeping their bytes.

    No words at all take the block away, and unchanged words change nothing, not one byte. Raises ValueError where the
    Markdown is more than one paragraph, where the block is not one that `block_markdown` offers, and where it is to be
    taken away and holds other blocks.
    """
    blocks = html_blocks(html_leaves(html))
    block = blocks[index]
    offered = block_markdown(block)
    if offered is None:
        raise ValueError("this block cannot be edited as Markdown")
    if markdown.strip() == offered:
        return html
    if not markdown.strip():
        if _holds_next(block, blocks[index + 1 : index + 2]):
            raise ValueError("this item holds other blocks; empty those first")
        return assembled_html(_without(blocks, index))
    inline = _inline_of(markdown)
    if inline is None:
        raise ValueError("one block holds one paragraph only")
    return assembled_html([*blocks[:index], _reworded(block, inline), *blocks[index + 1 :]])


def editable_blocks(html: str) -> Sequence[tuple[int, Block, str]]:
    """The blocks that can be edited one by one: number, block, and its words as Markdown."""
    offered = ((index, block, block_markdown(block)) for index, block in enumerate(html_blocks(html_leaves(html))))
    return [(index, block, markdown) for index, block, markdown in offered if markdown is not None]


def _inline_of(markdown: str) -> str | None:
    leaves = html_leaves(from_markdown(markdown))
    if len(leaves) != 1 or leaves[0].name != "p" or leaves[0].path:
        return None
    return canonical_inline(leaves[0].runs)


def _has_look_inside(block: Block) -> bool:
    """Whether a part of the block has a look of its own, which new words would lose; the block's own look stays."""
    inner = block.html if block.is_bare else block.html.partition(">")[2]
    return "style=" in inner or "dir=" in inner


def _holds_next(block: Block, following: Sequence[Block]) -> bool:
    return block.kind in ITEMS and any(shared_steps(block.path, after.path) == len(block.path) for after in following)


def _without(blocks: Sequence[Block], index: int) -> list[Block]:
    """The blocks but one; what stood on its two sides stays apart: two lists do not become one that counts on."""
    before, after = list(blocks[:index]), list(blocks[index + 1 :])
    if after:
        after[0] = replace(after[0], path=marked(before[-1].path if before else (), after[0].path))
    return before + after


def _reworded(block: Block, inline: str) -> Block:
    if block.is_bare:
        return replace(block, html=inline)
    opening, closing = block.html[: block.html.index(">") + 1], block.html[block.html.rindex("</") :]
    return replace(block, html=opening + inline + closing)
