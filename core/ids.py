"""The one place that makes identifiers."""

import uuid


def new_id() -> uuid.UUID:
    """A random identifier, never given out before."""
    return uuid.uuid4()


def new_reference() -> str:
    """Eight characters that a person can read to somebody on the phone, and that are found again in the log."""
    return uuid.uuid4().hex[:8]
