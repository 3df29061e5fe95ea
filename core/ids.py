"""The one place that makes identifiers and secrets."""

import os
import secrets
import time
import uuid

_HIGH, _LOW = (1 << 12) - 1 << 64, (1 << 62) - 1


def new_id() -> uuid.UUID:
    """An identifier never given out before: 74 random bits behind the time, so that new rows stand together in an index.

    It is a UUID of version 7 (RFC 9562, 5.7). Among wholly random ones, each new row of a large table costs the reading and
    writing of pages all over its indexes.
    """
    milliseconds, random = time.time_ns() // 1_000_000, int.from_bytes(os.urandom(10))
    return uuid.UUID(int=milliseconds << 80 | 7 << 76 | (random & _HIGH) | 2 << 62 | (random & _LOW))


def new_reference() -> str:
    """Eight characters that a person can read to somebody on the phone, and that are found again in the log."""
    return uuid.uuid4().hex[:8]


def new_secret() -> str:
    """A secret of 256 random bits, in characters that need no quoting anywhere."""
    return secrets.token_urlsafe(32)
