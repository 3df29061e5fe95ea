"""The bytes of an answer, as they come from servers and from what stands between: compressed, marked, cut off."""

import json
import zlib
from typing import Any

import httpx

LARGEST_BODY = 16 * 1024 * 1024
_GZIP_MAGIC = b"\x1f\x8b"
_ZLIB_OR_GZIP = 47


class BodyTooLarge(Exception):
    """The answer is larger than any answer that was asked for may be."""


async def read_body(response: httpx.Response) -> bytes:
    """The whole body, unpacked. Raises BodyTooLarge beyond 16 MiB, before unpacking and after, and httpx' errors.

    Unpacking is done here and not by httpx, since a body may be declared as packed and not be (a proxy unpacked it
    and left the header), and since a small packed body may hold a huge one.
    """
    pieces, size = [], 0
    async for piece in response.aiter_raw():
        size += len(piece)
        if size > LARGEST_BODY:
            raise BodyTooLarge
        pieces.append(piece)
    return _unpacked(b"".join(pieces), response.headers.get("content-encoding", ""))


def decode_json(body: bytes, charset: str | None) -> Any:
    """The JSON document in `body`; raises ValueError when there is none.

    JSON is UTF-8 whatever the header says, and bytes in another charset are hardly ever valid UTF-8, so the declared
    charset is only asked second. A byte order mark is dropped.
    """
    encoding = json.detect_encoding(body)
    try:
        text = body.decode(encoding)
    except UnicodeDecodeError:
        if charset is None:
            raise
        try:
            text = body.decode(charset)
        except LookupError:
            raise ValueError("unknown charset") from None
    return json.loads(text)


def _unpacked(body: bytes, encoding: str) -> bytes:
    is_packed = body.startswith(_GZIP_MAGIC) or encoding.strip().lower() in ("gzip", "x-gzip", "deflate")
    if not is_packed:
        return body
    unpacker = zlib.decompressobj(_ZLIB_OR_GZIP)
    try:
        plain = unpacker.decompress(body, LARGEST_BODY)
    except zlib.error:
        return body
    if unpacker.unconsumed_tail:
        raise BodyTooLarge
    return plain
