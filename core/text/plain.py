"""Plain-text fields: a path of their own, without any reading of HTML."""

import re
import unicodedata

from core.text.block import Block

_LINE = re.compile(r"([^\r\n]*)(\r\n|\r|\n|\Z)")


def normal_plain(text: str) -> str:
    """The text with one way to end lines, composed (NFC), without white space that no reader sees."""
    lines = re.split(r"\r\n|\r|\n", unicodedata.normalize("NFC", text))
    return "\n".join(line.rstrip(" \t\u00a0") for line in lines).rstrip("\n")


def plain_blocks(text: str) -> list[Block]:
    """The paragraphs, parted by empty lines; joining their texts by an empty line gives the normal text."""
    normal = normal_plain(text)
    if not normal:
        return []
    paragraphs = normal.split("\n\n")
    end = "\r\n" if "\r\n" in text else "\n"
    raw = _raw_paragraphs(text, [paragraph.count("\n") + 1 for paragraph in paragraphs])
    return [
        Block(key=paragraph, html=html, text=paragraph, path=(), kind="text", line_end=end)
        for paragraph, html in zip(paragraphs, raw, strict=True)
    ]


def _raw_paragraphs(text: str, line_counts: list[int]) -> list[str]:
    """The bytes of each paragraph, without the line end that closes it."""
    lines = [(match.group(1), match.group(2)) for match in _LINE.finditer(text)]
    paragraphs = []
    position = 0
    for count in line_counts:
        own = lines[position : position + count]
        paragraphs.append("".join(line + end for line, end in own[:-1]) + own[-1][0])
        position += count + 1
    return paragraphs


def assembled_plain(blocks: list[Block]) -> str:
    """The paragraphs as one text, with the line ends that they use themselves."""
    ends = "\r\n" if any(block.line_end == "\r\n" for block in blocks) else "\n"
    return (ends * 2).join(block.html for block in blocks)
