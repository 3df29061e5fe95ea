"""A PNG picture with 256 colours instead of all: about a fifth of the bytes, and a page looks the same."""

import struct
import zlib
from collections import Counter
from collections.abc import Iterator

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_COLOURS = 256
_BYTES_BY_TYPE = {2: 3, 6: 4}

Colour = bytes


def with_palette(png: bytes) -> bytes:
    """The picture with 256 of its colours; every other is drawn in the nearest of them.

    `png` is eight-bit RGB or RGBA, not interlaced, as browsers save a page; raises ValueError for another kind.
    """
    chunks = list(_chunks(png))
    width, height, depth, colour_type, _, _, interlaced = struct.unpack(">IIBBBBB", chunks[0][1])
    if depth != 8 or interlaced or colour_type not in _BYTES_BY_TYPE:
        raise ValueError("This PNG is not plain RGB or RGBA.")
    size = _BYTES_BY_TYPE[colour_type]
    packed = b"".join(body for kind, body in chunks if kind == b"IDAT")
    rows = [_colours(row, size) for row in _rows(zlib.decompress(packed), width * size, size)]
    counts = Counter(colour for row in rows for colour in row)
    palette = _palette(counts)
    place = {colour: _nearest(colour, palette) for colour in counts}
    # A row's first byte names its filter; flat pictures are smallest without one.
    pixels = b"".join(b"\0" + bytes(place[colour] for colour in row) for row in rows)
    header = struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)
    parts = ((b"IHDR", header), (b"PLTE", b"".join(palette)), (b"IDAT", zlib.compress(pixels, 9)), (b"IEND", b""))
    return _SIGNATURE + b"".join(_chunk(kind, body) for kind, body in parts)


def _palette(counts: Counter[Colour]) -> list[Colour]:
    """One colour of each hue first, so that a small sign keeps its own; then the commonest of all."""
    by_hue: dict[tuple[int, ...], Colour] = {}
    for colour, _ in counts.most_common():
        by_hue.setdefault(tuple(part >> 6 for part in colour), colour)
    chosen = dict.fromkeys([*by_hue.values(), *(colour for colour, _ in counts.most_common())])
    return list(chosen)[:_COLOURS]


def _chunks(png: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = len(_SIGNATURE)
    while at < len(png):
        length, kind = struct.unpack_from(">I4s", png, at)
        yield kind, png[at + 8 : at + 8 + length]
        at += 12 + length


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def _rows(data: bytes, stride: int, size: int) -> Iterator[bytes]:
    """The rows with their filters undone (PNG specification, section 9.2)."""
    above = bytes(stride)
    for at in range(0, len(data), stride + 1):
        row = bytearray(data[at + 1 : at + 1 + stride])
        _undo(data[at], row, above, size)
        above = bytes(row)
        yield above


def _undo(kind: int, row: bytearray, above: bytes, size: int) -> None:
    if kind == 0:
        return
    for index, value in enumerate(row):
        left = row[index - size] if index >= size else 0
        corner = above[index - size] if index >= size else 0
        guess = (0, left, above[index], (left + above[index]) // 2, _paeth(left, above[index], corner))[kind]
        row[index] = (value + guess) & 0xFF


def _paeth(left: int, above: int, corner: int) -> int:
    guess = left + above - corner
    return min((left, above, corner), key=lambda value: abs(guess - value))


def _colours(row: bytes, size: int) -> list[Colour]:
    return [row[at : at + 3] for at in range(0, len(row), size)]


def _nearest(colour: Colour, palette: list[Colour]) -> int:
    def distance(index: int) -> int:
        return sum((one - other) ** 2 for one, other in zip(colour, palette[index], strict=True))

    return min(range(len(palette)), key=distance)
