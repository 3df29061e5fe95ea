"""A starting point for a merge by hand: the merge as far as it goes, and both versions where it does not."""

from core.domain.merge import Clash, Clashes
from core.text.content import Block, TextKind, assemble, readable

LOCAL_MARK = "⟦ Your version ⟧"
REMOTE_MARK = "⟦ In ServiceNow ⟧"
END_MARK = "⟦ End ⟧"


def draft_of_both(clashes: Clashes, kind: TextKind) -> str:
    """The text with each clash as both versions between lines that name them; a side that deleted shows nothing."""
    blocks: list[Block] = []
    for part in clashes.parts:
        blocks.extend(_both(part, kind) if isinstance(part, Clash) else [part])
    return assemble(blocks)


def has_open_choices(text: str, kind: TextKind) -> bool:
    """Whether lines of a draft are still in the text, so that it is not fit to be saved."""
    said = readable(text, kind)
    return any(mark in said for mark in (LOCAL_MARK, REMOTE_MARK, END_MARK))


def _both(clash: Clash, kind: TextKind) -> list[Block]:
    near = next(iter((*clash.local_blocks, *clash.remote_blocks, *clash.baseline_blocks)), None)
    local, remote, end = (_mark(words, near, kind) for words in (LOCAL_MARK, REMOTE_MARK, END_MARK))
    return [local, *clash.local_blocks, remote, *clash.remote_blocks, end]


def _mark(words: str, near: Block | None, kind: TextKind) -> Block:
    """The line as a block of the same list or table as the blocks beside it, so that it does not tear them apart."""
    if kind is TextKind.PLAIN:
        return Block(key=words, html=words, text=words, path=(), kind="text")
    path = near.path if near else ()
    is_row = near is not None and near.kind == "tr"
    html = f"<tr><td>{words}</td></tr>" if is_row else f"<p>{words}</p>"
    return Block(key=words, html=html, text=words, path=path, kind="tr" if is_row else "p")
